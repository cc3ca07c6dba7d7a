// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/statement_parser.h"

#include "tarn/sql/keyword.h"

namespace tarn::sql {
namespace {

// Statements of Flink and Spark that are recognised, so that they are refused by their
// name.
struct Refused {
  std::string_view words;
  std::string_view feature;
};
constexpr Refused kRefused[] = {
    {"MERGE INTO", "MERGE INTO"},     {"ANALYZE TABLE", "ANALYZE TABLE"},
    {"LOAD MODULE", "LOAD MODULE"},   {"UNLOAD MODULE", "UNLOAD MODULE"},
    {"USE MODULES", "USE MODULES"},   {"ADD JAR", "ADD JAR"},
    {"REMOVE JAR", "REMOVE JAR"},     {"COMPILE PLAN", "COMPILE PLAN"},
    {"EXECUTE PLAN", "EXECUTE PLAN"}, {"STOP JOB", "STOP JOB"},
    {"REFRESH", "REFRESH"},
};

}  // namespace

Result<Statement> StatementParser::Parse() {
  ARROW_RETURN_NOT_OK(in_.Enter());
  NestingScope scope(&in_);
  const size_t begin = in_.position();
  Statement out;
  ARROW_ASSIGN_OR_RAISE(out.node, ParseNode());
  out.span = in_.SpanSince(begin);
  return out;
}

Result<Statement::Node> StatementParser::ParseNode() {
  for (const Refused& refused : kRefused) {
    if (in_.Looking(refused.words)) return Unsupported(std::string(refused.feature));
  }
  const Token& token = in_.Peek();
  const std::string word = token.kind == TokenKind::kWord ? ToUpper(token.text) : "";
  if (word == "SELECT" || word == "WITH" || word == "VALUES" || token.IsSymbol("(")) {
    ARROW_ASSIGN_OR_RAISE(QueryPtr query, query_.ParseQuery());
    return QueryStatement{std::move(query)};
  }
  if (word == "INSERT") {
    ARROW_ASSIGN_OR_RAISE(Insert insert, ParseInsert());
    return insert;
  }
  if (word == "CREATE") return ParseCreate();
  if (word == "DROP") return ParseDrop();
  if (word == "ALTER") return ParseAlter();
  if (word == "TRUNCATE") return ParseTruncate();
  if (word == "USE") return ParseUse();
  if (word == "SHOW") return ParseShow();
  if (word == "SET") return ParseSet();
  if (word == "RESET") return ParseReset();
  if (word == "CALL") return ParseCall();
  if (word == "DESCRIBE" || word == "DESC") return ParseDescribe();
  if (word == "EXPLAIN") return ParseExplain();
  if (word == "EXECUTE") return ParseExecute();
  if (word == "DELETE") return ParseDelete();
  if (word == "UPDATE") return ParseUpdate();
  if (in_.Looking("BEGIN STATEMENT SET")) {
    in_.Accept("BEGIN STATEMENT SET");
    ARROW_ASSIGN_OR_RAISE(StatementSet set, ParseStatementSet(";"));
    return set;
  }
  if (token.kind == TokenKind::kError) return in_.Unexpected();
  std::string hint;
  if (!word.empty()) hint = DidYouMean(NearestOf(word, StatementKeywords()));
  in_.AlsoExpect("a statement");
  return in_.Unexpected(hint);
}

// The rest of the statement is skipped, so that the error names it whole.
Result<Statement::Node> StatementParser::Unsupported(std::string feature) {
  const size_t begin = in_.position();
  while (!in_.AtEnd() && !in_.Peek().IsSymbol(";") &&
         in_.Peek().kind != TokenKind::kError) {
    in_.Advance();
  }
  return UnsupportedStatement{std::move(feature), in_.SpanSince(begin)};
}

Result<Insert> StatementParser::ParseInsert() {
  const size_t begin = in_.position();
  Insert out;
  ARROW_RETURN_NOT_OK(in_.Expect("INSERT"));
  if (in_.Accept("OVERWRITE")) {
    out.overwrite = true;
    in_.Accept("INTO");
  } else {
    ARROW_RETURN_NOT_OK(in_.Expect("INTO"));
  }
  if (in_.Looking("TABLE")) in_.Advance();
  ARROW_ASSIGN_OR_RAISE(out.target, in_.ExpectObjectName("a table"));
  ARROW_ASSIGN_OR_RAISE(out.hints, query_.ParseHints());
  if (in_.Accept("PARTITION")) {
    ARROW_ASSIGN_OR_RAISE(out.partition, ParsePartitionSpec());
  }
  if (in_.Peek().IsSymbol("(") && !query_.LookingAtQuery()) {
    ARROW_ASSIGN_OR_RAISE(out.columns, in_.ExpectNameList("a column"));
  }
  ARROW_ASSIGN_OR_RAISE(out.query, query_.ParseQuery());
  out.span = in_.SpanSince(begin);
  return out;
}

// After `EXECUTE STATEMENT SET BEGIN` or `BEGIN STATEMENT SET ;`.
Result<StatementSet> StatementParser::ParseStatementSet(
    std::string_view separator_after_begin) {
  StatementSet out;
  if (!separator_after_begin.empty()) {
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(separator_after_begin));
  }
  while (!in_.Accept("END")) {
    if (in_.Peek().IsSymbol(";")) {
      in_.Advance();
      continue;
    }
    if (!in_.Looking("INSERT")) {
      in_.AlsoExpect("INSERT");
      return in_.Unexpected("A statement set holds INSERT statements only");
    }
    ARROW_ASSIGN_OR_RAISE(Insert insert, ParseInsert());
    out.inserts.push_back(std::move(insert));
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(";"));
  }
  return out;
}

Result<Statement::Node> StatementParser::ParseExecute() {
  ARROW_RETURN_NOT_OK(in_.Expect("EXECUTE"));
  if (in_.Accept("STATEMENT SET BEGIN")) {
    ARROW_ASSIGN_OR_RAISE(StatementSet set, ParseStatementSet(""));
    return set;
  }
  if (in_.Looking("STATEMENT SET")) {
    in_.Accept("STATEMENT SET");
    return in_.Expect("BEGIN");
  }
  // EXECUTE INSERT ... and EXECUTE SELECT ... are the statements themselves.
  if (in_.Looking("INSERT")) {
    ARROW_ASSIGN_OR_RAISE(Insert insert, ParseInsert());
    return insert;
  }
  if (query_.LookingAtQuery()) {
    ARROW_ASSIGN_OR_RAISE(QueryPtr query, query_.ParseQuery());
    return QueryStatement{std::move(query)};
  }
  in_.AlsoExpect("STATEMENT SET BEGIN");
  return in_.Unexpected();
}

Result<Statement::Node> StatementParser::ParseUse() {
  ARROW_RETURN_NOT_OK(in_.Expect("USE"));
  if (in_.Looking("CATALOG") && in_.Peek(1).IsName()) {
    in_.Advance();
    ARROW_ASSIGN_OR_RAISE(Identifier name, in_.ExpectName("a catalog"));
    return UseCatalog{std::move(name)};
  }
  ARROW_ASSIGN_OR_RAISE(ObjectName name, in_.ExpectObjectName("a database", 2));
  return UseDatabase{std::move(name)};
}

Result<Statement::Node> StatementParser::ParseShow() {
  const size_t begin = in_.position();
  ARROW_RETURN_NOT_OK(in_.Expect("SHOW"));
  struct Form {
    std::string_view words;
    ShowKind kind;
  };
  static constexpr Form kForms[] = {
      {"CATALOGS", ShowKind::kCatalogs},
      {"CURRENT CATALOG", ShowKind::kCurrentCatalog},
      {"DATABASES", ShowKind::kDatabases},
      {"CURRENT DATABASE", ShowKind::kCurrentDatabase},
      {"TABLES", ShowKind::kTables},
      {"VIEWS", ShowKind::kViews},
      {"COLUMNS", ShowKind::kColumns},
      {"CREATE TABLE", ShowKind::kCreateTable},
      {"CREATE VIEW", ShowKind::kCreateView},
      {"CREATE CATALOG", ShowKind::kCreateCatalog},
      {"PARTITIONS", ShowKind::kPartitions},
      {"FUNCTIONS", ShowKind::kFunctions},
      {"USER FUNCTIONS", ShowKind::kFunctions},
      {"PROCEDURES", ShowKind::kProcedures},
      {"OPTIONS", ShowKind::kOptions},
  };
  for (std::string_view words : {"JOBS", "JARS", "MODULES", "FULL MODULES", "MODELS",
                                 "MATERIALIZED TABLES", "CREATE FUNCTION"}) {
    if (in_.Looking(words)) return Unsupported("SHOW " + std::string(words));
  }
  Show out;
  bool found = false;
  for (const Form& form : kForms) {
    if (!in_.Accept(form.words)) continue;
    out.kind = form.kind;
    found = true;
    break;
  }
  if (!found) return in_.Unexpected();
  const bool created = out.kind == ShowKind::kCreateTable ||
                       out.kind == ShowKind::kCreateView ||
                       out.kind == ShowKind::kCreateCatalog;
  const bool needs_name = created || out.kind == ShowKind::kPartitions;
  bool named = needs_name;
  if (!created) {
    named = in_.Accept("FROM") || in_.Accept("IN") || needs_name;
    if (out.kind == ShowKind::kColumns && !named) return in_.Unexpected();
  }
  if (named) {
    ARROW_ASSIGN_OR_RAISE(ObjectName name, in_.ExpectObjectName("a name"));
    out.name = std::move(name);
  }
  if (!created) {
    out.not_like = in_.Accept("NOT");
    out.ignore_case = in_.Looking("ILIKE");
    if (out.ignore_case || in_.Looking("LIKE") || out.not_like) {
      if (!in_.Accept("ILIKE")) ARROW_RETURN_NOT_OK(in_.Expect("LIKE"));
      ARROW_ASSIGN_OR_RAISE(std::string like, in_.ExpectString("a pattern"));
      out.like = std::move(like);
    }
  }
  out.span = in_.SpanSince(begin);
  return out;
}

Result<Statement::Node> StatementParser::ParseDescribe() {
  in_.Advance();
  for (std::string_view words : {"CATALOG", "DATABASE", "FUNCTION", "JOB", "MODEL"}) {
    if (in_.Looking(words) && in_.Peek(1).IsName()) {
      return Unsupported("DESCRIBE " + std::string(words));
    }
  }
  Describe out;
  if (in_.Looking("TABLE")) in_.Advance();
  if (in_.Looking("EXTENDED") && in_.Peek(1).IsName()) {
    in_.Advance();
    out.extended = true;
  }
  ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectObjectName("a table"));
  return out;
}

Result<Statement::Node> StatementParser::ParseExplain() {
  in_.Advance();
  Explain out;
  if (!in_.Accept("PLAN FOR")) {
    static constexpr std::string_view kDetails[] = {"ESTIMATED_COST", "CHANGELOG_MODE",
                                                    "JSON_EXECUTION_PLAN", "PLAN_ADVICE"};
    bool more = true;
    while (more) {
      more = false;
      for (std::string_view detail : kDetails) {
        if (!in_.Accept(detail)) continue;
        out.details.emplace_back(detail);
        more = in_.AcceptSymbol(",");
        break;
      }
    }
  }
  if (in_.Accept("STATEMENT SET BEGIN")) {
    const size_t begin = in_.position();
    ARROW_ASSIGN_OR_RAISE(StatementSet set, ParseStatementSet(""));
    out.statement = std::make_unique<Statement>();
    out.statement->node = std::move(set);
    out.statement->span = in_.SpanSince(begin);
    return out;
  }
  if (!in_.Looking("INSERT") && !query_.LookingAtQuery()) {
    for (std::string_view word : {"SELECT", "INSERT", "STATEMENT SET BEGIN"}) {
      in_.AlsoExpect(word);
    }
    return in_.Unexpected();
  }
  ARROW_ASSIGN_OR_RAISE(Statement inner, Parse());
  out.statement = std::make_unique<Statement>(std::move(inner));
  return out;
}

// SET 'k' = 'v', or bare text on both sides as older clients wrote it: SET k = v.
Result<Statement::Node> StatementParser::ParseSet() {
  in_.Advance();
  SetOption out;
  if (in_.AtEnd() || in_.Peek().IsSymbol(";")) return out;
  out.key_span = in_.Peek().span;
  if (in_.Peek().kind == TokenKind::kString) {
    out.key = in_.Advance().text;
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol("="));
    out.value_span = in_.Peek().span;
    ARROW_ASSIGN_OR_RAISE(out.value, in_.ExpectString("the value as a string"));
    return out;
  }
  const size_t key_begin = in_.position();
  while (!in_.Peek().IsSymbol("=")) {
    if (in_.AtEnd() || in_.Peek().IsSymbol(";") || in_.Peek().kind == TokenKind::kError) {
      in_.AlsoExpect("'='");
      return in_.Unexpected("Write SET 'key' = 'value'");
    }
    in_.Advance();
  }
  if (in_.position() == key_begin) {
    in_.AlsoExpect("a key");
    return in_.Unexpected("Write SET 'key' = 'value'");
  }
  out.key_span = in_.SpanSince(key_begin);
  out.key = std::string(in_.source().At(out.key_span));
  in_.Advance();
  const size_t value_begin = in_.position();
  const Token first = in_.Peek();
  while (!in_.AtEnd() && !in_.Peek().IsSymbol(";")) {
    if (in_.Peek().kind == TokenKind::kError) return in_.Unexpected();
    in_.Advance();
  }
  if (in_.position() == value_begin) {
    out.value_span = first.span;
    return out;
  }
  out.value_span = in_.SpanSince(value_begin);
  out.value = in_.position() == value_begin + 1 && first.kind == TokenKind::kString
                  ? first.text
                  : std::string(in_.source().At(out.value_span));
  return out;
}

Result<Statement::Node> StatementParser::ParseReset() {
  in_.Advance();
  ResetOption out;
  const size_t begin = in_.position();
  if (in_.Peek().kind == TokenKind::kString) {
    out.key_span = in_.Peek().span;
    out.key = in_.Advance().text;
    return out;
  }
  while (!in_.AtEnd() && !in_.Peek().IsSymbol(";")) {
    if (in_.Peek().kind == TokenKind::kError) return in_.Unexpected();
    in_.Advance();
  }
  if (in_.position() > begin) {
    out.key_span = in_.SpanSince(begin);
    out.key = std::string(in_.source().At(out.key_span));
  }
  return out;
}

Result<Statement::Node> StatementParser::ParseCall() {
  in_.Advance();
  CallProcedure out;
  ARROW_ASSIGN_OR_RAISE(out.procedure, in_.ExpectObjectName("a procedure"));
  ARROW_ASSIGN_OR_RAISE(out.arguments, query_.ParseArguments());
  bool named = false;
  for (const CallArgument& argument : out.arguments) {
    if (named && !argument.name.has_value()) {
      return in_.Invalid(kBadArguments, "A positional argument follows a named one",
                         argument.value->span, "Write name => value");
    }
    named = argument.name.has_value();
  }
  return out;
}

Result<Statement::Node> StatementParser::ParseDelete() {
  in_.Advance();
  Delete out;
  ARROW_RETURN_NOT_OK(in_.Expect("FROM"));
  ARROW_ASSIGN_OR_RAISE(out.target, in_.ExpectObjectName("a table"));
  if (in_.Accept("WHERE")) {
    ARROW_ASSIGN_OR_RAISE(out.where, query_.ParseExpression());
  }
  return out;
}

Result<Statement::Node> StatementParser::ParseUpdate() {
  in_.Advance();
  Update out;
  ARROW_ASSIGN_OR_RAISE(out.target, in_.ExpectObjectName("a table"));
  ARROW_RETURN_NOT_OK(in_.Expect("SET"));
  do {
    Assignment assignment;
    ARROW_ASSIGN_OR_RAISE(assignment.column, in_.ExpectName("a column"));
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol("="));
    ARROW_ASSIGN_OR_RAISE(assignment.value, query_.ParseExpression());
    out.assignments.push_back(std::move(assignment));
  } while (in_.AcceptSymbol(","));
  if (in_.Accept("WHERE")) {
    ARROW_ASSIGN_OR_RAISE(out.where, query_.ParseExpression());
  }
  return out;
}

}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/statement_parser.h"
#include "tarn/sql/type_parser.h"

namespace tarn::sql {

Result<bool> StatementParser::ParseIfNotExists() {
  return in_.Accept("IF NOT EXISTS");
}

Result<std::optional<std::string>> StatementParser::ParseComment() {
  std::optional<std::string> out;
  if (in_.Accept("COMMENT")) {
    ARROW_ASSIGN_OR_RAISE(std::string comment, in_.ExpectString("the comment"));
    out = std::move(comment);
  }
  return out;
}

Result<Statement::Node> StatementParser::ParseCreate() {
  const size_t begin = in_.position();
  if (in_.Looking("CREATE OR") || in_.Looking("CREATE EXTERNAL")) {
    const std::string feature = in_.Looking("CREATE OR")
                                    ? "CREATE OR " + ToUpper(in_.Peek(2).text)
                                    : std::string("CREATE EXTERNAL TABLE");
    return Unsupported(feature);
  }
  in_.Advance();
  const bool temporary = in_.Accept("TEMPORARY");
  for (std::string_view words :
       {"SYSTEM FUNCTION", "FUNCTION", "MATERIALIZED TABLE", "MODEL"}) {
    if (in_.Looking(words)) return Unsupported("CREATE " + std::string(words));
  }
  if (in_.Accept("TABLE")) {
    ARROW_ASSIGN_OR_RAISE(CreateTable out, ParseCreateTable(begin, temporary));
    return out;
  }
  if (in_.Accept("VIEW")) {
    ARROW_ASSIGN_OR_RAISE(CreateView out, ParseCreateView(temporary));
    return out;
  }
  if (!temporary) {
    if (in_.Accept("CATALOG")) {
      ARROW_ASSIGN_OR_RAISE(CreateCatalog out, ParseCreateCatalog());
      return out;
    }
    if (in_.Accept("DATABASE")) {
      ARROW_ASSIGN_OR_RAISE(CreateDatabase out, ParseCreateDatabase());
      return out;
    }
  }
  return in_.Unexpected();
}

Result<CreateCatalog> StatementParser::ParseCreateCatalog() {
  CreateCatalog out;
  ARROW_ASSIGN_OR_RAISE(out.if_not_exists, ParseIfNotExists());
  ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectName("a catalog"));
  ARROW_ASSIGN_OR_RAISE(out.comment, ParseComment());
  if (in_.Accept("WITH")) {
    ARROW_ASSIGN_OR_RAISE(out.options, in_.ExpectProperties("the option"));
  }
  return out;
}

Result<CreateDatabase> StatementParser::ParseCreateDatabase() {
  CreateDatabase out;
  ARROW_ASSIGN_OR_RAISE(out.if_not_exists, ParseIfNotExists());
  ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectObjectName("a database", 2));
  ARROW_ASSIGN_OR_RAISE(out.comment, ParseComment());
  if (in_.Accept("WITH")) {
    ARROW_ASSIGN_OR_RAISE(out.options, in_.ExpectProperties("the option"));
  }
  return out;
}

Result<CreateView> StatementParser::ParseCreateView(bool temporary) {
  CreateView out;
  out.temporary = temporary;
  ARROW_ASSIGN_OR_RAISE(out.if_not_exists, ParseIfNotExists());
  ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectObjectName("a view"));
  if (in_.Peek().IsSymbol("(")) {
    ARROW_ASSIGN_OR_RAISE(out.columns, in_.ExpectNameList("a column"));
  }
  ARROW_ASSIGN_OR_RAISE(out.comment, ParseComment());
  ARROW_RETURN_NOT_OK(in_.Expect("AS"));
  ARROW_ASSIGN_OR_RAISE(out.query, query_.ParseQuery());
  return out;
}

Result<CreateTable> StatementParser::ParseCreateTable(size_t begin, bool temporary) {
  CreateTable out;
  out.temporary = temporary;
  ARROW_ASSIGN_OR_RAISE(out.if_not_exists, ParseIfNotExists());
  ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectObjectName("a table"));
  if (in_.AcceptSymbol("(")) {
    do {
      ARROW_RETURN_NOT_OK(ParseTableElement(&out));
    } while (in_.AcceptSymbol(","));
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  }
  ARROW_RETURN_NOT_OK(ParseTableTail(&out));
  out.definition = in_.SpanSince(begin);
  if (in_.Looking("LIKE")) {
    return in_.Unsupported(kUnsupportedClause, "CREATE TABLE ... LIKE", in_.Peek().span,
                           "Copy the columns with SHOW CREATE TABLE");
  }
  if (in_.Accept("AS")) {
    ARROW_ASSIGN_OR_RAISE(out.as_query, query_.ParseQuery());
  } else if (out.columns.empty()) {
    in_.AlsoExpect("'('");
    return in_.Unexpected("A table needs columns");
  }
  return out;
}

Status StatementParser::ParseTableElement(CreateTable* table) {
  const size_t begin = in_.position();
  if (in_.Looking("PRIMARY KEY")) return ParsePrimaryKey(table, std::nullopt, begin);
  if (in_.Looking("CONSTRAINT")) {
    in_.Advance();
    ARROW_ASSIGN_OR_RAISE(Identifier name, in_.ExpectName("a constraint"));
    if (in_.Looking("UNIQUE")) {
      return in_.Unsupported(kUnsupportedClause, "A UNIQUE constraint", in_.Peek().span);
    }
    return ParsePrimaryKey(table, std::move(name), begin);
  }
  if (in_.Looking("UNIQUE") && in_.Peek(1).IsSymbol("(")) {
    return in_.Unsupported(kUnsupportedClause, "A UNIQUE constraint", in_.Peek().span);
  }
  if (in_.Looking("WATERMARK FOR")) {
    in_.Accept("WATERMARK FOR");
    Watermark watermark;
    ARROW_ASSIGN_OR_RAISE(watermark.column, in_.ExpectObjectName("a column", 8));
    ARROW_RETURN_NOT_OK(in_.Expect("AS"));
    ARROW_ASSIGN_OR_RAISE(watermark.expression, query_.ParseExpression());
    watermark.span = in_.SpanSince(begin);
    if (table->watermark.has_value()) {
      return in_.Invalid(kBadDefinition, "A table has one watermark", watermark.span);
    }
    table->watermark = std::move(watermark);
    return Status::OK();
  }
  return ParseColumn(table);
}

Status StatementParser::ParseColumn(CreateTable* table) {
  const size_t begin = in_.position();
  ColumnDefinition column;
  ARROW_ASSIGN_OR_RAISE(column.name, in_.ExpectName("a column name"));
  for (const ColumnDefinition& other : table->columns) {
    if (other.name.name == column.name.name) {
      return in_.Invalid(kBadDefinition,
                         fmt::format("Column {} is defined twice", column.name.name),
                         column.name.span);
    }
  }
  if (in_.Accept("AS")) {
    column.kind = ColumnKind::kComputed;
    ARROW_ASSIGN_OR_RAISE(column.expression, query_.ParseExpression());
  } else {
    ARROW_ASSIGN_OR_RAISE(column.type, ParseType(&in_));
    if (in_.Accept("METADATA")) {
      column.kind = ColumnKind::kMetadata;
      if (in_.Accept("FROM")) {
        ARROW_ASSIGN_OR_RAISE(std::string key, in_.ExpectString("the metadata key"));
        column.metadata_key = std::move(key);
      }
      column.is_virtual = in_.Accept("VIRTUAL");
    }
    std::optional<Identifier> constraint;
    const size_t constraint_begin = in_.position();
    if (in_.Accept("CONSTRAINT")) {
      ARROW_ASSIGN_OR_RAISE(Identifier name, in_.ExpectName("a constraint"));
      constraint = std::move(name);
    }
    if (in_.Accept("PRIMARY KEY")) {
      PrimaryKey key;
      key.constraint = std::move(constraint);
      key.columns = {column.name};
      ARROW_RETURN_NOT_OK(ParseNotEnforced(&key));
      key.span = in_.SpanSince(constraint_begin);
      if (table->primary_key.has_value()) {
        return in_.Invalid(
            kBadDefinition, "A table has one primary key", key.span,
            "Write PRIMARY KEY (a, b) NOT ENFORCED once, after the columns");
      }
      table->primary_key = std::move(key);
    } else if (constraint.has_value()) {
      return in_.Unexpected();
    }
    if (in_.Looking("NOT NULL")) {
      in_.Accept("NOT NULL");
      column.type.type = column.type.type.NotNull();
    }
    if (in_.Looking("DEFAULT")) {
      ARROW_ASSIGN_OR_RAISE(column.default_value, ParseDefault());
    }
    for (std::string_view words : {"UNIQUE", "REFERENCES", "CHECK"}) {
      if (in_.Looking(words)) {
        return in_.Unsupported(kUnsupportedClause, words, in_.Peek().span);
      }
    }
  }
  ARROW_ASSIGN_OR_RAISE(column.comment, ParseComment());
  column.span = in_.SpanSince(begin);
  table->columns.push_back(std::move(column));
  return Status::OK();
}

Status StatementParser::ParsePrimaryKey(CreateTable* table,
                                        std::optional<Identifier> constraint,
                                        size_t begin) {
  PrimaryKey key;
  key.constraint = std::move(constraint);
  ARROW_RETURN_NOT_OK(in_.Expect("PRIMARY KEY"));
  ARROW_ASSIGN_OR_RAISE(key.columns, in_.ExpectNameList("a key column"));
  ARROW_RETURN_NOT_OK(ParseNotEnforced(&key));
  key.span = in_.SpanSince(begin);
  if (table->primary_key.has_value()) {
    return in_.Invalid(kBadDefinition, "A table has one primary key", key.span);
  }
  table->primary_key = std::move(key);
  return Status::OK();
}

// Flink refuses enforced keys: nothing checks them.
Status StatementParser::ParseNotEnforced(PrimaryKey* key) {
  key->not_enforced = in_.Accept("NOT ENFORCED");
  if (key->not_enforced) return Status::OK();
  return in_.Unexpected(
      "A primary key is written PRIMARY KEY (columns) NOT ENFORCED: "
      "newer rows replace older ones, duplicates are no error");
}

Status StatementParser::ParseTableTail(CreateTable* table) {
  // Flink's order is COMMENT, DISTRIBUTED, PARTITIONED BY, WITH; Spark's USING and
  // TBLPROPERTIES mean the same and may be pasted.
  while (true) {
    const size_t begin = in_.position();
    if (in_.Looking("DISTRIBUTED")) {
      return in_.Unsupported(kUnsupportedClause, "DISTRIBUTED BY", in_.Peek().span,
                             "Write the options 'bucket' and 'bucket-key'");
    }
    if (!table->comment.has_value() && in_.Looking("COMMENT")) {
      ARROW_ASSIGN_OR_RAISE(table->comment, ParseComment());
    } else if (in_.Looking("USING") && in_.Peek(1).IsWord("PAIMON")) {
      in_.Advance();
      in_.Advance();
    } else if (table->partitioned_by.empty() && in_.Accept("PARTITIONED BY")) {
      ARROW_ASSIGN_OR_RAISE(table->partitioned_by,
                            in_.ExpectNameList("a partition column"));
      table->partitioned_by_span = in_.SpanSince(begin);
    } else if (table->options.empty() &&
               (in_.Accept("WITH") || in_.Accept("TBLPROPERTIES"))) {
      ARROW_ASSIGN_OR_RAISE(table->options, in_.ExpectProperties("the option"));
      if (table->options.empty()) return Status::OK();
    } else {
      return Status::OK();
    }
  }
}

Result<Statement::Node> StatementParser::ParseDrop() {
  in_.Advance();
  const bool temporary = in_.Accept("TEMPORARY");
  for (std::string_view words :
       {"SYSTEM FUNCTION", "FUNCTION", "MATERIALIZED TABLE", "MODEL"}) {
    if (in_.Looking(words)) return Unsupported("DROP " + std::string(words));
  }
  if (!temporary && in_.Accept("CATALOG")) {
    DropCatalog out;
    out.if_exists = in_.Accept("IF EXISTS");
    ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectName("a catalog"));
    return out;
  }
  if (!temporary && in_.Accept("DATABASE")) {
    DropDatabase out;
    out.if_exists = in_.Accept("IF EXISTS");
    ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectObjectName("a database", 2));
    out.cascade = in_.Accept("CASCADE");
    if (!out.cascade) in_.Accept("RESTRICT");
    return out;
  }
  Drop out;
  out.temporary = temporary;
  if (in_.Accept("VIEW")) {
    out.object = DroppedObject::kView;
  } else {
    ARROW_RETURN_NOT_OK(in_.Expect("TABLE"));
  }
  out.if_exists = in_.Accept("IF EXISTS");
  ARROW_ASSIGN_OR_RAISE(out.name, in_.ExpectObjectName("a name"));
  return out;
}

Result<Statement::Node> StatementParser::ParseAlter() {
  for (std::string_view words : {"DATABASE", "VIEW", "CATALOG", "FUNCTION", "MODEL",
                                 "MATERIALIZED TABLE", "TEMPORARY FUNCTION"}) {
    if (in_.Looking(fmt::format("ALTER {}", words))) {
      return Unsupported(fmt::format("ALTER {}", words));
    }
  }
  return ParseAlterTable();
}

}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tarn/sql/duckdb_emitter.h"
#include "tarn/sql/literal.h"
#include "tarn/sql/token.h"
#include "tarn/types/instant.h"

namespace tarn::sql {
namespace {

std::string_view OperatorText(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kEqual:
      return " = ";
    case BinaryOperator::kNotEqual:
      return " <> ";
    case BinaryOperator::kLess:
      return " < ";
    case BinaryOperator::kLessEqual:
      return " <= ";
    case BinaryOperator::kGreater:
      return " > ";
    case BinaryOperator::kGreaterEqual:
      return " >= ";
    case BinaryOperator::kAdd:
      return " + ";
    case BinaryOperator::kSubtract:
      return " - ";
    case BinaryOperator::kMultiply:
      return " * ";
    case BinaryOperator::kDivide:
      return " / ";
    case BinaryOperator::kModulo:
      return " % ";
    case BinaryOperator::kConcat:
      return " || ";
  }
  return "";
}

// Digits of the fraction of '... 10:00:00.123'.
}  // namespace

Status DuckDbEmitter::EmitExpression(const Expression& expression) {
  const size_t begin = out_.text.size();
  if (begin > kMaxBytes) {
    return Invalid(kTooDeep, "The query becomes too long", expression.span, "Split it");
  }
  ARROW_RETURN_NOT_OK(std::visit(
      [&](const auto& node) { return EmitNode(node, expression); }, expression.node));
  Map(begin, expression.span);
  return Status::OK();
}

Status DuckDbEmitter::EmitList(const std::vector<ExpressionPtr>& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) Write(", ");
    ARROW_RETURN_NOT_OK(Emit(items[i]));
  }
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Literal& literal, const Expression& at) {
  switch (literal.kind) {
    case LiteralKind::kNull:
      Write("NULL");
      break;
    case LiteralKind::kTrue:
      Write("TRUE");
      break;
    case LiteralKind::kFalse:
      Write("FALSE");
      break;
    case LiteralKind::kUnknown:
      Write("CAST(NULL AS BOOLEAN)");
      break;
    case LiteralKind::kInteger: {
      // Beyond BIGINT Flink reads a DECIMAL, DuckDB a type that Flink does not have.
      std::string_view digits = literal.text;
      while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
      if (digits.size() > 19 || (digits.size() == 19 && digits > "9223372036854775807")) {
        return Refuse("A whole number beyond BIGINT", at.span, "",
                      "Write CAST('...' AS DECIMAL(38, 0))");
      }
      Write(digits);
      break;
    }
    case LiteralKind::kDecimal: {
      size_t digits = 0;
      for (char c : literal.text) digits += c != '.';
      if (digits > 38) return Refuse("A number of more than 38 digits", at.span);
      if (literal.text.starts_with('.')) Write("0");
      Write(literal.text);
      if (literal.text.ends_with('.')) Write("0");
      break;
    }
    case LiteralKind::kDouble:
      Write("CAST(");
      WriteString(literal.text);
      Write(" AS DOUBLE)");
      break;
    case LiteralKind::kString:
      WriteString(literal.text);
      break;
    case LiteralKind::kBinary:
      Write("unhex(");
      WriteString(literal.text);
      Write(")");
      break;
    case LiteralKind::kDate:
    case LiteralKind::kTime:
    case LiteralKind::kTimestamp: {
      // The digits after the point are the precision of the literal's type.
      const size_t digits = FractionDigits(literal.text);
      if (digits > 6 && literal.kind == LiteralKind::kTime) {
        return Refuse("A time with more than 6 digits after the point", at.span);
      }
      if (fine_literals_ != nullptr && fine_literals_->contains(&at)) {
        WriteFine(literal);
        break;
      }
      if (digits > 6 && !out_.beyond_nanoseconds) {
        const types::FineNanos nanos = NanosOfLiteral(literal);
        if (nanos != static_cast<int64_t>(nanos)) out_.beyond_nanoseconds = at.span;
      }
      Write("CAST(");
      WriteString(literal.text);
      Write(literal.kind == LiteralKind::kDate   ? " AS DATE)"
            : literal.kind == LiteralKind::kTime ? " AS TIME)"
            : digits == 0                        ? " AS TIMESTAMP_S)"
            : digits <= 3                        ? " AS TIMESTAMP_MS)"
            : digits <= 6                        ? " AS TIMESTAMP)"
                                                 : " AS TIMESTAMP_NS)");
      break;
    }
  }
  return Status::OK();
}

void DuckDbEmitter::WriteFine(const Literal& literal) {
  Write("CAST(");
  WriteString(types::ToDecimal(NanosOfLiteral(literal)).ToString(types::kFineScale));
  Write(fmt::format(" AS DECIMAL({}, {}))", types::kFineDigits, types::kFineScale));
}

Status DuckDbEmitter::EmitNode(const IntervalLiteral& interval, const Expression&) {
  Write(fmt::format("{}({})", interval.year_month ? "to_months" : "to_microseconds",
                    interval.amount));
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const ColumnRef& column, const Expression&) {
  const std::vector<Identifier>& parts = column.parts;
  size_t first = 0;
  // `db.t.c`: DuckDB knows the table by its alias, which is its last name.
  for (auto scope = tables_.rbegin(); scope != tables_.rend() && first == 0; ++scope) {
    for (const ObjectName& table : *scope) {
      const size_t width = table.parts.size();
      if (width < 2 || parts.size() <= width) continue;
      bool same = true;
      for (size_t i = 0; i < width; ++i)
        same = same && table.parts[i].name == parts[i].name;
      if (same) first = width - 1;
    }
  }
  for (size_t i = first; i < parts.size(); ++i) {
    if (i > first) Write(".");
    WriteName(parts[i].name);
  }
  used_.push_back({parts[first].name, parts[first].span, ""});
  if (first + 1 < parts.size()) {
    used_.push_back({parts[first + 1].name, parts[first + 1].span, parts[first].name});
  }
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Star&, const Expression& at) {
  return Invalid(kSyntaxError, "A star stands alone in a select list or in COUNT(*)",
                 at.span);
}

Status DuckDbEmitter::EmitNode(const Unary& unary, const Expression& at) {
  if (unary.op == UnaryOperator::kNot) {
    Write("(NOT ");
  } else {
    const Literal* literal = unary.operand->As<Literal>();
    // The smallest BIGINT has no positive twin.
    if (unary.op == UnaryOperator::kMinus && literal != nullptr &&
        literal->kind == LiteralKind::kInteger &&
        literal->text == "9223372036854775808") {
      Write("CAST('-9223372036854775808' AS BIGINT)");
      return Status::OK();
    }
    if (unary.operand->As<IntervalLiteral>() != nullptr) {
      return Refuse("A sign before INTERVAL", at.span, "", "Write INTERVAL '-1' DAY");
    }
    Write(unary.op == UnaryOperator::kMinus ? "(- " : "(+ ");
  }
  ARROW_RETURN_NOT_OK(Emit(unary.operand));
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Binary& binary, const Expression& at) {
  const bool sum =
      binary.op == BinaryOperator::kAdd || binary.op == BinaryOperator::kSubtract;
  const IntervalLiteral* left = binary.left->As<IntervalLiteral>();
  const IntervalLiteral* right = binary.right->As<IntervalLiteral>();
  if (sum && (left != nullptr) != (right != nullptr)) {
    if (left != nullptr && binary.op == BinaryOperator::kSubtract) {
      return Refuse("An interval minus a value", at.span);
    }
    IntervalLiteral interval = left != nullptr ? *left : *right;
    if (binary.op == BinaryOperator::kSubtract) interval.amount = -interval.amount;
    WriteOwn("tarn_plus_interval");
    Write("(");
    ARROW_RETURN_NOT_OK(Emit(left != nullptr ? binary.right : binary.left));
    Write(", ");
    ARROW_RETURN_NOT_OK(EmitNode(interval, at));
    Write(")");
    return Status::OK();
  }
  if (binary.op == BinaryOperator::kDivide || binary.op == BinaryOperator::kModulo) {
    WriteOwn(binary.op == BinaryOperator::kDivide ? "tarn_div" : "tarn_mod");
    Write("(");
    ARROW_RETURN_NOT_OK(Emit(binary.left));
    Write(", ");
    ARROW_RETURN_NOT_OK(Emit(binary.right));
    Write(")");
    return Status::OK();
  }
  Write("(");
  ARROW_RETURN_NOT_OK(Emit(binary.left));
  Write(OperatorText(binary.op));
  ARROW_RETURN_NOT_OK(Emit(binary.right));
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Logical& logical, const Expression&) {
  Write("(");
  for (size_t i = 0; i < logical.operands.size(); ++i) {
    if (i > 0) Write(logical.conjunction ? " AND " : " OR ");
    ARROW_RETURN_NOT_OK(Emit(logical.operands[i]));
  }
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Case& node, const Expression&) {
  Write("CASE");
  if (node.operand != nullptr) {
    Write(" ");
    ARROW_RETURN_NOT_OK(Emit(node.operand));
  }
  for (const auto& [when, then] : node.branches) {
    Write(" WHEN ");
    ARROW_RETURN_NOT_OK(Emit(when));
    Write(" THEN ");
    ARROW_RETURN_NOT_OK(Emit(then));
  }
  if (node.otherwise != nullptr) {
    Write(" ELSE ");
    ARROW_RETURN_NOT_OK(Emit(node.otherwise));
  }
  Write(" END");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Between& between, const Expression& at) {
  if (between.symmetric) ARROW_RETURN_NOT_OK(EnterCopying(at.span));
  const auto range = [&](const ExpressionPtr& low, const ExpressionPtr& high) -> Status {
    Write("(");
    ARROW_RETURN_NOT_OK(Emit(between.operand));
    Write(" BETWEEN ");
    ARROW_RETURN_NOT_OK(Emit(low));
    Write(" AND ");
    ARROW_RETURN_NOT_OK(Emit(high));
    Write(")");
    return Status::OK();
  };
  if (between.negated) Write("(NOT ");
  if (between.symmetric) Write("(");
  ARROW_RETURN_NOT_OK(range(between.low, between.high));
  if (between.symmetric) {
    Write(" OR ");
    ARROW_RETURN_NOT_OK(range(between.high, between.low));
    Write(")");
    --copying_;
  }
  if (between.negated) Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const InList& in, const Expression&) {
  Write("(");
  ARROW_RETURN_NOT_OK(Emit(in.operand));
  Write(in.negated ? " NOT IN (" : " IN (");
  ARROW_RETURN_NOT_OK(EmitList(in.items));
  Write("))");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const InSubquery& in, const Expression&) {
  Write("(");
  ARROW_RETURN_NOT_OK(Emit(in.operand));
  Write(in.negated ? " NOT IN (" : " IN (");
  ARROW_RETURN_NOT_OK(EmitQuery(*in.query));
  Write("))");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Quantified& quantified, const Expression&) {
  Write("(");
  ARROW_RETURN_NOT_OK(Emit(quantified.operand));
  Write(OperatorText(quantified.op));
  Write(quantified.all ? "ALL (" : "ANY (");
  ARROW_RETURN_NOT_OK(EmitQuery(*quantified.query));
  Write("))");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Exists& exists, const Expression&) {
  Write("EXISTS (");
  ARROW_RETURN_NOT_OK(EmitQuery(*exists.query));
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const ScalarSubquery& subquery, const Expression&) {
  Write("(");
  ARROW_RETURN_NOT_OK(EmitQuery(*subquery.query));
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Like& like, const Expression& at) {
  if (like.similar) {
    return Refuse("SIMILAR TO", at.span, "DuckDB takes it for another kind of pattern",
                  "LIKE knows % and _");
  }
  Write("(");
  ARROW_RETURN_NOT_OK(Emit(like.operand));
  Write(like.negated ? " NOT LIKE " : " LIKE ");
  ARROW_RETURN_NOT_OK(Emit(like.pattern));
  if (like.escape != nullptr) {
    Write(" ESCAPE ");
    ARROW_RETURN_NOT_OK(Emit(like.escape));
  }
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const IsTest& test, const Expression&) {
  Write("(");
  ARROW_RETURN_NOT_OK(Emit(test.operand));
  Write(test.negated ? " IS NOT " : " IS ");
  switch (test.kind) {
    case TestKind::kNull:
      Write("NULL)");
      break;
    case TestKind::kTrue:
      Write("TRUE)");
      break;
    case TestKind::kFalse:
      Write("FALSE)");
      break;
    case TestKind::kUnknown:
      Write("NULL)");
      break;
  }
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const IsDistinct& distinct, const Expression&) {
  Write("(");
  ARROW_RETURN_NOT_OK(Emit(distinct.left));
  Write(distinct.negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ");
  ARROW_RETURN_NOT_OK(Emit(distinct.right));
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const RowValue& row, const Expression&) {
  // Flink names the members EXPR$0, EXPR$1, ...; comparisons go by position in both.
  Write("row(");
  ARROW_RETURN_NOT_OK(EmitList(row.items));
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const ArrayValue& array, const Expression&) {
  Write("[");
  ARROW_RETURN_NOT_OK(EmitList(array.items));
  Write("]");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const MapValue& map, const Expression&) {
  Write("MAP {");
  for (size_t i = 0; i < map.items.size(); i += 2) {
    if (i > 0) Write(", ");
    ARROW_RETURN_NOT_OK(Emit(map.items[i]));
    Write(": ");
    ARROW_RETURN_NOT_OK(Emit(map.items[i + 1]));
  }
  Write("}");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Subscript& subscript, const Expression&) {
  Write("(");
  ARROW_RETURN_NOT_OK(Emit(subscript.operand));
  Write(")[");
  ARROW_RETURN_NOT_OK(Emit(subscript.index));
  Write("]");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Member& member, const Expression&) {
  Write("(");
  ARROW_RETURN_NOT_OK(Emit(member.operand));
  Write(").");
  WriteName(member.name.name);
  return Status::OK();
}

void DuckDbEmitter::WriteName(std::string_view name) {
  out_.text += '"';
  for (char c : name) {
    out_.text += c;
    if (c == '"') out_.text += c;
  }
  out_.text += '"';
}

void DuckDbEmitter::WriteString(std::string_view text) {
  out_.text += '\'';
  for (char c : text) {
    out_.text += c;
    if (c == '\'') out_.text += c;
  }
  out_.text += '\'';
}

void DuckDbEmitter::WriteOwn(std::string_view function) {
  functions_.insert(std::string(function));
  Write(function);
}

void DuckDbEmitter::Map(size_t begin, Span user) {
  out_.map.push_back({static_cast<uint32_t>(begin),
                      static_cast<uint32_t>(out_.text.size() - begin), user});
}

void DuckDbEmitter::AddColumns(const std::vector<std::string>& columns) {
  for (const std::string& column : columns) KnowColumn(column);
}

Status DuckDbEmitter::Refuse(std::string_view what, Span span, std::string why,
                             std::string hint) {
  return ToStatus({ErrorKind::kUnsupported, kUnsupportedExpression,
                   fmt::format("{} is not supported yet", what), span, std::move(why),
                   std::move(hint)},
                  source_);
}

Status DuckDbEmitter::Invalid(int code, std::string sentence, Span span,
                              std::string hint) {
  return ToStatus(
      {ErrorKind::kInvalidInput, code, std::move(sentence), span, "", std::move(hint)},
      source_);
}

// Flink tells names apart by case, DuckDB does not: a name that exists in another case
// only must not be found.
Status DuckDbEmitter::CheckNames() {
  std::set<std::string> known = names_;
  known.insert(relations_.begin(), relations_.end());
  for (const UsedName& member : members_) {
    if (!relations_.contains(member.qualifier)) known.insert(member.name);
  }
  for (const UsedName& used : used_) {
    if (known.contains(used.name)) continue;
    if (!used.qualifier.empty() && !relations_.contains(used.qualifier)) continue;
    for (const std::string& name : known) {
      if (!EqualsIgnoringCase(name, used.name)) continue;
      return Invalid(
          kUnknownColumn,
          fmt::format("There is no {}; names are told apart by case", used.name),
          used.span, fmt::format("Did you mean {}?", name));
    }
    if (unknown_columns_) continue;
    std::vector<std::string_view> candidates(known.begin(), known.end());
    return Invalid(kUnknownColumn, fmt::format("Column '{}' not found", used.name),
                   used.span, DidYouMean(NearestOf(used.name, candidates)));
  }
  return Status::OK();
}

Result<EmittedQuery> DuckDbEmitter::Finish() {
  ARROW_RETURN_NOT_OK(CheckNames());
  out_.functions.assign(functions_.begin(), functions_.end());
  return std::move(out_);
}

Span EmittedQuery::UserPlace(uint32_t offset) const {
  const SourceMapping* best = nullptr;
  for (const SourceMapping& mapping : map) {
    if (offset < mapping.offset || offset >= mapping.offset + mapping.length) continue;
    if (best == nullptr || mapping.length < best->length) best = &mapping;
  }
  if (best != nullptr) return best->user;
  return map.empty() ? Span{} : map.back().user;
}

Result<EmittedQuery> EmitDuckDb(const Query& query, const SourceText& source,
                                RelationBinder* binder,
                                const std::set<const Expression*>* fine_literals) {
  DuckDbEmitter emitter(source, binder, fine_literals);
  ARROW_RETURN_NOT_OK(emitter.EmitQuery(query));
  return emitter.Finish();
}

Result<EmittedQuery> EmitDuckDbExpression(const Expression& expression,
                                          const SourceText& source,
                                          const std::vector<std::string>& columns) {
  DuckDbEmitter emitter(source, nullptr);
  emitter.AddColumns(columns);
  ARROW_RETURN_NOT_OK(emitter.EmitExpression(expression));
  return emitter.Finish();
}

}  // namespace tarn::sql

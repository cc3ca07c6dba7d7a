// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tarn/sql/duckdb_emitter.h"
#include "tarn/sql/java_pattern.h"
#include "tarn/sql/literal.h"
#include "tarn/sql/token.h"

namespace tarn::sql {
namespace {

using types::TypeRoot;

const Literal* LiteralOf(const Expression& expression, LiteralKind kind) {
  const Literal* literal = expression.As<Literal>();
  return literal != nullptr && literal->kind == kind ? literal : nullptr;
}

// A whole number written out, with its sign.
std::optional<int64_t> IntegerOf(const Expression& expression) {
  if (const Unary* unary = expression.As<Unary>()) {
    const Literal* literal = LiteralOf(*unary->operand, LiteralKind::kInteger);
    if (literal == nullptr || literal->text.size() > 9) return std::nullopt;
    const int64_t value = std::stoll(literal->text);
    return unary->op == UnaryOperator::kMinus ? -value : value;
  }
  const Literal* literal = LiteralOf(expression, LiteralKind::kInteger);
  if (literal == nullptr || literal->text.size() > 9) return std::nullopt;
  return std::stoll(literal->text);
}

ValueKind KindOfType(const types::DataType& type) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return ValueKind::kBoolean;
    case TypeRoot::kTinyInt:
    case TypeRoot::kSmallInt:
    case TypeRoot::kInt:
    case TypeRoot::kBigInt:
      return ValueKind::kInteger;
    case TypeRoot::kFloat:
    case TypeRoot::kDouble:
      return ValueKind::kDouble;
    case TypeRoot::kDecimal:
      return ValueKind::kDecimal;
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return ValueKind::kString;
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
      return ValueKind::kBytes;
    case TypeRoot::kDate:
      return ValueKind::kDate;
    case TypeRoot::kTime:
      return ValueKind::kTime;
    case TypeRoot::kTimestamp:
      return ValueKind::kTimestamp;
    default:
      return ValueKind::kUnknown;
  }
}

// The DuckDB type that holds `type`; "" for those that a cast cannot make here.
std::string DuckDbType(const types::DataType& type) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return "BOOLEAN";
    case TypeRoot::kTinyInt:
      return "TINYINT";
    case TypeRoot::kSmallInt:
      return "SMALLINT";
    case TypeRoot::kInt:
      return "INTEGER";
    case TypeRoot::kBigInt:
      return "BIGINT";
    case TypeRoot::kFloat:
      return "FLOAT";
    case TypeRoot::kDouble:
      return "DOUBLE";
    case TypeRoot::kDecimal:
      return fmt::format("DECIMAL({}, {})", type.precision(), type.scale());
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return "VARCHAR";
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
      return "BLOB";
    case TypeRoot::kDate:
      return "DATE";
    case TypeRoot::kTime:
      return "TIME";
    case TypeRoot::kTimestamp:
      return type.precision() > 6    ? "TIMESTAMP_NS"
             : type.precision() == 3 ? "TIMESTAMP_MS"
             : type.precision() == 0 ? "TIMESTAMP_S"
                                     : "TIMESTAMP";
    case TypeRoot::kLocalZonedTimestamp:
      return "TIMESTAMPTZ";
    default:
      return "";
  }
}

std::string_view UnitText(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kYear:
      return "year";
    case TimeUnit::kQuarter:
      return "quarter";
    case TimeUnit::kMonth:
      return "month";
    case TimeUnit::kWeek:
      return "week";
    case TimeUnit::kDay:
      return "day";
    case TimeUnit::kHour:
      return "hour";
    case TimeUnit::kMinute:
      return "minute";
    case TimeUnit::kSecond:
      return "second";
    default:
      return "";
  }
}

bool IsInteger(TypeRoot root) {
  return root >= TypeRoot::kTinyInt && root <= TypeRoot::kBigInt;
}

// A number written out that the type holds: anything else may wrap around, as in Java.
bool FitsInteger(const Expression& expression, TypeRoot root) {
  const std::optional<int64_t> value = IntegerOf(expression);
  if (!value.has_value()) return false;
  if (root == TypeRoot::kTinyInt) return *value >= INT8_MIN && *value <= INT8_MAX;
  if (root == TypeRoot::kSmallInt) return *value >= INT16_MIN && *value <= INT16_MAX;
  return true;
}

std::string LowerOf(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

}  // namespace

ValueKind KindOfValue(const Expression& expression) {
  if (const Literal* literal = expression.As<Literal>()) {
    switch (literal->kind) {
      case LiteralKind::kNull:
        return ValueKind::kNull;
      case LiteralKind::kTrue:
      case LiteralKind::kFalse:
      case LiteralKind::kUnknown:
        return ValueKind::kBoolean;
      case LiteralKind::kInteger:
        return ValueKind::kInteger;
      case LiteralKind::kDecimal:
        return ValueKind::kDecimal;
      case LiteralKind::kDouble:
        return ValueKind::kDouble;
      case LiteralKind::kString:
        return ValueKind::kString;
      case LiteralKind::kBinary:
        return ValueKind::kBytes;
      case LiteralKind::kDate:
        return ValueKind::kDate;
      case LiteralKind::kTime:
        return ValueKind::kTime;
      case LiteralKind::kTimestamp:
        return ValueKind::kTimestamp;
    }
  }
  if (const Unary* unary = expression.As<Unary>()) {
    return unary->op == UnaryOperator::kNot ? ValueKind::kBoolean
                                            : KindOfValue(*unary->operand);
  }
  if (const Binary* binary = expression.As<Binary>()) {
    if (binary->op == BinaryOperator::kConcat) return ValueKind::kString;
    if (binary->op <= BinaryOperator::kGreaterEqual) return ValueKind::kBoolean;
    const ValueKind left = KindOfValue(*binary->left);
    const ValueKind right = KindOfValue(*binary->right);
    return left == ValueKind::kInteger && right == ValueKind::kInteger
               ? ValueKind::kInteger
               : ValueKind::kUnknown;
  }
  if (const Cast* cast = expression.As<Cast>()) return KindOfType(cast->type.type);
  if (const Call* call = expression.As<Call>()) {
    const FunctionRule* rule = FindFunction(call->name.object());
    return rule == nullptr ? ValueKind::kUnknown : rule->result;
  }
  if (expression.As<Logical>() || expression.As<IsTest>() ||
      expression.As<IsDistinct>() || expression.As<Between>() ||
      expression.As<InList>() || expression.As<InSubquery>() || expression.As<Exists>() ||
      expression.As<Like>() || expression.As<Quantified>()) {
    return ValueKind::kBoolean;
  }
  if (expression.As<Trim>()) return ValueKind::kString;
  return ValueKind::kUnknown;
}

Status DuckDbEmitter::EmitNode(const Cast& cast, const Expression&) {
  if (!cast.try_cast) return EmitCast(*cast.operand, cast.type);
  Write("TRY(");
  ARROW_RETURN_NOT_OK(EmitCast(*cast.operand, cast.type));
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitCast(const Expression& operand, const TypeRef& ref) {
  const types::DataType& type = ref.type;
  const std::string text = DuckDbType(type);
  const ValueKind kind = KindOfValue(operand);
  const bool is_char = type.root() == TypeRoot::kChar;
  if (text.empty()) {
    if (kind != ValueKind::kNull) {
      return Refuse(fmt::format("A cast to {}", type.ToString()), ref.span);
    }
    return Refuse("A NULL of a nested type", ref.span);
  }
  const auto own = [&](std::string_view function, std::string_view rest) -> Status {
    WriteOwn(function);
    Write("(");
    ARROW_RETURN_NOT_OK(EmitExpression(operand));
    Write(rest);
    Write(")");
    return Status::OK();
  };
  const auto plain = [&]() -> Status {
    Write("CAST(");
    ARROW_RETURN_NOT_OK(EmitExpression(operand));
    Write(" AS ");
    Write(text);
    Write(")");
    return Status::OK();
  };
  if (kind == ValueKind::kNull) return plain();
  if (IsInteger(type.root())) {
    if (kind == ValueKind::kBoolean || FitsInteger(operand, type.root())) return plain();
    const std::string name = type.root() == TypeRoot::kInt ? "int" : LowerOf(text);
    return own("tarn_cast_" + name, "");
  }
  if (is_char) return own("tarn_cast_char", fmt::format(", {}", type.length()));
  if (type.root() == TypeRoot::kVarChar) {
    const bool cut = type.length() != types::kMaxLength;
    if (cut) Write("left(");
    if (kind == ValueKind::kString || kind == ValueKind::kInteger) {
      ARROW_RETURN_NOT_OK(plain());
    } else {
      ARROW_RETURN_NOT_OK(own("tarn_cast_string", ""));
    }
    if (cut) Write(fmt::format(", {})", type.length()));
    return Status::OK();
  }
  if (type.IsBytes()) {
    if (type.length() != types::kMaxLength) {
      return Refuse(fmt::format("A cast to {}", type.ToString()), ref.span, "",
                    "BYTES has no length");
    }
    return own("tarn_cast_bytes", "");
  }
  if (type.root() == TypeRoot::kDecimal) {
    if (kind == ValueKind::kInteger || kind == ValueKind::kDecimal ||
        kind == ValueKind::kString) {
      return plain();
    }
    return own("tarn_cast_decimal",
               fmt::format(", {}, {}", type.precision(), type.scale()));
  }
  if (type.root() == TypeRoot::kTimestamp) {
    Write("CAST(");
    ARROW_RETURN_NOT_OK(
        own("tarn_cast_timestamp", fmt::format(", {}", type.precision())));
    Write(fmt::format(" AS {})", text));
    return Status::OK();
  }
  if (type.root() == TypeRoot::kLocalZonedTimestamp) {
    return own("tarn_cast_ltz", fmt::format(", {}", type.precision()));
  }
  if (type.root() == TypeRoot::kTime && kind != ValueKind::kTime &&
      kind != ValueKind::kString) {
    return Refuse("A cast to TIME", ref.span);
  }
  return plain();
}

Status DuckDbEmitter::EmitNode(const Trim& trim, const Expression&) {
  Write(trim.side == TrimSide::kLeading    ? "ltrim("
        : trim.side == TrimSide::kTrailing ? "rtrim("
                                           : "trim(");
  ARROW_RETURN_NOT_OK(Emit(trim.operand));
  Write(", ");
  if (trim.characters != nullptr) {
    ARROW_RETURN_NOT_OK(Emit(trim.characters));
  } else {
    WriteString(" ");
  }
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitNode(const Call& call, const Expression& at) {
  const std::string name = ToUpper(call.name.object());
  const FunctionRule* rule = call.name.parts.size() == 1 ? FindFunction(name) : nullptr;
  if (rule == nullptr) {
    return ToStatus(
        {ErrorKind::kUnsupported, kUnsupportedFunction,
         fmt::format("There is no function {}", call.name.ToString()), call.name.span, "",
         DidYouMean(NearestOf(name, SupportedFunctions()))},
        source_);
  }
  if (rule->text.starts_with('!')) {
    return ToStatus({ErrorKind::kUnsupported, kUnsupportedFunction,
                     fmt::format("The function {} is not supported yet", name),
                     call.name.span, std::string(rule->text.substr(1)), ""},
                    source_);
  }
  ARROW_RETURN_NOT_OK(CheckCall(call, *rule, at.span));
  if (rule->kind == FunctionKind::kScalar) return EmitScalar(call, *rule, at.span);
  return EmitAggregate(call, *rule, at.span);
}

Status DuckDbEmitter::CheckCall(const Call& call, const FunctionRule& rule, Span span) {
  const int count = static_cast<int>(call.arguments.size());
  for (const CallArgument& argument : call.arguments) {
    if (argument.name.has_value()) {
      return Refuse("A named argument of a function", argument.name->span);
    }
  }
  if (count < rule.min_arguments || count > rule.max_arguments) {
    const std::string wanted =
        rule.min_arguments == rule.max_arguments ? fmt::format("{}", rule.min_arguments)
        : rule.max_arguments == 255
            ? fmt::format("at least {}", rule.min_arguments)
            : fmt::format("{} to {}", rule.min_arguments, rule.max_arguments);
    return Invalid(
        kBadArguments,
        fmt::format("{} takes {} arguments, {} are given", rule.name, wanted, count),
        span);
  }
  if (rule.kind == FunctionKind::kScalar) {
    if (call.over != nullptr || call.filter != nullptr || call.distinct ||
        call.ignore_nulls || !call.within_group.empty()) {
      return Invalid(kBadArguments, fmt::format("{} is no aggregate function", rule.name),
                     span);
    }
    return Status::OK();
  }
  if (rule.kind == FunctionKind::kWindow && call.over == nullptr) {
    return Invalid(kBadArguments, fmt::format("{} needs OVER (...)", rule.name), span);
  }
  if (call.ignore_nulls) return Refuse("IGNORE NULLS", span);
  if (in_aggregate_ && call.over == nullptr) {
    return Invalid(kBadArguments, "An aggregate stands inside another one", span,
                   "Compute the inner one in a subquery");
  }
  if (call.distinct && call.over != nullptr) return Refuse("DISTINCT with OVER", span);
  if (!call.within_group.empty() && rule.name != "LISTAGG") {
    return Refuse("WITHIN GROUP", span);
  }
  return Status::OK();
}

Status DuckDbEmitter::EmitScalar(const Call& call, const FunctionRule& rule, Span span) {
  if (rule.text.empty()) return EmitSpecial(call, rule, span);
  if (rule.text.starts_with("tarn_")) {
    functions_.insert(std::string(rule.text.substr(0, rule.text.find('('))));
  } else if (rule.name == "CARDINALITY") {
    functions_.insert("tarn_cardinality");
  }
  return EmitPattern(rule.text, call);
}

Status DuckDbEmitter::EmitPattern(std::string_view pattern, const Call& call) {
  // Parentheses keep a CASE or an operator apart from what stands around it.
  Write("(");
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '$') {
      out_.text += pattern[i];
    } else if (pattern[++i] == '*') {
      for (size_t a = 0; a < call.arguments.size(); ++a) {
        if (a > 0) Write(", ");
        ARROW_RETURN_NOT_OK(Emit(call.arguments[a].value));
      }
    } else {
      ARROW_RETURN_NOT_OK(Emit(call.arguments[pattern[i] - '1'].value));
    }
  }
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitSpecial(const Call& call, const FunctionRule& rule, Span span) {
  const std::string_view name = rule.name;
  const auto argument = [&](size_t i) -> const Expression& {
    return *call.arguments[i].value;
  };
  if (name == "GREATEST" || name == "LEAST") {
    ARROW_RETURN_NOT_OK(EnterCopying(span));
    ARROW_RETURN_NOT_OK(EmitExtreme(call, name == "LEAST" ? "least" : "greatest"));
    --copying_;
    return Status::OK();
  }
  if (name == "MOD") {
    WriteOwn("tarn_mod");
    return EmitPattern("$1, $2", call);
  }
  if (name == "ROUND") {
    WriteOwn("tarn_round");
    return EmitPattern(call.arguments.size() == 1 ? "$1, 0" : "$1, $2", call);
  }
  if (name == "FLOOR" || name == "CEIL" || name == "CEILING") {
    if (call.arguments.size() != 1) return Refuse("FLOOR with two arguments", span);
    if (call.unit.has_value()) return Refuse(fmt::format("{}(... TO unit)", name), span);
    WriteOwn(name == "FLOOR" ? "tarn_floor" : "tarn_ceil");
    return EmitPattern("$1", call);
  }
  if (name == "SUBSTRING" || name == "SUBSTR") {
    const std::optional<int64_t> start = IntegerOf(argument(1));
    const std::optional<int64_t> length =
        call.arguments.size() == 3 ? IntegerOf(argument(2)) : std::optional<int64_t>(0);
    // From 1 on both count alike.
    if (start.value_or(0) >= 1 && length.value_or(-1) >= 0) {
      return EmitPattern("substring($*)", call);
    }
    WriteOwn("tarn_substring");
    return EmitPattern("$*", call);
  }
  if (name == "CONCAT") {
    // NULL when any argument is; DuckDB's concat skips them.
    Write("(");
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      if (i > 0) Write(" || ");
      if (KindOfValue(argument(i)) == ValueKind::kString) {
        ARROW_RETURN_NOT_OK(EmitExpression(argument(i)));
      } else {
        WriteOwn("tarn_cast_string");
        Write("(");
        ARROW_RETURN_NOT_OK(EmitExpression(argument(i)));
        Write(")");
      }
    }
    Write(")");
    return Status::OK();
  }
  if (name == "SPLIT_INDEX") {
    if (IntegerOf(argument(2)).value_or(-1) < 0) {
      return Refuse("SPLIT_INDEX with a place that is no number from 0 on", span);
    }
    return EmitPattern("string_split(nullif($1, ''), $2)[$3 + 1]", call);
  }
  return EmitTemporal(call, name, span);
}

Status DuckDbEmitter::EnterCopying(Span span) {
  if (++copying_ <= kMaxCopying) return Status::OK();
  return Invalid(
      kTooDeep,
      fmt::format("GREATEST, LEAST, SUM, AVG and BETWEEN SYMMETRIC are nested more "
                  "than {} deep",
                  kMaxCopying),
      span, "Compute the inner ones in a subquery");
}

// NULL when any argument is; DuckDB's functions skip them.
Status DuckDbEmitter::EmitExtreme(const Call& call, std::string_view function) {
  Write("CASE WHEN ");
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    if (i > 0) Write(" OR ");
    Write("(");
    ARROW_RETURN_NOT_OK(Emit(call.arguments[i].value));
    Write(") IS NULL");
  }
  Write(" THEN NULL ELSE ");
  Write(function);
  ARROW_RETURN_NOT_OK(EmitPattern("$*", call));
  Write(" END");
  return Status::OK();
}

Status DuckDbEmitter::EmitTemporal(const Call& call, std::string_view name, Span span) {
  const auto pattern_of = [&](size_t index, std::string* out) -> Status {
    const Expression& argument = *call.arguments[index].value;
    const Literal* literal = LiteralOf(argument, LiteralKind::kString);
    if (literal == nullptr) {
      return Refuse(fmt::format("{} with a pattern that is no literal", name),
                    argument.span);
    }
    const std::optional<std::string> text = StrftimeOf(literal->text);
    if (!text.has_value()) {
      return Refuse(fmt::format("The time pattern '{}'", literal->text), argument.span,
                    "", "yyyy, MM, dd, HH, mm, ss, SSS and signs between them are known");
    }
    *out = *text;
    return Status::OK();
  };
  if (name == "EXTRACT") {
    const TimeUnit unit = *call.unit;
    if (unit == TimeUnit::kDayOfWeek) {
      return EmitPattern("extract('dow' FROM $1) + 1", call);
    }
    if (unit == TimeUnit::kDayOfYear) return EmitPattern("extract('doy' FROM $1)", call);
    const std::string_view text = UnitText(unit);
    if (text.empty()) {
      return Refuse(fmt::format("EXTRACT({} FROM ...)", TimeUnitName(unit)), span);
    }
    return EmitPattern(fmt::format("extract('{}' FROM $1)", text), call);
  }
  if (name == "TIMESTAMPADD" || name == "TIMESTAMPDIFF") {
    const std::string_view text = UnitText(*call.unit);
    if (text.empty()) {
      return Refuse(fmt::format("{} in {}", name, TimeUnitName(*call.unit)), span);
    }
    if (name == "TIMESTAMPDIFF") {
      return EmitPattern(fmt::format("CAST(date_sub('{}', CAST($1 AS TIMESTAMP), "
                                     "CAST($2 AS TIMESTAMP)) AS INTEGER)",
                                     text),
                         call);
    }
    WriteOwn("tarn_plus_interval");
    return EmitPattern(fmt::format("$2, to_{}s(CAST($1 AS INTEGER))", text), call);
  }
  std::string format;
  if (name == "DATE_FORMAT") {
    ARROW_RETURN_NOT_OK(pattern_of(1, &format));
    Write("strftime(");
    ARROW_RETURN_NOT_OK(Emit(call.arguments[0].value));
    Write(", ");
    WriteString(format);
    Write(")");
    return Status::OK();
  }
  const bool date = name == "TO_DATE";
  if (!date && name != "TO_TIMESTAMP") return Refuse(name, span);
  // A text that does not fit is NULL, in Flink too. Without a pattern the time and its
  // fraction may be missing.
  Write("CAST(");
  if (!date) {
    WriteOwn("tarn_cast_timestamp");
    Write("(");
  }
  Write("try_strptime(");
  ARROW_RETURN_NOT_OK(Emit(call.arguments[0].value));
  Write(", ");
  if (call.arguments.size() == 2) {
    ARROW_RETURN_NOT_OK(pattern_of(1, &format));
    WriteString(format);
  } else {
    Write(date ? "'%Y-%m-%d'"
               : "['%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%d']");
  }
  Write(date ? ") AS DATE)" : "), 3) AS TIMESTAMP_MS)");
  return Status::OK();
}

// function([DISTINCT] arguments) [FILTER (WHERE ...)] [OVER ...].
Status DuckDbEmitter::EmitAggregateCall(std::string_view function, const Call& call,
                                        bool with_filter) {
  const bool outer = std::exchange(in_aggregate_, call.over == nullptr);
  Write(function);
  Write(call.distinct ? "(DISTINCT " : "(");
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    if (i > 0) Write(", ");
    ARROW_RETURN_NOT_OK(Emit(call.arguments[i].value));
  }
  if (function == "string_agg" && call.arguments.size() == 1) Write(", ','");
  if (!call.within_group.empty()) {
    Write(" ");
    ARROW_RETURN_NOT_OK(EmitOrderBy(call.within_group));
  }
  Write(")");
  if (with_filter && call.filter != nullptr) {
    Write(" FILTER (WHERE ");
    ARROW_RETURN_NOT_OK(Emit(call.filter));
    Write(")");
  }
  in_aggregate_ = outer;
  return EmitOver(call);
}

Status DuckDbEmitter::EmitOver(const Call& call) {
  if (call.over == nullptr) return Status::OK();
  Write(" OVER ");
  const WindowSpec& spec = *call.over;
  if (spec.base.has_value() && spec.partition_by.empty() && spec.order_by.empty() &&
      !spec.has_frame) {
    WriteName(spec.base->name);
    return Status::OK();
  }
  return EmitWindowSpec(spec);
}

Status DuckDbEmitter::EmitAggregate(const Call& call, const FunctionRule& rule,
                                    Span span) {
  const std::string_view name = rule.name;
  if (name == "COUNT") {
    const bool star =
        !call.arguments.empty() && call.arguments[0].value->As<Star>() != nullptr;
    if (!star && !call.arguments.empty()) return EmitAggregateCall("count", call, true);
    if (call.distinct)
      return Invalid(kBadArguments, "COUNT(DISTINCT *) counts nothing", span);
    Write("count(*)");
    if (call.filter != nullptr) {
      Write(" FILTER (WHERE ");
      ARROW_RETURN_NOT_OK(Emit(call.filter));
      Write(")");
    }
    return EmitOver(call);
  }
  if (name == "SUM" || name == "AVG") {
    // The type follows the argument's, and only a value can carry it: any_value does.
    ARROW_RETURN_NOT_OK(EnterCopying(span));
    WriteOwn(name == "SUM" ? "tarn_sum" : "tarn_avg");
    Write("(");
    ARROW_RETURN_NOT_OK(EmitAggregateCall("sum", call, true));
    if (name == "AVG") {
      Write(", ");
      ARROW_RETURN_NOT_OK(EmitAggregateCall("count", call, true));
    }
    Write(", ");
    ARROW_RETURN_NOT_OK(EmitAggregateCall("any_value", call, true));
    Write(")");
    --copying_;
    return Status::OK();
  }
  if (name == "FIRST_VALUE" || name == "LAST_VALUE") {
    if (call.over == nullptr) return Refuse(fmt::format("{} without OVER", name), span);
    Write(rule.text);
    Write("(");
    ARROW_RETURN_NOT_OK(Emit(call.arguments[0].value));
    Write(" IGNORE NULLS)");  // Flink's functions skip NULLs
    return EmitOver(call);
  }
  if (name == "LISTAGG") {
    if (call.arguments.size() == 2 &&
        LiteralOf(*call.arguments[1].value, LiteralKind::kString) == nullptr) {
      return Refuse("LISTAGG with a separator that is no literal", span);
    }
    return EmitAggregateCall("string_agg", call, true);
  }
  return EmitAggregateCall(rule.text, call, true);
}

}  // namespace tarn::sql

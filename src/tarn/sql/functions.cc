// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/functions.h"

#include <string>
#include <unordered_map>

#include "tarn/sql/token.h"

namespace tarn::sql {
namespace {

using enum FunctionKind;
using enum ValueKind;

constexpr int kMany = 255;

// clang-format off
constexpr FunctionRule kRules[] = {
    // Conditions.
    {"COALESCE", kScalar, 1, kMany, "coalesce($*)"},
    {"IFNULL", kScalar, 2, 2, "coalesce($1, $2)"},
    {"NULLIF", kScalar, 2, 2, "nullif($1, $2)"},
    {"IF", kScalar, 3, 3, "CASE WHEN $1 THEN $2 ELSE $3 END"},
    {"GREATEST", kScalar, 1, kMany, ""},
    {"LEAST", kScalar, 1, kMany, ""},
    // Numbers.
    {"ABS", kScalar, 1, 1, "abs($1)"},
    {"CEIL", kScalar, 1, 1, ""},
    {"CEILING", kScalar, 1, 1, ""},
    {"FLOOR", kScalar, 1, 1, ""},
    {"ROUND", kScalar, 1, 2, ""},
    {"MOD", kScalar, 2, 2, ""},
    {"SIGN", kScalar, 1, 1, "!its result type follows the argument's"},
    {"POWER", kScalar, 2, 2, "pow(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))", kDouble},
    {"SQRT", kScalar, 1, 1, "sqrt(CAST($1 AS DOUBLE))", kDouble},
    {"EXP", kScalar, 1, 1, "exp(CAST($1 AS DOUBLE))", kDouble},
    {"LN", kScalar, 1, 1, "ln(CAST($1 AS DOUBLE))", kDouble},
    {"LOG10", kScalar, 1, 1, "log10(CAST($1 AS DOUBLE))", kDouble},
    {"LOG2", kScalar, 1, 1, "log2(CAST($1 AS DOUBLE))", kDouble},
    {"SIN", kScalar, 1, 1, "sin(CAST($1 AS DOUBLE))", kDouble},
    {"COS", kScalar, 1, 1, "cos(CAST($1 AS DOUBLE))", kDouble},
    {"TAN", kScalar, 1, 1, "tan(CAST($1 AS DOUBLE))", kDouble},
    {"COT", kScalar, 1, 1, "cot(CAST($1 AS DOUBLE))", kDouble},
    {"ASIN", kScalar, 1, 1, "asin(CAST($1 AS DOUBLE))", kDouble},
    {"ACOS", kScalar, 1, 1, "acos(CAST($1 AS DOUBLE))", kDouble},
    {"ATAN", kScalar, 1, 1, "atan(CAST($1 AS DOUBLE))", kDouble},
    {"ATAN2", kScalar, 2, 2, "atan2(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))", kDouble},
    {"DEGREES", kScalar, 1, 1, "degrees(CAST($1 AS DOUBLE))", kDouble},
    {"RADIANS", kScalar, 1, 1, "radians(CAST($1 AS DOUBLE))", kDouble},
    {"PI", kScalar, 0, 0, "pi()", kDouble},
    {"LOG", kScalar, 1, 2, "!DuckDB's LOG has another base"},
    {"TRUNCATE", kScalar, 1, 2, "!its rounding is not proven equal"},
    {"RAND", kScalar, 0, 1, "!a random result cannot be compared"},
    {"RAND_INTEGER", kScalar, 1, 2, "!a random result cannot be compared"},
    {"UUID", kScalar, 0, 0, "!a random result cannot be compared"},
    {"BIN", kScalar, 1, 1, "!no proven equal"},
    {"HEX", kScalar, 1, 1, "!no proven equal"},
    {"CONV", kScalar, 3, 3, "!no proven equal"},
    // Text.
    {"UPPER", kScalar, 1, 1, "upper($1)", kString},
    {"LOWER", kScalar, 1, 1, "lower($1)", kString},
    {"CHAR_LENGTH", kScalar, 1, 1, "CAST(length($1) AS INTEGER)", kInteger},
    {"CHARACTER_LENGTH", kScalar, 1, 1, "CAST(length($1) AS INTEGER)", kInteger},
    {"SUBSTRING", kScalar, 2, 3, "", kString},
    {"SUBSTR", kScalar, 2, 3, "", kString},
    {"LEFT", kScalar, 2, 2, "left($1, greatest($2, 0))", kString},
    {"RIGHT", kScalar, 2, 2, "right($1, greatest($2, 0))", kString},
    {"LTRIM", kScalar, 1, 1, "ltrim($1, ' ')", kString},
    {"RTRIM", kScalar, 1, 1, "rtrim($1, ' ')", kString},
    {"BTRIM", kScalar, 1, 1, "trim($1, ' ')", kString},
    {"REPLACE", kScalar, 3, 3, "replace($1, $2, $3)", kString},
    {"CONCAT", kScalar, 1, kMany, "", kString},
    {"CONCAT_WS", kScalar, 2, kMany, "concat_ws($*)", kString},
    {"POSITION", kScalar, 2, 2, "CAST(instr($2, $1) AS INTEGER)", kInteger},
    {"INSTR", kScalar, 2, 2, "CAST(instr($1, $2) AS INTEGER)", kInteger},
    {"LOCATE", kScalar, 2, 2, "CAST(instr($2, $1) AS INTEGER)", kInteger},
    {"STARTSWITH", kScalar, 2, 2, "starts_with($1, $2)", kBoolean},
    {"ENDSWITH", kScalar, 2, 2, "ends_with($1, $2)", kBoolean},
    {"REPEAT", kScalar, 2, 2, "repeat($1, greatest($2, 0))", kString},
    {"REVERSE", kScalar, 1, 1, "array_to_string(list_reverse(string_split($1, '')), '')", kString},
    {"SPLIT_INDEX", kScalar, 3, 3, "", kString},
    {"MD5", kScalar, 1, 1, "md5($1)", kString},
    {"SHA1", kScalar, 1, 1, "sha1($1)", kString},
    {"SHA256", kScalar, 1, 1, "sha256($1)", kString},
    {"LPAD", kScalar, 3, 3, "!an empty filling and negative lengths differ"},
    {"RPAD", kScalar, 3, 3, "!an empty filling and negative lengths differ"},
    {"OVERLAY", kScalar, 3, 4, "!no proven equal"},
    {"INITCAP", kScalar, 1, 1, "!no proven equal"},
    {"ASCII", kScalar, 1, 1, "!no proven equal"},
    {"CHR", kScalar, 1, 1, "!no proven equal"},
    {"TRANSLATE", kScalar, 3, 3, "!no proven equal"},
    {"REGEXP", kScalar, 2, 2, "!Java's regular expressions are not DuckDB's"},
    {"REGEXP_REPLACE", kScalar, 3, 3, "!Java's regular expressions are not DuckDB's"},
    {"REGEXP_EXTRACT", kScalar, 2, 3, "!Java's regular expressions are not DuckDB's"},
    {"SHA224", kScalar, 1, 1, "!no proven equal"},
    {"SHA384", kScalar, 1, 1, "!no proven equal"},
    {"SHA512", kScalar, 1, 1, "!no proven equal"},
    {"TO_BASE64", kScalar, 1, 1, "!no proven equal"},
    {"FROM_BASE64", kScalar, 1, 1, "!no proven equal"},
    {"ENCODE", kScalar, 2, 2, "!no proven equal"},
    {"DECODE", kScalar, 2, 2, "!no proven equal"},
    {"PARSE_URL", kScalar, 2, 3, "!no proven equal"},
    {"STR_TO_MAP", kScalar, 1, 3, "!no proven equal"},
    // Time.
    {"YEAR", kScalar, 1, 1, "year($1)", kInteger},
    {"QUARTER", kScalar, 1, 1, "quarter($1)", kInteger},
    {"MONTH", kScalar, 1, 1, "month($1)", kInteger},
    {"WEEK", kScalar, 1, 1, "weekofyear($1)", kInteger},
    {"DAYOFYEAR", kScalar, 1, 1, "dayofyear($1)", kInteger},
    {"DAYOFMONTH", kScalar, 1, 1, "dayofmonth($1)", kInteger},
    {"DAYOFWEEK", kScalar, 1, 1, "(dayofweek($1) + 1)", kInteger},
    {"HOUR", kScalar, 1, 1, "hour($1)", kInteger},
    {"MINUTE", kScalar, 1, 1, "minute($1)", kInteger},
    {"SECOND", kScalar, 1, 1, "second($1)", kInteger},
    {"EXTRACT", kScalar, 1, 1, "", kInteger},
    {"TIMESTAMPADD", kScalar, 2, 2, ""},
    {"TIMESTAMPDIFF", kScalar, 2, 2, "", kInteger},
    {"DATE_FORMAT", kScalar, 2, 2, "", kString},
    {"TO_TIMESTAMP", kScalar, 1, 2, "", kTimestamp},
    {"TO_DATE", kScalar, 1, 2, "", kDate},
    {"CURRENT_TIMESTAMP", kScalar, 0, 0, "tarn_current_timestamp()"},
    {"CURRENT_ROW_TIMESTAMP", kScalar, 0, 0, "tarn_current_timestamp()"},
    {"NOW", kScalar, 0, 0, "tarn_current_timestamp()"},
    {"LOCALTIMESTAMP", kScalar, 0, 0, "tarn_local_timestamp()", kTimestamp},
    {"CURRENT_DATE", kScalar, 0, 0, "tarn_current_date()", kDate},
    {"CURRENT_TIME", kScalar, 0, 0, "tarn_local_time()", kTime},
    {"LOCALTIME", kScalar, 0, 0, "tarn_local_time()", kTime},
    {"PROCTIME", kScalar, 0, 0, "!processing time exists in streaming statements only"},
    {"CONVERT_TZ", kScalar, 3, 3, "!no proven equal"},
    {"FROM_UNIXTIME", kScalar, 1, 2, "!it depends on the session's time zone"},
    {"UNIX_TIMESTAMP", kScalar, 0, 2, "!it depends on the session's time zone"},
    {"TO_TIMESTAMP_LTZ", kScalar, 1, 3, "!it depends on the session's time zone"},
    {"CURRENT_WATERMARK", kScalar, 1, 1, "!watermarks exist in streaming statements only"},
    {"SOURCE_WATERMARK", kScalar, 0, 0, "!watermarks exist in streaming statements only"},
    // Collections and others.
    {"CARDINALITY", kScalar, 1, 1, "CAST(tarn_cardinality($1) AS INTEGER)", kInteger},
    {"ELEMENT", kScalar, 1, 1, "!no proven equal"},
    {"ARRAY_CONTAINS", kScalar, 2, 2, "list_contains($1, $2)", kBoolean},
    {"ARRAY_JOIN", kScalar, 2, 3, "!no proven equal"},
    {"ARRAY_DISTINCT", kScalar, 1, 1, "!the order of the result differs"},
    {"ARRAY_CONCAT", kScalar, 1, kMany, "!no proven equal"},
    {"ARRAY_SORT", kScalar, 1, 3, "!no proven equal"},
    {"ARRAY_MAX", kScalar, 1, 1, "!no proven equal"},
    {"MAP_KEYS", kScalar, 1, 1, "map_keys($1)"},
    {"MAP_VALUES", kScalar, 1, 1, "map_values($1)"},
    {"MAP_FROM_ARRAYS", kScalar, 2, 2, "map($1, $2)"},
    {"TYPEOF", kScalar, 1, 2, "!type names differ"},
    {"JSON_VALUE", kScalar, 2, kMany, "!no proven equal"},
    {"JSON_QUERY", kScalar, 2, kMany, "!no proven equal"},
    {"JSON_EXISTS", kScalar, 2, kMany, "!no proven equal"},
    {"JSON_OBJECT", kScalar, 0, kMany, "!no proven equal"},
    {"JSON_ARRAY", kScalar, 0, kMany, "!no proven equal"},
    {"JSON_STRING", kScalar, 1, 1, "!no proven equal"},
    {"CURRENT_DATABASE", kScalar, 0, 0, "!no proven equal"},
    {"CURRENT_USER", kScalar, 0, 0, "!there are no users"},
    {"SESSION_USER", kScalar, 0, 0, "!there are no users"},
    {"GROUPING", kScalar, 1, kMany, "GROUPING($*)", kInteger},
    {"GROUPING_ID", kScalar, 1, kMany, "GROUPING($*)", kInteger},
    // Aggregates.
    {"COUNT", kAggregate, 0, 1, "", kInteger},
    {"SUM", kAggregate, 1, 1, ""},
    {"AVG", kAggregate, 1, 1, ""},
    {"MIN", kAggregate, 1, 1, "min"},
    {"MAX", kAggregate, 1, 1, "max"},
    {"LISTAGG", kAggregate, 1, 2, "", kString},
    {"ARRAY_AGG", kAggregate, 1, 1, "list"},
    {"STDDEV_POP", kAggregate, 1, 1, "!its result type follows the argument's"},
    {"STDDEV_SAMP", kAggregate, 1, 1, "!its result type follows the argument's"},
    {"STDDEV", kAggregate, 1, 1, "!its result type follows the argument's"},
    {"VAR_POP", kAggregate, 1, 1, "!its result type follows the argument's"},
    {"VAR_SAMP", kAggregate, 1, 1, "!its result type follows the argument's"},
    {"VARIANCE", kAggregate, 1, 1, "!its result type follows the argument's"},
    {"COLLECT", kAggregate, 1, 1, "!DuckDB has no multisets"},
    {"APPROX_COUNT_DISTINCT", kAggregate, 1, 1, "!the approximation differs; COUNT(DISTINCT) is exact"},
    {"FIRST_VALUE", kAggregate, 1, 1, "first_value"},
    {"LAST_VALUE", kAggregate, 1, 1, "last_value"},
    {"JSON_ARRAYAGG", kAggregate, 1, 1, "!no proven equal"},
    {"JSON_OBJECTAGG", kAggregate, 1, 2, "!no proven equal"},
    // Windows.
    {"ROW_NUMBER", kWindow, 0, 0, "row_number", kInteger},
    {"RANK", kWindow, 0, 0, "rank", kInteger},
    {"DENSE_RANK", kWindow, 0, 0, "dense_rank", kInteger},
    {"PERCENT_RANK", kWindow, 0, 0, "percent_rank", kDouble},
    {"CUME_DIST", kWindow, 0, 0, "cume_dist", kDouble},
    {"NTILE", kWindow, 1, 1, "ntile", kInteger},
    {"LAG", kWindow, 1, 3, "lag"},
    {"LEAD", kWindow, 1, 3, "lead"},
};
// clang-format on

const std::unordered_map<std::string_view, const FunctionRule*>& Index() {
  static const auto* index = [] {
    auto* out = new std::unordered_map<std::string_view, const FunctionRule*>();
    for (const FunctionRule& rule : kRules) out->emplace(rule.name, &rule);
    return out;
  }();
  return *index;
}

}  // namespace

const FunctionRule* FindFunction(std::string_view name) {
  const auto found = Index().find(ToUpper(name));
  return found == Index().end() ? nullptr : found->second;
}

std::vector<std::string_view> SupportedFunctions() {
  std::vector<std::string_view> out;
  for (const FunctionRule& rule : kRules) {
    if (!rule.text.starts_with('!')) out.push_back(rule.name);
  }
  return out;
}

}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/keyword.h"

#include <algorithm>
#include <array>

#include "tarn/sql/token.h"

namespace tarn::sql {
namespace {

// clang-format off
// Sorted, so that a word is found by bisection. The list is that of Flink's documentation
// ("Reserved Keywords") without its single letters, which Flink takes as names.
constexpr std::string_view kReserved[] = {
    "ABS", "ABSOLUTE", "ACTION", "ADA", "ADD", "ADMIN", "AFTER", "ALL", "ALLOCATE",
    "ALLOW", "ALTER", "ALWAYS", "ANALYZE", "AND", "ANY", "ARE", "ARRAY", "AS", "ASC",
    "ASENSITIVE", "ASSERTION", "ASSIGNMENT", "ASYMMETRIC", "AT", "ATOMIC", "ATTRIBUTE",
    "ATTRIBUTES", "AUTHORIZATION", "AVG", "BEFORE", "BEGIN", "BERNOULLI", "BETWEEN",
    "BIGINT", "BINARY", "BIT", "BLOB", "BOOLEAN", "BOTH", "BREADTH", "BY", "BYTES",
    "CALL", "CALLED", "CARDINALITY", "CASCADE", "CASCADED", "CASE", "CAST", "CATALOG",
    "CATALOG_NAME", "CEIL", "CEILING", "CENTURY", "CHAIN", "CHAR", "CHARACTER",
    "CHARACTERISTICS", "CHARACTERS", "CHARACTER_LENGTH", "CHARACTER_SET_CATALOG",
    "CHARACTER_SET_NAME", "CHARACTER_SET_SCHEMA", "CHAR_LENGTH", "CHECK", "CLASS_ORIGIN",
    "CLOB", "CLOSE", "COALESCE", "COBOL", "COLLATE", "COLLATION", "COLLATION_CATALOG",
    "COLLATION_NAME", "COLLATION_SCHEMA", "COLLECT", "COLUMN", "COLUMNS", "COLUMN_NAME",
    "COMMAND_FUNCTION", "COMMAND_FUNCTION_CODE", "COMMIT", "COMMITTED", "CONDITION",
    "CONDITION_NUMBER", "CONNECT", "CONNECTION", "CONNECTION_NAME", "CONSTRAINT",
    "CONSTRAINTS", "CONSTRAINT_CATALOG", "CONSTRAINT_NAME", "CONSTRAINT_SCHEMA",
    "CONSTRUCTOR", "CONTAINS", "CONTINUE", "CONVERT", "CORR", "CORRESPONDING", "COUNT",
    "COVAR_POP", "COVAR_SAMP", "CREATE", "CROSS", "CUBE", "CUME_DIST", "CURRENT",
    "CURRENT_CATALOG", "CURRENT_DATE", "CURRENT_DEFAULT_TRANSFORM_GROUP", "CURRENT_PATH",
    "CURRENT_ROLE", "CURRENT_SCHEMA", "CURRENT_TIME", "CURRENT_TIMESTAMP",
    "CURRENT_TRANSFORM_GROUP_FOR_TYPE", "CURRENT_USER", "CURSOR", "CURSOR_NAME", "CYCLE",
    "DATA", "DATABASE", "DATE", "DATETIME_INTERVAL_CODE", "DATETIME_INTERVAL_PRECISION",
    "DAY", "DEALLOCATE", "DEC", "DECADE", "DECIMAL", "DECLARE", "DEFAULT", "DEFAULTS",
    "DEFERRABLE", "DEFERRED", "DEFINED", "DEFINER", "DEGREE", "DELETE", "DENSE_RANK",
    "DEPTH", "DEREF", "DERIVED", "DESC", "DESCRIBE", "DESCRIPTION", "DESCRIPTOR",
    "DETERMINISTIC", "DIAGNOSTICS", "DISALLOW", "DISCONNECT", "DISPATCH", "DISTINCT",
    "DOMAIN", "DOUBLE", "DOW", "DOY", "DROP", "DYNAMIC", "DYNAMIC_FUNCTION",
    "DYNAMIC_FUNCTION_CODE", "EACH", "ELEMENT", "ELSE", "END", "END-EXEC", "EPOCH",
    "EQUALS", "ESCAPE", "EVERY", "EXCEPT", "EXCEPTION", "EXCLUDE", "EXCLUDING", "EXEC",
    "EXECUTE", "EXISTS", "EXP", "EXPLAIN", "EXTEND", "EXTERNAL", "EXTRACT", "FALSE",
    "FETCH", "FILTER", "FINAL", "FIRST", "FIRST_VALUE", "FLOAT", "FLOOR", "FOLLOWING",
    "FOR", "FOREIGN", "FORTRAN", "FOUND", "FRAC_SECOND", "FREE", "FROM", "FULL",
    "FUNCTION", "FUSION", "GENERAL", "GENERATED", "GET", "GLOBAL", "GO", "GOTO", "GRANT",
    "GRANTED", "GROUP", "GROUPING", "HAVING", "HIERARCHY", "HOLD", "HOUR", "IDENTITY",
    "IMMEDIATE", "IMPLEMENTATION", "IMPORT", "IN", "INCLUDING", "INCREMENT", "INDICATOR",
    "INITIALLY", "INNER", "INOUT", "INPUT", "INSENSITIVE", "INSERT", "INSTANCE",
    "INSTANTIABLE", "INT", "INTEGER", "INTERSECT", "INTERSECTION", "INTERVAL", "INTO",
    "INVOKER", "IS", "ISOLATION", "JAVA", "JOIN", "KEY", "KEY_MEMBER", "KEY_TYPE",
    "LABEL", "LANGUAGE", "LARGE", "LAST", "LAST_VALUE", "LATERAL", "LEADING", "LEFT",
    "LENGTH", "LEVEL", "LIBRARY", "LIKE", "LIMIT", "LN", "LOCAL", "LOCALTIME",
    "LOCALTIMESTAMP", "LOCATOR", "LOWER", "MAP", "MATCH", "MATCHED", "MAX", "MAXVALUE",
    "MEMBER", "MERGE", "MESSAGE_LENGTH", "MESSAGE_OCTET_LENGTH", "MESSAGE_TEXT", "METHOD",
    "MICROSECOND", "MILLENNIUM", "MIN", "MINUTE", "MINVALUE", "MOD", "MODIFIES", "MODULE",
    "MODULES", "MONTH", "MORE", "MULTISET", "MUMPS", "NAME", "NAMES", "NATIONAL",
    "NATURAL", "NCHAR", "NCLOB", "NESTING", "NEW", "NEXT", "NO", "NONE", "NORMALIZE",
    "NORMALIZED", "NOT", "NULL", "NULLABLE", "NULLIF", "NULLS", "NUMBER", "NUMERIC",
    "OBJECT", "OCTETS", "OCTET_LENGTH", "OF", "OFFSET", "OLD", "ON", "ONLY", "OPEN",
    "OPTION", "OPTIONS", "OR", "ORDER", "ORDERING", "ORDINALITY", "OTHERS", "OUT",
    "OUTER", "OUTPUT", "OVER", "OVERLAPS", "OVERLAY", "OVERRIDING", "PAD", "PARAMETER",
    "PARAMETER_MODE", "PARAMETER_NAME", "PARAMETER_ORDINAL_POSITION",
    "PARAMETER_SPECIFIC_CATALOG", "PARAMETER_SPECIFIC_NAME", "PARAMETER_SPECIFIC_SCHEMA",
    "PARTIAL", "PARTITION", "PASCAL", "PASSTHROUGH", "PATH", "PERCENTILE_CONT",
    "PERCENTILE_DISC", "PERCENT_RANK", "PLACING", "PLAN", "PLI", "POSITION", "POWER",
    "PRECEDING", "PRECISION", "PREPARE", "PRESERVE", "PRIMARY", "PRIOR", "PRIVILEGES",
    "PROCEDURE", "PUBLIC", "QUARTER", "RANGE", "RANK", "RAW", "READ", "READS", "REAL",
    "RECURSIVE", "REF", "REFERENCES", "REFERENCING", "REGR_AVGX", "REGR_AVGY",
    "REGR_COUNT", "REGR_INTERCEPT", "REGR_SLOPE", "REGR_SXX", "REGR_SXY", "REGR_SYY",
    "RELATIVE", "RELEASE", "REPEATABLE", "RESET", "RESTART", "RESTRICT", "RESULT",
    "RETURN", "RETURNED_CARDINALITY", "RETURNED_LENGTH", "RETURNED_OCTET_LENGTH",
    "RETURNED_SQLSTATE", "RETURNS", "REVOKE", "RIGHT", "ROLE", "ROLLBACK", "ROLLUP",
    "ROUTINE", "ROUTINE_CATALOG", "ROUTINE_NAME", "ROUTINE_SCHEMA", "ROW", "ROWS",
    "ROW_COUNT", "ROW_NUMBER", "SAVEPOINT", "SCALE", "SCHEMA", "SCHEMA_NAME", "SCOPE",
    "SCOPE_CATALOGS", "SCOPE_NAME", "SCOPE_SCHEMA", "SCROLL", "SEARCH", "SECOND",
    "SECTION", "SECURITY", "SELECT", "SELF", "SENSITIVE", "SEQUENCE", "SERIALIZABLE",
    "SERVER", "SERVER_NAME", "SESSION", "SESSION_USER", "SET", "SETS", "SIMILAR",
    "SIMPLE", "SIZE", "SMALLINT", "SOME", "SOURCE", "SPACE", "SPECIFIC", "SPECIFICTYPE",
    "SPECIFIC_NAME", "SQL", "SQLEXCEPTION", "SQLSTATE", "SQLWARNING", "SQRT", "START",
    "STATE", "STATEMENT", "STATIC", "STATISTICS", "STDDEV_POP", "STDDEV_SAMP", "STREAM",
    "STRING", "STRUCTURE", "STYLE", "SUBCLASS_ORIGIN", "SUBMULTISET", "SUBSTITUTE",
    "SUBSTRING", "SUM", "SYMMETRIC", "SYSTEM", "SYSTEM_USER", "TABLE", "TABLESAMPLE",
    "TABLE_NAME", "TEMPORARY", "THEN", "TIES", "TIME", "TIMESTAMP", "TIMESTAMPADD",
    "TIMESTAMPDIFF", "TIMEZONE_HOUR", "TIMEZONE_MINUTE", "TINYINT", "TO",
    "TOP_LEVEL_COUNT", "TRAILING", "TRANSACTION", "TRANSACTIONS_ACTIVE",
    "TRANSACTIONS_COMMITTED", "TRANSACTIONS_ROLLED_BACK", "TRANSFORM", "TRANSFORMS",
    "TRANSLATE", "TRANSLATION", "TREAT", "TRIGGER", "TRIGGER_CATALOG", "TRIGGER_NAME",
    "TRIGGER_SCHEMA", "TRIM", "TRUE", "TYPE", "UESCAPE", "UNBOUNDED", "UNCOMMITTED",
    "UNDER", "UNION", "UNIQUE", "UNKNOWN", "UNNAMED", "UNNEST", "UPDATE", "UPPER",
    "UPSERT", "USAGE", "USER", "USER_DEFINED_TYPE_CATALOG", "USER_DEFINED_TYPE_CODE",
    "USER_DEFINED_TYPE_NAME", "USER_DEFINED_TYPE_SCHEMA", "USING", "VALUE", "VALUES",
    "VARBINARY", "VARCHAR", "VARIANT", "VARYING", "VAR_POP", "VAR_SAMP", "VERSION",
    "VIEW", "WATERMARK", "WATERMARKS", "WEEK", "WHEN", "WHENEVER", "WHERE",
    "WIDTH_BUCKET", "WINDOW", "WITH", "WITHIN", "WITHOUT", "WORK", "WRAPPER", "WRITE",
    "XML", "YEAR", "ZONE",
};

constexpr std::string_view kStructural[] = {
    "ALL", "ALTER", "AND", "ANY", "AS", "BETWEEN", "BY", "CASE", "CAST", "CONSTRAINT",
    "CREATE", "CROSS", "CUBE", "DELETE", "DISTINCT", "DROP", "ELSE", "END", "EXCEPT",
    "EXISTS", "FALSE", "FETCH", "FOR", "FROM", "FULL", "GROUP", "HAVING", "IN", "INNER",
    "INSERT", "INTERSECT", "INTO", "IS", "JOIN", "LATERAL", "LEFT", "LIKE", "LIMIT",
    "MATCH_RECOGNIZE", "MINUS", "NATURAL", "NOT", "NULL", "OFFSET", "ON", "OR", "ORDER",
    "OUTER", "OVER", "PARTITION", "PIVOT", "PRIMARY", "QUALIFY", "RIGHT", "ROLLUP",
    "SELECT", "SET", "SIMILAR", "TABLE", "TABLESAMPLE", "THEN", "TRUE", "UNION",
    "UNKNOWN", "UNPIVOT", "USING", "VALUES", "WHEN", "WHERE", "WINDOW", "WITH",
};
// clang-format on

template <size_t N>
bool Contains(const std::string_view (&sorted)[N], std::string_view word) {
  const std::string upper = ToUpper(word);
  return std::binary_search(std::begin(sorted), std::end(sorted),
                            std::string_view(upper));
}

std::string Doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    out += c;
    if (c == quote) out += quote;
  }
  return out + quote;
}

}  // namespace

bool IsReservedInFlink(std::string_view word) {
  return Contains(kReserved, word);
}
bool IsStructural(std::string_view word) {
  return Contains(kStructural, word);
}

const std::vector<std::string_view>& StatementKeywords() {
  static const std::vector<std::string_view> kWords = {
      "SELECT", "INSERT", "CREATE",   "DROP",  "ALTER",    "USE",    "SHOW",    "SET",
      "RESET",  "CALL",   "DESCRIBE", "DESC",  "WITH",     "VALUES", "EXPLAIN", "EXECUTE",
      "BEGIN",  "DELETE", "UPDATE",   "MERGE", "TRUNCATE", "ANALYZE"};
  return kWords;
}

std::string QuoteName(std::string_view name) {
  bool plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
  for (char c : name) {
    plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                      (c >= '0' && c <= '9'));
  }
  if (plain && !IsReservedInFlink(name)) return std::string(name);
  return BackTick(name);
}

std::string BackTick(std::string_view name) {
  return Doubled(name, '`');
}
std::string QuoteString(std::string_view text) {
  return Doubled(text, '\'');
}

}  // namespace tarn::sql

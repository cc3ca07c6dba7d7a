// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tarn/sql/ast_name.h"

namespace tarn::sql {

struct Expression;
struct Query;
struct OrderItem;
using ExpressionPtr = std::unique_ptr<Expression>;

/// Queries are deleted where their type is complete.
struct QueryDeleter {
  void operator()(Query* query) const;
};
using QueryPtr = std::unique_ptr<Query, QueryDeleter>;

enum class LiteralKind : uint8_t {
  kNull,
  kTrue,
  kFalse,
  kUnknown,  ///< no text
  kInteger,
  kDecimal,
  kDouble,  ///< text: the digits as written, without a sign
  kString,  ///< text: the value
  kBinary,  ///< text: hexadecimal digits
  kDate,
  kTime,
  kTimestamp,  ///< text: the value, checked ("2024-01-31 10:00:00.5")
};

struct Literal {
  LiteralKind kind = LiteralKind::kNull;
  std::string text;
};

/// Units of INTERVAL, EXTRACT, FLOOR(x TO unit), TIMESTAMPADD.
enum class TimeUnit : uint8_t {
  kYear,
  kQuarter,
  kMonth,
  kWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kMillisecond,
  kMicrosecond,
  kNanosecond,
  kEpoch,
  kDayOfWeek,
  kIsoDayOfWeek,
  kDayOfYear,
  kIsoYear,
  kDecade,
  kCentury,
  kMillennium,
};

/// `INTERVAL '1-2' YEAR TO MONTH`: its value is months or microseconds, never both.
struct IntervalLiteral {
  bool year_month = false;
  int64_t amount = 0;  ///< months, or microseconds
  TimeUnit from = TimeUnit::kDay;
  TimeUnit to = TimeUnit::kDay;
  std::string text;  ///< between the quotes
};

/// `a`, `t.a`, `db.t.a` or `a.member`: which, only a binder knows.
struct ColumnRef {
  std::vector<Identifier> parts;
};

/// `*` or `t.*`; in select lists and COUNT(*).
struct Star {
  std::vector<Identifier> qualifier;
};

enum class UnaryOperator : uint8_t { kMinus, kPlus, kNot };
struct Unary {
  UnaryOperator op = UnaryOperator::kNot;
  ExpressionPtr operand;
};

enum class BinaryOperator : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kConcat,
};
struct Binary {
  BinaryOperator op = BinaryOperator::kEqual;
  Span op_span;
  ExpressionPtr left;
  ExpressionPtr right;
};

/// `a AND b AND c`, flat, so that long chains are not deep.
struct Logical {
  bool conjunction = true;  ///< AND, else OR
  std::vector<ExpressionPtr> operands;
};

enum class FrameBoundKind : uint8_t {
  kUnboundedPreceding,
  kPreceding,
  kCurrentRow,
  kFollowing,
  kUnboundedFollowing,
};
struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::kUnboundedPreceding;
  ExpressionPtr offset;  ///< kPreceding, kFollowing
};

/// `OVER (PARTITION BY ... ORDER BY ... ROWS BETWEEN ...)`, or a named one.
struct WindowSpec {
  std::optional<Identifier> base;  ///< a window of the WINDOW clause
  std::vector<ExpressionPtr> partition_by;
  std::vector<OrderItem> order_by;
  bool has_frame = false;
  bool rows = false;  ///< ROWS, else RANGE
  FrameBound start;
  FrameBound end;  ///< CURRENT ROW when not written
  Span span;
};

struct CallArgument {
  std::optional<Identifier> name;  ///< `name => value`
  ExpressionPtr value;
};

/// A function call. Special spellings are brought to this form: `SUBSTRING(a FROM 1 FOR
/// 2)`, `POSITION(a IN b)`, `OVERLAY(..)` as plain arguments; `EXTRACT(unit FROM x)`,
/// `FLOOR(x TO unit)`, `TIMESTAMPADD(unit, n, x)` with `unit`; TRIM has its own node.
struct Call {
  ObjectName name;
  bool parenthesised = true;  ///< false: CURRENT_TIMESTAMP and the like
  bool distinct = false;
  std::optional<TimeUnit> unit;
  std::vector<CallArgument> arguments;
  std::vector<OrderItem> within_group;
  bool ignore_nulls = false;
  ExpressionPtr filter;  ///< FILTER (WHERE ...)
  std::unique_ptr<WindowSpec> over;
};

enum class TrimSide : uint8_t { kBoth, kLeading, kTrailing };
struct Trim {
  TrimSide side = TrimSide::kBoth;
  ExpressionPtr characters;  ///< null: a blank
  ExpressionPtr operand;
};

struct Cast {
  ExpressionPtr operand;
  TypeRef type;
  bool try_cast = false;
};

struct Case {
  ExpressionPtr operand;  ///< null for CASE WHEN condition
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> branches;
  ExpressionPtr otherwise;  ///< null: NULL
};

struct Between {
  ExpressionPtr operand, low, high;
  bool negated = false;
  bool symmetric = false;
};

struct InList {
  ExpressionPtr operand;
  std::vector<ExpressionPtr> items;
  bool negated = false;
};

struct InSubquery {
  ExpressionPtr operand;
  QueryPtr query;
  bool negated = false;
};

/// `x > ALL (SELECT ...)`, `x = ANY (...)`; SOME is ANY.
struct Quantified {
  BinaryOperator op = BinaryOperator::kEqual;
  bool all = false;
  ExpressionPtr operand;
  QueryPtr query;
};

struct Exists {
  QueryPtr query;
};
struct ScalarSubquery {
  QueryPtr query;
};

struct Like {
  ExpressionPtr operand, pattern, escape;
  bool negated = false;
  bool similar = false;  ///< SIMILAR TO
};

enum class TestKind : uint8_t { kNull, kTrue, kFalse, kUnknown };
/// `x IS [NOT] NULL | TRUE | FALSE | UNKNOWN`.
struct IsTest {
  ExpressionPtr operand;
  TestKind kind = TestKind::kNull;
  bool negated = false;
};

/// `a IS [NOT] DISTINCT FROM b`.
struct IsDistinct {
  ExpressionPtr left, right;
  bool negated = false;
};

/// `(a, b)` or `ROW(a, b)`.
struct RowValue {
  std::vector<ExpressionPtr> items;
};
/// `ARRAY[a, b]`.
struct ArrayValue {
  std::vector<ExpressionPtr> items;
};
/// `MAP[k, v, k, v]`.
struct MapValue {
  std::vector<ExpressionPtr> items;
};
/// `x[i]`: an element of an array (from 1) or a map's value.
struct Subscript {
  ExpressionPtr operand, index;
};
/// `(expression).member`.
struct Member {
  ExpressionPtr operand;
  Identifier name;
};

/// A node with its place. `depth` counts levels below and including it; the parser bounds
/// it, so recursion over a parsed tree is safe.
struct Expression {
  using Node = std::variant<Literal, IntervalLiteral, ColumnRef, Star, Unary, Binary,
                            Logical, Call, Trim, Cast, Case, Between, InList, InSubquery,
                            Quantified, Exists, ScalarSubquery, Like, IsTest, IsDistinct,
                            RowValue, ArrayValue, MapValue, Subscript, Member>;
  Span span;
  int depth = 1;
  Node node;

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&node);
  }
};

}  // namespace tarn::sql

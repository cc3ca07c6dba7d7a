// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tarn/sql/ast_expression.h"

namespace tarn::sql {

/// One element of ORDER BY. Where nothing is written, NULLs are smallest, as in Flink:
/// first when ascending, last when descending.
struct OrderItem {
  ExpressionPtr expression;
  bool descending = false;
  std::optional<bool> nulls_first;  ///< NULLS FIRST | LAST, if written
  Span span;

  bool NullsFirst() const { return nulls_first.value_or(!descending); }
};

struct TableExpression;
using TableExpressionPtr = std::unique_ptr<TableExpression>;

/// `AS name (columns)`.
struct TableAlias {
  Identifier name;
  std::vector<Identifier> columns;
};

/// `FOR SYSTEM_TIME AS OF x` (Flink: time travel, or a lookup join when x is a column),
/// `FOR VERSION AS OF x` and its short form `VERSION AS OF x`, `TIMESTAMP AS OF x`
/// (Spark).
struct TimeTravel {
  bool version = false;  ///< a snapshot id or tag, else a time
  ExpressionPtr point;
  Span span;
};

/// A table or view of the catalog.
struct NamedTable {
  ObjectName name;
  std::vector<Hint> hints;
  std::optional<TimeTravel> time_travel;
};

struct DerivedTable {
  QueryPtr query;
  bool lateral = false;
};

/// `UNNEST(array) [WITH ORDINALITY]`.
struct Unnest {
  std::vector<ExpressionPtr> arguments;
  bool with_ordinality = false;
};

/// `TABLE(f(...))` or `LATERAL TABLE(f(...))`. Its arguments have a grammar of their own
/// (TABLE t, DESCRIPTOR(c)); none is executed yet, so only the span keeps them.
struct TableFunction {
  ObjectName name;
  bool lateral = false;
};

enum class JoinKind : uint8_t { kInner, kLeft, kRight, kFull, kCross };
struct Join {
  JoinKind kind = JoinKind::kInner;
  bool natural = false;
  TableExpressionPtr left, right;
  ExpressionPtr on;  ///< null for USING, NATURAL and CROSS
  std::vector<Identifier> using_columns;
};

/// What stands in FROM: a tree of joins over tables.
struct TableExpression {
  std::variant<NamedTable, DerivedTable, Unnest, TableFunction, Join> node;
  std::optional<TableAlias> alias;
  Span span;
  int depth = 1;

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&node);
  }
};

struct SelectItem {
  ExpressionPtr expression;  ///< may be a Star
  std::optional<Identifier> alias;
  Span span;
};

enum class GroupItemKind : uint8_t { kExpression, kRollup, kCube, kGroupingSets };
/// One element of GROUP BY. `sets`: the single expression, the elements of ROLLUP or
/// CUBE, or the grouping sets; each is a list of expressions.
struct GroupItem {
  GroupItemKind kind = GroupItemKind::kExpression;
  std::vector<std::vector<ExpressionPtr>> sets;
  Span span;
};

struct NamedWindow {
  Identifier name;
  WindowSpec spec;
};

struct Select {
  std::vector<Hint> hints;
  bool distinct = false;
  std::vector<SelectItem> items;
  std::vector<TableExpressionPtr> from;  ///< separated by commas; empty without FROM
  ExpressionPtr where;
  bool has_group_by = false;
  bool group_distinct = false;
  std::vector<GroupItem> group_by;
  ExpressionPtr having;
  std::vector<NamedWindow> windows;
  ExpressionPtr qualify;
};

/// `VALUES (1, 'a'), (2, 'b')`: expression[rows][columns]; all rows are of one width.
struct Values {
  std::vector<std::vector<ExpressionPtr>> rows;
  std::vector<Span> row_spans;
};

enum class SetOperator : uint8_t { kUnion, kIntersect, kExcept };
struct SetOperation {
  SetOperator op = SetOperator::kUnion;
  bool all = false;
  QueryPtr left, right;
};

struct CommonTable {
  Identifier name;
  std::vector<Identifier> columns;
  QueryPtr query;
};

/// A query with what may stand around its body.
struct Query {
  std::vector<CommonTable> with;
  std::variant<Select, Values, SetOperation, QueryPtr>
      body;  ///< QueryPtr: in parentheses
  std::vector<OrderItem> order_by;
  ExpressionPtr limit;  ///< LIMIT n, FETCH FIRST n ROWS ONLY; null for LIMIT ALL
  ExpressionPtr offset;
  Span span;
  int depth = 1;

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&body);
  }
};

}  // namespace tarn::sql

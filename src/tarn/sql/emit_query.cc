// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tarn/sql/duckdb_emitter.h"

namespace tarn::sql {
namespace {

bool JoinsByName(const TableExpression& table) {
  const Join* join = table.As<Join>();
  if (join == nullptr) return false;
  return join->natural || !join->using_columns.empty() || JoinsByName(*join->left) ||
         JoinsByName(*join->right);
}

void CollectTables(const TableExpression& table, std::vector<ObjectName>* out) {
  if (const Join* join = table.As<Join>()) {
    CollectTables(*join->left, out);
    CollectTables(*join->right, out);
  } else if (const NamedTable* named = table.As<NamedTable>()) {
    if (!table.alias.has_value()) out->push_back(named->name);
  }
}

std::string_view JoinText(const Join& join) {
  switch (join.kind) {
    case JoinKind::kInner:
      return " INNER JOIN ";
    case JoinKind::kLeft:
      return " LEFT JOIN ";
    case JoinKind::kRight:
      return " RIGHT JOIN ";
    case JoinKind::kFull:
      return " FULL JOIN ";
    case JoinKind::kCross:
      return " CROSS JOIN ";
  }
  return "";
}

bool IsIntegerLiteral(const Expression& expression) {
  const Literal* literal = expression.As<Literal>();
  return literal != nullptr && literal->kind == LiteralKind::kInteger;
}

}  // namespace

Status DuckDbEmitter::EmitQuery(const Query& query) {
  if (out_.text.size() > kMaxBytes) {
    return Invalid(kTooDeep, "The query becomes too long", query.span, "Split it");
  }
  const size_t begin = out_.text.size();
  const bool aggregate = std::exchange(in_aggregate_, false);
  with_.emplace_back();
  for (size_t i = 0; i < query.with.size(); ++i) {
    const CommonTable& table = query.with[i];
    Write(i == 0 ? "WITH " : ", ");
    WriteName(table.name.name);
    relations_.insert(table.name.name);
    for (size_t c = 0; c < table.columns.size(); ++c) {
      Write(c == 0 ? "(" : ", ");
      WriteName(table.columns[c].name);
      KnowColumn(table.columns[c].name);
    }
    Write(table.columns.empty() ? " AS (" : ") AS (");
    ARROW_RETURN_NOT_OK(EmitQuery(*table.query));
    Write(") ");
    with_.back().push_back(table.name.name);
  }
  ARROW_RETURN_NOT_OK(EmitBody(query));
  if (!query.order_by.empty()) {
    Write(" ");
    ARROW_RETURN_NOT_OK(EmitOrderBy(query.order_by));
  }
  for (const bool limit : {true, false}) {
    const ExpressionPtr& count = limit ? query.limit : query.offset;
    if (count == nullptr) continue;
    if (!IsIntegerLiteral(*count)) {
      return Refuse(limit ? "LIMIT with an expression" : "OFFSET with an expression",
                    count->span, "", "Write a whole number");
    }
    Write(limit ? " LIMIT " : " OFFSET ");
    ARROW_RETURN_NOT_OK(Emit(count));
  }
  with_.pop_back();
  in_aggregate_ = aggregate;
  Map(begin, query.span);
  return Status::OK();
}

Status DuckDbEmitter::EmitBody(const Query& query) {
  if (const Select* select = query.As<Select>()) return EmitSelect(*select);
  if (const Values* values = query.As<Values>()) return EmitValues(*values, query.span);
  if (const QueryPtr* inner = query.As<QueryPtr>()) {
    Write("(");
    ARROW_RETURN_NOT_OK(EmitQuery(**inner));
    Write(")");
    return Status::OK();
  }
  const SetOperation& set = *query.As<SetOperation>();
  Write("(");
  ARROW_RETURN_NOT_OK(EmitQuery(*set.left));
  switch (set.op) {
    case SetOperator::kUnion:
      Write(") UNION ");
      break;
    case SetOperator::kIntersect:
      Write(") INTERSECT ");
      break;
    case SetOperator::kExcept:
      Write(") EXCEPT ");
      break;
  }
  Write(set.all ? "ALL (" : "(");
  ARROW_RETURN_NOT_OK(EmitQuery(*set.right));
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitSelect(const Select& select) {
  for (const Hint& hint : select.hints) {
    if (hint.name.name == "OPTIONS" || hint.name.name == "options") {
      return Invalid(kSyntaxError, "OPTIONS belongs behind a table", hint.span,
                     "Write FROM table /*+ OPTIONS('key'='value') */");
    }
    out_.ignored_hints.push_back(hint.span);
  }
  std::vector<ObjectName> tables;
  bool by_name = false;
  for (const TableExpressionPtr& table : select.from) {
    CollectTables(*table, &tables);
    by_name = by_name || JoinsByName(*table);
  }
  tables_.push_back(std::move(tables));
  Write(select.distinct ? "SELECT DISTINCT " : "SELECT ");
  for (size_t i = 0; i < select.items.size(); ++i) {
    if (i > 0) Write(", ");
    const Star* star = select.items[i].expression->As<Star>();
    if (star != nullptr && by_name && star->qualifier.empty()) {
      return Refuse("SELECT * over a join with USING or NATURAL", select.items[i].span,
                    "Flink puts the common columns first", "Name the columns");
    }
    ARROW_RETURN_NOT_OK(EmitSelectItem(select.items[i], i));
  }
  for (size_t i = 0; i < select.from.size(); ++i) {
    Write(i == 0 ? " FROM " : ", ");
    ARROW_RETURN_NOT_OK(EmitTable(*select.from[i]));
  }
  if (select.where != nullptr) {
    Write(" WHERE ");
    ARROW_RETURN_NOT_OK(Emit(select.where));
  }
  if (select.has_group_by) ARROW_RETURN_NOT_OK(EmitGroupBy(select));
  if (select.having != nullptr) {
    Write(" HAVING ");
    ARROW_RETURN_NOT_OK(Emit(select.having));
  }
  for (size_t i = 0; i < select.windows.size(); ++i) {
    Write(i == 0 ? " WINDOW " : ", ");
    WriteName(select.windows[i].name.name);
    Write(" AS ");
    ARROW_RETURN_NOT_OK(EmitWindowSpec(select.windows[i].spec));
  }
  if (select.qualify != nullptr) {
    Write(" QUALIFY ");
    ARROW_RETURN_NOT_OK(Emit(select.qualify));
  }
  tables_.pop_back();
  return Status::OK();
}

Status DuckDbEmitter::EmitSelectItem(const SelectItem& item, size_t index) {
  const Expression& expression = *item.expression;
  if (const Star* star = expression.As<Star>()) {
    if (!star->qualifier.empty()) {
      const Identifier& table = star->qualifier.back();
      used_.push_back({table.name, table.span, ""});
      WriteName(table.name);
      Write(".");
    }
    Write("*");
    return Status::OK();
  }
  ARROW_RETURN_NOT_OK(EmitExpression(expression));
  std::string name = fmt::format("EXPR${}", index);
  bool made = true;
  if (item.alias.has_value()) {
    name = item.alias->name;
  } else if (const ColumnRef* column = expression.As<ColumnRef>()) {
    name = column->parts.back().name;
    made = false;
    if (column->parts.size() > 1) members_.push_back({name, {}, column->parts[0].name});
  } else if (const Member* member = expression.As<Member>()) {
    name = member->name.name;
  }
  // A bare column does not become known by being asked for.
  if (made) KnowColumn(name);
  Write(" AS ");
  WriteName(name);
  return Status::OK();
}

Status DuckDbEmitter::EmitValues(const Values& values, Span span) {
  Write("SELECT * FROM (VALUES ");
  for (size_t r = 0; r < values.rows.size(); ++r) {
    Write(r == 0 ? "(" : ", (");
    ARROW_RETURN_NOT_OK(EmitList(values.rows[r]));
    Write(")");
    if (out_.text.size() > kMaxBytes) {
      return Invalid(kTooDeep, "The query becomes too long", span, "Split it");
    }
  }
  Write(") AS \"tarn_values\"(");
  for (size_t c = 0; c < values.rows[0].size(); ++c) {
    if (c > 0) Write(", ");
    const std::string name = fmt::format("EXPR${}", c);
    KnowColumn(name);
    WriteName(name);
  }
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitGroupBy(const Select& select) {
  Write(" GROUP BY ");
  if (select.group_distinct) return Refuse("GROUP BY DISTINCT", select.group_by[0].span);
  for (size_t i = 0; i < select.group_by.size(); ++i) {
    const GroupItem& item = select.group_by[i];
    if (i > 0) Write(", ");
    switch (item.kind) {
      case GroupItemKind::kExpression:
        break;
      case GroupItemKind::kRollup:
        Write("ROLLUP (");
        break;
      case GroupItemKind::kCube:
        Write("CUBE (");
        break;
      case GroupItemKind::kGroupingSets:
        Write("GROUPING SETS (");
        break;
    }
    const bool single = item.kind == GroupItemKind::kExpression;
    for (size_t s = 0; s < item.sets.size(); ++s) {
      const auto& set = item.sets[s];
      for (const ExpressionPtr& key : set) {
        // DuckDB takes a bare number for the place of a column, Flink for a constant.
        if (key->As<Literal>() != nullptr) {
          return Refuse("GROUP BY with a constant", key->span, "",
                        "Group by the column's name");
        }
      }
      if (s > 0) Write(", ");
      const bool parentheses = !single || set.size() != 1;
      if (parentheses) Write("(");
      ARROW_RETURN_NOT_OK(EmitList(set));
      if (parentheses) Write(")");
    }
    if (!single) Write(")");
  }
  return Status::OK();
}

Status DuckDbEmitter::EmitOrderBy(const std::vector<OrderItem>& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    Write(i == 0 ? "ORDER BY " : ", ");
    ARROW_RETURN_NOT_OK(Emit(items[i].expression));
    Write(items[i].descending ? " DESC" : " ASC");
    Write(items[i].NullsFirst() ? " NULLS FIRST" : " NULLS LAST");
  }
  return Status::OK();
}

Status DuckDbEmitter::EmitWindowSpec(const WindowSpec& spec) {
  Write("(");
  std::string_view blank;
  if (spec.base.has_value()) {
    WriteName(spec.base->name);
    blank = " ";
  }
  if (!spec.partition_by.empty()) {
    Write(blank);
    Write("PARTITION BY ");
    ARROW_RETURN_NOT_OK(EmitList(spec.partition_by));
    blank = " ";
  }
  if (!spec.order_by.empty()) {
    Write(blank);
    ARROW_RETURN_NOT_OK(EmitOrderBy(spec.order_by));
    blank = " ";
  }
  if (spec.has_frame) {
    Write(blank);
    Write(spec.rows ? "ROWS BETWEEN " : "RANGE BETWEEN ");
    ARROW_RETURN_NOT_OK(EmitFrameBound(spec.start));
    Write(" AND ");
    ARROW_RETURN_NOT_OK(EmitFrameBound(spec.end));
  }
  Write(")");
  return Status::OK();
}

Status DuckDbEmitter::EmitFrameBound(const FrameBound& bound) {
  if (bound.offset != nullptr) {
    ARROW_RETURN_NOT_OK(Emit(bound.offset));
    Write(" ");
  }
  switch (bound.kind) {
    case FrameBoundKind::kUnboundedPreceding:
      Write("UNBOUNDED PRECEDING");
      break;
    case FrameBoundKind::kPreceding:
      Write("PRECEDING");
      break;
    case FrameBoundKind::kCurrentRow:
      Write("CURRENT ROW");
      break;
    case FrameBoundKind::kFollowing:
      Write("FOLLOWING");
      break;
    case FrameBoundKind::kUnboundedFollowing:
      Write("UNBOUNDED FOLLOWING");
      break;
  }
  return Status::OK();
}

Status DuckDbEmitter::EmitTable(const TableExpression& table) {
  const size_t begin = out_.text.size();
  if (const Join* join = table.As<Join>()) {
    const bool parentheses = table.alias.has_value();
    if (parentheses) {
      return Refuse("An alias of a join in parentheses", table.alias->name.span, "",
                    "Give each table its alias");
    }
    ARROW_RETURN_NOT_OK(EmitJoin(*join));
  } else if (const NamedTable* named = table.As<NamedTable>()) {
    ARROW_RETURN_NOT_OK(EmitNamedTable(*named, table));
  } else if (const DerivedTable* derived = table.As<DerivedTable>()) {
    Write(derived->lateral ? "LATERAL (" : "(");
    ARROW_RETURN_NOT_OK(EmitQuery(*derived->query));
    Write(")");
    EmitAlias(table);
  } else if (table.As<Unnest>() != nullptr) {
    return Refuse("UNNEST", table.span);
  } else {
    const TableFunction& function = *table.As<TableFunction>();
    return Refuse(fmt::format("The table function {}", function.name.ToString()),
                  table.span);
  }
  Map(begin, table.span);
  return Status::OK();
}

Status DuckDbEmitter::EmitNamedTable(const NamedTable& table,
                                     const TableExpression& outer) {
  if (table.name.parts.size() == 1 && table.hints.empty() && !table.time_travel) {
    for (const auto& names : with_) {
      if (std::find(names.begin(), names.end(), table.name.object()) == names.end())
        continue;
      WriteName(table.name.object());
      EmitAlias(outer);
      return Status::OK();
    }
  }
  if (binder_ == nullptr) return Refuse("A table in an expression", outer.span);
  ARROW_ASSIGN_OR_RAISE(Relation relation, binder_->Bind(table, outer.span));
  AddColumns(relation.columns);
  unknown_columns_ = unknown_columns_ || relation.columns.empty();
  Write(relation.text);
  if (outer.alias.has_value()) {
    EmitAlias(outer);
  } else {
    relations_.insert(table.name.object());
    Write(" AS ");
    WriteName(table.name.object());
  }
  return Status::OK();
}

void DuckDbEmitter::EmitAlias(const TableExpression& table) {
  if (!table.alias.has_value()) return;
  relations_.insert(table.alias->name.name);
  Write(" AS ");
  WriteName(table.alias->name.name);
  for (size_t i = 0; i < table.alias->columns.size(); ++i) {
    Write(i == 0 ? "(" : ", ");
    WriteName(table.alias->columns[i].name);
    KnowColumn(table.alias->columns[i].name);
  }
  if (!table.alias->columns.empty()) Write(")");
}

Status DuckDbEmitter::EmitJoin(const Join& join) {
  ARROW_RETURN_NOT_OK(EmitTable(*join.left));
  if (join.natural) Write(" NATURAL");
  Write(JoinText(join));
  const bool nested = join.right->As<Join>() != nullptr;
  if (nested) Write("(");
  ARROW_RETURN_NOT_OK(EmitTable(*join.right));
  if (nested) Write(")");
  if (join.on != nullptr) {
    Write(" ON ");
    ARROW_RETURN_NOT_OK(Emit(join.on));
  }
  for (size_t i = 0; i < join.using_columns.size(); ++i) {
    const Identifier& column = join.using_columns[i];
    Write(i == 0 ? " USING (" : ", ");
    WriteName(column.name);
    used_.push_back({column.name, column.span, ""});
  }
  if (!join.using_columns.empty()) Write(")");
  return Status::OK();
}

}  // namespace tarn::sql

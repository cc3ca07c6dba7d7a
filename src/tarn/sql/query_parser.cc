// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/query_parser.h"

#include <algorithm>

#include "tarn/sql/keyword.h"

namespace tarn::sql {
namespace {

constexpr int kUnionPrecedence = 1;
constexpr int kIntersectPrecedence = 2;

int DepthOfSelect(const Select& select) {
  int depth = 0;
  const auto see = [&](const ExpressionPtr& e) { depth = std::max(depth, DepthOf(e)); };
  for (const SelectItem& item : select.items) see(item.expression);
  for (const TableExpressionPtr& table : select.from)
    depth = std::max(depth, table->depth);
  see(select.where);
  for (const GroupItem& item : select.group_by) {
    for (const auto& set : item.sets) depth = std::max(depth, DepthOf(set));
  }
  see(select.having);
  see(select.qualify);
  for (const NamedWindow& window : select.windows) {
    depth = std::max(
        {depth, DepthOf(window.spec.partition_by), DepthOf(window.spec.order_by)});
  }
  return depth;
}

}  // namespace

bool QueryParser::LookingAtQuery() const {
  size_t ahead = 0;
  while (in_.Peek(ahead).IsSymbol("(")) ++ahead;
  const Token& token = in_.Peek(ahead);
  return token.IsWord("SELECT") || token.IsWord("WITH") || token.IsWord("VALUES");
}

Result<QueryPtr> QueryParser::ParseQuery() {
  ARROW_RETURN_NOT_OK(in_.Enter());
  NestingScope scope(&in_);
  const size_t begin = in_.position();
  Query with;
  ARROW_RETURN_NOT_OK(ParseWith(&with));
  int depth = 0;
  for (const CommonTable& table : with.with)
    depth = std::max(depth, DepthOf(table.query));
  ARROW_ASSIGN_OR_RAISE(QueryPtr query, ParseSetOperation(kUnionPrecedence));
  if (!query->with.empty() || !query->order_by.empty() || query->limit || query->offset) {
    // The body was a query in parentheses with a tail of its own: keep it apart.
    QueryPtr outer(new Query());
    outer->depth = query->depth + 1;
    outer->body = std::move(query);
    query = std::move(outer);
  }
  query->with = std::move(with.with);
  ARROW_RETURN_NOT_OK(ParseTail(query.get()));
  query->depth = std::max({query->depth, depth + 1, DepthOf(query->order_by) + 1,
                           DepthOf(query->limit) + 1, DepthOf(query->offset) + 1});
  query->span = in_.SpanSince(begin);
  ARROW_RETURN_NOT_OK(in_.CheckDepth(query->depth, query->span));
  return query;
}

Status QueryParser::ParseWith(Query* query) {
  if (!in_.Accept("WITH")) return Status::OK();
  if (in_.Looking("RECURSIVE")) {
    return in_.Unsupported(kUnsupportedClause, "WITH RECURSIVE", in_.Peek().span);
  }
  do {
    CommonTable table;
    ARROW_ASSIGN_OR_RAISE(table.name, in_.ExpectName("the name of a WITH query"));
    if (in_.Peek().IsSymbol("(")) {
      ARROW_ASSIGN_OR_RAISE(table.columns, in_.ExpectNameList("a column name"));
    }
    ARROW_RETURN_NOT_OK(in_.Expect("AS"));
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol("("));
    ARROW_ASSIGN_OR_RAISE(table.query, ParseQuery());
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
    query->with.push_back(std::move(table));
  } while (in_.AcceptSymbol(","));
  return Status::OK();
}

Status QueryParser::ParseTail(Query* query) {
  if (in_.Looking("ORDER BY")) {
    ARROW_ASSIGN_OR_RAISE(query->order_by, ParseOrderBy());
  }
  if (in_.Accept("LIMIT")) {
    if (!in_.Accept("ALL")) {
      ARROW_ASSIGN_OR_RAISE(query->limit, ParseExpression());
      if (in_.Peek().IsSymbol(",")) {
        return in_.Invalid(kSyntaxError, "LIMIT takes one number", in_.Peek().span,
                           "Write LIMIT count OFFSET start");
      }
    }
  }
  if (in_.Accept("OFFSET")) {
    ARROW_ASSIGN_OR_RAISE(query->offset, ParseExpression());
    if (!in_.Accept("ROWS")) in_.Accept("ROW");
  }
  if (in_.Looking("FETCH") && query->limit == nullptr) {
    in_.Advance();
    if (!in_.Accept("FIRST")) ARROW_RETURN_NOT_OK(in_.Expect("NEXT"));
    ARROW_ASSIGN_OR_RAISE(query->limit, ParseExpression());
    if (!in_.Accept("ROWS")) ARROW_RETURN_NOT_OK(in_.Expect("ROW"));
    ARROW_RETURN_NOT_OK(in_.Expect("ONLY"));
  }
  return Status::OK();
}

Result<QueryPtr> QueryParser::ParseSetOperation(int min_precedence) {
  const size_t begin = in_.position();
  ARROW_ASSIGN_OR_RAISE(QueryPtr left, ParseQueryTerm());
  while (true) {
    SetOperation set;
    int precedence = kUnionPrecedence;
    if (in_.Looking("UNION")) {
      set.op = SetOperator::kUnion;
    } else if (in_.Looking("EXCEPT") || in_.Looking("MINUS")) {
      set.op = SetOperator::kExcept;
    } else if (in_.Looking("INTERSECT")) {
      set.op = SetOperator::kIntersect;
      precedence = kIntersectPrecedence;
    } else {
      return left;
    }
    if (precedence < min_precedence) return left;
    in_.Advance();
    set.all = in_.Accept("ALL");
    if (!set.all) in_.Accept("DISTINCT");
    ARROW_ASSIGN_OR_RAISE(set.right, ParseSetOperation(precedence + 1));
    set.left = std::move(left);
    QueryPtr out(new Query());
    out->depth = std::max(set.left->depth, set.right->depth) + 1;
    out->body = std::move(set);
    out->span = in_.SpanSince(begin);
    ARROW_RETURN_NOT_OK(in_.CheckDepth(out->depth, out->span));
    left = std::move(out);
  }
}

Result<QueryPtr> QueryParser::ParseQueryTerm() {
  const size_t begin = in_.position();
  QueryPtr out(new Query());
  int depth = 0;
  if (in_.Looking("SELECT")) {
    ARROW_ASSIGN_OR_RAISE(out->body, ParseSelect(&depth));
  } else if (in_.Looking("VALUES")) {
    ARROW_ASSIGN_OR_RAISE(out->body, ParseValues(&depth));
  } else if (in_.Peek().IsSymbol("(")) {
    in_.Advance();
    ARROW_ASSIGN_OR_RAISE(QueryPtr inner, ParseQuery());
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
    return inner;
  } else if (in_.Looking("TABLE") && in_.Peek(1).IsName()) {
    return in_.Unsupported(kUnsupportedClause, "TABLE name as a query", in_.Peek().span,
                           "Write SELECT * FROM name");
  } else {
    for (std::string_view word : {"SELECT", "VALUES", "WITH"}) in_.AlsoExpect(word);
    return in_.Unexpected();
  }
  out->depth = depth + 1;
  out->span = in_.SpanSince(begin);
  ARROW_RETURN_NOT_OK(in_.CheckDepth(out->depth, out->span));
  return out;
}

Result<Values> QueryParser::ParseValues(int* depth) {
  ARROW_RETURN_NOT_OK(in_.Expect("VALUES"));
  Values out;
  do {
    const size_t begin = in_.position();
    std::vector<ExpressionPtr> row;
    ARROW_ASSIGN_OR_RAISE(ExpressionPtr item, ParseExpression());
    *depth = std::max(*depth, item->depth);
    // `VALUES (1, 2)` reads as one row value, `VALUES 1, 2` and `VALUES (1)` as single
    // ones.
    if (auto* value = std::get_if<RowValue>(&item->node)) {
      row = std::move(value->items);
    } else {
      row.push_back(std::move(item));
    }
    const Span span = in_.SpanSince(begin);
    if (!out.rows.empty() && out.rows[0].size() != row.size()) {
      return in_.Invalid(kBadDefinition,
                         fmt::format("This row has {} values, the first one has {}",
                                     row.size(), out.rows[0].size()),
                         span);
    }
    out.rows.push_back(std::move(row));
    out.row_spans.push_back(span);
  } while (in_.AcceptSymbol(","));
  return out;
}

Result<Select> QueryParser::ParseSelect(int* depth) {
  ARROW_RETURN_NOT_OK(in_.Expect("SELECT"));
  Select out;
  ARROW_ASSIGN_OR_RAISE(out.hints, ParseHints());
  if (in_.Accept("DISTINCT")) {
    out.distinct = true;
  } else {
    in_.Accept("ALL");
  }
  do {
    ARROW_ASSIGN_OR_RAISE(SelectItem item, ParseSelectItem());
    out.items.push_back(std::move(item));
  } while (in_.AcceptSymbol(","));
  if (in_.Accept("FROM")) {
    do {
      ARROW_ASSIGN_OR_RAISE(TableExpressionPtr table, ParseTableExpression());
      out.from.push_back(std::move(table));
    } while (in_.AcceptSymbol(","));
  }
  if (in_.Accept("WHERE")) {
    ARROW_ASSIGN_OR_RAISE(out.where, ParseExpression());
  }
  if (in_.Accept("GROUP BY")) {
    ARROW_ASSIGN_OR_RAISE(out.group_by, ParseGroupBy(&out));
  }
  if (in_.Accept("HAVING")) {
    ARROW_ASSIGN_OR_RAISE(out.having, ParseExpression());
  }
  if (in_.Accept("WINDOW")) {
    do {
      NamedWindow window;
      ARROW_ASSIGN_OR_RAISE(window.name, in_.ExpectName("the name of a window"));
      ARROW_RETURN_NOT_OK(in_.Expect("AS"));
      ARROW_ASSIGN_OR_RAISE(window.spec, ParseWindowSpec());
      out.windows.push_back(std::move(window));
    } while (in_.AcceptSymbol(","));
  }
  if (in_.Accept("QUALIFY")) {
    ARROW_ASSIGN_OR_RAISE(out.qualify, ParseExpression());
  }
  *depth = DepthOfSelect(out);
  return out;
}

Result<SelectItem> QueryParser::ParseSelectItem() {
  const size_t begin = in_.position();
  SelectItem item;
  ARROW_ASSIGN_OR_RAISE(item.expression, ParseExpression());
  if (in_.Accept("AS")) {
    ARROW_ASSIGN_OR_RAISE(Identifier alias, in_.ExpectName("a column alias"));
    item.alias = std::move(alias);
  } else if (in_.Peek().kind == TokenKind::kQuotedName ||
             (in_.Peek().kind == TokenKind::kWord && !IsStructural(in_.Peek().text))) {
    ARROW_ASSIGN_OR_RAISE(Identifier alias, in_.ExpectName("a column alias"));
    item.alias = std::move(alias);
  }
  if (item.alias.has_value() && item.expression->As<Star>() != nullptr) {
    return in_.Invalid(kSyntaxError, "A star has no alias", item.alias->span);
  }
  item.span = in_.SpanSince(begin);
  return item;
}

Result<std::vector<GroupItem>> QueryParser::ParseGroupBy(Select* select) {
  select->has_group_by = true;
  select->group_distinct = in_.Accept("DISTINCT");
  if (!select->group_distinct) in_.Accept("ALL");
  std::vector<GroupItem> out;
  do {
    ARROW_ASSIGN_OR_RAISE(GroupItem item, ParseGroupItem());
    out.push_back(std::move(item));
  } while (in_.AcceptSymbol(","));
  return out;
}

Result<GroupItem> QueryParser::ParseGroupItem() {
  const size_t begin = in_.position();
  GroupItem item;
  if (in_.Accept("ROLLUP")) {
    item.kind = GroupItemKind::kRollup;
  } else if (in_.Accept("CUBE")) {
    item.kind = GroupItemKind::kCube;
  } else if (in_.Accept("GROUPING SETS")) {
    item.kind = GroupItemKind::kGroupingSets;
  }
  const bool many = item.kind != GroupItemKind::kExpression;
  if (many) ARROW_RETURN_NOT_OK(in_.ExpectSymbol("("));
  do {
    std::vector<ExpressionPtr> set;
    if (in_.Peek().IsSymbol("(") && in_.Peek(1).IsSymbol(")")) {
      in_.Advance();
      in_.Advance();
    } else if (in_.Looking("ROLLUP") || in_.Looking("CUBE") ||
               in_.Looking("GROUPING SETS")) {
      return in_.Unsupported(kUnsupportedClause, "Grouping sets inside grouping sets",
                             in_.Peek().span);
    } else {
      ARROW_ASSIGN_OR_RAISE(ExpressionPtr key, ParseExpression());
      if (auto* row = std::get_if<RowValue>(&key->node)) {
        set = std::move(row->items);
      } else {
        set.push_back(std::move(key));
      }
    }
    item.sets.push_back(std::move(set));
  } while (many && in_.AcceptSymbol(","));
  if (many) ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  item.span = in_.SpanSince(begin);
  return item;
}

Result<std::vector<OrderItem>> QueryParser::ParseOrderBy() {
  ARROW_RETURN_NOT_OK(in_.Expect("ORDER BY"));
  std::vector<OrderItem> out;
  do {
    const size_t begin = in_.position();
    OrderItem item;
    ARROW_ASSIGN_OR_RAISE(item.expression, ParseExpression());
    item.descending = in_.Accept("DESC");
    if (!item.descending) in_.Accept("ASC");
    if (in_.Accept("NULLS FIRST")) {
      item.nulls_first = true;
    } else if (in_.Accept("NULLS LAST")) {
      item.nulls_first = false;
    }
    item.span = in_.SpanSince(begin);
    out.push_back(std::move(item));
  } while (in_.AcceptSymbol(","));
  return out;
}

Result<WindowSpec> QueryParser::ParseWindowSpec() {
  const size_t begin = in_.position();
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol("("));
  WindowSpec out;
  if (in_.Peek().IsName() && !in_.Looking("PARTITION") && !in_.Looking("ORDER") &&
      !in_.Looking("ROWS") && !in_.Looking("RANGE")) {
    ARROW_ASSIGN_OR_RAISE(Identifier base, in_.ExpectName("a window"));
    out.base = std::move(base);
  }
  if (in_.Accept("PARTITION BY")) {
    do {
      ARROW_ASSIGN_OR_RAISE(ExpressionPtr key, ParseExpression());
      out.partition_by.push_back(std::move(key));
    } while (in_.AcceptSymbol(","));
  }
  if (in_.Looking("ORDER BY")) {
    ARROW_ASSIGN_OR_RAISE(out.order_by, ParseOrderBy());
  }
  out.end.kind = FrameBoundKind::kCurrentRow;
  if (in_.Looking("ROWS") || in_.Looking("RANGE")) {
    out.has_frame = true;
    out.rows = in_.Advance().IsWord("ROWS");
    const bool between = in_.Accept("BETWEEN");
    ARROW_ASSIGN_OR_RAISE(out.start, ParseFrameBound());
    if (between) {
      ARROW_RETURN_NOT_OK(in_.Expect("AND"));
      ARROW_ASSIGN_OR_RAISE(out.end, ParseFrameBound());
    }
  }
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  out.span = in_.SpanSince(begin);
  return out;
}

Result<FrameBound> QueryParser::ParseFrameBound() {
  FrameBound out;
  if (in_.Accept("CURRENT ROW")) {
    out.kind = FrameBoundKind::kCurrentRow;
    return out;
  }
  const bool unbounded = in_.Accept("UNBOUNDED");
  if (!unbounded) {
    // Bounds are simple values: what binds weaker than a sum would swallow the AND.
    ARROW_ASSIGN_OR_RAISE(out.offset, ParseBinary(40));
  }
  if (in_.Accept("PRECEDING")) {
    out.kind =
        unbounded ? FrameBoundKind::kUnboundedPreceding : FrameBoundKind::kPreceding;
    return out;
  }
  ARROW_RETURN_NOT_OK(in_.Expect("FOLLOWING"));
  out.kind = unbounded ? FrameBoundKind::kUnboundedFollowing : FrameBoundKind::kFollowing;
  return out;
}

Result<std::vector<Hint>> QueryParser::ParseHints() {
  std::vector<Hint> out;
  if (in_.Peek().kind != TokenKind::kHintOpen) return out;
  in_.Advance();
  do {
    const size_t begin = in_.position();
    Hint hint;
    ARROW_ASSIGN_OR_RAISE(hint.name, in_.ExpectName("the name of a hint"));
    if (in_.Peek().IsSymbol("(")) {
      if (in_.Peek(1).kind == TokenKind::kString && in_.Peek(2).IsSymbol("=")) {
        ARROW_ASSIGN_OR_RAISE(hint.options, in_.ExpectProperties("the hint's option"));
      } else if (in_.Peek(1).IsSymbol(")")) {
        in_.Advance();
        in_.Advance();
      } else {
        in_.Advance();
        do {
          const Token& word = in_.Peek();
          if (!word.IsName() && word.kind != TokenKind::kString &&
              word.kind != TokenKind::kInteger) {
            in_.AlsoExpect("an argument of the hint");
            return in_.Unexpected();
          }
          in_.Advance();
          hint.arguments.push_back({word.text, word.span, true});
        } while (in_.AcceptSymbol(","));
        ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
      }
    }
    hint.span = in_.SpanSince(begin);
    out.push_back(std::move(hint));
    in_.AcceptSymbol(",");
  } while (in_.Peek().kind != TokenKind::kHintClose && in_.Peek().IsName());
  if (in_.Peek().kind != TokenKind::kHintClose) {
    in_.AlsoExpect("*/");
    return in_.Unexpected();
  }
  in_.Advance();
  return out;
}

}  // namespace tarn::sql

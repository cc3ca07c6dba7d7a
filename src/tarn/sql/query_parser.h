// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tarn/sql/ast.h"
#include "tarn/sql/token_stream.h"

namespace tarn::sql {

/// Recursive descent over expressions and queries, with the precedences of Calcite:
/// OR < AND < NOT < IS < comparison < BETWEEN, IN, LIKE < + - < * / % || < sign < . [ ].
/// One caller at a time; all errors are kInvalidInput or kUnsupported with place.
class QueryParser {
 public:
  explicit QueryParser(TokenStream* stream) : in_(*stream) {}

  Result<QueryPtr> ParseQuery();
  Result<ExpressionPtr> ParseExpression() { return ParseBinary(0); }
  /// `( [name =>] value, ... )`.
  Result<std::vector<CallArgument>> ParseArguments();
  /// `/*+ NAME(...), ... */`, or nothing.
  Result<std::vector<Hint>> ParseHints();
  /// True if the cursor is at `(`* and then SELECT, WITH or VALUES.
  bool LookingAtQuery() const;

 private:
  // expressions: expression_parser.cc
  Result<ExpressionPtr> ParseBinary(int min_precedence);
  Result<ExpressionPtr> ParsePrefix();
  Result<ExpressionPtr> ParseInfix(ExpressionPtr left, size_t begin, int min_precedence,
                                   bool* found);
  Result<ExpressionPtr> ParseNegatable(ExpressionPtr left, size_t begin, bool negated);
  Result<ExpressionPtr> ParseIs(ExpressionPtr left, size_t begin);
  Result<ExpressionPtr> ParseComparison(ExpressionPtr left, size_t begin,
                                        BinaryOperator op, int precedence);
  Result<ExpressionPtr> ParsePostfix(ExpressionPtr operand, size_t begin);
  // primaries: primary_parser.cc
  Result<ExpressionPtr> ParsePrimary();
  Result<ExpressionPtr> ParseParenthesised();
  Result<ExpressionPtr> ParseName();
  Result<ExpressionPtr> ParseCall(ObjectName name, size_t begin);
  Result<ExpressionPtr> ParseCallTail(Call call, size_t begin);
  Result<ExpressionPtr> ParseSpecial(const std::string& keyword, size_t begin,
                                     bool* found);
  Result<ExpressionPtr> ParseCase(size_t begin);
  Result<ExpressionPtr> ParseCast(size_t begin, bool try_cast);
  Result<ExpressionPtr> ParseTrim(size_t begin);
  Result<ExpressionPtr> ParseSubstring(size_t begin, std::string name);
  Result<ExpressionPtr> ParseUnitCall(size_t begin, std::string name);
  Result<ExpressionPtr> ParseTypedLiteral(LiteralKind kind, size_t begin);
  Result<ExpressionPtr> ParseInterval(size_t begin);
  Result<TimeUnit> ParseTimeUnit();
  Result<std::vector<ExpressionPtr>> ParseExpressionList(std::string_view close);
  // windows and queries: query_parser.cc
  Result<WindowSpec> ParseWindowSpec();
  Result<FrameBound> ParseFrameBound();
  Result<std::vector<OrderItem>> ParseOrderBy();
  Result<QueryPtr> ParseSetOperation(int min_precedence);
  Result<QueryPtr> ParseQueryTerm();
  Result<Select> ParseSelect(int* depth);
  Result<SelectItem> ParseSelectItem();
  Result<Values> ParseValues(int* depth);
  Status ParseWith(Query* query);
  Status ParseTail(Query* query);
  Result<std::vector<GroupItem>> ParseGroupBy(Select* select);
  Result<GroupItem> ParseGroupItem();
  // FROM: from_parser.cc
  Result<TableExpressionPtr> ParseTableExpression();
  Result<TableExpressionPtr> ParseTablePrimary();
  Result<TableExpressionPtr> ParseTableFunction(size_t begin, bool lateral);
  Result<TableExpressionPtr> ParseNamedTable(size_t begin);
  Status ParseTimeTravel(NamedTable* table);
  Status ParseJoinCondition(Join* join, size_t begin);
  Status ParseAlias(TableExpression* table);

  template <typename Node>
  Result<ExpressionPtr> Make(size_t begin, Node node, int child_depth) {
    const Span span = in_.SpanSince(begin);
    ARROW_RETURN_NOT_OK(in_.CheckDepth(child_depth + 1, span));
    auto out = std::make_unique<Expression>();
    out->span = span;
    out->depth = child_depth + 1;
    out->node = std::move(node);
    return out;
  }

  TokenStream& in_;
};

/// Height of the tallest of some trees; 0 for none.
int DepthOf(const ExpressionPtr& expression);
int DepthOf(const QueryPtr& query);
int DepthOf(const std::vector<ExpressionPtr>& expressions);
int DepthOf(const std::vector<CallArgument>& arguments);
int DepthOf(const std::vector<OrderItem>& items);

}  // namespace tarn::sql

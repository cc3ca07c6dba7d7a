// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tarn/sql/query_parser.h"

namespace tarn::sql {
namespace {

// Precedences as in Calcite's operator table.
constexpr int kOr = 22;
constexpr int kAnd = 24;
constexpr int kNot = 26;
constexpr int kIs = 28;
constexpr int kCompare = 30;
constexpr int kMatch = 32;  // BETWEEN, IN, LIKE
constexpr int kSum = 40;
constexpr int kProduct = 60;
constexpr int kSign = 80;

struct Infix {
  std::string_view symbol;
  BinaryOperator op;
  int precedence;
};
constexpr Infix kInfix[] = {
    {"=", BinaryOperator::kEqual, kCompare},
    {"<>", BinaryOperator::kNotEqual, kCompare},
    {"!=", BinaryOperator::kNotEqual, kCompare},
    {"<", BinaryOperator::kLess, kCompare},
    {"<=", BinaryOperator::kLessEqual, kCompare},
    {">", BinaryOperator::kGreater, kCompare},
    {">=", BinaryOperator::kGreaterEqual, kCompare},
    {"+", BinaryOperator::kAdd, kSum},
    {"-", BinaryOperator::kSubtract, kSum},
    {"*", BinaryOperator::kMultiply, kProduct},
    {"/", BinaryOperator::kDivide, kProduct},
    {"%", BinaryOperator::kModulo, kProduct},
    {"||", BinaryOperator::kConcat, kProduct},
};

}  // namespace

int DepthOf(const ExpressionPtr& expression) {
  return expression ? expression->depth : 0;
}
int DepthOf(const QueryPtr& query) {
  return query ? query->depth : 0;
}
int DepthOf(const std::vector<ExpressionPtr>& expressions) {
  int out = 0;
  for (const ExpressionPtr& item : expressions) out = std::max(out, DepthOf(item));
  return out;
}
int DepthOf(const std::vector<CallArgument>& arguments) {
  int out = 0;
  for (const CallArgument& item : arguments) out = std::max(out, DepthOf(item.value));
  return out;
}
int DepthOf(const std::vector<OrderItem>& items) {
  int out = 0;
  for (const OrderItem& item : items) out = std::max(out, DepthOf(item.expression));
  return out;
}

Result<ExpressionPtr> QueryParser::ParseBinary(int min_precedence) {
  ARROW_RETURN_NOT_OK(in_.Enter());
  NestingScope scope(&in_);
  const size_t begin = in_.position();
  ARROW_ASSIGN_OR_RAISE(ExpressionPtr left, ParsePrefix());
  bool found = true;
  while (found) {
    ARROW_ASSIGN_OR_RAISE(left,
                          ParseInfix(std::move(left), begin, min_precedence, &found));
  }
  return left;
}

Result<ExpressionPtr> QueryParser::ParsePrefix() {
  const size_t begin = in_.position();
  if (in_.Looking("NOT") && !in_.Looking("NOT EXISTS")) {
    in_.Advance();
    ARROW_ASSIGN_OR_RAISE(ExpressionPtr operand, ParseBinary(kNot));
    const int depth = operand->depth;
    return Make(begin, Unary{UnaryOperator::kNot, std::move(operand)}, depth);
  }
  if (in_.Looking("NOT EXISTS")) {
    in_.Advance();
    ARROW_ASSIGN_OR_RAISE(ExpressionPtr operand, ParsePrimary());
    const int depth = operand->depth;
    return Make(begin, Unary{UnaryOperator::kNot, std::move(operand)}, depth);
  }
  for (std::string_view sign : {"-", "+"}) {
    if (!in_.Peek().IsSymbol(sign)) continue;
    in_.Advance();
    ARROW_ASSIGN_OR_RAISE(ExpressionPtr operand, ParseBinary(kSign));
    const int depth = operand->depth;
    const auto op = sign == "-" ? UnaryOperator::kMinus : UnaryOperator::kPlus;
    return Make(begin, Unary{op, std::move(operand)}, depth);
  }
  ARROW_ASSIGN_OR_RAISE(ExpressionPtr primary, ParsePrimary());
  return ParsePostfix(std::move(primary), begin);
}

Result<ExpressionPtr> QueryParser::ParsePostfix(ExpressionPtr operand, size_t begin) {
  while (true) {
    if (in_.Peek().IsSymbol("[")) {
      in_.Advance();
      ARROW_ASSIGN_OR_RAISE(ExpressionPtr index, ParseBinary(0));
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol("]"));
      const int depth = std::max(operand->depth, index->depth);
      ARROW_ASSIGN_OR_RAISE(
          operand, Make(begin, Subscript{std::move(operand), std::move(index)}, depth));
    } else if (in_.Peek().IsSymbol(".") && operand->As<Literal>() == nullptr) {
      in_.Advance();
      const Token& name = in_.Peek();
      if (!name.IsName()) {
        in_.AlsoExpect("the name of a member");
        return in_.Unexpected();
      }
      in_.Advance();
      const int depth = operand->depth;
      Member member{std::move(operand),
                    {name.text, name.span, name.kind == TokenKind::kQuotedName}};
      ARROW_ASSIGN_OR_RAISE(operand, Make(begin, std::move(member), depth));
    } else {
      return operand;
    }
  }
}

Result<ExpressionPtr> QueryParser::ParseInfix(ExpressionPtr left, size_t begin,
                                              int min_precedence, bool* found) {
  *found = true;
  const Token& token = in_.Peek();
  if (token.kind == TokenKind::kSymbol) {
    for (const Infix& infix : kInfix) {
      if (token.text != infix.symbol || infix.precedence < min_precedence) continue;
      return ParseComparison(std::move(left), begin, infix.op, infix.precedence);
    }
    if (token.text == "::") {
      return in_.Invalid(kSyntaxError, "'::' is not a cast here", token.span,
                         "Write CAST(value AS type)");
    }
  } else if (token.kind == TokenKind::kWord) {
    for (const bool conjunction : {true, false}) {
      const char* word = conjunction ? "AND" : "OR";
      const int precedence = conjunction ? kAnd : kOr;
      if (precedence < min_precedence || !in_.Looking(word)) continue;
      Logical logical{conjunction, {}};
      logical.operands.push_back(std::move(left));
      while (in_.Accept(word)) {
        ARROW_ASSIGN_OR_RAISE(ExpressionPtr right, ParseBinary(precedence + 1));
        logical.operands.push_back(std::move(right));
      }
      const int depth = DepthOf(logical.operands);
      return Make(begin, std::move(logical), depth);
    }
    if (kIs >= min_precedence && in_.Looking("IS"))
      return ParseIs(std::move(left), begin);
    if (kMatch >= min_precedence) {
      const bool negated = in_.Looking("NOT BETWEEN") || in_.Looking("NOT IN") ||
                           in_.Looking("NOT LIKE") || in_.Looking("NOT SIMILAR");
      if (negated || in_.Looking("BETWEEN") || in_.Looking("IN") || in_.Looking("LIKE") ||
          in_.Looking("SIMILAR TO")) {
        if (negated) in_.Advance();
        return ParseNegatable(std::move(left), begin, negated);
      }
      for (std::string_view word : {"MEMBER OF", "SUBMULTISET OF", "OVERLAPS",
                                    "MULTISET UNION", "AT TIME ZONE"}) {
        if (in_.Looking(word)) {
          return in_.Unsupported(kUnsupportedExpression, word, token.span);
        }
      }
    }
  }
  *found = false;
  return left;
}

Result<ExpressionPtr> QueryParser::ParseComparison(ExpressionPtr left, size_t begin,
                                                   BinaryOperator op, int precedence) {
  const Span op_span = in_.Advance().span;
  if (precedence == kCompare &&
      (in_.Looking("ALL") || in_.Looking("ANY") || in_.Looking("SOME")) &&
      in_.Peek(1).IsSymbol("(")) {
    const bool all = in_.Looking("ALL");
    in_.Advance();
    in_.Advance();
    ARROW_ASSIGN_OR_RAISE(QueryPtr query, ParseQuery());
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
    const int depth = std::max(left->depth, query->depth);
    return Make(begin, Quantified{op, all, std::move(left), std::move(query)}, depth);
  }
  ARROW_ASSIGN_OR_RAISE(ExpressionPtr right, ParseBinary(precedence + 1));
  const int depth = std::max(left->depth, right->depth);
  return Make(begin, Binary{op, op_span, std::move(left), std::move(right)}, depth);
}

Result<ExpressionPtr> QueryParser::ParseIs(ExpressionPtr left, size_t begin) {
  in_.Advance();
  const bool negated = in_.Accept("NOT");
  if (in_.Accept("DISTINCT FROM")) {
    ARROW_ASSIGN_OR_RAISE(ExpressionPtr right, ParseBinary(kSum));
    const int depth = std::max(left->depth, right->depth);
    return Make(begin, IsDistinct{std::move(left), std::move(right), negated}, depth);
  }
  IsTest test;
  test.negated = negated;
  if (in_.Accept("NULL")) {
    test.kind = TestKind::kNull;
  } else if (in_.Accept("TRUE")) {
    test.kind = TestKind::kTrue;
  } else if (in_.Accept("FALSE")) {
    test.kind = TestKind::kFalse;
  } else if (in_.Accept("UNKNOWN")) {
    test.kind = TestKind::kUnknown;
  } else if (in_.Looking("JSON") || in_.Looking("A") || in_.Looking("EMPTY")) {
    return in_.Unsupported(kUnsupportedExpression, "IS " + ToUpper(in_.Peek().text),
                           in_.Peek().span);
  } else {
    return in_.Unexpected();
  }
  const int depth = left->depth;
  test.operand = std::move(left);
  return Make(begin, std::move(test), depth);
}

Result<ExpressionPtr> QueryParser::ParseNegatable(ExpressionPtr left, size_t begin,
                                                  bool negated) {
  if (in_.Accept("BETWEEN")) {
    Between out;
    out.negated = negated;
    out.symmetric = in_.Accept("SYMMETRIC");
    if (!out.symmetric) in_.Accept("ASYMMETRIC");
    ARROW_ASSIGN_OR_RAISE(out.low, ParseBinary(kMatch + 1));
    ARROW_RETURN_NOT_OK(in_.Expect("AND"));
    ARROW_ASSIGN_OR_RAISE(out.high, ParseBinary(kMatch + 1));
    const int depth = std::max({left->depth, out.low->depth, out.high->depth});
    out.operand = std::move(left);
    return Make(begin, std::move(out), depth);
  }
  if (in_.Accept("IN")) {
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol("("));
    if (LookingAtQuery()) {
      ARROW_ASSIGN_OR_RAISE(QueryPtr query, ParseQuery());
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
      const int depth = std::max(left->depth, query->depth);
      return Make(begin, InSubquery{std::move(left), std::move(query), negated}, depth);
    }
    ARROW_ASSIGN_OR_RAISE(auto items, ParseExpressionList(")"));
    const int depth = std::max(left->depth, DepthOf(items));
    return Make(begin, InList{std::move(left), std::move(items), negated}, depth);
  }
  Like out;
  out.negated = negated;
  out.similar = in_.Accept("SIMILAR TO");
  if (!out.similar) ARROW_RETURN_NOT_OK(in_.Expect("LIKE"));
  ARROW_ASSIGN_OR_RAISE(out.pattern, ParseBinary(kMatch + 1));
  if (in_.Accept("ESCAPE")) {
    ARROW_ASSIGN_OR_RAISE(out.escape, ParseBinary(kMatch + 1));
  }
  const int depth = std::max({left->depth, out.pattern->depth, DepthOf(out.escape)});
  out.operand = std::move(left);
  return Make(begin, std::move(out), depth);
}

Result<std::vector<ExpressionPtr>> QueryParser::ParseExpressionList(
    std::string_view close) {
  std::vector<ExpressionPtr> out;
  do {
    ARROW_ASSIGN_OR_RAISE(ExpressionPtr item, ParseBinary(0));
    out.push_back(std::move(item));
  } while (in_.AcceptSymbol(","));
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol(close));
  return out;
}

}  // namespace tarn::sql

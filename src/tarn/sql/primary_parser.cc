// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tarn/sql/keyword.h"
#include "tarn/sql/literal.h"
#include "tarn/sql/query_parser.h"
#include "tarn/sql/type_parser.h"

namespace tarn::sql {
namespace {

bool Among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Identifier NameOf(const Token& token) {
  return {token.text, token.span, token.kind == TokenKind::kQuotedName};
}

}  // namespace

Result<ExpressionPtr> QueryParser::ParsePrimary() {
  const size_t begin = in_.position();
  const Token& token = in_.Peek();
  const auto literal = [&](LiteralKind kind) -> Result<ExpressionPtr> {
    in_.Advance();
    return Make(begin, Literal{kind, token.text}, 0);
  };
  switch (token.kind) {
    case TokenKind::kString:
      return literal(LiteralKind::kString);
    case TokenKind::kInteger:
      return literal(LiteralKind::kInteger);
    case TokenKind::kDecimal:
      return literal(LiteralKind::kDecimal);
    case TokenKind::kApproximate:
      return literal(LiteralKind::kDouble);
    case TokenKind::kBinary:
      return literal(LiteralKind::kBinary);
    case TokenKind::kQuotedName:
      return ParseName();
    case TokenKind::kSymbol:
      if (token.text == "(") return ParseParenthesised();
      if (token.text == "*") {
        in_.Advance();
        return Make(begin, Star{}, 0);
      }
      if (token.text == "?") {
        return in_.Unsupported(kUnsupportedExpression, "A parameter '?'", token.span);
      }
      break;
    case TokenKind::kWord: {
      const std::string word = ToUpper(token.text);
      bool found = false;
      ARROW_ASSIGN_OR_RAISE(ExpressionPtr special, ParseSpecial(word, begin, &found));
      if (found) return special;
      const bool call = in_.Peek(1).IsSymbol("(");
      if (!IsStructural(word) || (call && Among(word, {"LEFT", "RIGHT"}))) {
        return ParseName();
      }
      break;
    }
    default:
      break;
  }
  in_.AlsoExpect("an expression");
  if (token.kind == TokenKind::kWord) {
    return in_.Unexpected(
        fmt::format("{} is a keyword; if it is meant as a name, write {}",
                    ToUpper(token.text), BackTick(token.text)));
  }
  return in_.Unexpected();
}

Result<ExpressionPtr> QueryParser::ParseParenthesised() {
  const size_t begin = in_.position();
  in_.Advance();
  if (in_.Looking("SELECT") || in_.Looking("WITH") || in_.Looking("VALUES")) {
    ARROW_ASSIGN_OR_RAISE(QueryPtr query, ParseQuery());
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
    const int depth = query->depth;
    return Make(begin, ScalarSubquery{std::move(query)}, depth);
  }
  ARROW_ASSIGN_OR_RAISE(auto items, ParseExpressionList(")"));
  if (items.size() == 1) {
    items[0]->span = in_.SpanSince(begin);
    return std::move(items[0]);
  }
  const int depth = DepthOf(items);
  return Make(begin, RowValue{std::move(items)}, depth);
}

// Words that begin something other than a name. `found` tells whether one did.
Result<ExpressionPtr> QueryParser::ParseSpecial(const std::string& word, size_t begin,
                                                bool* found) {
  *found = true;
  const bool call = in_.Peek(1).IsSymbol("(");
  const auto constant = [&](LiteralKind kind) -> Result<ExpressionPtr> {
    in_.Advance();
    return Make(begin, Literal{kind, ""}, 0);
  };
  if (word == "NULL") return constant(LiteralKind::kNull);
  if (word == "TRUE") return constant(LiteralKind::kTrue);
  if (word == "FALSE") return constant(LiteralKind::kFalse);
  if (word == "UNKNOWN") return constant(LiteralKind::kUnknown);
  if (word == "CASE") return ParseCase(begin);
  if (call) {
    if (word == "CAST" || word == "TRY_CAST") return ParseCast(begin, word == "TRY_CAST");
    if (word == "TRIM") return ParseTrim(begin);
    if (Among(word, {"SUBSTRING", "POSITION", "OVERLAY"}))
      return ParseSubstring(begin, word);
    if (Among(word,
              {"EXTRACT", "FLOOR", "CEIL", "CEILING", "TIMESTAMPADD", "TIMESTAMPDIFF"})) {
      return ParseUnitCall(begin, word);
    }
    if (word == "EXISTS") {
      in_.Advance();
      in_.Advance();
      ARROW_ASSIGN_OR_RAISE(QueryPtr query, ParseQuery());
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
      const int depth = query->depth;
      return Make(begin, Exists{std::move(query)}, depth);
    }
    if (word == "ROW") {
      in_.Advance();
      in_.Advance();
      ARROW_ASSIGN_OR_RAISE(auto items, ParseExpressionList(")"));
      const int depth = DepthOf(items);
      return Make(begin, RowValue{std::move(items)}, depth);
    }
    if (word == "CURSOR" || (Among(word, {"ARRAY", "MAP", "MULTISET"}))) {
      return in_.Unsupported(kUnsupportedExpression, word + "(query)", in_.Peek().span);
    }
  }
  if ((word == "ARRAY" || word == "MAP") && in_.Peek(1).IsSymbol("[")) {
    in_.Advance();
    in_.Advance();
    std::vector<ExpressionPtr> items;
    if (!in_.AcceptSymbol("]")) {
      ARROW_ASSIGN_OR_RAISE(items, ParseExpressionList("]"));
    }
    const int depth = DepthOf(items);
    if (word == "ARRAY") return Make(begin, ArrayValue{std::move(items)}, depth);
    if (items.size() % 2 != 0) {
      return in_.Invalid(kBadArguments, "MAP[...] needs pairs of key and value",
                         in_.SpanSince(begin));
    }
    return Make(begin, MapValue{std::move(items)}, depth);
  }
  const bool string_next = in_.Peek(1).kind == TokenKind::kString;
  if (string_next && word == "DATE") return ParseTypedLiteral(LiteralKind::kDate, begin);
  if (string_next && word == "TIME") return ParseTypedLiteral(LiteralKind::kTime, begin);
  if (string_next && word == "TIMESTAMP") {
    return ParseTypedLiteral(LiteralKind::kTimestamp, begin);
  }
  if (word == "INTERVAL" &&
      (string_next || in_.Peek(1).IsSymbol("-") || in_.Peek(1).IsSymbol("+"))) {
    return ParseInterval(begin);
  }
  if (Among(word, {"CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME",
                   "LOCALTIMESTAMP", "CURRENT_USER", "SESSION_USER"}) &&
      !in_.Peek(1).IsSymbol(".")) {
    Call bare;
    const Token& token = in_.Advance();
    bare.name = {{NameOf(token)}, token.span};
    bare.parenthesised = false;
    if (call) {
      // CURRENT_TIMESTAMP(3): Calcite takes a precision here, Flink does not act on it.
      return in_.Invalid(kSyntaxError, word + " takes no parentheses", token.span,
                         "Write " + word);
    }
    return Make(begin, std::move(bare), 0);
  }
  *found = false;
  return ExpressionPtr();
}

Result<ExpressionPtr> QueryParser::ParseName() {
  const size_t begin = in_.position();
  std::vector<Identifier> parts = {NameOf(in_.Advance())};
  while (in_.Peek().IsSymbol(".")) {
    if (in_.Peek(1).IsSymbol("*")) {
      in_.Advance();
      in_.Advance();
      return Make(begin, Star{std::move(parts)}, 0);
    }
    if (!in_.Peek(1).IsName()) break;
    in_.Advance();
    parts.push_back(NameOf(in_.Advance()));
  }
  if (in_.Peek().IsSymbol("(")) {
    return ParseCall(ObjectName{std::move(parts), in_.SpanSince(begin)}, begin);
  }
  return Make(begin, ColumnRef{std::move(parts)}, 0);
}

Result<std::vector<CallArgument>> QueryParser::ParseArguments() {
  std::vector<CallArgument> out;
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol("("));
  if (in_.AcceptSymbol(")")) return out;
  do {
    CallArgument argument;
    if (in_.Peek().IsName() && in_.Peek(1).IsSymbol("=>")) {
      argument.name = NameOf(in_.Advance());
      in_.Advance();
    }
    ARROW_ASSIGN_OR_RAISE(argument.value, ParseExpression());
    out.push_back(std::move(argument));
  } while (in_.AcceptSymbol(","));
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  return out;
}

Result<ExpressionPtr> QueryParser::ParseCall(ObjectName name, size_t begin) {
  Call call;
  call.name = std::move(name);
  if (in_.Peek(1).IsWord("DISTINCT") || in_.Peek(1).IsWord("ALL")) {
    // The quantifier stands between the parenthesis and the arguments.
    in_.Advance();
    call.distinct = in_.Advance().IsWord("DISTINCT");
    do {
      CallArgument argument;
      ARROW_ASSIGN_OR_RAISE(argument.value, ParseExpression());
      call.arguments.push_back(std::move(argument));
    } while (in_.AcceptSymbol(","));
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  } else {
    ARROW_ASSIGN_OR_RAISE(call.arguments, ParseArguments());
  }
  return ParseCallTail(std::move(call), begin);
}

// WITHIN GROUP, FILTER, IGNORE NULLS, OVER.
Result<ExpressionPtr> QueryParser::ParseCallTail(Call call, size_t begin) {
  int depth = DepthOf(call.arguments);
  if (in_.Accept("WITHIN GROUP")) {
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol("("));
    ARROW_ASSIGN_OR_RAISE(call.within_group, ParseOrderBy());
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
    depth = std::max(depth, DepthOf(call.within_group));
  }
  if (in_.Looking("FILTER") && in_.Peek(1).IsSymbol("(")) {
    in_.Advance();
    in_.Advance();
    ARROW_RETURN_NOT_OK(in_.Expect("WHERE"));
    ARROW_ASSIGN_OR_RAISE(call.filter, ParseExpression());
    ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
    depth = std::max(depth, call.filter->depth);
  }
  if (in_.Looking("IGNORE NULLS") || in_.Looking("RESPECT NULLS")) {
    call.ignore_nulls = in_.Accept("IGNORE NULLS");
    if (!call.ignore_nulls) in_.Accept("RESPECT NULLS");
  }
  if (in_.Accept("OVER")) {
    call.over = std::make_unique<WindowSpec>();
    if (in_.Peek().IsSymbol("(")) {
      ARROW_ASSIGN_OR_RAISE(*call.over, ParseWindowSpec());
    } else {
      ARROW_ASSIGN_OR_RAISE(Identifier base, in_.ExpectName("a window"));
      call.over->span = base.span;
      call.over->base = std::move(base);
    }
    depth =
        std::max({depth, DepthOf(call.over->partition_by), DepthOf(call.over->order_by),
                  DepthOf(call.over->start.offset), DepthOf(call.over->end.offset)});
  }
  return Make(begin, std::move(call), depth);
}

Result<ExpressionPtr> QueryParser::ParseCase(size_t begin) {
  in_.Advance();
  Case out;
  if (!in_.Looking("WHEN")) {
    ARROW_ASSIGN_OR_RAISE(out.operand, ParseExpression());
  }
  int depth = DepthOf(out.operand);
  ARROW_RETURN_NOT_OK(in_.Expect("WHEN"));
  do {
    ARROW_ASSIGN_OR_RAISE(ExpressionPtr when, ParseExpression());
    if (in_.Peek().IsSymbol(",")) {
      return in_.Unsupported(kUnsupportedExpression, "Several values in one WHEN",
                             in_.Peek().span, "Write one WHEN for each");
    }
    ARROW_RETURN_NOT_OK(in_.Expect("THEN"));
    ARROW_ASSIGN_OR_RAISE(ExpressionPtr then, ParseExpression());
    depth = std::max({depth, when->depth, then->depth});
    out.branches.emplace_back(std::move(when), std::move(then));
  } while (in_.Accept("WHEN"));
  if (in_.Accept("ELSE")) {
    ARROW_ASSIGN_OR_RAISE(out.otherwise, ParseExpression());
    depth = std::max(depth, out.otherwise->depth);
  }
  ARROW_RETURN_NOT_OK(in_.Expect("END"));
  return Make(begin, std::move(out), depth);
}

Result<ExpressionPtr> QueryParser::ParseCast(size_t begin, bool try_cast) {
  in_.Advance();
  in_.Advance();
  Cast out;
  out.try_cast = try_cast;
  ARROW_ASSIGN_OR_RAISE(out.operand, ParseExpression());
  ARROW_RETURN_NOT_OK(in_.Expect("AS"));
  ARROW_ASSIGN_OR_RAISE(out.type, ParseType(&in_));
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  const int depth = out.operand->depth;
  return Make(begin, std::move(out), depth);
}

Result<ExpressionPtr> QueryParser::ParseTrim(size_t begin) {
  in_.Advance();
  in_.Advance();
  Trim out;
  bool sided = true;
  if (in_.Accept("LEADING")) {
    out.side = TrimSide::kLeading;
  } else if (in_.Accept("TRAILING")) {
    out.side = TrimSide::kTrailing;
  } else if (!in_.Accept("BOTH")) {
    sided = false;
  }
  if (!(sided && in_.Looking("FROM"))) {
    ARROW_ASSIGN_OR_RAISE(out.operand, ParseExpression());
  }
  if (in_.Accept("FROM")) {
    out.characters = std::move(out.operand);
    ARROW_ASSIGN_OR_RAISE(out.operand, ParseExpression());
  } else if (sided) {
    return in_.Unexpected();
  }
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  const int depth = std::max(DepthOf(out.characters), DepthOf(out.operand));
  return Make(begin, std::move(out), depth);
}

// SUBSTRING(a FROM b [FOR c]), POSITION(a IN b), OVERLAY(a PLACING b FROM c [FOR d]), and
// their forms with commas.
Result<ExpressionPtr> QueryParser::ParseSubstring(size_t begin, std::string name) {
  Call call;
  const Token& word = in_.Advance();
  call.name = {{{std::move(name), word.span, false}}, word.span};
  in_.Advance();
  const bool position = call.name.object() == "POSITION";
  do {
    CallArgument argument;
    // The IN of POSITION must not be taken for the operator: read what binds tighter.
    ARROW_ASSIGN_OR_RAISE(argument.value, position && call.arguments.empty()
                                              ? ParseBinary(33)
                                              : ParseExpression());
    call.arguments.push_back(std::move(argument));
  } while (in_.AcceptSymbol(",") || in_.Accept("FROM") || in_.Accept("FOR") ||
           in_.Accept("PLACING") || (position && in_.Accept("IN")));
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  const int depth = DepthOf(call.arguments);
  return Make(begin, std::move(call), depth);
}

// EXTRACT(unit FROM x), FLOOR(x [TO unit]), TIMESTAMPADD(unit, n, x).
Result<ExpressionPtr> QueryParser::ParseUnitCall(size_t begin, std::string name) {
  Call call;
  const Token& word = in_.Advance();
  in_.Advance();
  const bool unit_first = name != "FLOOR" && name != "CEIL" && name != "CEILING";
  if (unit_first) {
    ARROW_ASSIGN_OR_RAISE(call.unit, ParseTimeUnit());
    ARROW_RETURN_NOT_OK(name == "EXTRACT" ? in_.Expect("FROM") : in_.ExpectSymbol(","));
  }
  call.name = {{{std::move(name), word.span, false}}, word.span};
  do {
    CallArgument argument;
    ARROW_ASSIGN_OR_RAISE(argument.value, ParseExpression());
    call.arguments.push_back(std::move(argument));
  } while (in_.AcceptSymbol(","));
  if (!unit_first && in_.Accept("TO")) {
    ARROW_ASSIGN_OR_RAISE(call.unit, ParseTimeUnit());
  }
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  const int depth = DepthOf(call.arguments);
  return Make(begin, std::move(call), depth);
}

Result<ExpressionPtr> QueryParser::ParseTypedLiteral(LiteralKind kind, size_t begin) {
  in_.Advance();
  const Token& value = in_.Advance();
  const std::string problem = CheckTemporalLiteral(kind, value.text);
  if (!problem.empty()) return in_.Invalid(kBadLiteral, problem, value.span);
  return Make(begin, Literal{kind, value.text}, 0);
}

Result<ExpressionPtr> QueryParser::ParseInterval(size_t begin) {
  in_.Advance();
  bool negative = false;
  while (in_.Peek().IsSymbol("-") || in_.Peek().IsSymbol("+")) {
    negative ^= in_.Advance().text == "-";
  }
  const Token& text = in_.Peek();
  ARROW_RETURN_NOT_OK(in_.ExpectString("the interval as a string"));
  IntervalLiteral out;
  out.text = text.text;
  ARROW_ASSIGN_OR_RAISE(out.from, ParseTimeUnit());
  out.to = out.from;
  const auto precision = [&]() -> Status {
    if (!in_.AcceptSymbol("(")) return Status::OK();
    do {
      ARROW_RETURN_NOT_OK(in_.ExpectInteger("a precision", 18));
    } while (in_.AcceptSymbol(","));
    return in_.ExpectSymbol(")");
  };
  ARROW_RETURN_NOT_OK(precision());
  if (in_.Accept("TO")) {
    ARROW_ASSIGN_OR_RAISE(out.to, ParseTimeUnit());
    ARROW_RETURN_NOT_OK(precision());
  }
  const std::string problem = ReadInterval(text.text, negative, &out);
  if (!problem.empty()) return in_.Invalid(kBadLiteral, problem, in_.SpanSince(begin));
  return Make(begin, std::move(out), 0);
}

Result<TimeUnit> QueryParser::ParseTimeUnit() {
  const Token& token = in_.Peek();
  if (token.kind == TokenKind::kWord) {
    const std::optional<TimeUnit> unit = TimeUnitOf(token.text);
    if (unit.has_value()) {
      in_.Advance();
      return *unit;
    }
  }
  for (std::string_view unit : {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}) {
    in_.AlsoExpect(unit);
  }
  return in_.Unexpected();
}

}  // namespace tarn::sql

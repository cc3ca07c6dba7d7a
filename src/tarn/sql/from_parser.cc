// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tarn/sql/keyword.h"
#include "tarn/sql/query_parser.h"

namespace tarn::sql {

Result<TableExpressionPtr> QueryParser::ParseTableExpression() {
  ARROW_RETURN_NOT_OK(in_.Enter());
  NestingScope scope(&in_);
  const size_t begin = in_.position();
  ARROW_ASSIGN_OR_RAISE(TableExpressionPtr left, ParseTablePrimary());
  while (true) {
    Join join;
    join.natural = in_.Accept("NATURAL");
    if (in_.Accept("CROSS JOIN")) {
      join.kind = JoinKind::kCross;
    } else if (in_.Accept("LEFT")) {
      join.kind = JoinKind::kLeft;
    } else if (in_.Accept("RIGHT")) {
      join.kind = JoinKind::kRight;
    } else if (in_.Accept("FULL")) {
      join.kind = JoinKind::kFull;
    } else if (in_.Looking("INNER") || in_.Looking("JOIN")) {
      in_.Accept("INNER");
    } else if (join.natural) {
      return in_.Unexpected();
    } else {
      return left;
    }
    if (join.kind != JoinKind::kCross) {
      if (join.kind != JoinKind::kInner) in_.Accept("OUTER");
      ARROW_RETURN_NOT_OK(in_.Expect("JOIN"));
    }
    ARROW_ASSIGN_OR_RAISE(join.right, ParseTablePrimary());
    ARROW_RETURN_NOT_OK(ParseJoinCondition(&join, begin));
    auto out = std::make_unique<TableExpression>();
    out->depth = 1 + std::max({left->depth, join.right->depth, DepthOf(join.on)});
    out->span = in_.SpanSince(begin);
    ARROW_RETURN_NOT_OK(in_.CheckDepth(out->depth, out->span));
    join.left = std::move(left);
    out->node = std::move(join);
    left = std::move(out);
  }
}

Status QueryParser::ParseJoinCondition(Join* join, size_t begin) {
  if (join->natural || join->kind == JoinKind::kCross) return Status::OK();
  if (in_.Accept("USING")) {
    ARROW_ASSIGN_OR_RAISE(join->using_columns, in_.ExpectNameList("a column"));
    return Status::OK();
  }
  if (in_.Accept("ON")) {
    ARROW_ASSIGN_OR_RAISE(join->on, ParseExpression());
    return Status::OK();
  }
  return in_.Invalid(kSyntaxError, "The join has no condition", in_.SpanSince(begin),
                     "Add ON condition or USING (columns), or write CROSS JOIN");
}

Result<TableExpressionPtr> QueryParser::ParseTablePrimary() {
  const size_t begin = in_.position();
  const bool lateral = in_.Accept("LATERAL");
  if (in_.Looking("TABLE") && in_.Peek(1).IsSymbol("(")) {
    return ParseTableFunction(begin, lateral);
  }
  auto out = std::make_unique<TableExpression>();
  if (in_.Looking("UNNEST") && in_.Peek(1).IsSymbol("(")) {
    in_.Advance();
    in_.Advance();
    Unnest unnest;
    ARROW_ASSIGN_OR_RAISE(unnest.arguments, ParseExpressionList(")"));
    unnest.with_ordinality = in_.Accept("WITH ORDINALITY");
    out->depth = 1 + DepthOf(unnest.arguments);
    out->node = std::move(unnest);
  } else if (in_.Peek().IsSymbol("(")) {
    if (LookingAtQuery()) {
      in_.Advance();
      DerivedTable derived;
      derived.lateral = lateral;
      ARROW_ASSIGN_OR_RAISE(derived.query, ParseQuery());
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
      out->depth = 1 + derived.query->depth;
      out->node = std::move(derived);
    } else {
      in_.Advance();
      ARROW_ASSIGN_OR_RAISE(out, ParseTableExpression());
      ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
    }
  } else if (lateral) {
    for (std::string_view what : {"TABLE(function)", "'('"}) in_.AlsoExpect(what);
    return in_.Unexpected();
  } else {
    return ParseNamedTable(begin);
  }
  ARROW_RETURN_NOT_OK(ParseAlias(out.get()));
  out->span = in_.SpanSince(begin);
  return out;
}

Result<TableExpressionPtr> QueryParser::ParseNamedTable(size_t begin) {
  auto out = std::make_unique<TableExpression>();
  NamedTable table;
  ARROW_ASSIGN_OR_RAISE(table.name, in_.ExpectObjectName("a table"));
  if (in_.Peek().IsSymbol("(")) {
    return in_.Unsupported(kUnsupportedClause, "A table function without TABLE(...)",
                           table.name.span, "Write TABLE(function(...))");
  }
  ARROW_ASSIGN_OR_RAISE(table.hints, ParseHints());
  ARROW_RETURN_NOT_OK(ParseTimeTravel(&table));
  if (table.hints.empty()) {
    ARROW_ASSIGN_OR_RAISE(table.hints, ParseHints());
  }
  if (table.time_travel.has_value()) out->depth += DepthOf(table.time_travel->point);
  out->node = std::move(table);
  ARROW_RETURN_NOT_OK(ParseAlias(out.get()));
  out->span = in_.SpanSince(begin);
  return out;
}

Status QueryParser::ParseTimeTravel(NamedTable* table) {
  const size_t begin = in_.position();
  TimeTravel travel;
  const bool bare_version = in_.Looking("VERSION AS OF");
  const bool bare_time = in_.Looking("TIMESTAMP AS OF");
  if (in_.Looking("FOR")) {
    in_.Advance();
    if (in_.Accept("VERSION AS OF")) {
      travel.version = true;
    } else if (!in_.Accept("SYSTEM_TIME AS OF") && !in_.Accept("TIMESTAMP AS OF")) {
      return in_.Unexpected();
    }
  } else if (bare_version || bare_time) {
    travel.version = bare_version;
    in_.Accept(bare_version ? "VERSION AS OF" : "TIMESTAMP AS OF");
  } else {
    return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(travel.point, ParseExpression());
  travel.span = in_.SpanSince(begin);
  table->time_travel = std::move(travel);
  return Status::OK();
}

Result<TableExpressionPtr> QueryParser::ParseTableFunction(size_t begin, bool lateral) {
  in_.Advance();
  in_.Advance();
  TableFunction function;
  function.lateral = lateral;
  ARROW_ASSIGN_OR_RAISE(function.name, in_.ExpectObjectName("a table function"));
  // Arguments like TABLE t, DESCRIPTOR(c) and PARTITION BY have a grammar of their own;
  // no table function is there yet, so they are only skipped over.
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol("("));
  for (int open = 1; open > 0;) {
    const Token& token = in_.Peek();
    if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kError ||
        token.IsSymbol(";")) {
      in_.AlsoExpect("')'");
      return in_.Unexpected();
    }
    open += token.IsSymbol("(") ? 1 : token.IsSymbol(")") ? -1 : 0;
    in_.Advance();
  }
  ARROW_RETURN_NOT_OK(in_.ExpectSymbol(")"));
  auto out = std::make_unique<TableExpression>();
  out->node = std::move(function);
  ARROW_RETURN_NOT_OK(ParseAlias(out.get()));
  out->span = in_.SpanSince(begin);
  return out;
}

Status QueryParser::ParseAlias(TableExpression* table) {
  for (std::string_view word : {"MATCH_RECOGNIZE", "TABLESAMPLE", "PIVOT", "UNPIVOT"}) {
    if (in_.Looking(word)) {
      return in_.Unsupported(kUnsupportedClause, word, in_.Peek().span);
    }
  }
  const Token& token = in_.Peek();
  const bool bare = token.kind == TokenKind::kQuotedName ||
                    (token.kind == TokenKind::kWord && !IsStructural(token.text));
  if (!in_.Accept("AS") && !bare) return Status::OK();
  TableAlias alias;
  ARROW_ASSIGN_OR_RAISE(alias.name, in_.ExpectName("a table alias"));
  if (in_.Peek().IsSymbol("(")) {
    ARROW_ASSIGN_OR_RAISE(alias.columns, in_.ExpectNameList("a column alias"));
  }
  table->alias = std::move(alias);
  for (std::string_view word : {"MATCH_RECOGNIZE", "TABLESAMPLE", "PIVOT", "UNPIVOT"}) {
    if (in_.Looking(word)) {
      return in_.Unsupported(kUnsupportedClause, word, in_.Peek().span);
    }
  }
  return Status::OK();
}

}  // namespace tarn::sql

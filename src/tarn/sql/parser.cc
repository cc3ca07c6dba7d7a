// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/parser.h"

#include "tarn/sql/lexer.h"
#include "tarn/sql/statement_parser.h"
#include "tarn/sql/type_parser.h"

namespace tarn::sql {

ScriptParser::ScriptParser(const SourceText& source)
    : stream_(std::make_unique<TokenStream>(source, Lex(source))) {}

ScriptParser::~ScriptParser() = default;

Result<std::optional<Statement>> ScriptParser::Next() {
  ARROW_RETURN_NOT_OK(failed_);
  while (stream_->Peek().IsSymbol(";")) stream_->Advance();
  if (stream_->AtEnd()) return std::optional<Statement>();
  Result<Statement> statement = StatementParser(stream_.get()).Parse();
  if (statement.ok() && !stream_->AtEnd() && !stream_->AcceptSymbol(";")) {
    statement = stream_->Unexpected();
  }
  if (!statement.ok()) {
    failed_ = statement.status();
    return failed_;
  }
  return std::optional<Statement>(std::move(statement).ValueUnsafe());
}

Result<std::vector<Statement>> ParseScript(const SourceText& source) {
  ScriptParser parser(source);
  std::vector<Statement> out;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(std::optional<Statement> statement, parser.Next());
    if (!statement.has_value()) return out;
    out.push_back(std::move(*statement));
  }
}

Result<Statement> ParseStatement(const SourceText& source) {
  ScriptParser parser(source);
  ARROW_ASSIGN_OR_RAISE(std::optional<Statement> first, parser.Next());
  if (!first.has_value()) {
    return ToStatus({ErrorKind::kInvalidInput,
                     kSyntaxError,
                     "There is no statement",
                     {static_cast<uint32_t>(source.text().size()), 0},
                     "",
                     ""},
                    source);
  }
  ARROW_ASSIGN_OR_RAISE(std::optional<Statement> second, parser.Next());
  if (second.has_value()) {
    return ToStatus({ErrorKind::kInvalidInput, kSyntaxError,
                     "Expected one statement, found another", second->span, "", ""},
                    source);
  }
  return std::move(*first);
}

Result<ExpressionPtr> ParseExpressionText(const SourceText& source) {
  TokenStream stream(source, Lex(source));
  ARROW_ASSIGN_OR_RAISE(ExpressionPtr out, QueryParser(&stream).ParseExpression());
  if (!stream.AtEnd()) return stream.Unexpected();
  return out;
}

Result<TypeRef> ParseTypeText(const SourceText& source) {
  TokenStream stream(source, Lex(source));
  ARROW_ASSIGN_OR_RAISE(TypeRef out, ParseType(&stream));
  if (!stream.AtEnd()) return stream.Unexpected();
  return out;
}

Status UnsupportedStatementError(const UnsupportedStatement& statement,
                                 const SourceText& source) {
  return ToStatus({ErrorKind::kUnsupported, kUnsupportedStatement,
                   statement.feature + " is not supported yet", statement.place, "", ""},
                  source);
}

}  // namespace tarn::sql

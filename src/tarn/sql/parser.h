// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/sql/ast.h"

namespace tarn::sql {

class TokenStream;

/// Hands out the statements of a script one at a time, so that those before a mistake can
/// run, as Flink's SQL client does. One caller at a time; after an error it stays failed.
class ScriptParser {
 public:
  /// \param source  outlives the parser; the statements' spans refer to it
  explicit ScriptParser(const SourceText& source);
  ~ScriptParser();

  /// The next statement; none at the end. Statements are separated by `;`, a statement
  /// set is one statement, empty ones are skipped. Errors: kInvalidInput with place,
  /// expected tokens and nearest keyword; kUnsupported for Flink clauses that are
  /// recognised and not there.
  Result<std::optional<Statement>> Next();

 private:
  std::unique_ptr<TokenStream> stream_;
  Status failed_;
};

/// All statements of a script; fails at the first mistake.
Result<std::vector<Statement>> ParseScript(const SourceText& source);

/// Exactly one statement, with or without `;`.
Result<Statement> ParseStatement(const SourceText& source);

/// One expression and nothing else: a `where` argument of a procedure, a computed column.
Result<ExpressionPtr> ParseExpressionText(const SourceText& source);

/// One data type and nothing else.
Result<TypeRef> ParseTypeText(const SourceText& source);

/// The kUnsupported error of a statement that was recognised and is not there.
Status UnsupportedStatementError(const UnsupportedStatement& statement,
                                 const SourceText& source);

}  // namespace tarn::sql

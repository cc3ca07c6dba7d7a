// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/sql/source_text.h"

namespace tarn::sql {

/// Codes of the SQL front end; the first digit is the kind's.
inline constexpr int kSyntaxError = 1101;    ///< the text is not a statement
inline constexpr int kBadToken = 1102;       ///< bytes that are no token
inline constexpr int kBadLiteral = 1103;     ///< a literal whose value is impossible
inline constexpr int kBadType = 1104;        ///< a data type that does not exist
inline constexpr int kTooDeep = 1105;        ///< nested beyond the parser's bound
inline constexpr int kBadDefinition = 1106;  ///< a table definition contradicts itself
inline constexpr int kUnknownColumn = 1107;  ///< no such column; case counts
inline constexpr int kBadArguments = 1108;   ///< a function called with wrong arguments
inline constexpr int kUnsupportedStatement =
    6111;  ///< a Flink statement that is not there yet
inline constexpr int kUnsupportedClause =
    6112;  ///< part of a statement that is not there
inline constexpr int kUnsupportedFunction = 6113;  ///< a function without a proven equal
inline constexpr int kUnsupportedExpression =
    6114;                                      ///< an expression without a proven equal
inline constexpr int kUnsupportedType = 6115;  ///< a Flink type that Paimon cannot store

/// One message about the user's text: what is wrong, where, why, and what to do next.
struct Diagnostic {
  ErrorKind kind = ErrorKind::kInvalidInput;
  int code = 0;
  std::string sentence;
  Span span;
  std::string why;   ///< one sentence, or empty
  std::string hint;  ///< the next step, or empty; may have several lines (corrected text)
};

/// The message for people, several lines, without a newline at the end:
///
///     Expected ')', found 'FOO'.
///      --> orders.sql:3:12
///       |
///     3 |   price DECIMAL(10 FOO),
///       |                    ^^^
///       = why: ...
///       = help: ...
std::string Render(const Diagnostic& diagnostic, const SourceText& source);

/// Only place and caret, as `Render` draws them.
std::string RenderPlace(Span span, const SourceText& source);

/// An error whose message is the rendered text; kind and code are the diagnostic's.
Status ToStatus(const Diagnostic& diagnostic, const SourceText& source);

/// The candidates closest to `word` without regard to case, best first, at most three;
/// none when nothing is close.
std::vector<std::string> NearestOf(std::string_view word,
                                   const std::vector<std::string_view>& candidates);

/// "Did you mean A, B or C?", or "" for none.
std::string DidYouMean(const std::vector<std::string>& names);

}  // namespace tarn::sql

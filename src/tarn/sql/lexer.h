// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "tarn/sql/token.h"

namespace tarn::sql {

/// Cut a script into the tokens of the Flink dialect (Calcite with `Lex.JAVA`): names in
/// back-ticks, strings in single quotes with '' for a quote, X'..' for bytes, comments as
/// `--`,
/// `//` and slash-star, hints as `/*+ ... */`, `$` a letter of names.
///
/// Never fails: bytes that are no token become one kError token with a sentence, which
/// the parser reports when it gets there, so that statements before the mistake still
/// parse. After an unterminated string, name, comment or hint nothing follows but kEnd.
/// \return the tokens; the last one is kEnd
std::vector<Token> Lex(const SourceText& source);

/// The statements of a script, cut at each `;` outside of strings, names, comments and
/// hints: spans without the `;` and without surrounding blanks and comments; empty ones
/// are left out. Statement sets (BEGIN ... END) count as several pieces here; the parser
/// joins them.
std::vector<Span> SplitStatements(const SourceText& source);

/// True if a shell should ask for another line: an open string, name, comment or hint, or
/// text after the last `;`, or a BEGIN ... without its END.
bool IsIncomplete(const SourceText& source);

}  // namespace tarn::sql

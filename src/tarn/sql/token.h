// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tarn/sql/source_text.h"

namespace tarn::sql {

/// What a token is. Keywords are words: whether a word is a keyword depends on where it
/// stands.
enum class TokenKind : uint8_t {
  kEnd,          ///< end of the text
  kError,        ///< bytes that are no token; `text` is the sentence that says why
  kWord,         ///< an unquoted name or keyword, spelled as the user did
  kQuotedName,   ///< `name`, with the back-ticks removed and doubled ones halved
  kString,       ///< 'text', with doubled quotes halved
  kBinary,       ///< X'0aFF': the hexadecimal digits
  kInteger,      ///< 42
  kDecimal,      ///< 4.2, .5, 1.
  kApproximate,  ///< 4.2e1
  kHintOpen,     ///< /*+
  kHintClose,    ///< */ that ends a hint
  kSymbol,       ///< an operator or a punctuation mark, in `text`
};

/// One token of the Flink dialect. A value.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  Span span;
  std::string text;

  bool IsSymbol(std::string_view symbol) const {
    return kind == TokenKind::kSymbol && text == symbol;
  }
  /// True for the unquoted word `keyword`, in any case. `keyword` is in upper case.
  bool IsWord(std::string_view keyword) const;
  /// A word in any case or a back-ticked name.
  bool IsName() const {
    return kind == TokenKind::kWord || kind == TokenKind::kQuotedName;
  }
};

/// ASCII upper case; other bytes stay.
std::string ToUpper(std::string_view text);
/// Equal but for ASCII case.
bool EqualsIgnoringCase(std::string_view left, std::string_view right);

}  // namespace tarn::sql

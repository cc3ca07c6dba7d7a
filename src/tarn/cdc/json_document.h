// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"

namespace tarn::cdc {

/// One JSON document, as the positions of its tokens.
///
/// simdjson's first stage finds the tokens (and checks UTF-8, control characters and open
/// strings); the walk over them is ours, so that the parts of an envelope can be visited
/// in any order, number text stays raw, and every token is checked exactly once: what is
/// not decoded is walked by `Skip`.
///
/// A *token* is an index: one of { } [ ] : , or the start of a scalar. `token_count()` is
/// the end; its character is 0, which matches nothing, so no walk needs a bound of its
/// own. Functions that take `Token*` move it past what they read. One caller at a time.
class JsonDocument {
 public:
  using Token = uint32_t;
  /// Values nested deeper than this are refused.
  static constexpr int kDepthMax = 96;

  JsonDocument();
  ~JsonDocument();
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  /// Index `bytes`, of which a padded copy is kept. False with `error()` set when they
  /// are not UTF-8, hold a control character in a string, an open string, nothing, or
  /// more than 1 GiB.
  bool Parse(std::string_view bytes);

  Token token_count() const { return count_; }
  /// First character of a token; 0 at the end.
  char At(Token token) const { return data_[positions_[token]]; }
  /// A scalar's text without trailing blanks; strings with their quotes.
  std::string_view Text(Token token) const {
    const char* begin = data_ + positions_[token];
    const char* end = data_ + positions_[token + 1];
    while (end > begin && IsBlank(end[-1])) --end;
    return {begin, static_cast<size_t>(end - begin)};
  }
  /// Bytes from the start of `first` to the end of the value that ends before `last`.
  std::string_view Span(Token first, Token last) const;
  /// Bytes before a token.
  size_t PositionOf(Token token) const { return positions_[token]; }

  /// Move over one value without looking into it, by counting brackets. False at the end.
  bool Jump(Token* token) const;
  /// Move over one value and check all of it. False with `error()` set.
  bool Skip(Token* token);
  /// The string at `*token`, unescaped; valid until the next `Parse`.
  bool String(Token* token, std::string_view* out) {
    if (At(*token) == '"') [[likely]] {
      const std::string_view text = Text(*token);
      if (text.size() >= 2 && text.back() == '"') [[likely]] {
        *out = text.substr(1, text.size() - 2);
        if (!HasBackslash(*out)) [[likely]] {
          ++*token;
          return true;
        }
      }
    }
    return EscapedString(token, out);
  }
  /// True for the four characters `null`, and moves past them.
  bool Null(Token* token) const {
    if (At(*token) != 'n' || Text(*token) != "null") return false;
    ++*token;
    return true;
  }

  /// Start of an object: moves into it. After it, `NextMember` answers each key in turn
  /// with
  /// `*token` on the value; the caller moves past the value.
  bool BeginObject(Token* token);
  /// \return 1 = a member, 0 = the end (`*token` past the bracket), -1 = malformed.
  int NextMember(Token* token, bool* first, std::string_view* key) {
    if (At(*token) == '}') {
      ++*token;
      return 0;
    }
    if (!*first) {
      if (At(*token) != ',') return Fail("expected a comma or }", *token), -1;
      ++*token;
    }
    *first = false;
    if (!String(token, key)) return -1;
    if (At(*token) != ':') return Fail("expected a colon", *token), -1;
    ++*token;
    return 1;
  }
  bool BeginArray(Token* token);
  /// \return 1 = an element at `*token`, 0 = the end, -1 = malformed.
  int NextElement(Token* token, bool* first);

  /// True when `text` is a number as JSON spells it; `integer` when it has neither
  /// fraction nor exponent.
  static bool IsNumber(std::string_view text, bool* integer);

  const std::string& error() const { return error_; }
  bool Fail(std::string_view reason, Token token);

 private:
  struct Stage1;

  static bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  /// Is there a backslash in text of the document? Eight bytes at a time for short text:
  /// what stands behind it can be read and is left out of account.
  static bool HasBackslash(std::string_view text) {
    constexpr size_t kShort = 48;
    if (text.size() > kShort) {
      return std::memchr(text.data(), '\\', text.size()) != nullptr;
    }
    constexpr uint64_t kOnes = 0x0101010101010101;
    for (size_t at = 0; at < text.size(); at += sizeof(uint64_t)) {
      uint64_t word;
      std::memcpy(&word, text.data() + at, sizeof(word));
      const uint64_t flipped = word ^ (kOnes * 0x5c);
      const uint64_t found = (flipped - kOnes) & ~flipped & (kOnes << 7);
      if (found != 0) {
        return at + static_cast<size_t>(std::countr_zero(found) / 8) < text.size();
      }
    }
    return false;
  }
  bool EscapedString(Token* token, std::string_view* out);
  bool Unescape(std::string_view raw, std::string_view* out);
  bool SkipScalar(Token* token);

  std::unique_ptr<Stage1> stage1_;
  std::unique_ptr<char[]> buffer_;  // the document, then zeros
  size_t buffer_bytes_ = 0;
  const char* data_ = nullptr;
  const uint32_t* positions_ = nullptr;
  Token count_ = 0;
  // Unescaped strings of the current document; chunks stay until the next Parse.
  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t chunk_used_ = 0;
  size_t chunk_bytes_ = 0;
  std::string error_;
};

}  // namespace tarn::cdc

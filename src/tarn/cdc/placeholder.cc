// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/placeholder.h"

#include <arrow/util/base64.h>
#include <fmt/format.h>

namespace tarn::cdc {

namespace {

constexpr std::string_view kDefaultText = "__debezium_unavailable_value";
// UUID.nameUUIDFromBytes of the default text.
constexpr std::string_view kDefaultUuid = "\"b68a35a7-17ad-35b3-af2a-ae46edb4545a\"";

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

Placeholder::Placeholder(const std::string& text)
    : text_(Quoted(text)),
      base64_(Quoted(arrow::util::base64_encode(text))),
      uuid_(text == kDefaultText ? std::string(kDefaultUuid) : text_) {
  hex_ = "\"";
  numbers_ = "[";
  for (const char c : text) {
    hex_ += fmt::format("{:02x}", static_cast<uint8_t>(c));
    if (numbers_.size() > 1) numbers_ += ",";
    numbers_ += fmt::format("{}", static_cast<int>(static_cast<signed char>(c)));
  }
  hex_ += "\"";
  numbers_ += "]";
  object_ = "{" + text_ + ":" + text_ + "}";
  hstore_text_ = Quoted(object_);
}

bool Placeholder::MatchesText(std::string_view quoted) const {
  return quoted == text_ || quoted == base64_ || quoted == hex_ || quoted == hstore_text_;
}

bool Placeholder::Matches(const JsonDocument& document, JsonDocument::Token token) const {
  const char c = document.At(token);
  if (c == '"') return MatchesText(document.Text(token));
  if (c == '[') {
    const char element = document.At(token + 1);
    if (element == '"') {
      const std::string_view text = document.Text(token + 1);
      return document.At(token + 2) == ']' && (MatchesText(text) || text == uuid_);
    }
    if (element != numbers_[1]) return false;
  } else if (c != '{' || document.At(token + 1) != '"') {
    return false;
  }
  JsonDocument::Token end = token;
  if (!document.Jump(&end)) return false;
  const std::string_view span = document.Span(token, end);
  return span == (c == '[' ? numbers_ : object_);
}

}  // namespace tarn::cdc

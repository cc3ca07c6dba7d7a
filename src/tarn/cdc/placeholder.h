// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tarn/cdc/json_document.h"

namespace tarn::cdc {

/// Debezium's placeholder for a cell that the source did not send (an out-of-line value
/// that an update did not touch), in every form in which its connector for PostgreSQL
/// writes it: text; base64 and hex of the text for bytes; a one-element array of text,
/// base64 or a UUID; an array of the text's bytes as numbers; an hstore of one such pair,
/// as object or as text.
class Placeholder {
 public:
  /// \param text the connector's `unavailable.value.placeholder`
  explicit Placeholder(const std::string& text);

  /// Is the value at `token` (a string, an array or an object) the placeholder?
  bool Matches(const JsonDocument& document, JsonDocument::Token token) const;

 private:
  bool MatchesText(std::string_view quoted) const;

  std::string text_, base64_, hex_, uuid_;  // as JSON strings, with quotes
  std::string hstore_text_;
  std::string numbers_;  // as a compact JSON array
  std::string object_;
};

}  // namespace tarn::cdc

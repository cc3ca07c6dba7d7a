// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tarn::meta {

/// Append `text` as a JSON string with Jackson's escapes (`\b \t \n \f \r`, `\u001F`).
void AppendJacksonString(std::string_view text, std::string* out);

/// One JSON object as Jackson's default pretty printer lays it out: `"name" : value`, two
/// spaces of indent, no newline at the end. One caller at a time.
class JsonObjectText {
 public:
  void Add(std::string_view name, int64_t value) { AddRaw(name, std::to_string(value)); }
  void Add(std::string_view name, std::string_view text);
  void Add(std::string_view name, const std::map<std::string, std::string>& entries);
  /// `value` is JSON text already.
  void AddRaw(std::string_view name, std::string_view value);
  /// Left out when absent.
  template <typename T>
  void AddIf(std::string_view name, const std::optional<T>& value) {
    if (value) Add(name, *value);
  }
  std::string Finish() const;

 private:
  std::string body_;
};

}  // namespace tarn::meta

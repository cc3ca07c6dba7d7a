// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/java_pattern.h"

#include <utility>

namespace tarn::sql {

std::optional<std::string> StrftimeOf(std::string_view pattern) {
  static constexpr std::pair<std::string_view, std::string_view> kParts[] = {
      {"yyyy", "%Y"}, {"uuuu", "%Y"}, {"MM", "%m"}, {"dd", "%d"},
      {"HH", "%H"},   {"mm", "%M"},   {"ss", "%S"}, {"SSS", "%g"},
  };
  std::string out;
  for (size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (c == '\'') {
      // Text in quotes; two of them are one quote.
      if (pattern.substr(i, 2) == "''") {
        out += '\'';
        i += 2;
        continue;
      }
      const size_t close = pattern.find('\'', i + 1);
      if (close == std::string_view::npos) return std::nullopt;
      for (char text : pattern.substr(i + 1, close - i - 1)) {
        out += text;
        if (text == '%') out += '%';
      }
      i = close + 1;
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter) {
      if (c == '[' || c == ']' || c == '{' || c == '}' || c == '#') return std::nullopt;
      out += c;
      if (c == '%') out += '%';
      ++i;
      continue;
    }
    size_t run = 1;
    while (i + run < pattern.size() && pattern[i + run] == c) ++run;
    bool known = false;
    for (const auto& [java, duckdb] : kParts) {
      if (pattern.substr(i, run) != java) continue;
      out += duckdb;
      known = true;
      break;
    }
    if (!known) return std::nullopt;
    i += run;
  }
  return out;
}

}  // namespace tarn::sql

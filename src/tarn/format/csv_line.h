// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::format {

/// How fields stand in a line of CSV (Paimon `CsvOptions`).
struct CsvDialect {
  char separator = ',';
  char quote = '"';
  char escape = '\\';
  std::string null_literal;
};

/// Takes lines apart as Paimon's `CsvParser` does: a quote or escape character before
/// another is that character, quotes in the middle of a field stay, the last field is
/// lost when its quotes do not end. One caller at a time.
class CsvLine {
 public:
  explicit CsvLine(CsvDialect dialect) : dialect_(std::move(dialect)) {}

  /// Fields of a line, the first `count` at most; those that it lacks, and those equal to
  /// the literal, are nothing. A blank line has none: nullopt[count].
  /// \return borrowed until the next call
  const std::vector<std::optional<std::string>>& Parse(std::string_view line,
                                                       size_t count);

 private:
  void HandleQuote(std::string_view line, size_t at);
  void EndField();

  const CsvDialect dialect_;
  std::vector<std::optional<std::string>> fields_;
  std::string buffer_;
  size_t characters_ = 0;  ///< UTF-16 units before the byte that is looked at
  size_t field_ = 0;
  bool in_quotes_ = false;
};

}  // namespace tarn::format

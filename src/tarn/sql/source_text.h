// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::sql {

/// A place in the user's text: bytes, not characters.
struct Span {
  uint32_t offset = 0;
  uint32_t length = 0;

  uint32_t end() const { return offset + length; }
  bool operator==(const Span& other) const = default;
};

/// The smallest span that covers both.
Span Cover(Span first, Span last);

/// Where a byte is, as an editor shows it: both count from 1, columns in characters.
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
  bool operator==(const LineColumn& other) const = default;
};

/// The text of a script with the name shown in messages. Immutable; spans refer to it.
class SourceText {
 public:
  /// Texts above this are refused by the parser (spans are 32 bits wide).
  static constexpr size_t kMaxBytes = size_t{256} << 20;

  /// \param text  the whole script
  /// \param name  file name, or something like "-e"; shown before line and column
  explicit SourceText(std::string text, std::string name = "sql");

  const std::string& text() const { return text_; }
  const std::string& name() const { return name_; }

  /// The bytes of `span`; cut at the end of the text.
  std::string_view At(Span span) const;
  /// Line and column of a byte; an offset past the end is the place after the last byte.
  LineColumn PlaceOf(uint32_t offset) const;
  /// A line without its line break; `line` counts from 1.
  std::string_view Line(uint32_t line) const;
  /// Byte at which a line starts; `line` counts from 1.
  uint32_t LineStart(uint32_t line) const;

 private:
  std::string text_;
  std::string name_;
  std::vector<uint32_t> line_starts_;  // uint32[lines]
};

}  // namespace tarn::sql

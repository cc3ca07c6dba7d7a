// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/source_text.h"

#include <algorithm>

namespace tarn::sql {

Span Cover(Span first, Span last) {
  const uint32_t begin = std::min(first.offset, last.offset);
  return {begin, std::max(first.end(), last.end()) - begin};
}

SourceText::SourceText(std::string text, std::string name)
    : text_(std::move(text)), name_(std::move(name)), line_starts_{0} {
  const size_t bytes = std::min(text_.size(), kMaxBytes);
  for (size_t i = 0; i < bytes; ++i) {
    if (text_[i] == '\n') line_starts_.push_back(static_cast<uint32_t>(i + 1));
  }
}

std::string_view SourceText::At(Span span) const {
  const std::string_view all(text_);
  if (span.offset >= all.size()) return {};
  return all.substr(span.offset, span.length);
}

LineColumn SourceText::PlaceOf(uint32_t offset) const {
  offset = static_cast<uint32_t>(std::min<size_t>(offset, text_.size()));
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<uint32_t>(after - line_starts_.begin());
  uint32_t column = 1;
  for (uint32_t i = LineStart(line); i < offset; ++i) {
    // Continuation bytes of UTF-8 belong to the character before them.
    if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) ++column;
  }
  return {line, column};
}

std::string_view SourceText::Line(uint32_t line) const {
  const uint32_t begin = LineStart(line);
  const uint32_t next = line < line_starts_.size() ? line_starts_[line]
                                                   : static_cast<uint32_t>(text_.size());
  std::string_view out = std::string_view(text_).substr(begin, next - begin);
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.remove_suffix(1);
  return out;
}

uint32_t SourceText::LineStart(uint32_t line) const {
  if (line == 0) return 0;
  return line_starts_[std::min<size_t>(line - 1, line_starts_.size() - 1)];
}

}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/csv_line.h"

namespace tarn::format {
namespace {

/// `Character.isWhitespace` for ASCII.
bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

/// UTF-16 units that begin with this byte of UTF-8.
size_t UnitsOf(char c) {
  const auto byte = static_cast<uint8_t>(c);
  if ((byte & 0xc0) == 0x80) return 0;
  return byte >= 0xf0 ? 2 : 1;
}

/// The length of a blank outside ASCII at the start of `text`, or 0: U+1680, U+2000 to
/// U+200A without U+2007, U+2028, U+2029, U+205F, U+3000.
size_t WideBlank(std::string_view text) {
  if (text.size() < 3) return 0;
  const std::string_view c = text.substr(0, 3);
  const bool space = c >= "\xe2\x80\x80" && c <= "\xe2\x80\x8a" && c != "\xe2\x80\x87";
  const bool other = c == "\xe1\x9a\x80" || c == "\xe2\x80\xa8" || c == "\xe2\x80\xa9" ||
                     c == "\xe2\x81\x9f" || c == "\xe3\x80\x80";
  return space || other ? 3 : 0;
}

bool IsBlankText(std::string_view text) {
  while (!text.empty()) {
    const size_t blank = IsBlank(text[0]) ? 1 : WideBlank(text);
    if (blank == 0) return false;
    text.remove_prefix(blank);
  }
  return true;
}

}  // namespace

const std::vector<std::optional<std::string>>& CsvLine::Parse(std::string_view line,
                                                              size_t count) {
  fields_.assign(count, std::nullopt);
  if (IsBlankText(line)) return fields_;
  buffer_.clear();
  field_ = 0;
  characters_ = 0;
  in_quotes_ = false;
  bool in_field = false;
  const auto next_is = [&](size_t at, char wanted) {
    return at + 1 < line.size() && line[at + 1] == wanted;
  };
  for (size_t at = 0; at < line.size() && field_ < count; ++at) {
    const char c = line[at];
    if (c == dialect_.escape) {
      if ((in_quotes_ || in_field) &&
          (next_is(at, dialect_.quote) || next_is(at, dialect_.escape))) {
        buffer_.push_back(line[++at]);
        ++characters_;
      }
    } else if (c == dialect_.quote) {
      if ((in_quotes_ || in_field) && next_is(at, dialect_.quote)) {
        buffer_.push_back(line[++at]);
        ++characters_;
      } else {
        HandleQuote(line, at);
      }
      in_field = !in_field;
    } else if (c == dialect_.separator && !in_quotes_) {
      EndField();
      in_field = false;
    } else {
      buffer_.push_back(c);
      in_field = true;
    }
    characters_ += UnitsOf(c);
  }
  if (field_ < count && !in_quotes_) EndField();
  return fields_;
}

/// A single quote: opens or closes, and is text itself when it stands inside a field that
/// is not quoted, but for the first three characters of the line.
void CsvLine::HandleQuote(std::string_view line, size_t at) {
  const bool inside = characters_ > 2 && line[at - 1] != dialect_.separator &&
                      at + 1 < line.size() && line[at + 1] != dialect_.separator;
  if (inside) {
    if (!buffer_.empty() && IsBlankText(buffer_)) {
      buffer_.clear();
    } else {
      buffer_.push_back(dialect_.quote);
    }
  }
  in_quotes_ = !in_quotes_;
}

void CsvLine::EndField() {
  if (buffer_ != dialect_.null_literal) fields_[field_] = buffer_;
  ++field_;
  buffer_.clear();
}

}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
// Cells of a row: one JSON value into one column.
#include <charconv>
#include <cmath>
#include <limits>

#include "tarn/cdc/base64.h"
#include "tarn/cdc/decimal_text.h"
#include "tarn/cdc/row_decoder.h"

namespace tarn::cdc {

namespace {

bool IsNumberStart(char c) {
  return c == '-' || (c >= '0' && c <= '9');
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c =
        text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

}  // namespace

bool RowDecoder::AppendCell(JsonDocument* document, Token* token,
                            const Conversion& conversion, ColumnBuffer* column) {
  if (document->Null(token)) return Checked(column->AppendNull());
  switch (conversion.target) {
    case Target::kBoolean:
      return AppendBoolean(document, token, conversion, column);
    case Target::kInt8:
      return AppendInteger<int8_t>(document, token, conversion, column);
    case Target::kInt16:
      return AppendInteger<int16_t>(document, token, conversion, column);
    case Target::kInt32:
      return AppendInteger<int32_t>(document, token, conversion, column);
    case Target::kInt64:
      return AppendInteger<int64_t>(document, token, conversion, column);
    case Target::kFloat:
      return AppendFloat<float>(document, token, conversion, column);
    case Target::kDouble:
      return AppendFloat<double>(document, token, conversion, column);
    case Target::kDecimal:
      return AppendDecimal(document, token, conversion, column);
    case Target::kString:
      return AppendString(document, token, column);
    case Target::kBytes:
      return AppendBytes(document, token, conversion, column);
    case Target::kDate:
    case Target::kTime:
    case Target::kTimestamp:
    case Target::kZonedTimestamp:
      return AppendTemporal(document, token, conversion, column);
    case Target::kArray:
      return AppendArray(document, token, conversion, column);
    case Target::kMap:
      return AppendMap(document, token, conversion, column);
    case Target::kRow:
      return AppendStruct(document, token, conversion, column);
  }
  return false;
}

bool RowDecoder::AppendBoolean(JsonDocument* document, Token* token,
                               const Conversion& conversion, ColumnBuffer* column) {
  std::string_view text = document->Text(*token);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = Trimmed(text.substr(1, text.size() - 2));
    if (EqualsIgnoringCase(text, "true")) text = "true";
    if (EqualsIgnoringCase(text, "false")) text = "false";
  }
  const bool yes = text == "true" || text == "1";
  if (!yes && text != "false" && text != "0") {
    return Reject(*document, *token, conversion, "is not a");
  }
  ++*token;
  return Checked(column->Append<uint8_t>(yes ? 1 : 0));
}

bool RowDecoder::ReadInteger(JsonDocument* document, Token* token,
                             const Conversion& conversion, int64_t* out) {
  std::string_view text = document->Text(*token);
  if (document->At(*token) == '"') {
    Token at = *token;
    if (!document->String(&at, &text)) return Malformed(*document);
    text = Trimmed(text);
  } else if (text == "true" || text == "false") {
    *out = text == "true" ? 1 : 0;
    ++*token;
    return true;
  }
  bool integer = false;
  if (!JsonDocument::IsNumber(text, &integer)) {
    return Reject(*document, *token, conversion, "is not a");
  }
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), *out);
  if (code == std::errc::result_out_of_range) {
    return Reject(*document, *token, conversion, "is out of range for");
  }
  if (!integer || end != text.data() + text.size()) {
    return Reject(*document, *token, conversion, "is not a whole number for");
  }
  ++*token;
  return true;
}

template <typename T>
bool RowDecoder::AppendInteger(JsonDocument* document, Token* token,
                               const Conversion& conversion, ColumnBuffer* column) {
  const Token at = *token;
  int64_t value;
  if (!ReadInteger(document, token, conversion, &value)) return false;
  if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) {
    return Reject(*document, at, conversion, "is out of range for");
  }
  return Checked(column->Append(static_cast<T>(value)));
}

template <typename T>
bool RowDecoder::AppendFloat(JsonDocument* document, Token* token,
                             const Conversion& conversion, ColumnBuffer* column) {
  std::string_view text = document->Text(*token);
  const bool quoted = document->At(*token) == '"';
  if (quoted) {
    Token at = *token;
    if (!document->String(&at, &text)) return Malformed(*document);
    text = Trimmed(text);
  }
  T value = 0;
  bool integer;
  if (quoted && text == "NaN") {
    value = std::numeric_limits<T>::quiet_NaN();
  } else if (quoted && (text == "Infinity" || text == "+Infinity")) {
    value = std::numeric_limits<T>::infinity();
  } else if (quoted && text == "-Infinity") {
    value = -std::numeric_limits<T>::infinity();
  } else if (!JsonDocument::IsNumber(text, &integer)) {
    return Reject(*document, *token, conversion, "is not a");
  } else {
    const auto [end, code] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc::result_out_of_range) {
      // Too small is zero, as Java reads it; too large is refused.
      const bool small = text.find("e-") != text.npos || text.find("E-") != text.npos ||
                         text.starts_with("0.") || text.starts_with("-0.");
      if (!small) return Reject(*document, *token, conversion, "is out of range for");
      value = text.front() == '-' ? -T{0} : T{0};
    }
  }
  ++*token;
  return Checked(column->Append(value));
}

bool RowDecoder::ReadVariableScale(JsonDocument* document, Token* token,
                                   const Conversion& conversion, Unscaled* out) {
  const Token begin = *token;
  if (!document->BeginObject(token)) return Malformed(*document);
  bool first = true;
  bool has_scale = false, has_value = false;
  int wire_scale = 0;
  std::string_view name, text;
  int more;
  while ((more = document->NextMember(token, &first, &name)) == 1) {
    if (name == "scale") {
      const std::string_view number = document->Text(*token);
      const auto [end, code] =
          std::from_chars(number.data(), number.data() + number.size(), wire_scale);
      has_scale = code == std::errc() && end == number.data() + number.size() &&
                  wire_scale > -100000 && wire_scale < 100000;
      if (!has_scale) break;
      ++*token;
    } else if (name == "value" && document->At(*token) == '"') {
      if (!document->String(token, &text)) return Malformed(*document);
      has_value = DecodeBase64(text, false, &scratch_);
      if (!has_value) break;
    } else if (!document->Skip(token)) {
      return Malformed(*document);
    }
  }
  if (more < 0) return Malformed(*document);
  if (!has_scale || !has_value) {
    return Reject(*document, begin, conversion, "is not {scale, value} for");
  }
  const auto outcome =
      DecimalFromBytes(scratch_, wire_scale, conversion.precision, conversion.scale, out);
  if (outcome == DecimalOutcome::kGood) return true;
  return Reject(
      *document, begin, conversion,
      outcome == DecimalOutcome::kOutOfRange ? "is out of range for" : "is not a");
}

bool RowDecoder::ReadDecimalString(JsonDocument* document, Token* token,
                                   const Conversion& conversion, Unscaled* out) {
  const Token at = *token;
  std::string_view text;
  if (!document->String(token, &text)) return Malformed(*document);
  const DecimalMode mode = conversion.decimal_mode;
  DecimalOutcome as_text = DecimalOutcome::kNotANumber;
  if (mode != DecimalMode::kPrecise) {
    as_text = DecimalFromText(Trimmed(text), conversion.precision, conversion.scale, out);
  }
  const bool may_be_bytes = mode == DecimalMode::kPrecise || mode == DecimalMode::kAuto;
  const bool is_base64 =
      may_be_bytes && !text.empty() && DecodeBase64(text, false, &scratch_);
  DecimalOutcome outcome = as_text;
  if (is_base64) {
    // "1234" is a number and the base64 of another one.
    if (as_text != DecimalOutcome::kNotANumber) {
      return Reject(
          *document, at, conversion,
          "is both a number and base64: set decimal-handling-mode to read it as");
    }
    outcome = DecimalFromBytes(scratch_, conversion.wire_scale, conversion.precision,
                               conversion.scale, out);
  }
  if (outcome == DecimalOutcome::kGood) return true;
  return Reject(
      *document, at, conversion,
      outcome == DecimalOutcome::kOutOfRange ? "is out of range for" : "is not a");
}

bool RowDecoder::AppendDecimal(JsonDocument* document, Token* token,
                               const Conversion& conversion, ColumnBuffer* column) {
  const Token at = *token;
  const char c = document->At(at);
  Unscaled value = 0;
  if (c == '{') {
    if (!ReadVariableScale(document, token, conversion, &value)) return false;
  } else if (c == '"') {
    if (!ReadDecimalString(document, token, conversion, &value)) return false;
  } else {
    const std::string_view text = document->Text(at);
    bool integer;
    if (!IsNumberStart(c) || !JsonDocument::IsNumber(text, &integer)) {
      return Reject(*document, at, conversion, "is not a");
    }
    if (DecimalFromText(text, conversion.precision, conversion.scale, &value) !=
        DecimalOutcome::kGood) {
      return Reject(*document, at, conversion, "is out of range for");
    }
    ++*token;
  }
  // The bytes of an Arrow decimal128: little-endian two's complement.
  return Checked(column->Append(value));
}

bool RowDecoder::AppendString(JsonDocument* document, Token* token,
                              ColumnBuffer* column) {
  if (document->At(*token) == '"') [[likely]] {
    std::string_view text;
    if (!document->String(token, &text)) return Malformed(*document);
    return Checked(column->AppendBytes(text));
  }
  // Numbers, booleans, arrays and objects as their JSON text, as Flink gives them.
  const Token begin = *token;
  if (!document->Skip(token)) return Malformed(*document);
  return Checked(column->AppendBytes(document->Span(begin, *token)));
}

bool RowDecoder::AppendBytes(JsonDocument* document, Token* token,
                             const Conversion& conversion, ColumnBuffer* column) {
  const Token at = *token;
  std::string_view text;
  if (document->At(at) != '"')
    return Reject(*document, at, conversion, "is not a string for");
  if (!document->String(token, &text)) return Malformed(*document);
  bool good;
  if (conversion.bytes_mode == BytesMode::kHex) {
    good = DecodeHex(text, &scratch_);
  } else {
    if (conversion.bytes_mode == BytesMode::kAuto && LooksLikeHex(text)) {
      return Reject(*document, at, conversion,
                    "may be hex or base64: set binary-handling-mode to read it as");
    }
    good =
        DecodeBase64(text, conversion.bytes_mode == BytesMode::kBase64UrlSafe, &scratch_);
  }
  if (!good) {
    return Reject(*document, at, conversion,
                  conversion.bytes_mode == BytesMode::kHex ? "is not hex for"
                                                           : "is not base64 for");
  }
  const auto bytes = static_cast<int64_t>(scratch_.size());
  if ((conversion.bytes_exact > 0 && bytes != conversion.bytes_exact) ||
      (conversion.bytes_max > 0 && bytes > conversion.bytes_max)) {
    return Reject(*document, at, conversion,
                  fmt::format("has {} bytes, which does not fit", bytes));
  }
  return Checked(column->AppendBytes(scratch_));
}

bool RowDecoder::AppendTemporal(JsonDocument* document, Token* token,
                                const Conversion& conversion, ColumnBuffer* column) {
  const Token at = *token;
  const bool is_time = conversion.target == Target::kTime;
  const char c = document->At(at);
  constexpr int64_t kNanosPerDay = int64_t{86400} * 1000000000;
  constexpr int64_t kNanosPerMilli = 1000000;
  Moment moment;
  int64_t nanos_of_day = 0;
  bool good = false;
  if (IsNumberStart(c)) {
    int64_t number;
    if (conversion.number_unit == TemporalUnit::kNone) {
      return Reject(*document, at, conversion,
                    "is a bare number of no known unit, not a");
    }
    if (!ReadInteger(document, token, conversion, &number)) return false;
    if (is_time) {
      const int64_t scale = 1000000000 / PerSecond(conversion.number_unit);
      good = number >= 0 && number < kNanosPerDay / scale;
      nanos_of_day = good ? number * scale : 0;
    } else {
      good = MomentFromNumber(number, conversion.number_unit, &moment);
    }
    if (!good) return Reject(*document, at, conversion, "is out of range for");
  } else if (c == '"') {
    std::string_view text;
    if (!document->String(token, &text)) return Malformed(*document);
    text = Trimmed(text);
    good = is_time ? TimeFromText(text, &nanos_of_day) : MomentFromText(text, &moment);
    if (conversion.target == Target::kDate && good) {
      int32_t days;
      good = DateFromText(text, &days);
    }
    if (conversion.target == Target::kZonedTimestamp && good && !moment.has_zone) {
      return Reject(*document, at, conversion, "has no zone, which is needed for");
    }
  }
  if (!good) return Reject(*document, at, conversion, "is not a");
  if (is_time) {
    return Checked(column->Append(static_cast<int32_t>(nanos_of_day / kNanosPerMilli)));
  }
  if (conversion.target == Target::kDate) {
    int64_t days = moment.seconds / 86400;
    if (moment.seconds % 86400 < 0) --days;
    return Checked(column->Append(static_cast<int32_t>(days)));
  }
  if (conversion.out_unit == TemporalUnit::kNanos) {
    return Checked(column->Append(FineNanosOf(moment)));
  }
  int64_t value;
  if (!MomentTo(moment, conversion.out_unit, &value)) {
    return Reject(*document, at, conversion, "is out of range for");
  }
  return Checked(column->Append(value));
}

bool RowDecoder::AppendArray(JsonDocument* document, Token* token,
                             const Conversion& conversion, ColumnBuffer* column) {
  if (document->At(*token) != '[') {
    return Reject(*document, *token, conversion, "is not an array for");
  }
  ++*token;
  bool first = true;
  int more;
  while ((more = document->NextElement(token, &first)) == 1) {
    if (!AppendCell(document, token, conversion.children[0], column->child(0)))
      return false;
  }
  if (more < 0) return Malformed(*document);
  return Checked(column->CloseNested());
}

bool RowDecoder::AppendMap(JsonDocument* document, Token* token,
                           const Conversion& conversion, ColumnBuffer* column) {
  if (document->At(*token) != '{') {
    return Reject(*document, *token, conversion, "is not an object for");
  }
  ++*token;
  bool first = true;
  std::string_view name;
  int more;
  while ((more = document->NextMember(token, &first, &name)) == 1) {
    if (!Checked(column->child(0)->AppendBytes(name))) return false;
    if (!AppendCell(document, token, conversion.children[0], column->child(1)))
      return false;
  }
  if (more < 0) return Malformed(*document);
  return Checked(column->CloseNested());
}

bool RowDecoder::AppendStruct(JsonDocument* document, Token* token,
                              const Conversion& conversion, ColumnBuffer* column) {
  if (document->At(*token) != '{') {
    return Reject(*document, *token, conversion, "is not an object for");
  }
  const Token begin = *token;
  ++*token;
  const int64_t rows = column->rows();
  bool first = true;
  std::string_view name;
  size_t expected = 0;  // members usually come in the order of their declaration
  int more;
  while ((more = document->NextMember(token, &first, &name)) == 1) {
    size_t member = conversion.names.size();
    for (size_t i = 0; i < conversion.names.size(); ++i) {
      const size_t candidate = (expected + i) % conversion.names.size();
      if (conversion.names[candidate] == name) {
        member = candidate;
        break;
      }
    }
    if (member == conversion.names.size()) {
      if (!document->Skip(token)) return Malformed(*document);
      continue;
    }
    expected = member + 1;
    if (column->child(member)->rows() > rows) {
      reason_ = fmt::format("member {} comes twice", name);
      return false;
    }
    if (!AppendCell(document, token, conversion.children[member],
                    column->child(member))) {
      if (failure_.ok()) reason_ = fmt::format("member {}: {}", name, reason_);
      return false;
    }
  }
  if (more < 0) return Malformed(*document);
  for (size_t i = 0; i < conversion.names.size(); ++i) {
    if (column->child(i)->rows() == rows && !Checked(column->child(i)->AppendNull())) {
      return false;
    }
    if (conversion.not_null[i] && column->child(i)->last_is_null()) {
      return Reject(
          *document, begin, conversion,
          fmt::format("lacks member {}, declared NOT NULL in", conversion.names[i]));
    }
  }
  return Checked(column->CloseNested());
}

}  // namespace tarn::cdc

// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <limits>

#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/type.h>

#include "tarn/base/units.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/cast_rules.h"

namespace tarn::types::internal {
namespace {

constexpr int64_t kMillisPerHour = 3600000;
constexpr int64_t kMillisPerMinute = 60000;

bool AllDigits(std::string_view text) {
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

/// Digits with an optional minus: Java then takes the number itself as the value.
bool IsPlainNumber(std::string_view text) {
  return AllDigits(text.starts_with('-') ? text.substr(1) : text);
}

/// Integers as Hive reads them: a sign, digits, and a fraction that is checked and
/// dropped.
template <typename T>
Result<T> ParseInteger(std::string_view text, const DataType& to) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  const size_t dot = rest.find('.');
  const std::string_view whole = rest.substr(0, dot);
  const std::string_view fraction =
      dot == rest.npos ? std::string_view() : rest.substr(dot + 1);
  const bool good = !rest.empty() && (whole.empty() || AllDigits(whole)) &&
                    (fraction.empty() || AllDigits(fraction));
  if (!good) return BadText(text, to);
  const std::string signed_digits =
      (negative ? "-" : "") + (whole.empty() ? std::string("0") : std::string(whole));
  T value = 0;
  const auto [end, error] = std::from_chars(
      signed_digits.data(), signed_digits.data() + signed_digits.size(), value);
  if (error != std::errc()) return BadText(text, to);
  return value;
}

/// A number in digits, blanks around allowed (Java trims each part of a date).
bool ParsePart(std::string_view text, int64_t* out) {
  const std::string_view part = base::Trim(text);
  if (!AllDigits(part)) return false;
  int32_t value = 0;
  const auto [end, error] =
      std::from_chars(part.data(), part.data() + part.size(), value);
  *out = value;
  return error == std::errc();
}

bool IsDate(int64_t year, int64_t month, int64_t day) {
  if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

/// "2024-1-2", "2024-01", "2024", with or without a time after a blank.
Result<int32_t> ParseDate(std::string_view text, const DataType& to) {
  if (IsPlainNumber(text)) return ParseInteger<int32_t>(text, to);
  std::string_view date = text;
  const size_t blank = date.find(' ');
  if (blank != date.npos && blank > 0) date = date.substr(0, blank);
  int64_t parts[3] = {0, 1, 1};
  for (int i = 0; i < 3; ++i) {
    const size_t hyphen = i == 2 ? date.npos : date.find('-');
    if (!ParsePart(date.substr(0, hyphen), &parts[i])) return BadText(text, to);
    if (hyphen == date.npos) break;
    date.remove_prefix(hyphen + 1);
  }
  if (!IsDate(parts[0], parts[1], parts[2])) return BadText(text, to);
  return static_cast<int32_t>(
      DaysFromCivil({parts[0], static_cast<int>(parts[1]), static_cast<int>(parts[2])}));
}

/// "12", "12:34", "12:34:56", "12:34:56.789", with an offset such as "+02:00" behind.
Result<int32_t> ParseTime(std::string_view text, const DataType& to) {
  if (IsPlainNumber(text)) {
    ARROW_ASSIGN_OR_RAISE(int32_t millis, ParseInteger<int32_t>(text, to));
    if (millis < 0 || millis >= 24 * kMillisPerHour) return BadText(text, to);
    return millis;
  }
  int64_t zone[2] = {0, 0};
  int sign = -1;
  std::string_view time = text;
  size_t offset = time.find('-');
  if (offset == time.npos) {
    offset = time.find('+');
    sign = 1;
  }
  if (offset != time.npos) {
    const std::string_view behind = time.substr(offset + 1);
    time = time.substr(0, offset);
    const size_t colon = behind.find(':');
    if (!ParsePart(behind.substr(0, colon), &zone[0])) return BadText(text, to);
    if (colon != behind.npos && !ParsePart(behind.substr(colon + 1), &zone[1])) {
      return BadText(text, to);
    }
  }
  int64_t parts[3] = {0, 0, 0};
  int64_t millis = 0;
  for (int i = 0; i < 3; ++i) {
    const size_t end = i == 2 ? time.find('.') : time.find(':');
    if (!ParsePart(time.substr(0, end), &parts[i])) return BadText(text, to);
    if (end == time.npos) break;
    time.remove_prefix(end + 1);
    if (i == 2) {
      const std::string_view fraction = base::Trim(time);
      if (!fraction.empty() && !AllDigits(fraction)) return BadText(text, to);
      for (int64_t k = 0, unit = 100; k < std::ssize(fraction); ++k, unit /= 10) {
        millis += (fraction[static_cast<size_t>(k)] - '0') * unit;
      }
    }
  }
  const int64_t value = (parts[0] + sign * zone[0]) * kMillisPerHour +
                        (parts[1] + sign * zone[1]) * kMillisPerMinute + parts[2] * 1000 +
                        millis;
  if (value < 0 || value >= 24 * kMillisPerHour) return BadText(text, to);
  return static_cast<int32_t>(value);
}

/// Takes `[2][1]` digits from the front: two if they are there, else one.
bool TakeTwo(std::string_view* text, int64_t* out) {
  const size_t count = text->size() > 1 && AllDigits(text->substr(0, 2)) ? 2 : 1;
  if (!AllDigits(text->substr(0, count))) return false;
  *out = std::stoi(std::string(text->substr(0, count)));
  text->remove_prefix(count);
  return true;
}

bool TakeChar(std::string_view* text, char c) {
  if (!text->starts_with(c)) return false;
  text->remove_prefix(1);
  return true;
}

/// `yyyy-M-d[ H:m:s[.fraction]]`, the fraction cut to `precision` digits.
Result<MillisAndNanos> ParseTimestamp(std::string_view text, const DataType& to) {
  std::string_view rest = text;
  int64_t year = 0;
  int64_t date[2] = {0, 0};
  int64_t time[3] = {0, 0, 0};
  int64_t nanos = 0;
  bool good = rest.size() > 4 && AllDigits(rest.substr(0, 4));
  if (good) {
    year = std::stoi(std::string(rest.substr(0, 4)));
    rest.remove_prefix(4);
    good = TakeChar(&rest, '-') && TakeTwo(&rest, &date[0]) && TakeChar(&rest, '-') &&
           TakeTwo(&rest, &date[1]);
  }
  if (good && !rest.empty()) {
    good = TakeChar(&rest, ' ') && TakeTwo(&rest, &time[0]) && TakeChar(&rest, ':') &&
           TakeTwo(&rest, &time[1]) && TakeChar(&rest, ':') && TakeTwo(&rest, &time[2]);
    if (good && TakeChar(&rest, '.')) {
      int64_t unit = 100000000;
      while (!rest.empty() && unit > 0 && rest[0] >= '0' && rest[0] <= '9') {
        nanos += (rest[0] - '0') * unit;
        unit /= 10;
        rest.remove_prefix(1);
      }
    }
    good = good && rest.empty() && time[0] < 24 && time[1] < 60 && time[2] < 60;
  }
  // A month has up to 31 days for Java's lenient resolver: the 30th of February is its
  // last.
  good =
      good && year > 0 && date[0] >= 1 && date[0] <= 12 && date[1] >= 1 && date[1] <= 31;
  if (!good) return BadText(text, to);
  while (!IsDate(year, date[0], date[1])) --date[1];
  int64_t step = 1;
  for (int32_t i = to.precision(); i < 9; ++i) step *= 10;
  nanos -= nanos % step;
  const int64_t days =
      DaysFromCivil({year, static_cast<int>(date[0]), static_cast<int>(date[1])});
  const int64_t millis = days * 86400000 + time[0] * kMillisPerHour +
                         time[1] * kMillisPerMinute + time[2] * 1000 + nanos / 1000000;
  return MillisAndNanos{millis, static_cast<int32_t>(nanos % 1000000)};
}

/// Text of digits only is an epoch value in the unit of the precision.
Result<MillisAndNanos> TimestampFromNumber(std::string_view text, const DataType& to) {
  ARROW_ASSIGN_OR_RAISE(int64_t epoch, ParseInteger<int64_t>(text, to));
  int64_t per_milli = 1;
  switch (to.precision()) {
    case 0:
      return MillisAndNanos{static_cast<int64_t>(static_cast<uint64_t>(epoch) * 1000U),
                            0};
    case 3:
      return MillisAndNanos{epoch, 0};
    case 6:
      per_milli = 1000;
      break;
    case 9:
      per_milli = 1000000;
      break;
    default:
      return BadText(text, to);
  }
  MillisAndNanos at{epoch / per_milli, 0};
  int64_t rest = epoch % per_milli * (1000000 / per_milli);
  if (rest < 0) {
    rest += 1000000;
    --at.millis;
  }
  at.nanos = static_cast<int32_t>(rest);
  return at;
}

Result<bool> ParseBoolean(std::string_view text, const DataType& to) {
  const std::string lower = base::ToLower(text);
  for (std::string_view word : {"t", "true", "y", "yes", "1"}) {
    if (lower == word) return true;
  }
  for (std::string_view word : {"f", "false", "n", "no", "0"}) {
    if (lower == word) return false;
  }
  return BadText(text, to);
}

template <typename Builder, typename Parse>
ArrayResult BuildFromText(Builder&& builder, const arrow::BinaryArray& source,
                          Parse&& parse) {
  ARROW_RETURN_NOT_OK(builder.Reserve(source.length()));
  for (int64_t i = 0; i < source.length(); ++i) {
    if (source.IsNull(i)) {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(auto value, parse(source.GetView(i)));
    ARROW_RETURN_NOT_OK(builder.Append(value));
  }
  return builder.Finish();
}

ArrayResult BuildDecimals(const CastContext& context, const arrow::BinaryArray& source,
                          const DataType& to) {
  ARROW_ASSIGN_OR_RAISE(auto type, ToArrow(to));
  arrow::Decimal128Builder builder(type, context.pool);
  for (int64_t i = 0; i < source.length(); ++i) {
    bool fits = false;
    arrow::Decimal128 number;
    if (source.IsValid(i)) {
      ARROW_ASSIGN_OR_RAISE(number, ParseDecimal(source.GetView(i), to, &fits));
    }
    ARROW_RETURN_NOT_OK(fits ? builder.Append(number) : builder.AppendNull());
  }
  return builder.Finish();
}

/// BINARY(n) has exactly n bytes, VARBINARY(n) at most.
std::string FitBytes(std::string_view bytes, const DataType& to) {
  const auto length = static_cast<size_t>(to.length());
  std::string out(bytes.substr(0, length));
  if (to.root() == TypeRoot::kBinary) out.resize(length, '\0');
  return out;
}

}  // namespace

std::string FitText(std::string_view text, const DataType& to) {
  // Characters are code points: bytes that do not continue one.
  const int64_t length = to.length();
  int64_t characters = 0;
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
    if (characters == length) break;
    ++characters;
  }
  std::string out(text.substr(0, at));
  if (to.root() == TypeRoot::kChar && characters < length) {
    out.append(static_cast<size_t>(length - characters), ' ');
  }
  return out;
}

ArrayResult CastText(const CastContext& context, const arrow::Array& array,
                     const DataType& to) {
  const auto& source = static_cast<const arrow::BinaryArray&>(array);
  arrow::MemoryPool* pool = context.pool;
  switch (to.root()) {
    case TypeRoot::kBoolean:
      return BuildFromText(arrow::BooleanBuilder(pool), source,
                           [&](std::string_view text) { return ParseBoolean(text, to); });
    case TypeRoot::kTinyInt:
      return BuildFromText(arrow::Int8Builder(pool), source, [&](std::string_view text) {
        return ParseInteger<int8_t>(text, to);
      });
    case TypeRoot::kSmallInt:
      return BuildFromText(arrow::Int16Builder(pool), source, [&](std::string_view text) {
        return ParseInteger<int16_t>(text, to);
      });
    case TypeRoot::kInt:
      return BuildFromText(arrow::Int32Builder(pool), source, [&](std::string_view text) {
        return ParseInteger<int32_t>(text, to);
      });
    case TypeRoot::kBigInt:
      return BuildFromText(arrow::Int64Builder(pool), source, [&](std::string_view text) {
        return ParseInteger<int64_t>(text, to);
      });
    case TypeRoot::kFloat:
      return BuildFromText(arrow::FloatBuilder(pool), source, ParseJavaFloat);
    case TypeRoot::kDouble:
      return BuildFromText(arrow::DoubleBuilder(pool), source, ParseJavaDouble);
    case TypeRoot::kDecimal:
      return BuildDecimals(context, source, to);
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return BuildFromText(arrow::StringBuilder(pool), source,
                           [&](std::string_view text) -> Result<std::string> {
                             return FitText(text, to);
                           });
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
      return BuildFromText(arrow::BinaryBuilder(pool), source,
                           [&](std::string_view text) -> Result<std::string> {
                             return FitBytes(text, to);
                           });
    case TypeRoot::kDate:
      return BuildFromText(arrow::Date32Builder(pool), source,
                           [&](std::string_view text) { return ParseDate(text, to); });
    case TypeRoot::kTime:
      return BuildFromText(
          arrow::Time32Builder(arrow::time32(arrow::TimeUnit::MILLI), pool), source,
          [&](std::string_view text) { return ParseTime(text, to); });
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp: {
      const bool zoned = to.root() == TypeRoot::kLocalZonedTimestamp;
      return MakeTimestamps(context, array, to, [&](int64_t i) -> Result<MillisAndNanos> {
        const std::string_view text = source.GetView(i);
        if (!zoned && IsPlainNumber(text)) return TimestampFromNumber(text, to);
        ARROW_ASSIGN_OR_RAISE(MillisAndNanos at, ParseTimestamp(text, to));
        if (zoned) at.millis = LocalToEpoch(context, at.millis);
        return at;
      });
    }
    default:
      return NoRule(DataType::String(), to);
  }
}

ArrayResult CastBytes(const CastContext& context, const arrow::Array& array,
                      const DataType& to) {
  const auto& source = static_cast<const arrow::BinaryArray&>(array);
  if (to.IsBytes()) {
    return BuildFromText(arrow::BinaryBuilder(context.pool), source,
                         [&](std::string_view bytes) -> Result<std::string> {
                           return FitBytes(bytes, to);
                         });
  }
  // Java takes the bytes as they are, whatever the length of the text type.
  return BuildFromText(
      arrow::StringBuilder(context.pool), source,
      [](std::string_view bytes) -> Result<std::string_view> { return bytes; });
}

}  // namespace tarn::types::internal

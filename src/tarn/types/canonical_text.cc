// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/canonical_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace tarn::types {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
// Python's repr leaves the plain layout below 1e-4 and from 1e16 on.
constexpr int kPlainExponentMin = -4;
constexpr int kPlainExponentEnd = 16;

struct FloorDivision {
  int64_t quotient;
  int64_t remainder;  // never negative
};

FloorDivision DivideFloor(int64_t value, int64_t by) {
  FloorDivision out{value / by, value % by};
  if (out.remainder < 0) {
    out.remainder += by;
    --out.quotient;
  }
  return out;
}

template <typename... Args>
void AppendFormatted(std::string* out, fmt::format_string<Args...> format,
                     Args&&... args) {
  fmt::format_to(std::back_inserter(*out), format, std::forward<Args>(args)...);
}

// Lays out `digits` (no leading or trailing zeros) times 10^(exponent - digits.size() +
// 1).
void AppendDigits(std::string_view digits, int exponent, std::string* out) {
  const int count = static_cast<int>(digits.size());
  if (exponent < kPlainExponentMin || exponent >= kPlainExponentEnd) {
    out->push_back(digits[0]);
    if (count > 1) {
      out->push_back('.');
      out->append(digits.substr(1));
    }
    AppendFormatted(out, "e{}{:02}", exponent < 0 ? '-' : '+', std::abs(exponent));
  } else if (exponent < 0) {
    out->append("0.").append(static_cast<size_t>(-exponent - 1), '0').append(digits);
  } else if (count <= exponent + 1) {
    out->append(digits).append(static_cast<size_t>(exponent + 1 - count), '0');
    out->append(".0");
  } else {
    out->append(digits.substr(0, exponent + 1)).push_back('.');
    out->append(digits.substr(exponent + 1));
  }
}

template <typename Float>
void AppendFloating(Float value, std::string* out) {
  if (std::isnan(value)) {
    out->append("\"NaN\"");
    return;
  }
  if (std::isinf(value)) {
    out->append(value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
    return;
  }
  if (std::signbit(value)) out->push_back('-');
  if (value == 0) {
    out->append("0.0");
    return;
  }
  // The shortest scientific text is "d.ddde[+-]xx": take digits and exponent apart.
  char text[48];
  const auto end = std::to_chars(std::begin(text), std::end(text), std::fabs(value),
                                 std::chars_format::scientific);
  const std::string_view all(text, static_cast<size_t>(end.ptr - text));
  const size_t e = all.find('e');
  std::string digits(1, all[0]);
  if (e > 2) digits.append(all.substr(2, e - 2));
  int exponent = 0;
  const char* exponent_begin = text + e + (all[e + 1] == '+' ? 2 : 1);
  std::from_chars(exponent_begin, end.ptr, exponent);
  AppendDigits(digits, exponent, out);
}

void AppendFraction(int64_t nanos, int32_t precision, std::string* out) {
  std::string digits = fmt::format("{:09}", nanos);
  const size_t shown = static_cast<size_t>(std::clamp(precision, 0, 9));
  const bool more_is_stored = digits.find_first_not_of('0', shown) != std::string::npos;
  if (!more_is_stored) digits.resize(shown);
  if (digits.empty()) return;
  out->push_back('.');
  out->append(digits);
}

}  // namespace

void AppendJsonString(std::string_view text, std::string* out) {
  out->push_back('"');
  size_t plain_begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out->append(text.substr(plain_begin, i - plain_begin));
    plain_begin = i + 1;
    switch (c) {
      case '"':
        out->append("\\\"");
        break;
      case '\\':
        out->append("\\\\");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\r':
        out->append("\\r");
        break;
      case '\t':
        out->append("\\t");
        break;
      default:
        AppendFormatted(out, "\\u{:04x}", static_cast<int>(c));
    }
  }
  out->append(text.substr(plain_begin));
  out->push_back('"');
}

void AppendDouble(double value, std::string* out) {
  AppendFloating(value, out);
}

void AppendFloat(float value, std::string* out) {
  AppendFloating(value, out);
}

void AppendDecimal(std::string_view digits, int32_t scale, std::string* out) {
  if (!digits.empty() && digits[0] == '-') {
    out->push_back('-');
    digits.remove_prefix(1);
  }
  if (scale <= 0) {
    out->append(digits);
    if (digits != "0") out->append(static_cast<size_t>(-scale), '0');
    return;
  }
  const size_t fraction = static_cast<size_t>(scale);
  if (digits.size() > fraction) {
    out->append(digits.substr(0, digits.size() - fraction));
    digits.remove_prefix(digits.size() - fraction);
  } else {
    out->push_back('0');
  }
  out->push_back('.');
  out->append(fraction - digits.size(), '0').append(digits);
}

void AppendDate(int64_t days, std::string* out) {
  // Civil date from days, by eras of 400 years that begin on 1 March.
  const auto [era, day_of_era] = DivideFloor(days + 719'468, 146'097);
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) /
      365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;  // 0 is March
  const int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  if (year < 0) {
    AppendFormatted(out, "-{:04}", -year);
  } else {
    AppendFormatted(out, "{}{:04}", year > 9'999 ? "+" : "", year);
  }
  AppendFormatted(out, "-{:02}-{:02}", month, day);
}

void AppendTime(int64_t nanos, int32_t precision, std::string* out) {
  const int64_t seconds = nanos / kNanosPerSecond;
  AppendFormatted(out, "{:02}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60,
                  seconds % 60);
  AppendFraction(nanos % kNanosPerSecond, precision, out);
}

void AppendTimestamp(int64_t value, int64_t per_second, int32_t precision,
                     std::string* out) {
  const auto [seconds, fraction] = DivideFloor(value, per_second);
  AppendInstant(seconds, fraction * (kNanosPerSecond / per_second), precision, out);
}

void AppendInstant(int64_t seconds, int64_t nanos, int32_t precision, std::string* out) {
  const auto [days, second_of_day] = DivideFloor(seconds, kSecondsPerDay);
  AppendDate(days, out);
  out->push_back('T');
  AppendTime(second_of_day * kNanosPerSecond + nanos, precision, out);
}

}  // namespace tarn::types

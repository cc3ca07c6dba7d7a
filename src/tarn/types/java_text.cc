// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/java_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include <arrow/util/decimal.h>

#include "tarn/base/units.h"
#include "tarn/types/canonical_text.h"

namespace tarn::types {
namespace {

constexpr int64_t kMillisPerDay = 86400000;

int64_t FloorDiv(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

/// Digits and decimal exponent of a finite value above 0: 0.d1d2... * 10^exponent.
template <typename T>
void ShortestDigits(T value, std::string* digits, int* exponent) {
  char buffer[64];
  auto text = [&](std::to_chars_result result) {
    return std::string_view(buffer, static_cast<size_t>(result.ptr - buffer));
  };
  std::string_view shown = text(std::to_chars(buffer, buffer + sizeof(buffer), value,
                                              std::chars_format::scientific));
  std::string two;
  if (shown.find('.') == shown.npos) {
    // Java wants two digits and then takes the closest of them (4.9E-324, not 5.0E-324).
    two = text(std::to_chars(buffer, buffer + sizeof(buffer), value,
                             std::chars_format::scientific, 1));
    T back{};
    std::from_chars(two.data(), two.data() + two.size(), back);
    shown = text(std::to_chars(buffer, buffer + sizeof(buffer), value,
                               std::chars_format::scientific));
    if (back == value) shown = two;
  }
  const size_t e = shown.find('e');
  digits->clear();
  for (char c : shown.substr(0, e)) {
    if (c != '.') digits->push_back(c);
  }
  int power = 0;
  const std::string_view sign_and_power = shown.substr(e + 1);
  std::from_chars(sign_and_power.data() + 1,
                  sign_and_power.data() + sign_and_power.size(), power);
  *exponent = (sign_and_power[0] == '-' ? -power : power) + 1;
  while (digits->size() > 1 && digits->back() == '0') digits->pop_back();
}

template <typename T>
std::string JavaFloating(T value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  std::string out = std::signbit(value) ? "-" : "";
  if (value == 0) return out + "0.0";
  std::string digits;
  int exponent = 0;
  ShortestDigits(std::fabs(value), &digits, &exponent);
  const int count = static_cast<int>(digits.size());
  if (exponent > -3 && exponent <= 7) {
    if (exponent <= 0) {
      out += "0." + std::string(static_cast<size_t>(-exponent), '0') + digits;
    } else if (exponent >= count) {
      out += digits + std::string(static_cast<size_t>(exponent - count), '0') + ".0";
    } else {
      out += digits.substr(0, static_cast<size_t>(exponent)) + "." +
             digits.substr(static_cast<size_t>(exponent));
    }
    return out;
  }
  out += digits.substr(0, 1) + ".";
  out += count > 1 ? digits.substr(1) : "0";
  return out + "E" + std::to_string(exponent - 1);
}

template <typename T>
Result<T> ParseJavaFloating(std::string_view text) {
  std::string_view body = base::Trim(text);
  const bool negative = !body.empty() && body.front() == '-';
  if (!body.empty() && (body.front() == '-' || body.front() == '+'))
    body.remove_prefix(1);
  T value = 0;
  bool good = false;
  if (body == "NaN") {
    value = std::numeric_limits<T>::quiet_NaN();
    good = true;
  } else if (body == "Infinity") {
    value = std::numeric_limits<T>::infinity();
    good = true;
  } else if (body.starts_with("0x") || body.starts_with("0X")) {
    return Unsupported(
        6045, "Hexadecimal floating point text is not implemented:", V("text", text));
  } else if (!body.empty() && (body[0] == '.' || (body[0] >= '0' && body[0] <= '9'))) {
    if (std::string_view("fFdD").find(body.back()) != std::string_view::npos) {
      body.remove_suffix(1);
    }
    const auto [end, error] =
        std::from_chars(body.data(), body.data() + body.size(), value);
    good = end == body.data() + body.size() && !body.empty();
    if (error == std::errc::result_out_of_range) {
      // Too large is infinity, too small is zero: the exponent's sign tells.
      const size_t e = body.find_first_of("eE");
      const bool small = (e != body.npos && e + 1 < body.size() && body[e + 1] == '-') ||
                         (e == body.npos && body.starts_with("0."));
      value = small ? T{0} : std::numeric_limits<T>::infinity();
    } else {
      good = good && error == std::errc();
    }
  }
  if (!good) {
    return InvalidInput(1048, "Text is not a number:", V("text", text));
  }
  return negative ? -value : value;
}

}  // namespace

std::string JavaDouble(double value) {
  return JavaFloating(value);
}
std::string JavaFloat(float value) {
  return JavaFloating(value);
}

Result<double> ParseJavaDouble(std::string_view text) {
  return ParseJavaFloating<double>(text);
}
Result<float> ParseJavaFloat(std::string_view text) {
  return ParseJavaFloating<float>(text);
}

std::string PlainDecimal(const arrow::Decimal128& unscaled, int32_t scale) {
  std::string out;
  AppendDecimal(unscaled.ToIntegerString(), scale, &out);
  return out;
}

CivilDate CivilFromDays(int64_t days) {
  // Eras of 400 years that begin in March, so that the leap day is the last one.
  days += 719468;
  const int64_t era = FloorDiv(days, 146097);
  const int64_t day_of_era = days - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

int64_t DaysFromCivil(const CivilDate& date) {
  const int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const int64_t era = FloorDiv(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
  const int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  const int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

std::string FormatDate(int64_t days) {
  const CivilDate date = CivilFromDays(days);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string FormatTimeOfDay(int32_t millis, int32_t precision) {
  int64_t time = millis % kMillisPerDay;
  if (time < 0) time += kMillisPerDay;
  std::string out = fmt::format("{:02}:{:02}:{:02}", time / 3600000, time / 60000 % 60,
                                time / 1000 % 60);
  int64_t rest = time % 1000;
  if (precision > 0) out += '.';
  for (; precision > 0; --precision) {
    out += static_cast<char>('0' + rest / 100);
    rest = rest % 100 * 10;
    if (rest == 0) break;
  }
  return out;
}

std::string FormatTimestamp(MillisAndNanos at, int32_t precision) {
  const int64_t days = FloorDiv(at.millis, kMillisPerDay);
  const int64_t time = at.millis - days * kMillisPerDay;
  std::string fraction = fmt::format("{:03}{:06}", time % 1000, at.nanos);
  while (static_cast<int32_t>(fraction.size()) > precision && fraction.back() == '0') {
    fraction.pop_back();
  }
  std::string out = fmt::format("{} {:02}:{:02}:{:02}", FormatDate(days), time / 3600000,
                                time / 60000 % 60, time / 1000 % 60);
  if (!fraction.empty()) out += "." + fraction;
  return out;
}

std::string FormatLocalDateTime(MillisAndNanos at) {
  const int64_t days = FloorDiv(at.millis, kMillisPerDay);
  const int64_t time = at.millis - days * kMillisPerDay;
  const CivilDate date = CivilFromDays(days);
  std::string out = date.year > 9999 ? "+" : "";
  out +=
      fmt::format("{}T{:02}:{:02}", FormatDate(days), time / 3600000, time / 60000 % 60);
  const int64_t nanos = time % 1000 * 1000000 + at.nanos;
  if (time / 1000 % 60 == 0 && nanos == 0) return out;
  out += fmt::format(":{:02}", time / 1000 % 60);
  if (nanos == 0) return out;
  if (nanos % 1000000 == 0) return out + fmt::format(".{:03}", nanos / 1000000);
  if (nanos % 1000 == 0) return out + fmt::format(".{:06}", nanos / 1000);
  return out + fmt::format(".{:09}", nanos);
}

int CompareJavaText(std::string_view a, std::string_view b) {
  // Texts differ first in a lead byte or behind equal ones; of lead bytes alone those of
  // surrogate pairs (0xF0 and up) stand elsewhere: before 0xEE.
  const auto place = [](char c) {
    const auto byte = static_cast<uint8_t>(c);
    return byte < 0xee ? byte : byte < 0xf0 ? byte + 0x10 : byte - 2;
  };
  const size_t shared = std::min(a.size(), b.size());
  for (size_t i = 0; i < shared; ++i) {
    if (a[i] != b[i]) return place(a[i]) < place(b[i]) ? -1 : 1;
  }
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

}  // namespace tarn::types

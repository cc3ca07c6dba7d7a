// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/literal.h"

#include <fmt/format.h>

#include <vector>

#include "tarn/sql/token.h"

namespace tarn::sql {
namespace {

struct UnitName {
  std::string_view name;
  TimeUnit unit;
};
// The first name of a unit is the one that is printed.
constexpr UnitName kUnits[] = {
    {"YEAR", TimeUnit::kYear},
    {"QUARTER", TimeUnit::kQuarter},
    {"MONTH", TimeUnit::kMonth},
    {"WEEK", TimeUnit::kWeek},
    {"DAY", TimeUnit::kDay},
    {"HOUR", TimeUnit::kHour},
    {"MINUTE", TimeUnit::kMinute},
    {"SECOND", TimeUnit::kSecond},
    {"MILLISECOND", TimeUnit::kMillisecond},
    {"MICROSECOND", TimeUnit::kMicrosecond},
    {"NANOSECOND", TimeUnit::kNanosecond},
    {"EPOCH", TimeUnit::kEpoch},
    {"DOW", TimeUnit::kDayOfWeek},
    {"ISODOW", TimeUnit::kIsoDayOfWeek},
    {"DOY", TimeUnit::kDayOfYear},
    {"ISOYEAR", TimeUnit::kIsoYear},
    {"DECADE", TimeUnit::kDecade},
    {"CENTURY", TimeUnit::kCentury},
    {"MILLENNIUM", TimeUnit::kMillennium},
    {"YEARS", TimeUnit::kYear},
    {"QUARTERS", TimeUnit::kQuarter},
    {"MONTHS", TimeUnit::kMonth},
    {"WEEKS", TimeUnit::kWeek},
    {"DAYS", TimeUnit::kDay},
    {"HOURS", TimeUnit::kHour},
    {"MINUTES", TimeUnit::kMinute},
    {"SECONDS", TimeUnit::kSecond},
    {"SQL_TSI_YEAR", TimeUnit::kYear},
    {"SQL_TSI_QUARTER", TimeUnit::kQuarter},
    {"SQL_TSI_MONTH", TimeUnit::kMonth},
    {"SQL_TSI_WEEK", TimeUnit::kWeek},
    {"SQL_TSI_DAY", TimeUnit::kDay},
    {"SQL_TSI_HOUR", TimeUnit::kHour},
    {"SQL_TSI_MINUTE", TimeUnit::kMinute},
    {"SQL_TSI_SECOND", TimeUnit::kSecond},
};

constexpr int kMaxDigits = 9;

// Reads digits and separators from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Digits(size_t min, size_t max, int64_t* value) {
    size_t count = 0;
    *value = 0;
    while (count < text_.size() && count < max && text_[count] >= '0' &&
           text_[count] <= '9') {
      *value = *value * 10 + (text_[count++] - '0');
    }
    text_.remove_prefix(count);
    return count >= min;
  }
  bool Take(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  // `.fraction`, if there; microseconds, and how many digits were written.
  bool Fraction(int64_t* micros, size_t* digits) {
    *micros = 0;
    *digits = 0;
    if (!Take('.')) return true;
    int64_t scale = 100000;
    while (!text_.empty() && text_[0] >= '0' && text_[0] <= '9') {
      if (++*digits > kMaxDigits) return false;
      *micros += (text_[0] - '0') * scale;
      scale /= 10;
      text_.remove_prefix(1);
    }
    return *digits > 0;
  }
  bool done() const { return text_.empty(); }

 private:
  std::string_view text_;
};

bool ReadDate(Reader* in) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t year, month, day;
  if (!in->Digits(4, 4, &year) || !in->Take('-') || !in->Digits(1, 2, &month) ||
      !in->Take('-') || !in->Digits(1, 2, &day)) {
    return false;
  }
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool ReadTime(Reader* in) {
  int64_t hour, minute, second, micros;
  size_t digits;
  return in->Digits(1, 2, &hour) && in->Take(':') && in->Digits(1, 2, &minute) &&
         in->Take(':') && in->Digits(1, 2, &second) && hour < 24 && minute < 60 &&
         second < 60 && in->Fraction(&micros, &digits);
}

// Microseconds of one unit, 0 for units that an interval cannot have.
int64_t MicrosOf(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kWeek:
      return int64_t{7} * 86400 * 1000000;
    case TimeUnit::kDay:
      return int64_t{86400} * 1000000;
    case TimeUnit::kHour:
      return int64_t{3600} * 1000000;
    case TimeUnit::kMinute:
      return int64_t{60} * 1000000;
    case TimeUnit::kSecond:
      return 1000000;
    default:
      return 0;
  }
}

std::string BadInterval(std::string_view text, std::string_view shape) {
  return fmt::format("INTERVAL '{}' does not have the form '{}'", text, shape);
}

// '1 02:03:04.5': the parts from DAY to SECOND that the qualifier names, in order.
std::string ReadDayTime(std::string_view text, IntervalLiteral* out) {
  static constexpr TimeUnit kOrder[] = {TimeUnit::kDay, TimeUnit::kHour,
                                        TimeUnit::kMinute, TimeUnit::kSecond};
  static constexpr char kSeparator[] = {' ', ':', ':', '\0'};
  static constexpr std::string_view kShape[] = {"1", "02", "03", "04.5"};
  size_t first = 0, last = 0;
  while (first < 4 && kOrder[first] != out->from) ++first;
  while (last < 4 && kOrder[last] != out->to) ++last;
  if (first == 4 || last == 4 || first > last) {
    return fmt::format("There is no INTERVAL {} TO {}", TimeUnitName(out->from),
                       TimeUnitName(out->to));
  }
  std::string shape;
  for (size_t i = first; i <= last; ++i) {
    shape += kShape[i];
    if (i < last) shape += kSeparator[i];
  }
  Reader in(text);
  for (size_t i = first; i <= last; ++i) {
    int64_t value;
    if (!in.Digits(1, kMaxDigits, &value)) return BadInterval(text, shape);
    // 1e9 days of microseconds are more than 2^63.
    if (value > 10000000 && kOrder[i] == TimeUnit::kDay) {
      return fmt::format("INTERVAL '{}' is too long", text);
    }
    out->amount += value * MicrosOf(kOrder[i]);
    if (i < last && !in.Take(kSeparator[i])) return BadInterval(text, shape);
  }
  int64_t micros = 0;
  size_t digits = 0;
  if (out->to == TimeUnit::kSecond && !in.Fraction(&micros, &digits)) {
    return BadInterval(text, shape);
  }
  if (digits > 3) return "Intervals have milliseconds: at most 3 digits after the point";
  out->amount += micros;
  return in.done() ? "" : BadInterval(text, shape);
}

}  // namespace

std::optional<TimeUnit> TimeUnitOf(std::string_view word) {
  for (const UnitName& unit : kUnits) {
    if (EqualsIgnoringCase(unit.name, word)) return unit.unit;
  }
  return std::nullopt;
}

std::string_view TimeUnitName(TimeUnit unit) {
  for (const UnitName& name : kUnits) {
    if (name.unit == unit) return name.name;
  }
  return "?";
}

std::string CheckTemporalLiteral(LiteralKind kind, std::string_view text) {
  Reader in(text);
  if (kind == LiteralKind::kDate) {
    if (ReadDate(&in) && in.done()) return "";
    return fmt::format("DATE '{}' is not a date of the form '2024-01-31'", text);
  }
  if (kind == LiteralKind::kTime) {
    if (ReadTime(&in) && in.done()) return "";
    return fmt::format("TIME '{}' is not a time of the form '10:20:30'", text);
  }
  if (ReadDate(&in) && in.Take(' ') && ReadTime(&in) && in.done()) return "";
  return fmt::format("TIMESTAMP '{}' does not have the form '2024-01-31 10:20:30'", text);
}

size_t FractionDigits(std::string_view text) {
  const size_t dot = text.find('.');
  return dot == std::string_view::npos ? 0 : text.size() - dot - 1;
}

types::FineNanos NanosOfLiteral(const Literal& literal) {
  Reader in(literal.text);
  int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  in.Digits(4, 4, &year);
  in.Take('-');
  in.Digits(1, 2, &month);
  in.Take('-');
  in.Digits(1, 2, &day);
  int64_t nanos = 0;
  if (in.Take(' ')) {
    in.Digits(1, 2, &hour);
    in.Take(':');
    in.Digits(1, 2, &minute);
    in.Take(':');
    in.Digits(1, 2, &second);
    if (in.Take('.')) in.Digits(1, kMaxDigits, &nanos);
    for (size_t i = FractionDigits(literal.text); i < kMaxDigits; ++i) nanos *= 10;
  }
  const int64_t days =
      types::DaysFromCivil({year, static_cast<int>(month), static_cast<int>(day)});
  const int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
  return types::FineNanos{seconds} * 1'000'000'000 + nanos;
}

std::string ReadInterval(std::string_view text, bool negative,
                         IntervalLiteral* interval) {
  interval->amount = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative ^= text[0] == '-';
    text.remove_prefix(1);
  }
  const TimeUnit from = interval->from;
  interval->year_month =
      from == TimeUnit::kYear || from == TimeUnit::kMonth || from == TimeUnit::kQuarter;
  Reader in(text);
  int64_t value = 0;
  if (interval->year_month && from == TimeUnit::kYear &&
      interval->to == TimeUnit::kMonth) {
    int64_t months;
    if (!in.Digits(1, kMaxDigits, &value) || !in.Take('-') || !in.Digits(1, 2, &months) ||
        !in.done() || months > 11) {
      return BadInterval(text, "1-2");
    }
    interval->amount = value * 12 + months;
  } else if (interval->year_month || from == TimeUnit::kWeek) {
    if (interval->to != from) {
      return fmt::format("There is no INTERVAL {} TO {}", TimeUnitName(from),
                         TimeUnitName(interval->to));
    }
    if (!in.Digits(1, 6, &value) || !in.done()) return BadInterval(text, "1");
    interval->amount = from == TimeUnit::kYear      ? value * 12
                       : from == TimeUnit::kQuarter ? value * 3
                       : from == TimeUnit::kMonth   ? value
                                                    : value * MicrosOf(from);
  } else {
    const std::string problem = ReadDayTime(text, interval);
    if (!problem.empty()) return problem;
  }
  if (negative) interval->amount = -interval->amount;
  return "";
}

}  // namespace tarn::sql

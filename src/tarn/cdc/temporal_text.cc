// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/temporal_text.h"

namespace tarn::cdc {

namespace {

constexpr int64_t kSecondsPerDay = 86400;
constexpr int64_t kNanosPerSecond = 1000000000;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Read exactly `count` digits.
bool Digits(std::string_view text, size_t at, size_t count, int* out) {
  if (at + count > text.size()) return false;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (!IsDigit(text[i])) return false;
    value = value * 10 + (text[i] - '0');
  }
  *out = value;
  return true;
}

// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
int64_t DaysFromCivil(int year, int month, int day) {
  const int shifted = month <= 2 ? year - 1 : year;
  const int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const int of_era = shifted - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return int64_t{era} * 146097 + days - 719468;
}

int DaysInMonth(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// The ten characters of a date at the start.
bool DatePart(std::string_view text, int32_t* days) {
  int year, month, day;
  if (text.size() < 10 || text[4] != '-' || text[7] != '-' ||
      !Digits(text, 0, 4, &year) || !Digits(text, 5, 2, &month) ||
      !Digits(text, 8, 2, &day)) {
    return false;
  }
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) {
    return false;
  }
  *days = static_cast<int32_t>(DaysFromCivil(year, month, day));
  return true;
}

// A time at the start; `*used` characters of it.
bool TimePart(std::string_view text, int64_t* nanos, size_t* used) {
  int hour, minute, second = 0;
  if (text.size() < 5 || text[2] != ':' || !Digits(text, 0, 2, &hour) ||
      !Digits(text, 3, 2, &minute)) {
    return false;
  }
  size_t at = 5;
  int64_t fraction = 0;
  if (at < text.size() && text[at] == ':') {
    if (!Digits(text, at + 1, 2, &second)) return false;
    at += 3;
    if (at < text.size() && text[at] == '.') {
      const size_t begin = ++at;
      int64_t weight = kNanosPerSecond / 10;
      for (; at < text.size() && IsDigit(text[at]); ++at, weight /= 10) {
        fraction += (text[at] - '0') * weight;
      }
      if (at == begin || at - begin > 9) return false;
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  *nanos = ((int64_t{hour} * 60 + minute) * 60 + second) * kNanosPerSecond + fraction;
  *used = at;
  return true;
}

// "", "Z" or "+hh:mm" to the end of the text; seconds east of UTC.
bool ZonePart(std::string_view text, bool* has_zone, int64_t* offset_seconds) {
  *offset_seconds = 0;
  *has_zone = !text.empty();
  if (text.empty() || text == "Z") return true;
  int hours, minutes = 0;
  if ((text[0] != '+' && text[0] != '-') || !Digits(text, 1, 2, &hours)) return false;
  if (text.size() == 6) {
    if (text[3] != ':' || !Digits(text, 4, 2, &minutes)) return false;
  } else if (text.size() == 5) {
    if (!Digits(text, 3, 2, &minutes)) return false;
  } else if (text.size() != 3) {
    return false;
  }
  if (hours > 18 || minutes > 59) return false;
  *offset_seconds = (text[0] == '-' ? -1 : 1) * (int64_t{hours} * 3600 + minutes * 60);
  return true;
}

bool InRange(const Moment& moment) {
  return moment.seconds >= kDateMin * kSecondsPerDay &&
         moment.seconds < (kDateMax + 1) * kSecondsPerDay;
}

}  // namespace

int64_t PerSecond(TemporalUnit unit) {
  switch (unit) {
    case TemporalUnit::kMillis:
      return 1000;
    case TemporalUnit::kMicros:
      return 1000000;
    case TemporalUnit::kNanos:
      return kNanosPerSecond;
    case TemporalUnit::kNone:
    case TemporalUnit::kDays:
      return 0;
  }
  return 0;
}

bool DateFromText(std::string_view text, int32_t* days) {
  if (text.size() == 11 && text[10] == 'Z') text.remove_suffix(1);
  return text.size() == 10 && DatePart(text, days);
}

bool TimeFromText(std::string_view text, int64_t* nanos) {
  if (text.ends_with('Z')) text.remove_suffix(1);
  size_t used;
  return TimePart(text, nanos, &used) && used == text.size();
}

bool MomentFromText(std::string_view text, Moment* out) {
  int32_t days;
  if (!DatePart(text, &days)) return false;
  text.remove_prefix(10);
  int64_t nanos = 0;
  if (!text.empty() && (text[0] == 'T' || text[0] == ' ')) {
    text.remove_prefix(1);
    size_t used;
    if (!TimePart(text, &nanos, &used)) return false;
    text.remove_prefix(used);
  }
  int64_t offset;
  if (!ZonePart(text, &out->has_zone, &offset)) return false;
  out->seconds = days * kSecondsPerDay + nanos / kNanosPerSecond - offset;
  out->nanos = static_cast<int32_t>(nanos % kNanosPerSecond);
  return InRange(*out);
}

bool MomentFromNumber(int64_t value, TemporalUnit unit, Moment* out) {
  if (unit == TemporalUnit::kDays) {
    if (value < kDateMin || value > kDateMax) return false;
    out->seconds = value * kSecondsPerDay;
    out->nanos = 0;
    return true;
  }
  const int64_t per_second = PerSecond(unit);
  if (per_second == 0) return false;
  out->seconds = value / per_second;
  int64_t rest = value % per_second;
  if (rest < 0) {
    rest += per_second;
    --out->seconds;
  }
  out->nanos = static_cast<int32_t>(rest * (kNanosPerSecond / per_second));
  return InRange(*out);
}

bool MomentTo(const Moment& moment, TemporalUnit unit, int64_t* out) {
  const int64_t per_second = PerSecond(unit);
  int64_t whole;
  if (__builtin_mul_overflow(moment.seconds, per_second, &whole)) return false;
  return !__builtin_add_overflow(whole, moment.nanos / (kNanosPerSecond / per_second),
                                 out);
}

}  // namespace tarn::cdc

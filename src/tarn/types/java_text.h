// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"

namespace tarn::types {

/// Texts as Java prints and reads them, where casts and partition folders need the same
/// letters.

/// `Double.toString` and `Float.toString`: "1.0E10", "0.001", "-0.0", "NaN", the shortest
/// digits that read back (as JDK 19 and later print them; older ones add digits to a few
/// values).
std::string JavaDouble(double value);
std::string JavaFloat(float value);

/// `Double.parseDouble`: blanks around, "NaN", "Infinity", an exponent, a final f or d.
/// Errors: kInvalidInput; kUnsupported for hexadecimal floats.
Result<double> ParseJavaDouble(std::string_view text);
Result<float> ParseJavaFloat(std::string_view text);

/// `BigDecimal.toPlainString`: "-0.05", never an exponent.
std::string PlainDecimal(const arrow::Decimal128& unscaled, int32_t scale);

/// `String.compareTo` of two UTF-8 texts: by UTF-16 units, so that characters beyond
/// U+FFFF stand before U+E000. Below, at or above 0.
int CompareJavaText(std::string_view a, std::string_view b);

/// A point in time as Paimon keeps it (`Timestamp`): nanos is 0 to 999999.
struct MillisAndNanos {
  int64_t millis = 0;
  int32_t nanos = 0;
};

/// A date of the proleptic Gregorian calendar.
struct CivilDate {
  int64_t year = 1970;
  int month = 1;
  int day = 1;
};
CivilDate CivilFromDays(int64_t days);
int64_t DaysFromCivil(const CivilDate& date);

/// "2024-01-31" as Paimon's `DateTimeUtils.formatDate`.
std::string FormatDate(int64_t days);
/// "12:34:56" with up to `precision` digits after the second as
/// `DateTimeUtils.formatTimestampMillis`: at least one digit, none after the last
/// non-zero one.
std::string FormatTimeOfDay(int32_t millis, int32_t precision);
/// "2024-01-31 12:34:56.123": nine digits without the zeros at their end, but at least
/// `precision`, as `DateTimeUtils.formatTimestamp`.
std::string FormatTimestamp(MillisAndNanos at, int32_t precision);
/// `LocalDateTime.toString`: "2024-01-31T12:34", seconds and fraction only where they are
/// not 0.
std::string FormatLocalDateTime(MillisAndNanos at);

}  // namespace tarn::types

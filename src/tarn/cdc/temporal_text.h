// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "tarn/types/instant.h"

namespace tarn::cdc {

/// Unit of a bare number that means a date, a time of day or a moment.
enum class TemporalUnit : uint8_t { kNone, kDays, kMillis, kMicros, kNanos };

/// Units per second; kDays has none (0).
int64_t PerSecond(TemporalUnit unit);

/// The SQL range of dates, 0001-01-01 to 9999-12-31, as days since 1970-01-01.
inline constexpr int64_t kDateMin = -719162;
inline constexpr int64_t kDateMax = 2932896;

/// What was read of a moment: seconds since 1970-01-01 00:00:00 (UTC or wall) and
/// nanoseconds of that second, [0, 1e9).
struct Moment {
  int64_t seconds = 0;
  int32_t nanos = 0;
  bool has_zone = false;
};

/// "2024-02-29", also with a trailing "Z" (Debezium's isostring). False for anything
/// else, days that do not exist, and years outside 0001..9999.
bool DateFromText(std::string_view text, int32_t* days);

/// "13:25", "13:25:09", "13:25:09.4", with or without "Z"; nanoseconds of the day.
bool TimeFromText(std::string_view text, int64_t* nanos);

/// A date, then 'T' or a blank, then a time, then nothing, "Z" or an offset "+02:00"; a
/// zone other than UTC is applied. A date alone is midnight. Years as for dates.
bool MomentFromText(std::string_view text, Moment* out);

/// A number in `unit` (not kNone) as a moment. False outside the SQL range of years.
bool MomentFromNumber(int64_t value, TemporalUnit unit, Moment* out);

/// Nanoseconds since 1970-01-01, as a column of fine timestamps holds them.
inline types::FineNanos FineNanosOf(const Moment& moment) {
  return types::FineNanos{moment.seconds} * 1'000'000'000 + moment.nanos;
}

/// The moment in `unit`, finer parts cut towards the past. False when it needs more than
/// 64 bits.
bool MomentTo(const Moment& moment, TemporalUnit unit, int64_t* out);

}  // namespace tarn::cdc

// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_times.h"

namespace tarn::format {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86400;
constexpr int64_t kMillisPerSecond = 1000;
constexpr int64_t kNanosPerMilli = 1'000'000;
constexpr int64_t kGregorianDays = -141427;  // 1582-10-15
constexpr int64_t kJulianDayOfEpoch = 2440588;

int64_t FloorDivide(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace

int64_t JulianShiftDays(int64_t days) {
  if (days >= kGregorianDays) return 0;
  // The civil date of `days`, years beginning in March.
  const int64_t shifted = days + 719468;
  const int64_t era = FloorDivide(shifted, 146097);
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * month + 2) / 5 + 1;
  const int64_t year = year_of_era + era * 400;  // the one that began in March
  // The Julian day number of the same date in the Julian calendar.
  const int64_t julian = day + (153 * month + 2) / 5 + 365 * (year + 4800) +
                         FloorDivide(year + 4800, 4) - 32083;
  return julian - kJulianDayOfEpoch - days;
}

OrcTimes::OrcTimes(const types::DataType& type, bool legacy_instants, base::Clock* clock)
    : unit_nanos_(UnitNanos(type)),
      per_second_(kNanosPerSecond / unit_nanos_),
      through_wall_clock_(legacy_instants),
      is_instant_(type.root() == types::TypeRoot::kLocalZonedTimestamp),
      clock_(clock) {}

int64_t OrcTimes::UnitNanos(const types::DataType& type) {
  if (type.precision() <= 3) return kNanosPerMilli;
  return type.precision() <= 6 ? 1'000 : 1;
}

OrcTime OrcTimes::Stored(int64_t value) const {
  const int64_t seconds = FloorDivide(value, per_second_);
  return Stored(seconds, (value - seconds * per_second_) * unit_nanos_);
}

OrcTime OrcTimes::Stored(types::FineNanos value) const {
  const types::MillisAndNanos at = types::ToInstant(value);
  const int64_t seconds = FloorDivide(at.millis, kMillisPerSecond);
  return Stored(seconds,
                (at.millis - seconds * kMillisPerSecond) * kNanosPerMilli + at.nanos);
}

OrcTime OrcTimes::Stored(int64_t seconds, int64_t nanos) const {
  if (!is_instant_ || through_wall_clock_) {
    seconds += JulianShiftDays(FloorDivide(seconds, kSecondsPerDay)) * kSecondsPerDay;
  }
  if (is_instant_ && through_wall_clock_) {
    // The instant at which the wall clock shows the value: its offset is not that of the
    // value itself near a change of the offset.
    const int64_t wall = seconds * kMillisPerSecond;
    const int64_t guess = wall - clock_->LocalOffsetMillis(wall);
    seconds -= clock_->LocalOffsetMillis(guess) / kMillisPerSecond;
  }
  // Java divides negative milliseconds by a thousand.
  if (seconds < 0 && nanos >= kNanosPerMilli) ++seconds;
  return {seconds, nanos};
}

int64_t OrcTimes::Stated(int64_t value) const {
  const int64_t seconds = FloorDivide(value, per_second_);
  const int64_t nanos = (value - seconds * per_second_) * unit_nanos_;
  return seconds == -1 && nanos >= kNanosPerMilli ? value + per_second_ : value;
}

types::FineNanos OrcTimes::Stated(types::FineNanos value) const {
  const bool loses = value < 0 && value >= kNanosPerMilli - kNanosPerSecond;
  return loses ? value + kNanosPerSecond : value;
}

}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tarn/base/context.h"
#include "tarn/types/data_type.h"
#include "tarn/types/instant.h"

namespace tarn::format {

/// One timestamp as ORC stores it.
struct OrcTime {
  int64_t seconds = 0;  ///< since 1970-01-01, rounded towards zero from milliseconds
  int64_t nanos = 0;    ///< of the second, [0, 10^9)
};

/// Between the engine's timestamps of one column and ORC's, with what Java does on the
/// way (Paimon `FieldWriterFactory`, `java.sql.Timestamp`): dates before 1582-10-15 are
/// taken for dates of the Julian calendar, and instants pass through the wall clock of
/// the process unless `orc.timestamp-ltz.legacy.type` is off.
class OrcTimes {
 public:
  OrcTimes(const types::DataType& type, bool legacy_instants, base::Clock* clock);

  /// What is stored for an engine value, ticks of its unit or of a fine column.
  OrcTime Stored(int64_t value) const;
  OrcTime Stored(types::FineNanos value) const;
  /// The value that statistics state: a fraction within the last second before 1970 has
  /// lost its sign on the way.
  int64_t Stated(int64_t value) const;
  types::FineNanos Stated(types::FineNanos value) const;

  /// Nanoseconds of one unit of the engine's timestamps: 10^6, 1000 or 1.
  static int64_t UnitNanos(const types::DataType& type);

 private:
  OrcTime Stored(int64_t seconds, int64_t nanos) const;

  int64_t unit_nanos_;
  int64_t per_second_;
  bool through_wall_clock_;  ///< an instant in the legacy form
  bool is_instant_;
  base::Clock* clock_;
};

/// Days between the proleptic Gregorian date `days` (since 1970-01-01) and the Julian
/// date of the same name; 0 from 1582-10-15 on.
int64_t JulianShiftDays(int64_t days);

}  // namespace tarn::format

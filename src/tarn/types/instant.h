// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <arrow/type_fwd.h>
#include <arrow/util/decimal.h>

#include "tarn/types/data_type.h"
#include "tarn/types/java_text.h"

namespace tarn::types {

/// Points in time as columns hold them. Java keeps milliseconds of 64 bits and the
/// nanoseconds within one (Paimon `Timestamp`), whatever the precision. Columns hold
/// ticks of 64 bits where milliseconds or microseconds are enough; nanoseconds of 64 bits
/// would end in 1677 and 2262, so a fine timestamp is a decimal of seconds.

/// Digits and digits behind the point of a fine timestamp's decimal: every point in time
/// that Java can hold has at most 25.
inline constexpr int32_t kFineDigits = 25;
inline constexpr int32_t kFineScale = 9;

/// TIMESTAMP(7) to TIMESTAMP(9), with and without zone.
constexpr bool IsFineTimestamp(TypeRoot root, int32_t precision) {
  return (root == TypeRoot::kTimestamp || root == TypeRoot::kLocalZonedTimestamp) &&
         precision > 6;
}
inline bool IsFineTimestamp(const DataType& type) {
  return IsFineTimestamp(type.root(), type.precision());
}

/// Nanoseconds since the epoch, the unscaled value of a fine timestamp's decimal.
using FineNanos = __int128;

constexpr FineNanos ToFineNanos(MillisAndNanos at) {
  return FineNanos{at.millis} * 1'000'000 + at.nanos;
}

/// \param nanos  whose milliseconds fit 64 bits, as those of every fine column do
constexpr MillisAndNanos ToInstant(FineNanos nanos) {
  constexpr int64_t kPerMilli = 1'000'000;
  const auto narrow = static_cast<int64_t>(nanos);
  if (narrow == nanos) {
    // Almost always: a division of 128 bits takes several times as long.
    const int64_t rest = narrow % kPerMilli;
    return rest < 0 ? MillisAndNanos{narrow / kPerMilli - 1,
                                     static_cast<int32_t>(rest + kPerMilli)}
                    : MillisAndNanos{narrow / kPerMilli, static_cast<int32_t>(rest)};
  }
  const auto rest = static_cast<int32_t>(nanos % kPerMilli);
  const auto millis = static_cast<int64_t>(nanos / kPerMilli);
  return rest < 0 ? MillisAndNanos{millis - 1, rest + static_cast<int32_t>(kPerMilli)}
                  : MillisAndNanos{millis, rest};
}

/// Whether Java could hold the point in time: its milliseconds fit 64 bits.
constexpr bool HoldsFineNanos(FineNanos nanos) {
  return nanos >= ToFineNanos({INT64_MIN, 0}) &&
         nanos <= ToFineNanos({INT64_MAX, 999'999});
}

/// The value `i` of a fine column (decimal128) as its 16 bytes say.
FineNanos FineNanosAt(const arrow::Array& array, int64_t i);
arrow::Decimal128 ToDecimal(FineNanos nanos);

/// The value `i` of a column of timestamps of any precision. REQUIRES: it is not null.
/// What a column of whole seconds cannot say in milliseconds of 64 bits is not answered.
MillisAndNanos InstantAt(const arrow::Array& array, int64_t i);

}  // namespace tarn::types

// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_int96.h"

#include <cstring>
#include <limits>
#include <vector>

#include <arrow/array.h>
#include <parquet/column_writer.h>
#include <parquet/level_conversion.h>
#include <parquet/schema.h>

namespace tarn::format {
namespace {

constexpr uint32_t kJulianEpochDay = 2440588;
constexpr int64_t kMillisPerDay = 86'400'000;
constexpr int64_t kNanosPerMilli = 1'000'000;

/// Whether the day fits.
bool Encode(types::MillisAndNanos at, parquet::Int96* out) {
  const int64_t day = at.millis / kMillisPerDay - (at.millis % kMillisPerDay < 0 ? 1 : 0);
  const int64_t nanos = (at.millis - day * kMillisPerDay) * kNanosPerMilli + at.nanos;
  std::memcpy(out, &nanos, sizeof(nanos));
  out->value[2] = static_cast<uint32_t>(day) + kJulianEpochDay;
  return day >= std::numeric_limits<int32_t>::min() &&
         day <= std::numeric_limits<int32_t>::max();
}

}  // namespace

types::FineNanos FineNanosOf(const parquet::Int96& value) {
  int64_t nanos = 0;
  std::memcpy(&nanos, &value.value[0], sizeof(nanos));
  const auto day = static_cast<int32_t>(value.value[2] - kJulianEpochDay);
  return types::FineNanos{day} * kMillisPerDay * kNanosPerMilli + nanos;
}

Status WriteInt96(const LeafColumn& leaf, parquet::ColumnWriter* writer) {
  const parquet::ColumnDescriptor& column = *writer->descr();
  const int16_t slot_level =
      parquet::internal::LevelInfo::ComputeLevelInfo(&column).repeated_ancestor_def_level;
  std::vector<parquet::Int96> values;
  values.reserve(static_cast<size_t>(leaf.values->length()));
  int64_t slot = 0;
  for (int64_t i = 0; i < leaf.count; ++i) {
    const int16_t level =
        leaf.definition == nullptr ? column.max_definition_level() : leaf.definition[i];
    if (level < slot_level) continue;
    const int64_t at = slot++;
    if (level < column.max_definition_level()) continue;
    const auto instant = types::InstantAt(*leaf.values, at);
    if (!Encode(instant, &values.emplace_back())) {
      return Unsupported(6436, "Timestamp lies outside what INT96 can hold:",
                         V("column", column.path()->ToDotString()),
                         V("millis", instant.millis));
    }
  }
  static_cast<parquet::Int96Writer*>(writer)->WriteBatch(leaf.count, leaf.definition,
                                                         leaf.repetition, values.data());
  return Status::OK();
}

}  // namespace tarn::format

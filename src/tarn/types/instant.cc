// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/instant.h"

#include <cstring>

#include <arrow/array.h>
#include <arrow/type.h>

namespace tarn::types {
namespace {

MillisAndNanos OfTicks(int64_t value, int64_t per_milli) {
  int64_t millis = value / per_milli;
  int64_t rest = value % per_milli;
  if (rest < 0) {
    rest += per_milli;
    --millis;
  }
  return {millis, static_cast<int32_t>(rest * (1'000'000 / per_milli))};
}

}  // namespace

FineNanos FineNanosAt(const arrow::Array& array, int64_t i) {
  FineNanos nanos = 0;
  std::memcpy(&nanos, static_cast<const arrow::Decimal128Array&>(array).GetValue(i),
              sizeof(nanos));
  return nanos;
}

arrow::Decimal128 ToDecimal(FineNanos nanos) {
  return {static_cast<int64_t>(nanos >> 64), static_cast<uint64_t>(nanos)};
}

MillisAndNanos InstantAt(const arrow::Array& array, int64_t i) {
  if (array.type_id() == arrow::Type::DECIMAL128) return ToInstant(FineNanosAt(array, i));
  const int64_t value = static_cast<const arrow::TimestampArray&>(array).Value(i);
  switch (static_cast<const arrow::TimestampType&>(*array.type()).unit()) {
    case arrow::TimeUnit::SECOND:
      return {value * 1000, 0};
    case arrow::TimeUnit::MILLI:
      return {value, 0};
    case arrow::TimeUnit::MICRO:
      return OfTicks(value, 1000);
    case arrow::TimeUnit::NANO:
      return OfTicks(value, 1'000'000);
  }
  return {};
}

}  // namespace tarn::types

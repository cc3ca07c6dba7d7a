// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <arrow/util/decimal.h>

#include "tarn/types/java_text.h"

namespace tarn::types {

/// `hashCode` of the objects in which Java holds values. What Java keeps in hash tables
/// it stores in their order, so these numbers are part of answers.

/// `Long.hashCode`; of the bits of a double, `Double.hashCode`.
constexpr int32_t JavaLongHash(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  return static_cast<int32_t>(static_cast<uint32_t>(bits ^ (bits >> 32)));
}

/// `BigDecimal.hashCode` of the unscaled `value` with `scale`.
int32_t JavaDecimalHash(const arrow::Decimal128& value, int32_t scale);

/// Paimon `BinaryString.hashCode`: murmur3 over words of 4 bytes, then single bytes.
int32_t JavaBytesHash(std::string_view bytes);

/// Paimon `Timestamp.hashCode`.
int32_t JavaTimestampHash(MillisAndNanos at);

}  // namespace tarn::types

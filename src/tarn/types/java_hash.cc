// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/java_hash.h"

#include <bit>

#include "tarn/base/bytes.h"

namespace tarn::types {
namespace {

constexpr uint32_t Mix(uint32_t hash, uint32_t word) {
  word = std::rotl(word * 0xCC9E2D51U, 15) * 0x1B873593U;
  return std::rotl(hash ^ word, 13) * 5 + 0xE6546B64U;
}

}  // namespace

int32_t JavaDecimalHash(const arrow::Decimal128& value, int32_t scale) {
  const arrow::Decimal128 magnitude = arrow::Decimal128::Abs(value);
  const auto high = static_cast<uint64_t>(magnitude.high_bits());
  const uint64_t low = magnitude.low_bits();
  uint32_t hash = 0;
  for (const uint64_t word : {high >> 32, high, low >> 32, low}) {
    hash = hash * 31 + static_cast<uint32_t>(word);
  }
  if (value < arrow::Decimal128(0)) hash = 0U - hash;
  return static_cast<int32_t>(hash * 31 + static_cast<uint32_t>(scale));
}

int32_t JavaBytesHash(std::string_view bytes) {
  uint32_t hash = 42;
  size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    hash = Mix(hash, base::LoadLittle<uint32_t>(bytes.data() + at));
  }
  for (; at < bytes.size(); ++at) {
    const auto signed_byte = static_cast<int8_t>(bytes[at]);
    hash = Mix(hash, static_cast<uint32_t>(int32_t{signed_byte}));
  }
  hash ^= static_cast<uint32_t>(bytes.size());
  hash = (hash ^ (hash >> 16)) * 0x85EBCA6BU;
  hash = (hash ^ (hash >> 13)) * 0xC2B2AE35U;
  return static_cast<int32_t>(hash ^ (hash >> 16));
}

int32_t JavaTimestampHash(MillisAndNanos at) {
  const auto folded =
      static_cast<uint32_t>(at.millis) ^ static_cast<uint32_t>(at.millis >> 32);
  return static_cast<int32_t>(folded * 31 + static_cast<uint32_t>(at.nanos));
}

}  // namespace tarn::types

// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/roaring_bytes.h"

#include <bit>
#include <cstdint>
#include <vector>

#include "tarn/base/bytes.h"

namespace tarn::index {
namespace {

constexpr uint32_t kCookieWithoutRuns = 12346;
constexpr uint32_t kCookieWithRuns = 12347;
constexpr uint32_t kContainersMax = 1 << 16;
/// Below it a bitmap with runs states no offsets.
constexpr uint32_t kOffsetsMin = 4;
constexpr uint32_t kArrayValuesMax = 4096;
constexpr size_t kBitsetBytes = 8192;

struct Container {
  bool is_run = false;
  uint32_t values = 0;  ///< how many the header states, 1 to 65536
};

Status Bad(std::string_view what) {
  return Corruption(7750, "Roaring bitmap is damaged:", V("what", what));
}

Status CheckArray(base::ByteReader* in, uint32_t values) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, in->ReadBytes(uint64_t{values} * 2));
  int32_t last = -1;
  for (uint32_t i = 0; i < values; ++i) {
    const int32_t value = base::LoadLittle<uint16_t>(bytes.data() + 2 * i);
    if (value <= last) return Bad("values do not ascend");
    last = value;
  }
  return Status::OK();
}

Status CheckBitset(base::ByteReader* in, uint32_t values) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, in->ReadBytes(kBitsetBytes));
  uint32_t found = 0;
  for (size_t at = 0; at < kBitsetBytes; at += sizeof(uint64_t)) {
    found += std::popcount(base::LoadLittle<uint64_t>(bytes.data() + at));
  }
  return found == values ? Status::OK() : Bad("values are not as many as stated");
}

Status CheckRuns(base::ByteReader* in, uint32_t values) {
  ARROW_ASSIGN_OR_RAISE(const uint16_t runs, in->ReadLittle<uint16_t>());
  ARROW_ASSIGN_OR_RAISE(const auto bytes, in->ReadBytes(uint64_t{runs} * 4));
  uint32_t found = 0;
  uint32_t next = 0;  // a run begins here at the earliest
  for (uint32_t i = 0; i < runs; ++i) {
    const uint32_t start = base::LoadLittle<uint16_t>(bytes.data() + 4 * i);
    const uint32_t length = base::LoadLittle<uint16_t>(bytes.data() + 4 * i + 2) + 1U;
    if (start < next) return Bad("runs do not ascend");
    if (start + length > kContainersMax) return Bad("a run is too long");
    next = start + length;
    found += length;
  }
  return found == values ? Status::OK() : Bad("values are not as many as stated");
}

/// Read the header up to the first container.
Result<std::vector<Container>> ReadHeader(base::ByteReader* in) {
  ARROW_ASSIGN_OR_RAISE(const uint32_t cookie, in->ReadLittle<uint32_t>());
  const bool has_runs = (cookie & 0xFFFF) == kCookieWithRuns;
  uint32_t count = (cookie >> 16) + 1;
  std::string_view run_flags;
  if (has_runs) {
    ARROW_ASSIGN_OR_RAISE(run_flags, in->ReadBytes((count + 7) / 8));
  } else {
    if (cookie != kCookieWithoutRuns) return Bad("no such cookie");
    ARROW_ASSIGN_OR_RAISE(count, in->ReadLittle<uint32_t>());
    if (count > kContainersMax) return Bad("too many containers");
  }
  ARROW_ASSIGN_OR_RAISE(const auto keys, in->ReadBytes(uint64_t{count} * 4));
  std::vector<Container> containers(count);
  int32_t last_key = -1;
  for (uint32_t i = 0; i < count; ++i) {
    const int32_t key = base::LoadLittle<uint16_t>(keys.data() + 4 * i);
    if (key <= last_key) return Bad("keys do not ascend");
    last_key = key;
    containers[i].values = base::LoadLittle<uint16_t>(keys.data() + 4 * i + 2) + 1U;
    containers[i].is_run = has_runs && ((run_flags[i / 8] >> (i % 8)) & 1) != 0;
  }
  // Containers follow one another without gaps, so where they begin is known already.
  if (!has_runs || count >= kOffsetsMin) {
    ARROW_RETURN_NOT_OK(in->Skip(uint64_t{count} * 4));
  }
  return containers;
}

}  // namespace

Result<size_t> CheckRoaringBytes(std::string_view bytes) {
  base::ByteReader in(bytes, "Roaring bitmap");
  ARROW_ASSIGN_OR_RAISE(const auto containers, ReadHeader(&in));
  for (const Container& container : containers) {
    if (container.is_run) {
      ARROW_RETURN_NOT_OK(CheckRuns(&in, container.values));
    } else if (container.values <= kArrayValuesMax) {
      ARROW_RETURN_NOT_OK(CheckArray(&in, container.values));
    } else {
      ARROW_RETURN_NOT_OK(CheckBitset(&in, container.values));
    }
  }
  return in.position();
}

}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
// theta_sketch: unions of theta sketches.
//
// Layout, little-endian: preamble longs, version, family, lg of the nominal size, lg of a
// table (version 4: bits of a delta, bytes of the count), flags, hash of the seed; then
// in version 3 one hash, or the count, a float and, with three longs, theta; then hashes,
// in order, in any order or as a table with zeros.
#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <vector>

#include <theta_union.hpp>

#include "tarn/base/bytes.h"
#include "tarn/merge/sketches.h"

namespace tarn::merge {
namespace {

using base::LoadLittle;

constexpr uint64_t kNoTheta = std::numeric_limits<int64_t>::max();
constexpr size_t kSmallest = 16;
constexpr uint8_t kReadOnlyFlag = 2, kEmptyFlag = 4, kCompactFlag = 8, kOrderedFlag = 16,
                  kSingleFlag = 32;
constexpr uint8_t kCompactFamily = 3;
constexpr size_t kLgTableAt = 4, kFlagsAt = 5, kSeedAt = 6, kCountAt = 8, kThetaAt = 16;

Status Bad(std::string_view why) {
  return Corruption(7654, "Bytes are no theta sketch:", V("because", why));
}

uint16_t SeedHash() {
  static const uint16_t hash = compute_seed_hash(datasketches::DEFAULT_SEED);
  return hash;
}

/// What the library's union asks of a sketch.
struct Sketch {
  bool empty = true;
  bool ordered = false;
  uint64_t theta = kNoTheta;
  std::vector<uint64_t> hashes;

  bool is_empty() const { return empty; }
  bool is_ordered() const { return ordered; }
  uint64_t get_theta64() const { return theta; }
  uint16_t get_seed_hash() const { return SeedHash(); }
  auto begin() const { return hashes.begin(); }
  auto end() const { return hashes.end(); }
};

/// Only hashes above zero are members; Java passes over others in tables.
void Add(uint64_t hash, Sketch* out) {
  if (hash != 0 && hash < kNoTheta) out->hashes.push_back(hash);
}

Status CheckTheta(uint64_t theta) {
  return theta == 0 || theta > kNoTheta ? Bad("theta") : Status::OK();
}

Status CheckSeed(std::string_view bytes) {
  return LoadLittle<uint16_t>(bytes.data() + kSeedAt) == SeedHash() ? Status::OK()
                                                                    : Bad("another seed");
}

Result<Sketch> ReadPlain(std::string_view bytes) {
  const int longs = bytes[0] & 0x3f;
  const auto family = static_cast<uint8_t>(bytes[2]);
  const auto flags = static_cast<uint8_t>(bytes[kFlagsAt]);
  if (longs < 1 || longs > 3 || family < 1 || family > kCompactFamily) {
    return Bad("another preamble");
  }
  Sketch out;
  if (longs == 1) {
    // The flag of a single hash was forgotten once.
    constexpr uint8_t kOthers = kReadOnlyFlag | kCompactFlag | kOrderedFlag;
    const bool single = (flags & kSingleFlag) != 0 ||
                        (family == kCompactFamily && (flags & 31) == kOthers);
    if (!single) return out;
    Add(LoadLittle<uint64_t>(bytes.data() + kCountAt), &out);
    out.empty = out.hashes.empty();
    return out;
  }
  ARROW_RETURN_NOT_OK(CheckSeed(bytes));
  const auto count = LoadLittle<uint32_t>(bytes.data() + kCountAt);
  if (longs == 2 && count == 0) return out;
  const auto first = static_cast<size_t>(longs) * 8;
  if (bytes.size() < first) return Bad("a preamble that is cut off");
  if (longs == 3) out.theta = LoadLittle<uint64_t>(bytes.data() + kThetaAt);
  ARROW_RETURN_NOT_OK(CheckTheta(out.theta));
  out.empty = false;
  out.ordered = (flags & kOrderedFlag) != 0;
  const auto lg_table = static_cast<uint8_t>(bytes[kLgTableAt]);
  const bool table = !out.ordered && (flags & kCompactFlag) == 0;
  if (table && lg_table > 26) return Bad("size of a table");
  const uint64_t stored = table ? uint64_t{1} << lg_table : count;
  if (bytes.size() < first + stored * 8) return Bad("hashes cut off");
  for (uint64_t i = 0; i < stored; ++i) {
    Add(LoadLittle<uint64_t>(bytes.data() + first + i * 8), &out);
  }
  return out;
}

/// Version 4: differences of ordered hashes, packed.
Result<Sketch> ReadPacked(std::string_view bytes) {
  const bool has_theta = (bytes[0] & 0x3f) > 1;
  const auto bits = static_cast<uint8_t>(bytes[3]);
  const auto count_bytes = static_cast<uint8_t>(bytes[4]);
  const auto flags = static_cast<uint8_t>(bytes[kFlagsAt]);
  ARROW_RETURN_NOT_OK(CheckSeed(bytes));
  Sketch out;
  if ((flags & kEmptyFlag) != 0) return out;
  if (static_cast<uint8_t>(bytes[2]) != kCompactFamily || (bytes[0] & 0xc0) != 0) {
    return Bad("another preamble");
  }
  const size_t count_at = has_theta ? 16 : 8;
  if (bits < 1 || bits > 63 || count_bytes > 4 || bytes.size() < count_at + count_bytes) {
    return Bad("size of packed hashes");
  }
  uint64_t count = 0;
  for (int i = count_bytes; i > 0; --i) {
    count = count << 8 | static_cast<uint8_t>(bytes[count_at + i - 1]);
  }
  if ((bytes.size() - count_at - count_bytes) * 8 < count * bits) {
    return Bad("hashes cut off");
  }
  // The library unpacks some bytes at a time.
  std::string padded(bytes);
  padded.resize(padded.size() + 64);
  const auto packed = datasketches::wrapped_compact_theta_sketch::wrap(
      padded.data(), bytes.size(), datasketches::DEFAULT_SEED);
  out.empty = false;
  out.ordered = true;
  out.theta = packed.get_theta64();
  ARROW_RETURN_NOT_OK(CheckTheta(out.theta));
  for (const uint64_t hash : packed) Add(hash, &out);
  return out;
}

Result<Sketch> Read(std::string_view bytes) {
  if (bytes.size() < kSmallest) return Sketch{};
  switch (bytes[1]) {
    case 3:
      return ReadPlain(bytes);
    case 4:
      return ReadPacked(bytes);
    case 1:
    case 2:
      return Unsupported(6657, "Theta sketches of this version are not read:",
                         V("version", static_cast<int>(bytes[1])));
    default:
      return Bad("another version");
  }
}

/// As Java's `toByteArray` of a compact sketch: the C++ library's has no flag for a
/// single hash, a seed in an empty one and no float.
std::string Write(const datasketches::compact_theta_sketch& sketch) {
  const uint32_t count = sketch.get_num_retained();
  const bool exact = sketch.get_theta64() >= kNoTheta;
  const bool empty = count == 0 && exact;
  const bool single = count == 1 && exact;
  const char longs = !exact ? 3 : count > 1 ? 2 : 1;
  const uint8_t flags = kReadOnlyFlag | kCompactFlag | kOrderedFlag |
                        (empty ? kEmptyFlag : 0) | (single ? kSingleFlag : 0);
  std::string out = {longs, 3, kCompactFamily, 0, 0, static_cast<char>(flags)};
  base::AppendLittle(&out, empty ? uint16_t{0} : SeedHash());
  if (longs > 1) {
    base::AppendLittle(&out, count);
    base::AppendLittle(&out, 1.0F);
  }
  if (longs > 2) base::AppendLittle(&out, sketch.get_theta64());
  for (const uint64_t hash : sketch) base::AppendLittle(&out, hash);
  return out;
}

}  // namespace

Result<std::string> UnionThetaSketches(std::string_view a, std::string_view b) {
  ARROW_ASSIGN_OR_RAISE(const Sketch first, Read(a));
  ARROW_ASSIGN_OR_RAISE(const Sketch second, Read(b));
  try {
    auto both = datasketches::theta_union::builder().build();
    both.update(first);
    both.update(second);
    return Write(both.get_result());
  } catch (const std::exception& error) {
    return Bad(error.what());
  }
}

}  // namespace tarn::merge

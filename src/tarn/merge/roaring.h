// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/bytes.h"
#include "tarn/base/status.h"

namespace tarn::merge {

/// Unions of serialized roaring bitmaps, byte for byte what Java's library (1.2, which
/// Paimon uses) makes of them: `a.or(b)`, `runOptimize`, `serialize`. The library decides
/// by the history of a container whether it is an array, a bitmap or runs, and the 64-bit
/// form holds its search tree, so that a union of other libraries has the same members
/// and other bytes.
///
/// Errors: kCorruption for bytes that are no bitmap; kUnsupported for a tree that Java
/// reaches only by removals.

/// Paimon `RoaringBitmap32`: the portable format of 32-bit bitmaps.
Result<std::string> UnionBitmaps32(std::string_view a, std::string_view b);

/// Paimon `RoaringBitmap64` (`Roaring64Bitmap`): an adaptive radix tree over the upper 48
/// bits, and containers in the order of their coming.
Result<std::string> UnionBitmaps64(std::string_view a, std::string_view b);

namespace internal {

/// The members of a bitmap that share all but their lower 16 bits.
class RoaringContainer {
 public:
  /// How it is stored; the numbers are those of the 64-bit form.
  enum class Kind : uint8_t { kRuns = 0, kBitmap = 1, kArray = 2 };

  static Result<RoaringContainer> ReadArray(base::ByteReader* in, int64_t cardinality);
  static Result<RoaringContainer> ReadBitmap(base::ByteReader* in, int64_t cardinality);
  static Result<RoaringContainer> ReadRuns(base::ByteReader* in);

  /// Java's `ior`, with the kind that it gives.
  RoaringContainer Union(const RoaringContainer& other) const;
  /// Java's `runOptimize`.
  void Optimize();
  /// What is stored of it: values, bits, or a count and runs.
  void Write(std::string* out) const;
  int64_t StoredBytes() const;

  Kind kind() const { return kind_; }
  int32_t cardinality() const { return cardinality_; }

 private:
  struct Run {
    uint16_t first;
    uint16_t last;
  };
  /// Add a run behind the others or over the end of the last one.
  void Append(Run run);
  void ChooseEfficient();
  int64_t BytesAsRuns() const { return 2 + 4 * static_cast<int64_t>(runs_.size()); }

  Kind kind_ = Kind::kArray;
  int32_t cardinality_ = 0;
  std::vector<Run> runs_;  ///< ascending, with gaps between them
};

}  // namespace internal
}  // namespace tarn::merge

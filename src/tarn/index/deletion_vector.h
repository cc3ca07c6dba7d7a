// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: index, what is known about data files beside them.
///
/// Small structures that say something about rows without reading them. A *deletion
/// vector* marks rows of one data file that are no longer there (`deletion_vector.h`);
/// several stand in one index file of a bucket (`deletion_vector_file.h`). They are no
/// hint: whoever reads a file reads its vector. All other indexes only save work, and a
/// reader may do without them.
///
/// A *file index* describes the values of chosen columns of one data file: a bloom filter
/// says that a value is certainly absent; a bitmap, bit-slice or range-bitmap index says
/// which rows hold it. All indexes of a file stand in one container (`file_index.h`),
/// embedded in the manifest entry while it is small, else in `<data file>.index`. Asked
/// about a predicate (`row_selection.h`, `file_index_reader.h`) it names rows that may
/// satisfy it, never too few; they are read and judged as ever. `file_index_builder.h`
/// makes the container of a file that is written.
///
/// Words: an *index file* is listed by a snapshot's index manifest
/// (`meta/index_manifest.h`) with its type and bucket; a *position* is the number of a
/// row in its data file, from 0, over all row groups.
///
/// Invariants: index bytes are checked whole before a library sees them
/// (`roaring_bytes.h`); a file index changes no answer, so it selects rows only where
/// they are read as they are stored, never below a merge.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "tarn/base/status.h"

namespace tarn::index {

/// Positions [first, end).
struct Positions {
  int64_t first = 0;
  int64_t end = 0;
  int64_t count() const { return end - first; }
  bool operator==(const Positions&) const = default;
};

/// Rows of one data file that are deleted (Paimon `DeletionVector`). Immutable, a small
/// value that shares its bitmap.
class DeletionVector {
 public:
  /// Read either stored form: `BitmapDeletionVector` (32-bit, the default) or
  /// `Bitmap64DeletionVector` (64-bit, as in Iceberg).
  ///
  ///   32-bit  length int32 big | magic 5E43F2D0 | Roaring | CRC32 int32 big
  ///   64-bit  length int32 big | magic D1D33964 | bitmaps int64 little |
  ///           per bitmap: high bits of positions int32 little, Roaring | CRC32 int32 big
  ///
  /// The length counts magic and bitmaps, the checksum covers them.
  ///
  /// \param bytes          from the length word on; more may follow
  /// \param stated_length  of the index manifest: the length word's value (32-bit), or
  ///                       all bytes (64-bit)
  /// Errors: kCorruption.
  static Result<DeletionVector> Decode(std::string_view bytes, int64_t stated_length);

  /// Mark `positions`, which ascend and lie below 2^32.
  static DeletionVector Of(std::span<const uint32_t> positions);

  int64_t cardinality() const;
  /// The last deleted position, nothing when none is.
  std::optional<int64_t> last() const;
  bool Contains(int64_t position) const;

 private:
  friend class DeletedStretches;
  struct Bitmaps;
  explicit DeletionVector(std::shared_ptr<const Bitmaps> bitmaps)
      : bitmaps_(std::move(bitmaps)) {}
  std::shared_ptr<const Bitmaps> bitmaps_;
};

/// Stretches of neighbouring deleted positions, ascending, as long as possible. One
/// caller at a time.
class DeletedStretches {
 public:
  explicit DeletedStretches(const DeletionVector& vector);
  ~DeletedStretches();
  DeletedStretches(DeletedStretches&&) noexcept;
  DeletedStretches& operator=(DeletedStretches&&) noexcept;

  /// The next stretch; nothing at the end.
  std::optional<Positions> Next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tarn::index

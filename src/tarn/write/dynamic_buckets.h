// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/base/memory_budget.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/index_manifest.h"
#include "tarn/types/table_schema.h"
#include "tarn/write/bucket_chooser.h"

namespace tarn::write {

/// Which bucket each hash of a key is in: an open table of int32 to int16, 6 bytes a
/// place. One caller at a time.
class HashBuckets {
 public:
  /// The bucket of `hash`, -1 for a new one.
  int16_t Find(int32_t hash) const;
  /// REQUIRES: `hash` is new and `bucket` not negative.
  void Add(int32_t hash, int16_t bucket);
  int64_t size() const { return size_; }
  /// Bytes held, and bytes that are held while the next hash is added.
  int64_t bytes() const { return BytesOf(hashes_.size()); }
  int64_t bytes_to_add() const;
  /// Calls `visit(hash, bucket)` for all.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t i = 0; i < hashes_.size(); ++i) {
      if (buckets_[i] >= 0) visit(hashes_[i], buckets_[i]);
    }
  }

 private:
  static int64_t BytesOf(size_t places) {
    return static_cast<int64_t>(places * (sizeof(int32_t) + sizeof(int16_t)));
  }
  size_t PlaceOf(int32_t hash) const;
  bool IsFull() const;
  void Grow();

  std::vector<int32_t> hashes_;   ///< a power of two of places
  std::vector<int16_t> buckets_;  ///< -1 = free
  int64_t size_ = 0;
};

struct DynamicBucketOptions {
  int64_t target_rows = 2000000;  ///< `dynamic-bucket.target-row-num`
  int32_t max_buckets = -1;       ///< `dynamic-bucket.max-buckets`, -1 = no limit
  static Result<DynamicBucketOptions> FromSchema(const types::TableSchema& schema);
};

/// Keys of one partition and the buckets that they were given (Paimon `PartitionIndex`):
/// a known hash keeps its bucket, a new one goes to the first bucket that is not full,
/// else to a new one, else, when there may be no more, to any.
class PartitionIndex {
 public:
  explicit PartitionIndex(const DynamicBucketOptions& options) : options_(options) {}

  /// A hash that a file of `bucket` holds.
  void Restore(int32_t hash, int16_t bucket);
  /// \param max_bucket  the greatest bucket that this writer assigned so far
  /// Errors: kInvalidInput when all 32766 buckets are full.
  Result<int16_t> Assign(int32_t hash, int32_t max_bucket, base::Random* random);
  const HashBuckets& hashes() const { return hashes_; }
  /// Buckets that got hashes since the last call.
  std::set<int16_t> TakeChanged();

 private:
  DynamicBucketOptions options_;
  HashBuckets hashes_;
  std::map<int16_t, int64_t> rows_of_open_bucket_;
  std::vector<int16_t> buckets_;  ///< all, in the order in which they came
  std::set<int16_t> known_;
  std::set<int16_t> changed_;
};

/// Answers the hash index files of a partition at the latest snapshot.
using RestoreIndex = std::function<Result<std::vector<meta::IndexManifestEntry>>(
    const std::string& partition)>;

/// Dynamic buckets (Paimon `HashBucketAssigner` with one assigner, and
/// `DynamicBucketIndexMaintainer`): the index of a partition is read when its first row
/// comes, and each bucket that got new keys writes its index file anew at a commit.
///
/// Two writers at once would give one new key two buckets. Each commit therefore names
/// the index files that it stands on, and is refused when there are others by then.
Result<std::unique_ptr<BucketChooser>> MakeDynamicBuckets(
    std::shared_ptr<const base::Context> context, const io::TablePaths& paths,
    const types::TableSchema& schema, RestoreIndex restore);

}  // namespace tarn::write

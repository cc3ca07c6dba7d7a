// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"
#include "tarn/meta/commit_message.h"
#include "tarn/types/table_schema.h"

namespace tarn::write {

/// Gives rows their buckets (Paimon `BucketMode` and its key extractors). One caller at a
/// time.
class BucketChooser {
 public:
  virtual ~BucketChooser() = default;

  /// Bucket of every row: int32[rows].
  /// \param partition_of_row  int32[rows], indexes of `partitions`
  /// \param partitions        serialized binary rows
  /// Errors: kInvalidInput, kResource, and those of files that the choice needs.
  virtual Result<std::vector<int32_t>> Choose(
      const arrow::RecordBatch& rows, const std::vector<int32_t>& partition_of_row,
      const std::vector<std::string>& partitions) = 0;
  /// What the files of a partition are recorded with: their number of buckets, or the
  /// mode, -1 or -2.
  virtual int32_t TotalBuckets(const std::string& partition) const = 0;
  /// Add the index files that say what was chosen to the messages of a commit, which is
  /// taken to happen.
  virtual Status AddIndexFiles(std::vector<meta::CommitMessage>* /*messages*/) {
    return Status::OK();
  }
  /// The last commit did not happen: what was chosen since the one before is forgotten.
  virtual void Forget() {}
};

/// A fixed number of buckets, by the bucket key. Errors: kInvalidInput for what the
/// bucket function cannot hash.
Result<std::unique_ptr<BucketChooser>> MakeFixedBuckets(arrow::MemoryPool* pool,
                                                        const types::TableSchema& schema,
                                                        int32_t buckets);

/// All rows in `bucket`, recorded with `total_buckets`: 0 and -1 for a table without keys
/// and buckets (`BUCKET_UNAWARE`), -2 and -2 for postponed buckets.
std::unique_ptr<BucketChooser> MakeOneBucket(int32_t bucket, int32_t total_buckets);

}  // namespace tarn::write

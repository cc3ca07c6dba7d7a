// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tarn/meta/data_file_meta.h"

namespace tarn::meta {

/// One self-contained unit of reading: files of one (partition, bucket) (Paimon
/// `DataSplit`).
struct Split {
  int64_t snapshot_id = 0;
  std::string partition;    ///< serialized binary row (arity prefix)
  std::string bucket_path;  ///< relative to the table, e.g. "dt=1/bucket-0"
  int32_t bucket = 0;
  int32_t total_buckets = 0;
  std::vector<DataFileMeta> files;
  /// Files may be read one after another without merging (Paimon `rawConvertible`).
  bool raw_convertible = false;
  /// Records are answered as they were written, retractions included (Paimon
  /// `isStreaming`).
  bool unmerged = false;
  /// Set for a split that answers how `files` differ from these (Paimon
  /// `IncrementalSplit`).
  std::optional<std::vector<DataFileMeta>> before_files;
};

/// The state of one bucket that a writer restores from: its live files.
struct BucketState {
  int32_t total_buckets = 0;
  std::vector<DataFileMeta> files;
  int64_t snapshot_id = 0;  ///< 0 = the table has no snapshot yet
};

}  // namespace tarn::meta

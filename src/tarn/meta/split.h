// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tarn/meta/data_file_meta.h"

namespace tarn::meta {

/// Where the deletion vector of a data file stands (Paimon `DeletionFile`).
struct DeletionVectorPlace {
  std::string path;    ///< of the index file
  int64_t offset = 0;  ///< bytes
  int64_t length = 0;  ///< bytes, as the index manifest states them
  bool operator==(const DeletionVectorPlace&) const = default;
};

/// One self-contained unit of reading: files of one (partition, bucket) (Paimon
/// `DataSplit`).
struct Split {
  int64_t snapshot_id = 0;
  std::string partition;    ///< serialized binary row (arity prefix)
  std::string bucket_path;  ///< relative to the table, e.g. "dt=1/bucket-0"
  int32_t bucket = 0;
  int32_t total_buckets = 0;
  std::vector<DataFileMeta> files;
  /// By name of the data file; a file without one has all its rows.
  std::map<std::string, DeletionVectorPlace> deletion_vectors;
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

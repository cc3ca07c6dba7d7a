// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tarn/io/table_paths.h"
#include "tarn/meta/index_manifest.h"
#include "tarn/types/partition_path.h"
#include "tarn/types/table_schema.h"

namespace tarn::meta {

/// Where index files lie (Paimon `IndexFileHandler`): below `index/`, with the data files
/// of their bucket where `index-file-in-data-file-dir` says so, or elsewhere by their
/// whole path. Borrows `paths`.
class IndexFilePaths {
 public:
  static Result<IndexFilePaths> Make(const io::TablePaths& paths,
                                     const types::TableSchema& schema);
  /// Errors: kPermission, kUnsupported (a path outside), kCorruption (the partition).
  Result<std::string> PathOf(const IndexManifestEntry& entry) const;

 private:
  IndexFilePaths(const io::TablePaths& paths, types::PartitionPaths partitions,
                 bool with_data)
      : paths_(paths), partitions_(std::move(partitions)), with_data_(with_data) {}

  const io::TablePaths& paths_;
  types::PartitionPaths partitions_;
  bool with_data_;
};

}  // namespace tarn::meta

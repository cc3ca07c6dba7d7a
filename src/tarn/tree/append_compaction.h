// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tarn/meta/commit_message.h"
#include "tarn/meta/data_file_meta.h"
#include "tarn/tree/bucket.h"
#include "tarn/types/table_schema.h"

namespace tarn::tree {

/// What decides which files of a table without a primary key are joined.
struct AppendCompactionOptions {
  bool bucketed = false;        ///< `bucket` above 0: rows of a bucket keep their order
  int64_t target_bytes = 0;     ///< `target-file-size`
  int64_t small_bytes = 0;      ///< a file below it is small
  int64_t open_file_bytes = 0;  ///< `source.split.open-file-cost`
  int32_t min_files = 5;        ///< `compaction.min.file-num`
  bool force_rewrite = false;   ///< `compaction.force-rewrite-all-files`

  /// Errors: kInvalidInput; kUnsupported for clustering and deletion vectors, by name.
  static Result<AppendCompactionOptions> FromSchema(const types::TableSchema& schema);
};

using FileGroup = std::vector<meta::DataFileMeta>;

/// Groups of files of one bucket that are to be joined; empty = nothing to do. Pure.
///
/// Without buckets small files are packed by size until a group has twice the target, and
/// the rest if there are enough of them (Paimon `AppendCompactCoordinator`). In a bucket
/// the files are one queue: those behind the large ones at its head become one group when
/// most of them are small (Paimon `BucketedAppendCompactManager`, full compaction).
std::vector<FileGroup> PickAppendCompaction(std::vector<meta::DataFileMeta> files,
                                            const AppendCompactionOptions& options);

/// Rewrite each group into files of the target size, its rows one file after another
/// (Paimon `AppendCompactTask`). On error no new file is left behind. Errors:
/// kCorruption, kUnavailable, kResource, kUnsupported.
Result<meta::CommitMessage> RunAppendCompaction(const Bucket& bucket,
                                                const std::vector<FileGroup>& groups);

}  // namespace tarn::tree

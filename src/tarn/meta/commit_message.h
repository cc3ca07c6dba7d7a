// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tarn/meta/data_file_meta.h"
#include "tarn/meta/index_manifest.h"

namespace tarn::meta {

/// What one writer did to one (partition, bucket): the record between writers, compactors
/// and the committer (Paimon `CommitMessageImpl`).
struct CommitMessage {
  std::string partition;  ///< serialized binary row (arity prefix)
  int32_t bucket = 0;
  int32_t total_buckets = 0;
  std::vector<DataFileMeta> new_files;        ///< becomes ADD in the APPEND snapshot
  std::vector<DataFileMeta> changelog_files;  ///< written beside `new_files`
  std::vector<DataFileMeta> compact_before;   ///< becomes DELETE in the COMPACT snapshot
  std::vector<DataFileMeta> compact_after;    ///< becomes ADD in the COMPACT snapshot
  std::vector<DataFileMeta> compact_changelog;
  /// Index files that come and go with `new_files`, and with the compaction.
  std::vector<IndexManifestEntry> index_files;
  std::vector<IndexManifestEntry> compact_index_files;
  /// Dynamic buckets: the hash index files of the partition, by sorted name, by which
  /// rows were given their buckets. The commit is refused when there are others by then.
  std::optional<std::vector<std::string>> hash_index_base;
  /// Rows were placed by what was known of the whole table at this snapshot: the commit
  /// is refused when others wrote rows since. 0 = an empty table.
  std::optional<int64_t> sole_writer_since;
  bool empty() const {
    return new_files.empty() && changelog_files.empty() && compact_before.empty() &&
           compact_after.empty() && compact_changelog.empty() && index_files.empty() &&
           compact_index_files.empty();
  }
};

/// Everything that becomes visible at once (Paimon `ManifestCommittable`).
struct Committable {
  int64_t identifier = 0;
  std::optional<int64_t> watermark;
  std::map<std::string, std::string>
      properties;  ///< kept in the snapshot: source positions
  std::vector<CommitMessage> messages;
  /// The commit is refused when a later snapshot than this one, by another user, wrote to
  /// real buckets of the same partitions (Paimon `StrictModeChecker`).
  std::optional<int64_t> last_safe_snapshot;
};

}  // namespace tarn::meta

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tarn/meta/data_file_meta.h"

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
  bool empty() const {
    return new_files.empty() && changelog_files.empty() && compact_before.empty() &&
           compact_after.empty() && compact_changelog.empty();
  }
};

/// Everything that becomes visible at once (Paimon `ManifestCommittable`).
struct Committable {
  int64_t identifier = 0;
  std::optional<int64_t> watermark;
  std::map<std::string, std::string>
      properties;  ///< kept in the snapshot: source positions
  std::vector<CommitMessage> messages;
};

}  // namespace tarn::meta

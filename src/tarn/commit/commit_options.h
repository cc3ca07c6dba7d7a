// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tarn/meta/manifest_merge.h"
#include "tarn/types/table_schema.h"

namespace tarn::commit {

/// What a table's options say about committing. A value.
struct CommitOptions {
  meta::ManifestMergeOptions manifests;
  int64_t max_retries = 10;                         ///< `commit.max-retries`
  std::chrono::milliseconds min_retry_wait{10};     ///< `commit.min-retry-wait`
  std::chrono::milliseconds max_retry_wait{10000};  ///< `commit.max-retry-wait`
  int64_t timeout_nanos = INT64_MAX;                ///< `commit.timeout`
  bool sync = true;                                 ///< `commit.sync` is not `none`
  std::optional<bool> ignore_empty_commit;          ///< `snapshot.ignore-empty-commit`
  bool dynamic_partition_overwrite = true;
  bool overwrite_upgrade = true;
  bool discard_duplicate_files = false;  ///< `commit.discard-duplicate-files`
  bool check_conflicts_on_append = false;
  bool snapshot_ordering = false;  ///< `sequence.snapshot-ordering`
  /// `write.sequence-number-init-mode` = snapshot
  bool keep_max_sequence_number = false;
  int32_t bucket = -1;
  int32_t max_level = 5;  ///< `num-levels` - 1
  std::string partition_default_name = "__DEFAULT_PARTITION__";

  /// \param values  those of the schema with dynamic ones laid over
  /// Errors: kInvalidInput for a value that cannot be read, kUnsupported naming an option
  /// that acts on commits and is not built yet.
  static Result<CommitOptions> Make(const std::map<std::string, std::string>& values);
};

}  // namespace tarn::commit

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tarn/base/status.h"

namespace tarn::meta {

enum class CommitKind : uint8_t { kAppend, kCompact, kOverwrite, kAnalyze };
std::string_view CommitKindName(CommitKind kind);  ///< "APPEND", ...

/// `commitIdentifier` of batch commits (Java's Long.MAX_VALUE).
inline constexpr int64_t kBatchCommitIdentifier = std::numeric_limits<int64_t>::max();

/// `snapshot/snapshot-<id>` (Paimon `Snapshot`, fields in stored order). A value.
struct Snapshot {
  int32_t version = 3;
  std::optional<std::string> uuid;
  int64_t id = 0;
  int64_t schema_id = 0;
  std::string base_manifest_list;
  std::optional<int64_t> base_manifest_list_size;
  std::string delta_manifest_list;
  std::optional<int64_t> delta_manifest_list_size;
  std::optional<std::string> changelog_manifest_list;
  std::optional<int64_t> changelog_manifest_list_size;
  std::optional<std::string> index_manifest;
  std::string commit_user;
  int64_t commit_identifier = 0;
  CommitKind commit_kind = CommitKind::kAppend;
  int64_t time_millis = 0;
  int64_t total_record_count = 0;
  int64_t delta_record_count = 0;
  std::optional<int64_t> changelog_record_count;
  std::optional<int64_t> watermark;
  std::optional<std::string> statistics;
  std::map<std::string, std::string> properties;
  std::optional<int64_t> next_row_id;
  std::optional<std::string> operation;

  /// Errors: kCorruption naming the property; kUnsupported for an unknown commit kind.
  static Result<Snapshot> FromJson(std::string_view json);
  /// The JSON as Java writes it.
  std::string ToJson() const;
};

}  // namespace tarn::meta

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "tarn/meta/snapshot.h"
#include "tarn/meta/snapshot_files.h"

namespace tarn::table {

/// Which state of the table to read; at most one is set, none = the latest snapshot.
struct TimeTravel {
  std::optional<int64_t> snapshot_id;
  std::optional<std::string> tag;
  std::optional<int64_t> timestamp_millis;  ///< the latest snapshot not after it
  std::optional<std::string> version;       ///< a tag's name, else a snapshot's id

  bool is_latest() const { return !snapshot_id && !tag && !timestamp_millis && !version; }

  /// From the options `scan.snapshot-id`, `scan.tag-name`, `scan.timestamp-millis`,
  /// `scan.version` (Paimon `TimeTravelUtil`). Errors: kInvalidInput for two of them or
  /// an unreadable value; kUnsupported naming any other `scan.*` or `incremental-*`
  /// option that would change what is read.
  static Result<TimeTravel> FromOptions(
      const std::map<std::string, std::string>& options);
};

/// The snapshot that `at` means; absent = the table has none yet, or none that old.
/// Errors: kNotFound for an id or tag that is not there.
Result<std::optional<meta::Snapshot>> FindSnapshot(const meta::SnapshotFiles& snapshots,
                                                   const TimeTravel& at);

}  // namespace tarn::table

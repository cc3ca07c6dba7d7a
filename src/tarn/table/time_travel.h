// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "tarn/base/context.h"
#include "tarn/meta/snapshot.h"
#include "tarn/meta/snapshot_files.h"

namespace tarn::table {

/// One state of a table; at most one is set, none = the latest snapshot.
struct TimeTravel {
  std::optional<int64_t> snapshot_id;
  std::optional<std::string> tag;
  std::optional<int64_t> timestamp_millis;  ///< the latest snapshot not after it
  std::optional<int64_t> watermark;         ///< the first snapshot that has reached it
  /// A tag's name, else "watermark-<millis>", else a snapshot's id.
  std::optional<std::string> version;

  bool is_latest() const {
    return !snapshot_id && !tag && !timestamp_millis && !watermark && !version;
  }

  /// `options` as Java has them after a copy that travels here: the point as the option
  /// `scan.snapshot-id`, `scan.tag-name`, `scan.timestamp-millis`, `scan.watermark` or
  /// `scan.version`.
  std::map<std::string, std::string> Over(
      std::map<std::string, std::string> options) const;

  /// The point that options name (Paimon `TimeTravelUtil`), a local `scan.timestamp`
  /// turned into an instant; latest without any. Errors: kInvalidInput for two of them or
  /// an unreadable value.
  static Result<TimeTravel> FromOptions(const std::map<std::string, std::string>& options,
                                        const base::Context& context);
};

/// The snapshot that `at` means; absent = the latest of a table that has none. Errors:
/// kNotFound for an id, tag, time or watermark that nothing is there for; kInvalidInput
/// for a version that is none of the three.
Result<std::optional<meta::Snapshot>> FindSnapshot(const meta::SnapshotFiles& snapshots,
                                                   const TimeTravel& at);

/// The last snapshot whose watermark is not above `watermark`, or the first whose is not
/// below; snapshots without a watermark count as the one before them. As in Java, the
/// first snapshot that has a watermark is the answer where it is above already. Absent
/// where none has one. Errors: kNotFound for one that expires meanwhile.
Result<std::optional<meta::Snapshot>> AtOrBeforeWatermark(
    const meta::SnapshotFiles& snapshots, int64_t watermark);
Result<std::optional<meta::Snapshot>> AtOrAfterWatermark(
    const meta::SnapshotFiles& snapshots, int64_t watermark);

/// A local time, "2024-01-31 12:00:00.123" or a date, in epoch milliseconds (Paimon
/// `DateTimeUtils.parseTimestampData`). Errors: kInvalidInput.
Result<int64_t> LocalTimeMillis(const base::Context& context, const std::string& text);

/// The whole number that option `key` holds. Errors: kInvalidInput.
Result<int64_t> WholeNumber(std::string_view key, std::string_view text);

}  // namespace tarn::table

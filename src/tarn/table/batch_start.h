// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/meta/schema_file.h"
#include "tarn/meta/snapshot_files.h"
#include "tarn/scan/table_scan.h"
#include "tarn/table/time_travel.h"

namespace tarn::table {

/// What a batch read answers, found once per plan (Paimon `StartingScanner`).
struct BatchStart {
  enum class Kind : uint8_t {
    kState,    ///< the rows of `snapshot`
    kNothing,  ///< no rows: an empty stretch of history
    kChanges,  ///< what `steps` wrote, record by record
    kDiff,     ///< how `snapshot` differs from `before`
  };
  Kind kind = Kind::kState;
  /// The state, or the end of the stretch; absent = the table has no snapshot.
  std::optional<meta::Snapshot> snapshot;
  bool latest = false;  ///< the state is whatever is the latest when it is planned
  std::optional<int64_t> created_from_millis;  ///< files at least as young only
  scan::ChangeSource source = scan::ChangeSource::kDelta;
  std::vector<meta::Snapshot> steps;  ///< ascending
  std::optional<meta::Snapshot> before;
};

/// What the options of a table say (`scan.mode` and the `scan.*` and `incremental-*` keys
/// that go with it; Paimon `CoreOptions.startupMode`, `SchemaValidation`). Errors:
/// kInvalidInput for keys that do not fit the mode or each other, and for ranges outside
/// the table's history; kNotFound for what history does not hold; kUnsupported naming an
/// option.
Result<BatchStart> FindBatchStart(const base::Context& context,
                                  const meta::SnapshotFiles& snapshots,
                                  const meta::SchemaFiles& schemas,
                                  const std::map<std::string, std::string>& options);

/// The part of it that `scan.mode` incremental decides.
Result<BatchStart> FindIncrement(const base::Context& context,
                                 const meta::SnapshotFiles& snapshots,
                                 const meta::SchemaFiles& schemas,
                                 const std::map<std::string, std::string>& options);

}  // namespace tarn::table

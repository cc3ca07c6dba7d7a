// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tarn/table/restored_files.h"
#include "tarn/table/table.h"

namespace tarn::table {

/// What a writer does for a table after its commits (Paimon `TableCommitImpl.maintain`):
/// tags whose time is over go, then consumers that have not moved for
/// `consumer.expiration-time`, then snapshots by the options of expiry, then changelogs
/// that outlive them. Always within the call, whatever
/// `snapshot.expire.execution-mode` says. One caller at a time.
class Maintenance {
 public:
  /// Borrows `table`.
  explicit Maintenance(const Table& table) : table_(table) {}

  /// The commit before stands whatever is answered, and what was left is tried again
  /// after the next one. Errors: those of `ExpireTags` and `ExpireSnapshots`.
  Status Run();
  /// The same but for tables that are `write-only`, which leave it to a compactor.
  Status RunUnlessWriteOnly();

 private:
  Status RunOnce();

  const Table& table_;
  Restorations restorations_;
};

/// What a user is told when it failed.
std::string MaintenanceNotice(const Table& table, const Status& failure);

}  // namespace tarn::table

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tarn/table/restored_files.h"
#include "tarn/table/table.h"

namespace tarn::table {

/// What a writer does for a table after its commits (Paimon `TableCommitImpl.maintain`):
/// partitions whose time is over go, then tags, then consumers that have not moved for
/// `consumer.expiration-time`, then snapshots by the options of expiry, then changelogs
/// that outlive them. Always within the call, whatever
/// `snapshot.expire.execution-mode` says. One caller at a time.
class Maintenance {
 public:
  /// Borrows `table`.
  explicit Maintenance(const Table& table);

  /// The commit before stands whatever is answered, and what was left is tried again
  /// after the next one.
  /// \param end_of_input  the commit was the last one of its statement or job
  /// Errors: those of `ExpireTags`, `ExpirePartitions` and `ExpireSnapshots`.
  Status Run(bool end_of_input);
  /// The same but for tables that are `write-only`, which leave it to a compactor.
  Status RunUnlessWriteOnly(bool end_of_input);

 private:
  Status RunOnce();
  /// Partitions are looked at once in `partition.expiration-check-interval`, the first
  /// time when so much of this object's life is over (Java: a random part of it); at the
  /// end of the input if `end-input.check-partition-expire` says so.
  Result<bool> PartitionsDue(bool end_of_input);

  const Table& table_;
  int64_t partitions_checked_millis_;
  Restorations restorations_;
};

/// What a user is told when it failed.
std::string MaintenanceNotice(const Table& table, const Status& failure);

}  // namespace tarn::table

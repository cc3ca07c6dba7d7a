// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: commit, messages become a snapshot.
///
/// Order (design D5): data files are written → manifests → lists → sync → exclusive
/// create of `snapshot-<n+1>` → sync → acknowledge. A lost race is planned again on the
/// newer snapshot; an unclear answer is *Unknown*: nothing is deleted, and the snapshot
/// chain is searched for our (user, identifier, kind) before anything is tried again.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/meta/commit_message.h"
#include "tarn/meta/snapshot.h"
#include "tarn/types/table_schema.h"

namespace tarn::commit {

/// Where snapshots live; a catalog implements it (file system: exclusive create).
class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;
  /// The latest snapshot, absent for a table without one. Hints may be stale or missing.
  virtual Result<std::optional<meta::Snapshot>> Latest() = 0;
  virtual Result<std::optional<int64_t>> EarliestId() = 0;
  /// All ids, ascending, whatever hints say.
  virtual Result<std::vector<int64_t>> ListIds() = 0;
  /// Errors: kNotFound for one that expired.
  virtual Result<meta::Snapshot> Get(int64_t id) = 0;
  /// Publish `snapshot` if its id is free: the one moment of visibility.
  virtual Result<base::CreateOutcome> Publish(const meta::Snapshot& snapshot) = 0;
  /// Make a snapshot durable that was found after an unknown answer.
  virtual Status Confirm(int64_t /*id*/) { return Status::OK(); }
  /// Say that `id` is the latest (a hint); called after it was published.
  virtual Status Announce(int64_t /*id*/) { return Status::OK(); }
  /// Delete this snapshot, because it is expired, or ours and published behind the back
  /// of an expiry. Another one of its id stays.
  virtual Status Delete(const meta::Snapshot& snapshot) {
    return Unsupported(6292,
                       "Store cannot delete a snapshot:", V("snapshot", snapshot.id));
  }
};

enum class CommitResult : uint8_t {
  kCommitted,
  kAlreadyCommitted,  ///< found in the chain: an earlier try of ours had succeeded
  kNothingToCommit,   ///< no changes and empty commits are ignored
};

struct CommitOutcome {
  CommitResult result = CommitResult::kCommitted;
  std::vector<int64_t> snapshot_ids;  ///< APPEND, then COMPACT where there is one
  int64_t retries = 0;
};

/// Commits to one table as one user. One caller at a time.
class TableCommit {
 public:
  virtual ~TableCommit() = default;
  /// Errors: kConflict (a file to delete is gone, bucket counts differ, levels overlap),
  /// kCommitUnknown (look before retrying), kUnavailable, kResource.
  virtual Result<CommitOutcome> Commit(const meta::Committable& committable) = 0;
  /// INSERT OVERWRITE: replaces the partitions that have new files (dynamic), or those
  /// that match `static_partition`, in one OVERWRITE snapshot.
  virtual Result<CommitOutcome> Overwrite(
      const meta::Committable& committable,
      const std::optional<std::map<std::string, std::string>>& static_partition) = 0;
  /// The newest snapshot that this user committed, if any (restart reads positions from
  /// it).
  virtual Result<std::optional<meta::Snapshot>> LatestOfUser() = 0;
};

struct TableCommitOptions {
  std::string commit_user;
  bool ignore_empty_commit = true;
  std::map<std::string, std::string> dynamic_options;
};

Result<std::unique_ptr<TableCommit>> MakeTableCommit(
    std::shared_ptr<const base::Context> context, const std::string& table_path,
    std::shared_ptr<const types::TableSchema> schema,
    std::shared_ptr<SnapshotStore> store, const TableCommitOptions& options);

}  // namespace tarn::commit

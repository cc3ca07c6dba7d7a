// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/commit/commit_changes.h"
#include "tarn/commit/commit_options.h"
#include "tarn/commit/conflict_check.h"
#include "tarn/commit/table_commit.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/index_manifest.h"
#include "tarn/meta/schema_file.h"
#include "tarn/meta/snapshot.h"

namespace tarn::commit {

/// What every commit to one table by one user shares.
struct CommitScope {
  std::shared_ptr<const base::Context> context;
  io::TablePaths paths;
  CommitOptions options;
  std::shared_ptr<SnapshotStore> store;
  std::string commit_user;
  std::vector<types::DataField> partition_fields;
  ConflictScope conflicts;
  meta::SchemaFiles schemas;
  io::FileNames names;
  /// The table has no buckets: index files are told apart by their names.
  bool unaware_buckets = false;
  /// Partitions whose bucket count was compared with the table's already.
  std::set<std::string, std::less<>> checked_partitions;
  /// Snapshots up to here are known to be this user's own, or compactions.
  int64_t sole_writer_until = 0;
  /// Path of a data file below the table, to force it to disk.
  std::function<Result<std::string>(const meta::ManifestEntry&)> data_file_path;
};

/// One snapshot, tried until it is there or certainly is not (Paimon `tryCommit`). Used
/// once.
class SnapshotCommit {
 public:
  struct Request {
    int64_t identifier = 0;
    std::optional<int64_t> watermark;
    std::map<std::string, std::string> properties;
    std::optional<std::string> operation;
    meta::CommitKind kind = meta::CommitKind::kAppend;
    bool check_conflicts = false;
    std::optional<int64_t> last_safe_snapshot;  ///< see `meta::Committable`
    /// Answers the changes as of the latest snapshot. When it depends on that snapshot,
    /// `stable` is false.
    std::function<Result<Changes>(const std::optional<meta::Snapshot>&)> changes;
    bool stable = true;
    /// The state that the changes lead back to: the new snapshot has its schema, indexes,
    /// statistics, watermark and properties, and nothing is compared with the latest.
    std::optional<meta::Snapshot> restores;
  };
  struct Done {
    int64_t id = 0;
    bool found = false;  ///< an earlier try of ours had succeeded
    int64_t retries = 0;
  };

  SnapshotCommit(CommitScope* scope, Request request)
      : scope_(*scope), request_(std::move(request)) {}

  /// Errors: kConflict, kCommitUnknown, and those of files. Unless the outcome is
  /// unknown, everything written is removed when it fails.
  Result<Done> Run();

 private:
  using Latest = std::optional<meta::Snapshot>;
  struct List {
    std::string name;
    int64_t bytes = 0;
  };

  Result<std::optional<Done>> RunOnce(int64_t retries);
  bool BaseExpired(const Status& status);
  Result<std::optional<int64_t>> FindOwn(const Latest& latest);
  Status DiscardDuplicates(const Latest& latest, Changes* changes);
  void StampSequences(const Latest& latest, Changes* changes);
  Status CheckAgainst(const Latest& latest, const Changes& changes);
  Result<const std::vector<meta::ManifestEntry>*> BaseFiles(
      const meta::Snapshot& latest, const std::set<std::string, std::less<>>& partitions);
  Status CheckBuckets(const meta::Snapshot& latest, const Changes& changes);
  Status CheckSince(int64_t last_safe, const meta::Snapshot& latest,
                    const Changes& changes);
  Status CheckSoleWriter(int64_t since, const meta::Snapshot& latest);
  Result<std::vector<meta::IndexManifestEntry>> IndexEntries(const Latest& latest);
  Status WriteIndex(const Latest& latest, const Changes& changes);
  Status WriteChanges(const Changes& changes);
  Status WriteBase(const Latest& latest);
  Result<List> WriteList(const std::vector<meta::ManifestFileMeta>& manifests);
  Result<std::vector<meta::ManifestFileMeta>> WriteManifests(
      const std::vector<meta::ManifestEntry>& entries);
  Result<meta::Snapshot> MakeSnapshot(const Latest& latest, const Changes& changes);
  Status SyncFiles(const Changes& changes);
  Result<int64_t> MaxSequenceNumber(const meta::Snapshot& latest);
  std::optional<std::string> InheritedStatistics(const meta::Snapshot& latest,
                                                 int64_t schema_id);
  bool MayRetry(int64_t retries) const;
  void Wait(int64_t retries);
  void Remove(std::vector<std::string>* names);
  Status Failed(const Status& status);

  CommitScope& scope_;
  Request request_;
  int64_t started_nanos_ = 0;
  bool unknown_ = false;                       ///< a try of ours may have succeeded
  int64_t searched_up_to_ = 0;                 ///< snapshots up to here are not ours
  std::set<std::string, std::less<>> synced_;  ///< files that are on disk already

  // Written by the try under way: names in the manifest folder.
  std::vector<std::string> change_files_, base_files_, merged_files_;
  std::optional<List> delta_list_, changelog_list_, base_list_;
  std::optional<std::string> index_manifest_;
  /// Manifests before and after merging, to be used again after a lost race.
  std::vector<meta::ManifestFileMeta> merge_before_, merge_after_;
  /// Live files of the changed partitions as of a snapshot.
  std::optional<int64_t> base_snapshot_;
  std::vector<meta::ManifestEntry> base_entries_;
};

}  // namespace tarn::commit

// SPDX-License-Identifier: Apache-2.0
#include "tarn/commit/table_commit.h"

#include <unordered_map>

#include "tarn/commit/overwrite.h"
#include "tarn/commit/snapshot_commit.h"
#include "tarn/meta/live_files.h"
#include "tarn/types/partition_path.h"

namespace tarn::commit {
namespace {

using meta::FileKind;
using meta::ManifestEntry;
using meta::Snapshot;

class Committer final : public OverwriteCommit {
 public:
  Committer(std::unique_ptr<CommitScope> scope, bool ignore_empty)
      : owned_scope_(std::move(scope)),
        scope_(*owned_scope_),
        ignore_empty_(ignore_empty) {}

  Result<CommitOutcome> Commit(const meta::Committable& committable) override {
    ARROW_ASSIGN_OR_RAISE(const bool replayed, IsReplay(committable));
    if (replayed) return CommitOutcome{CommitResult::kAlreadyCommitted, {}, 0};
    CollectedChanges changes = CollectChanges(committable.messages);
    std::vector<SnapshotCommit::Request> requests;
    if (!ignore_empty_ || !changes.append.empty()) {
      requests.push_back(
          RequestFor(committable, meta::CommitKind::kAppend, std::move(changes.append)));
      requests.back().check_conflicts = scope_.options.check_conflicts_on_append;
    }
    if (!changes.compact.empty()) {
      requests.push_back(RequestFor(committable, meta::CommitKind::kCompact,
                                    std::move(changes.compact)));
      requests.back().check_conflicts = true;
    }
    return RunAll(committable, std::move(requests));
  }

  Result<CommitOutcome> Overwrite(const meta::Committable& committable,
                                  const std::optional<std::map<std::string, std::string>>&
                                      static_partition) override {
    ARROW_ASSIGN_OR_RAISE(const bool replayed, IsReplay(committable));
    if (replayed) return CommitOutcome{CommitResult::kAlreadyCommitted, {}, 0};
    // Java drops the changelog of an overwrite, too: stream readers skip OVERWRITE.
    CollectedChanges changes = CollectChanges(committable.messages);
    changes.append.changelog.clear();
    changes.compact.changelog.clear();
    std::vector<SnapshotCommit::Request> requests;
    const bool dynamic =
        !scope_.partition_fields.empty() && scope_.options.dynamic_partition_overwrite;
    if (!dynamic || !changes.append.files.empty()) {
      ARROW_ASSIGN_OR_RAISE(PartitionTest target,
                            Target(changes.append, dynamic, static_partition));
      if (scope_.options.overwrite_upgrade && changes.compact.files.empty()) {
        ARROW_ASSIGN_OR_RAISE(
            changes.append.files,
            UpgradeForOverwrite(std::move(changes.append.files),
                                scope_.conflicts.key_fields, scope_.options.max_level));
      }
      requests.push_back(
          OverwriteRequest(committable, std::move(changes.append), std::move(target)));
    }
    if (!changes.compact.files.empty()) {
      requests.push_back(RequestFor(committable, meta::CommitKind::kCompact,
                                    std::move(changes.compact)));
      requests.back().check_conflicts = true;
    }
    return RunAll(committable, std::move(requests));
  }

  Result<CommitOutcome> Truncate(
      int64_t identifier,
      const std::vector<std::map<std::string, std::string>>& partitions) override {
    return TakeOut(identifier, partitions, "TRUNCATE");
  }

  Result<CommitOutcome> Drop(
      int64_t identifier,
      const std::vector<std::map<std::string, std::string>>& partitions) override {
    if (partitions.empty()) return CommitOutcome{CommitResult::kNothingToCommit, {}, 0};
    return TakeOut(identifier, partitions, std::nullopt);
  }

  Result<CommitOutcome> TakeOut(
      int64_t identifier,
      const std::vector<std::map<std::string, std::string>>& partitions,
      std::optional<std::string> operation) {
    meta::Committable committable;
    committable.identifier = identifier;
    ARROW_ASSIGN_OR_RAISE(const bool replayed, IsReplay(committable));
    if (replayed) return CommitOutcome{CommitResult::kAlreadyCommitted, {}, 0};
    std::vector<PartitionMatcher> matchers;
    for (const auto& partition : partitions) {
      ARROW_ASSIGN_OR_RAISE(
          PartitionMatcher matcher,
          PartitionMatcher::Make(scope_.partition_fields, partition,
                                 scope_.options.partition_default_name));
      matchers.push_back(std::move(matcher));
    }
    PartitionTest target =
        [matchers = std::move(matchers)](const std::string& row) -> Result<bool> {
      for (const PartitionMatcher& matcher : matchers) {
        ARROW_ASSIGN_OR_RAISE(const bool inside, matcher.Matches(row));
        if (inside) return true;
      }
      return matchers.empty();
    };
    std::vector<SnapshotCommit::Request> requests;
    requests.push_back(OverwriteRequest(committable, {}, std::move(target)));
    requests.back().operation = std::move(operation);
    return RunAll(committable, std::move(requests));
  }

  Result<CommitOutcome> Restore(int64_t identifier, const Snapshot& target) override {
    meta::Committable committable;
    committable.identifier = identifier;
    ARROW_ASSIGN_OR_RAISE(const auto wanted,
                          meta::ReadLiveFiles(*scope_.context, scope_.paths, target));
    std::vector<SnapshotCommit::Request> requests;
    requests.push_back(RequestFor(committable, meta::CommitKind::kOverwrite, {}));
    requests.back().restores = target;
    requests.back().stable = false;
    requests.back().changes =
        [this, wanted](const std::optional<Snapshot>& latest) -> Result<Changes> {
      std::vector<ManifestEntry> live;
      if (latest) {
        ARROW_ASSIGN_OR_RAISE(
            live, meta::ReadLiveFiles(*scope_.context, scope_.paths, *latest));
      }
      Changes out;
      out.files = EntriesBetween(live, wanted);
      return out;
    };
    return RunAll(committable, std::move(requests));
  }

  Result<CommitOutcome> OverwriteWhatWasRead(
      int64_t read_id, const meta::Committable& committable,
      const std::map<std::string, std::string>& static_partition) override {
    expected_snapshot_ = read_id;
    auto outcome = Overwrite(committable, static_partition);
    expected_snapshot_.reset();
    return outcome;
  }

  Result<std::optional<Snapshot>> LatestOfUser() override {
    ARROW_ASSIGN_OR_RAISE(std::optional<Snapshot> snapshot, scope_.store->Latest());
    if (!snapshot) return snapshot;
    ARROW_ASSIGN_OR_RAISE(const auto earliest, scope_.store->EarliestId());
    const int64_t stop = earliest.value_or(snapshot->id);
    while (snapshot->commit_user != scope_.commit_user) {
      if (snapshot->id <= stop) return std::nullopt;
      Result<Snapshot> previous = scope_.store->Get(snapshot->id - 1);
      if (!previous.ok()) {
        if (KindOf(previous.status()) == ErrorKind::kNotFound) return std::nullopt;
        return previous.status();
      }
      snapshot = *std::move(previous);
    }
    return snapshot;
  }

 private:
  using PartitionTest = std::function<Result<bool>(const std::string& partition)>;

  /// Whether this user committed the identifier, or a later one, in an earlier life.
  /// Batch commits share one identifier; their users are random.
  Result<bool> IsReplay(const meta::Committable& committable) {
    if (committable.identifier == meta::kBatchCommitIdentifier) return false;
    if (!looked_back_) {
      ARROW_ASSIGN_OR_RAISE(const auto snapshot, LatestOfUser());
      // A batch of this user says nothing about what it numbers.
      if (snapshot && snapshot->commit_identifier != meta::kBatchCommitIdentifier) {
        last_identifier_ = snapshot->commit_identifier;
      }
      looked_back_ = true;
    }
    return last_identifier_ && committable.identifier <= *last_identifier_;
  }

  static SnapshotCommit::Request RequestFor(const meta::Committable& committable,
                                            meta::CommitKind kind, Changes changes) {
    SnapshotCommit::Request out;
    out.identifier = committable.identifier;
    out.watermark = committable.watermark;
    out.properties = committable.properties;
    out.last_safe_snapshot = committable.last_safe_snapshot;
    out.kind = kind;
    out.changes = [changes = std::move(changes)](const std::optional<Snapshot>&) {
      return Result<Changes>(changes);
    };
    return out;
  }

  Result<CommitOutcome> RunAll(const meta::Committable& committable,
                               std::vector<SnapshotCommit::Request> requests) {
    CommitOutcome out;
    if (requests.empty()) {
      out.result = CommitResult::kNothingToCommit;
      return out;
    }
    bool all_found = true;
    for (SnapshotCommit::Request& request : requests) {
      SnapshotCommit commit(&scope_, std::move(request));
      const Result<SnapshotCommit::Done> result = commit.Run();
      if (!result.ok()) {
        // The caller may come again with the same identifier: then the chain tells.
        looked_back_ = false;
        return result.status();
      }
      const SnapshotCommit::Done& done = *result;
      out.snapshot_ids.push_back(done.id);
      out.retries += done.retries;
      all_found = all_found && done.found;
      if (committable.identifier != meta::kBatchCommitIdentifier) {
        last_identifier_ = committable.identifier;
      }
    }
    out.result = all_found ? CommitResult::kAlreadyCommitted : CommitResult::kCommitted;
    return out;
  }

  /// Which partitions an overwrite empties first.
  Result<PartitionTest> Target(
      const Changes& changes, bool dynamic,
      const std::optional<std::map<std::string, std::string>>& static_partition) {
    if (dynamic) {
      return PartitionTest([partitions = changes.Partitions()](const std::string& row) {
        return Result<bool>(partitions.contains(row));
      });
    }
    ARROW_ASSIGN_OR_RAISE(
        PartitionMatcher matcher,
        PartitionMatcher::Make(
            scope_.partition_fields,
            static_partition.value_or(std::map<std::string, std::string>{}),
            scope_.options.partition_default_name));
    for (const std::string& partition : changes.Partitions()) {
      ARROW_ASSIGN_OR_RAISE(const bool inside, matcher.Matches(partition));
      if (!inside) {
        return InvalidInput(1294, "Overwrite writes outside the partition that it names:",
                            V("table", scope_.conflicts.table));
      }
    }
    return PartitionTest([matcher = std::move(matcher)](const std::string& row) {
      return matcher.Matches(row);
    });
  }

  SnapshotCommit::Request OverwriteRequest(const meta::Committable& committable,
                                           Changes changes, PartitionTest target) {
    SnapshotCommit::Request out =
        RequestFor(committable, meta::CommitKind::kOverwrite, {});
    out.check_conflicts = true;
    out.stable = false;
    out.changes = [this, changes = std::move(changes),
                   target = std::move(target)](const std::optional<Snapshot>& latest) {
      return WithDeletes(changes, target, latest);
    };
    return out;
  }

  /// DELETEs of all that is live in the target as of `latest`, then the new files.
  Result<Changes> WithDeletes(const Changes& changes, const PartitionTest& target,
                              const std::optional<Snapshot>& latest) {
    if (!latest) return changes;
    if (expected_snapshot_ && latest->id != *expected_snapshot_) {
      return Conflict(3401, "Another commit came after what an overwrite read:",
                      V("table", scope_.conflicts.table), V("read", *expected_snapshot_),
                      V("latest", latest->id));
    }
    meta::LiveFilesFilter filter;
    if (scope_.options.bucket != io::kPostponeBucket) {
      filter.bucket = [](std::string_view, int32_t bucket, int32_t) {
        return bucket >= 0;
      };
    }
    ARROW_ASSIGN_OR_RAISE(
        auto live, meta::ReadLiveFiles(*scope_.context, scope_.paths, *latest, filter));
    Changes out;
    std::unordered_map<std::string, bool> known;
    const auto inside = [&](const std::string& partition) -> Result<bool> {
      auto at = known.find(partition);
      if (at == known.end()) {
        ARROW_ASSIGN_OR_RAISE(const bool wanted, target(partition));
        at = known.emplace(partition, wanted).first;
      }
      return at->second;
    };
    for (ManifestEntry& entry : live) {
      ARROW_ASSIGN_OR_RAISE(const bool wanted, inside(entry.partition));
      if (!wanted) continue;
      entry.kind = FileKind::kDelete;
      out.files.push_back(std::move(entry));
    }
    if (latest->index_manifest) {
      ARROW_ASSIGN_OR_RAISE(const std::string path,
                            scope_.paths.ManifestFile(*latest->index_manifest));
      ARROW_ASSIGN_OR_RAISE(auto index, meta::ReadIndexManifest(*scope_.context, path));
      for (meta::IndexManifestEntry& entry : index) {
        ARROW_ASSIGN_OR_RAISE(const bool wanted, inside(entry.partition));
        if (!wanted) continue;
        entry.kind = FileKind::kDelete;
        out.index.push_back(std::move(entry));
      }
    }
    out.files.insert(out.files.end(), changes.files.begin(), changes.files.end());
    out.index.insert(out.index.end(), changes.index.begin(), changes.index.end());
    return out;
  }

  const std::unique_ptr<CommitScope> owned_scope_;
  CommitScope& scope_;
  const bool ignore_empty_;
  /// The snapshot that an overwrite has read and may replace, and no other.
  std::optional<int64_t> expected_snapshot_;
  bool looked_back_ = false;
  std::optional<int64_t> last_identifier_;
};

}  // namespace

Result<std::unique_ptr<TableCommit>> MakeTableCommit(
    std::shared_ptr<const base::Context> context, const std::string& table_path,
    std::shared_ptr<const types::TableSchema> schema,
    std::shared_ptr<SnapshotStore> store, const TableCommitOptions& options) {
  if (options.commit_user.empty()) {
    return InvalidInput(1295, "Commit needs a user:", V("table", table_path));
  }
  std::map<std::string, std::string> merged = options.dynamic_options;
  merged.insert(schema->options.begin(), schema->options.end());
  ARROW_ASSIGN_OR_RAISE(CommitOptions commit_options, CommitOptions::Make(merged));
  ARROW_ASSIGN_OR_RAISE(io::TablePaths paths, io::TablePaths::Make(table_path, merged));
  ARROW_ASSIGN_OR_RAISE(auto partition_fields, schema->FieldsOf(schema->partition_keys));
  ARROW_ASSIGN_OR_RAISE(auto key_fields, schema->FieldsOf(schema->TrimmedPrimaryKey()));
  const bool unaware = !schema->has_primary_key() && commit_options.bucket == -1;
  ARROW_ASSIGN_OR_RAISE(auto partition_paths, types::PartitionPaths::Make(*schema));
  auto folders = std::make_shared<types::PartitionPaths>(std::move(partition_paths));
  auto data_file_path = [folders,
                         paths](const ManifestEntry& entry) -> Result<std::string> {
    ARROW_ASSIGN_OR_RAISE(const std::string folder, folders->PathOf(entry.partition));
    return paths.DataFile(folder, entry.bucket, entry.file.file_name);
  };
  // Built in place: names and schema files do not move.
  std::unique_ptr<CommitScope> scope(
      new CommitScope{.context = context,
                      .paths = paths,
                      .options = std::move(commit_options),
                      .store = std::move(store),
                      .commit_user = options.commit_user,
                      .partition_fields = std::move(partition_fields),
                      .conflicts = {table_path, std::move(key_fields)},
                      .schemas = meta::SchemaFiles(context, paths),
                      .names = io::FileNames(context->random.get()),
                      .unaware_buckets = unaware,
                      .checked_partitions = {},
                      .data_file_path = std::move(data_file_path)});
  const bool ignore_empty =
      scope->options.ignore_empty_commit.value_or(options.ignore_empty_commit);
  return std::make_unique<Committer>(std::move(scope), ignore_empty);
}

}  // namespace tarn::commit

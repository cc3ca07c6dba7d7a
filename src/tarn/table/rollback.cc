// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/rollback.h"

#include <algorithm>
#include <utility>

#include "tarn/commit/overwrite.h"
#include "tarn/table/restored_files.h"
#include "tarn/table/tags.h"

namespace tarn::table {
namespace {

Status CleanSnapshots(const Table& table, const meta::Snapshot& kept) {
  const io::TablePaths& paths = table.snapshot_files().paths();
  base::FileSystem& files = *table.context().files;
  ARROW_ASSIGN_OR_RAISE(const auto earliest, table.snapshot_files().EarliestId());
  ARROW_ASSIGN_OR_RAISE(const auto latest, table.snapshot_files().LatestId());
  if (!earliest || !latest) {
    return NotFound(4606, "Table has no snapshot:", V("table", table.name()));
  }
  // The hint first: a reader that comes now must not believe the old one.
  ARROW_RETURN_NOT_OK(
      files.WriteAtomically(paths.SnapshotLatestHint(), std::to_string(kept.id)));
  for (int64_t id = *latest; id >= std::max(*earliest, kept.id + 1); --id) {
    ARROW_RETURN_NOT_OK(files.Delete(paths.SnapshotFile(id)));
  }
  return Status::OK();
}

Status CleanChangelogs(const Table& table, const meta::Snapshot& kept) {
  const io::TablePaths& paths = table.snapshot_files().paths();
  base::FileSystem& files = *table.context().files;
  ARROW_ASSIGN_OR_RAISE(const auto ids, table.snapshot_files().ListChangelogIds());
  if (ids.empty()) return Status::OK();
  const int64_t from = std::max(ids.front(), kept.id + 1);
  if (from > ids.back()) return Status::OK();
  const int64_t last = from == ids.front() ? -1 : from - 1;
  ARROW_RETURN_NOT_OK(
      files.WriteAtomically(paths.ChangelogLatestHint(), std::to_string(last)));
  for (auto id = ids.rbegin(); id != ids.rend() && *id >= from; ++id) {
    ARROW_RETURN_NOT_OK(files.Delete(paths.ChangelogFile(*id)));
  }
  return Status::OK();
}

Status CleanTags(const Table& table, const meta::Snapshot& kept) {
  ARROW_ASSIGN_OR_RAISE(const auto tags, table.snapshot_files().ListTags());
  for (const auto& [name, tag] : tags) {
    if (tag.snapshot.id <= kept.id) continue;
    ARROW_ASSIGN_OR_RAISE(const std::string path,
                          table.snapshot_files().paths().TagFile(name));
    ARROW_RETURN_NOT_OK(table.context().files->Delete(path));
  }
  return Status::OK();
}

Status CleanAfter(const Table& table, const meta::Snapshot& kept) {
  ARROW_RETURN_NOT_OK(CleanSnapshots(table, kept));
  ARROW_RETURN_NOT_OK(CleanChangelogs(table, kept));
  return CleanTags(table, kept);
}

}  // namespace

Result<int64_t> RollbackTo(const Table& table, int64_t snapshot_id) {
  const auto snapshot = table.snapshot_files().Get(snapshot_id);
  if (snapshot.ok()) {
    ARROW_RETURN_NOT_OK(CleanAfter(table, *snapshot));
    return snapshot_id;
  }
  if (KindOf(snapshot.status()) != ErrorKind::kNotFound) return snapshot.status();
  ARROW_ASSIGN_OR_RAISE(const auto tags, table.snapshot_files().ListTags());
  for (const auto& [name, tag] : tags) {
    if (tag.snapshot.id == snapshot_id) return RollbackToTag(table, name);
  }
  return snapshot.status();
}

Result<int64_t> RollbackToTag(const Table& table, const std::string& tag_name) {
  ARROW_ASSIGN_OR_RAISE(const meta::Tag tag, table.snapshot_files().GetTag(tag_name));
  const io::TablePaths& paths = table.snapshot_files().paths();
  base::FileSystem& files = *table.context().files;
  const int64_t id = tag.snapshot.id;
  ARROW_RETURN_NOT_OK(CleanAfter(table, tag.snapshot));
  ARROW_ASSIGN_OR_RAISE(const bool there, files.Exists(paths.SnapshotFile(id)));
  if (there) return id;
  ARROW_RETURN_NOT_OK(
      files.WriteAtomically(paths.SnapshotFile(id), tag.snapshot.ToJson()));
  ARROW_RETURN_NOT_OK(
      files.WriteAtomically(paths.SnapshotEarliestHint(), std::to_string(id)));
  return id;
}

Result<RollbackAsLatest> RollbackToAsLatest(const Table& table,
                                            const std::optional<std::string>& tag,
                                            std::optional<int64_t> snapshot_id) {
  if (tag.has_value() == snapshot_id.has_value()) {
    return InvalidInput(1628, "Must specify exactly one of tag and snapshot_id:",
                        V("table", table.name()));
  }
  RollbackAsLatest out;
  ARROW_ASSIGN_OR_RAISE(const auto latest, table.snapshot_files().LatestId());
  if (!latest) {
    return NotFound(4606, "Table has no snapshot:", V("table", table.name()));
  }
  out.previous = *latest;
  const std::string uuid = table.context().random->Uuid();
  meta::Snapshot target;
  std::optional<std::string> made;
  if (tag) {
    ARROW_ASSIGN_OR_RAISE(meta::Tag held, table.snapshot_files().GetTag(*tag));
    target = std::move(held.snapshot);
  } else {
    made = std::string(kRollbackAsLatest) + std::to_string(*snapshot_id) + "-" + uuid;
    ARROW_ASSIGN_OR_RAISE(target,
                          CreateTag(table, {.name = *made, .snapshot_id = snapshot_id}));
  }
  out.rolled_back = target.id;
  commit::TableCommitOptions options;
  options.commit_user = std::string(kRollbackAsLatest) + uuid;
  ARROW_ASSIGN_OR_RAISE(const auto commit, table.NewCommit(options));
  const auto outcome = commit::OverwriteCommit::Of(commit.get())
                           .Restore(meta::kBatchCommitIdentifier, target);
  if (!outcome.ok()) {
    // Nobody knows of the tag, unless the commit may be there.
    if (made && KindOf(outcome.status()) != ErrorKind::kCommitUnknown) {
      (void)DeleteTag(table, *made);
    }
    return outcome.status();
  }
  out.current = outcome->snapshot_ids.back();
  return out;
}

}  // namespace tarn::table

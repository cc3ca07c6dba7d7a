// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/restored_files.h"

#include <algorithm>
#include <utility>

#include "tarn/io/table_paths.h"

namespace tarn::table {

Status Restorations::Look(const Table& table) {
  const meta::SnapshotFiles& snapshots = table.snapshot_files();
  ARROW_ASSIGN_OR_RAISE(const auto listed, table.context().files->List(
                                               snapshots.paths().SnapshotDirectory()));
  std::map<int64_t, Seen> there;
  for (const base::FileStatus& file : listed) {
    const auto id = io::VersionOf(file.name(), "snapshot-");
    if (!id) continue;
    const auto known = seen_.find(*id);
    if (known != seen_.end() && known->second.modified_millis == file.modified_millis) {
      there.insert(seen_.extract(known));
      continue;
    }
    auto snapshot = snapshots.Get(*id);
    if (!snapshot.ok()) {
      if (KindOf(snapshot.status()) == ErrorKind::kNotFound) continue;
      return snapshot.status();
    }
    Seen seen{file.modified_millis, std::nullopt};
    if (snapshot->commit_user.starts_with(kRollbackAsLatest)) {
      seen.restoration = *std::move(snapshot);
    }
    there.emplace(*id, std::move(seen));
  }
  seen_ = std::move(there);
  return Status::OK();
}

Status Restorations::Hold(const Table& table, int64_t from_id,
                          const std::vector<meta::Snapshot>& tags, FileDeletion* deletion,
                          DataFileSet* files) {
  ARROW_RETURN_NOT_OK(Look(table));
  ARROW_ASSIGN_OR_RAISE(const auto named, table.snapshot_files().ListTags());
  bool restored = std::any_of(named.begin(), named.end(), [](const auto& tag) {
    return tag.first.starts_with(kRollbackAsLatest);
  });
  for (const auto& [id, seen] : seen_) {
    if (!seen.restoration) continue;
    restored = true;
    if (id < from_id) continue;
    ARROW_RETURN_NOT_OK(deletion->AddNewFiles(*seen.restoration, files));
    ARROW_RETURN_NOT_OK(deletion->AddChangelogFiles(*seen.restoration, files));
    ARROW_RETURN_NOT_OK(deletion->KeepMetadata(*seen.restoration));
  }
  if (!restored) return Status::OK();
  for (const meta::Snapshot& tag : tags) {
    ARROW_RETURN_NOT_OK(deletion->AddLiveFiles(tag, files));
    ARROW_RETURN_NOT_OK(deletion->KeepMetadata(tag));
  }
  return Status::OK();
}

}  // namespace tarn::table

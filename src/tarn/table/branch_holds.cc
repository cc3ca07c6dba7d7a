// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/branch_holds.h"

#include <string>
#include <vector>

#include "tarn/table/branches.h"

namespace tarn::table {
namespace {

Status UnlessMissing(const Status& status) {
  return KindOf(status) == ErrorKind::kNotFound ? Status::OK() : status;
}

/// All files of the first snapshot; of a later one those that it added are enough.
Status HoldSnapshot(const meta::Snapshot& snapshot, bool first, FileDeletion* deletion,
                    DataFileSet* files) {
  if (first) ARROW_RETURN_NOT_OK(deletion->AddLiveFiles(snapshot, files));
  ARROW_RETURN_NOT_OK(deletion->AddNewFiles(snapshot, files));
  ARROW_RETURN_NOT_OK(deletion->AddChangelogFiles(snapshot, files));
  ARROW_RETURN_NOT_OK(deletion->KeepMetadata(snapshot));
  return deletion->KeepChangelogMetadata(snapshot);
}

Status HoldTag(const meta::Snapshot& snapshot, FileDeletion* deletion,
               DataFileSet* files) {
  ARROW_RETURN_NOT_OK(deletion->AddLiveFiles(snapshot, files));
  return deletion->KeepMetadata(snapshot);
}

/// Without changelog files these are the files that the snapshot added.
Status HoldChangelog(const meta::Snapshot& changelog, FileDeletion* deletion,
                     DataFileSet* files) {
  if (changelog.changelog_manifest_list) {
    ARROW_RETURN_NOT_OK(deletion->AddChangelogFiles(changelog, files));
    return deletion->KeepChangelogMetadata(changelog);
  }
  ARROW_RETURN_NOT_OK(deletion->AddNewFiles(changelog, files));
  return deletion->KeepDeltaMetadata(changelog);
}

}  // namespace

Status HoldChangelogs(const meta::SnapshotFiles& branch, FileDeletion* deletion,
                      DataFileSet* files) {
  ARROW_ASSIGN_OR_RAISE(const auto ids, branch.ListChangelogIds());
  for (const int64_t id : ids) {
    const auto changelog = branch.GetChangelog(id);
    const Status held =
        changelog.ok() ? HoldChangelog(*changelog, deletion, files) : changelog.status();
    ARROW_RETURN_NOT_OK(UnlessMissing(held));
  }
  return Status::OK();
}

namespace {

Status HoldBranch(const meta::SnapshotFiles& branch, FileDeletion* deletion,
                  DataFileSet* files) {
  ARROW_ASSIGN_OR_RAISE(const auto ids, branch.ListIds());
  bool first = true;
  for (const int64_t id : ids) {
    const auto snapshot = branch.Get(id);
    if (!snapshot.ok()) {
      ARROW_RETURN_NOT_OK(UnlessMissing(snapshot.status()));
      continue;
    }
    ARROW_RETURN_NOT_OK(UnlessMissing(HoldSnapshot(*snapshot, first, deletion, files)));
    first = false;
  }
  ARROW_RETURN_NOT_OK(HoldChangelogs(branch, deletion, files));
  ARROW_ASSIGN_OR_RAISE(const auto tags, branch.ListTags());
  for (const auto& [name, tag] : tags) {
    ARROW_RETURN_NOT_OK(UnlessMissing(HoldTag(tag.snapshot, deletion, files)));
  }
  return Status::OK();
}

}  // namespace

Status HoldForBranches(const Table& table, FileDeletion* deletion, DataFileSet* files) {
  ARROW_ASSIGN_OR_RAISE(const auto branches, ListBranches(table));
  if (branches.empty()) return Status::OK();
  std::vector<std::string> names = {"main"};
  for (const auto& [name, modified] : branches) names.push_back(name);
  for (const std::string& name : names) {
    if (name == table.snapshot_files().paths().branch()) continue;
    ARROW_ASSIGN_OR_RAISE(const auto branch, SnapshotFilesOf(table, name));
    ARROW_RETURN_NOT_OK(HoldBranch(branch, deletion, files));
  }
  return Status::OK();
}

}  // namespace tarn::table

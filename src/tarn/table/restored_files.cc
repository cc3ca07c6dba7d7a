// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/restored_files.h"

#include <algorithm>

namespace tarn::table {
namespace {

/// The snapshots that are there and brought a state back.
Result<std::vector<meta::Snapshot>> Restorations(const Table& table) {
  std::vector<meta::Snapshot> out;
  ARROW_ASSIGN_OR_RAISE(const auto ids, table.snapshot_files().ListIds());
  for (const int64_t id : ids) {
    auto snapshot = table.snapshot_files().Get(id);
    if (!snapshot.ok()) {
      if (KindOf(snapshot.status()) == ErrorKind::kNotFound) continue;
      return snapshot.status();
    }
    if (snapshot->commit_user.starts_with(kRollbackAsLatest)) {
      out.push_back(*std::move(snapshot));
    }
  }
  return out;
}

}  // namespace

Status HoldRestored(const Table& table, int64_t from_id,
                    const std::vector<meta::Snapshot>& tags, FileDeletion* deletion,
                    DataFileSet* files) {
  ARROW_ASSIGN_OR_RAISE(const auto restorations, Restorations(table));
  ARROW_ASSIGN_OR_RAISE(const auto named, table.snapshot_files().ListTags());
  const bool restored = !restorations.empty() ||
                        std::any_of(named.begin(), named.end(), [](const auto& tag) {
                          return tag.first.starts_with(kRollbackAsLatest);
                        });
  if (!restored) return Status::OK();
  for (const meta::Snapshot& snapshot : restorations) {
    if (snapshot.id < from_id) continue;
    ARROW_RETURN_NOT_OK(deletion->AddNewFiles(snapshot, files));
    ARROW_RETURN_NOT_OK(deletion->KeepMetadata(snapshot));
  }
  for (const meta::Snapshot& tag : tags) {
    ARROW_RETURN_NOT_OK(deletion->AddLiveFiles(tag, files));
    ARROW_RETURN_NOT_OK(deletion->KeepMetadata(tag));
  }
  return Status::OK();
}

}  // namespace tarn::table

// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/tag_holds.h"

#include <algorithm>

namespace tarn::table {

using meta::Snapshot;

Result<TagHolds> TagHolds::Make(const Table& table, FileDeletion* deletion) {
  ARROW_ASSIGN_OR_RAISE(auto tags, table.snapshot_files().ListTags());
  std::vector<Snapshot> snapshots;
  for (auto& [name, tag] : tags) snapshots.push_back(std::move(tag.snapshot));
  std::stable_sort(snapshots.begin(), snapshots.end(),
                   [](const Snapshot& a, const Snapshot& b) { return a.id < b.id; });
  return TagHolds(std::move(snapshots), deletion);
}

Result<const DataFileSet*> TagHolds::Before(int64_t id) {
  static const DataFileSet kNone;
  const Snapshot* found = nullptr;
  for (const Snapshot& tag : snapshots_) {
    if (tag.id < id) found = &tag;
  }
  if (found == nullptr) return &kNone;
  auto [at, fresh] = files_.try_emplace(found->id);
  if (fresh) ARROW_RETURN_NOT_OK(deletion_->AddLiveFiles(*found, &at->second));
  return &at->second;
}

Status TagHolds::KeepWithin(int64_t begin, int64_t end) {
  for (size_t i = 0; i < snapshots_.size() && snapshots_[i].id < end; ++i) {
    const bool last_before = i + 1 == snapshots_.size() || snapshots_[i + 1].id > begin;
    if (snapshots_[i].id >= begin || last_before) {
      ARROW_RETURN_NOT_OK(deletion_->KeepMetadata(snapshots_[i]));
    }
  }
  return Status::OK();
}

}  // namespace tarn::table

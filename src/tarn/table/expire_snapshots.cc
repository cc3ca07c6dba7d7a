// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/expire_snapshots.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tarn/options/options.h"
#include "tarn/table/branch_holds.h"
#include "tarn/table/consumers.h"
#include "tarn/table/file_deletion.h"
#include "tarn/table/restored_files.h"

namespace tarn::table {
namespace {

using meta::Snapshot;

/// The first snapshot that stays (Paimon `ExpireSnapshotsImpl.expire`).
Result<int64_t> EndOf(const Table& table, const ExpireRequest& request, int64_t earliest,
                      int64_t latest) {
  const int64_t first = std::max(latest - request.retain_max + 1, earliest);
  int64_t end = latest - request.retain_min + 1;
  ARROW_ASSIGN_OR_RAISE(const auto consumers, ListConsumers(table));
  for (const auto& [name, next] : consumers) end = std::min(end, next);
  end = std::min(end, earliest + request.max_deletes);
  for (int64_t id = first; id < end; ++id) {
    const auto next = table.snapshot_files().Get(id + 1);
    if (!next.ok()) {
      // Somebody else expires, too.
      if (KindOf(next.status()) == ErrorKind::kNotFound) continue;
      return next.status();
    }
    if (request.older_than_millis <= next->time_millis) return id;
  }
  return end;
}

/// Java keeps changelogs apart from their snapshots where these say that they live longer
/// (Paimon `CoreOptions.changelogLifecycleDecoupled`).
Status CheckChangelogs(const Table& table) {
  for (const char* key : {"changelog.num-retained.min", "changelog.num-retained.max",
                          "changelog.time-retained"}) {
    const auto& options = table.schema()->options;
    const auto found = options.find(key);
    if (found == options.end()) continue;
    return Unsupported(6625, "Changelogs with a life of their own are not kept yet:",
                       V("table", table.name()), V("option", key),
                       V("value", found->second));
  }
  return Status::OK();
}

/// Snapshots of [first, last] that are there.
Result<std::vector<Snapshot>> SnapshotsOf(const Table& table, int64_t first,
                                          int64_t last) {
  std::vector<Snapshot> out;
  for (int64_t id = first; id <= last; ++id) {
    auto snapshot = table.snapshot_files().Get(id);
    if (snapshot.ok()) {
      out.push_back(*std::move(snapshot));
    } else if (KindOf(snapshot.status()) != ErrorKind::kNotFound) {
      return snapshot.status();
    }
  }
  return out;
}

/// Snapshots of the branch's tags, by id.
Result<std::vector<Snapshot>> TaggedSnapshots(const Table& table) {
  ARROW_ASSIGN_OR_RAISE(auto tags, table.snapshot_files().ListTags());
  std::vector<Snapshot> out;
  for (auto& [name, tag] : tags) out.push_back(std::move(tag.snapshot));
  std::stable_sort(out.begin(), out.end(),
                   [](const Snapshot& a, const Snapshot& b) { return a.id < b.id; });
  return out;
}

class Expiry {
 public:
  Expiry(std::vector<Snapshot> snapshots, std::vector<Snapshot> tags,
         FileDeletion* deletion)
      : snapshots_(std::move(snapshots)), tags_(std::move(tags)), deletion_(*deletion) {}

  /// \param held  data files that are needed beside those of the tags
  Status Plan(const DataFileSet& held) {
    // What a snapshot deleted the one before it had: those that go are looked at from the
    // second on, and the first that stays with them.
    for (size_t i = 1; i < snapshots_.size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(const DataFileSet* tagged,
                            FilesOfTagBefore(snapshots_[i].id));
      ARROW_RETURN_NOT_OK(deletion_.PlanDeleted(snapshots_[i], {tagged, &held}));
    }
    for (size_t i = 0; i + 1 < snapshots_.size(); ++i) {
      ARROW_RETURN_NOT_OK(deletion_.PlanChangelog(snapshots_[i], {&held}));
    }
    for (const Snapshot* tag : TagsWithin()) {
      ARROW_RETURN_NOT_OK(deletion_.KeepMetadata(*tag));
    }
    ARROW_RETURN_NOT_OK(deletion_.KeepMetadata(snapshots_.back()));
    for (size_t i = 0; i + 1 < snapshots_.size(); ++i) {
      ARROW_RETURN_NOT_OK(deletion_.PlanMetadata(snapshots_[i], /*with_changelog=*/true));
    }
    return Status::OK();
  }

 private:
  /// The tag before a snapshot holds whatever any older one holds of what it deleted.
  Result<const DataFileSet*> FilesOfTagBefore(int64_t id) {
    static const DataFileSet kNone;
    const Snapshot* found = nullptr;
    for (const Snapshot& tag : tags_) {
      if (tag.id < id) found = &tag;
    }
    if (found == nullptr) return &kNone;
    auto [at, fresh] = files_.try_emplace(found->id);
    if (fresh) ARROW_RETURN_NOT_OK(deletion_.AddLiveFiles(*found, &at->second));
    return &at->second;
  }

  /// Tags whose metadata may be that of a snapshot that goes (Paimon `findSkippingTags`).
  std::vector<const Snapshot*> TagsWithin() const {
    std::vector<const Snapshot*> out;
    const int64_t begin = snapshots_.front().id, end = snapshots_.back().id;
    for (size_t i = 0; i < tags_.size() && tags_[i].id < end; ++i) {
      const bool last_before = i + 1 == tags_.size() || tags_[i + 1].id > begin;
      if (tags_[i].id >= begin || last_before) out.push_back(&tags_[i]);
    }
    return out;
  }

  const std::vector<Snapshot> snapshots_;  ///< the last one stays
  const std::vector<Snapshot> tags_;       ///< by id
  FileDeletion& deletion_;
  std::map<int64_t, DataFileSet> files_;  ///< of tags, by snapshot
};

}  // namespace

Result<ExpireRequest> ExpireRequest::FromOptions(const Table& table) {
  const options::Options options(table.schema()->options);
  ExpireRequest out;
  ARROW_ASSIGN_OR_RAISE(out.retain_max, options.Get(options::kSnapshotNumRetainedMax));
  ARROW_ASSIGN_OR_RAISE(out.retain_min, options.Get(options::kSnapshotNumRetainedMin));
  ARROW_ASSIGN_OR_RAISE(out.max_deletes, options.Get(options::kSnapshotExpireLimit));
  ARROW_ASSIGN_OR_RAISE(const auto retained, options.Get(options::kSnapshotTimeRetained));
  out.older_than_millis =
      table.context().clock->NowMillis() -
      std::chrono::duration_cast<std::chrono::milliseconds>(retained).count();
  return out;
}

Result<int64_t> ExpireSnapshots(const Table& table, const ExpireRequest& request) {
  ARROW_RETURN_NOT_OK(CheckChangelogs(table));
  const meta::SnapshotFiles& files = table.snapshot_files();
  ARROW_ASSIGN_OR_RAISE(const auto latest, files.LatestId());
  ARROW_ASSIGN_OR_RAISE(const auto earliest, files.EarliestId());
  if (!latest || !earliest) return 0;
  if (request.retain_max < request.retain_min) {
    return InvalidInput(
        1626, "retain_max must not be less than retain_min:", V("table", table.name()),
        V("retain_max", request.retain_max), V("retain_min", request.retain_min));
  }
  base::FileSystem& file_system = *table.context().files;
  const std::string hint = files.paths().SnapshotEarliestHint();
  ARROW_ASSIGN_OR_RAISE(const int64_t end, EndOf(table, request, *earliest, *latest));
  if (end <= *earliest) {
    ARROW_ASSIGN_OR_RAISE(const bool has_hint, file_system.Exists(hint));
    if (has_hint) return 0;
    ARROW_RETURN_NOT_OK(file_system.WriteAtomically(hint, std::to_string(*earliest)));
    return 0;
  }
  ARROW_ASSIGN_OR_RAISE(auto snapshots, SnapshotsOf(table, *earliest, end));
  // The first one that stays is gone: somebody else expires, and further.
  if (snapshots.empty() || snapshots.back().id != end) return 0;
  ARROW_ASSIGN_OR_RAISE(auto tags, TaggedSnapshots(table));
  ARROW_ASSIGN_OR_RAISE(const auto deletion, FileDeletion::Make(table));
  DataFileSet held;
  ARROW_RETURN_NOT_OK(HoldForBranches(table, deletion.get(), &held));
  ARROW_RETURN_NOT_OK(HoldRestored(table, end, tags, deletion.get(), &held));
  std::vector<int64_t> going;
  for (const Snapshot& snapshot : snapshots) {
    if (snapshot.id != end) going.push_back(snapshot.id);
  }
  Expiry expiry(std::move(snapshots), std::move(tags), deletion.get());
  ARROW_RETURN_NOT_OK(expiry.Plan(held));
  ARROW_RETURN_NOT_OK(deletion->Run());
  for (const int64_t id : going) {
    ARROW_RETURN_NOT_OK(file_system.Delete(files.paths().SnapshotFile(id)));
  }
  ARROW_RETURN_NOT_OK(file_system.WriteAtomically(hint, std::to_string(end)));
  return static_cast<int64_t>(going.size());
}

}  // namespace tarn::table

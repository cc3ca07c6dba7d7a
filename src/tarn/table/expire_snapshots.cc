// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/expire_snapshots.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tarn/commit/chain_check.h"
#include "tarn/options/options.h"
#include "tarn/table/branch_holds.h"
#include "tarn/table/consumers.h"
#include "tarn/table/file_deletion.h"
#include "tarn/table/restored_files.h"
#include "tarn/table/tag_holds.h"

namespace tarn::table {
namespace {

using meta::Snapshot;

/// The first snapshot that stays (Paimon `ExpireSnapshotsImpl.expire`).
Result<int64_t> EndOf(const Table& table, const ExpireRequest& request, int64_t earliest,
                      int64_t latest) {
  const int64_t first = std::max(latest - request.retain_max + 1, earliest);
  int64_t end = latest - request.retain_min + 1;
  if (request.consumers_hold) {
    ARROW_ASSIGN_OR_RAISE(const auto consumers, ListConsumers(table));
    for (const auto& [name, next] : consumers) end = std::min(end, next);
  }
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

/// Whether somebody else deletes the snapshot within a moment.
Result<bool> GoesSoon(const Table& table, int64_t id) {
  constexpr int kLooks = 20;
  constexpr std::chrono::milliseconds kWait{5};
  for (int i = 0; i < kLooks; ++i) {
    const auto snapshot = table.snapshot_files().Get(id);
    if (KindOf(snapshot.status()) == ErrorKind::kNotFound) return true;
    ARROW_RETURN_NOT_OK(snapshot.status());
    table.context().clock->SleepFor(kWait);
  }
  return false;
}

/// Leave out what is not history: a writer that was held up past an expiry creates its
/// snapshot below, sees it and takes it back, and with it goes nothing that it can still
/// use. Answers false when somebody else is letting the same snapshots go.
Result<bool> DropStrays(const Table& table, std::vector<Snapshot>* snapshots) {
  auto first = snapshots->begin();
  for (auto at = snapshots->begin(); at + 1 < snapshots->end(); ++at) {
    // Snapshots expire oldest first: before a gap nothing was left.
    if (at[1].id != at->id + 1) first = at + 1;
  }
  if (first + 1 < snapshots->end()) {
    const auto history = commit::StandsOn(table.context(), table.snapshot_files().paths(),
                                          first[1], first[0]);
    if (KindOf(history.status()) == ErrorKind::kNotFound) {
      // Metadata goes before the snapshots do: they follow, or that was cut short.
      ARROW_ASSIGN_OR_RAISE(const bool goes, GoesSoon(table, first[1].id));
      if (goes) return false;
    } else {
      ARROW_RETURN_NOT_OK(history.status());
      if (!*history) ++first;
    }
  }
  snapshots->erase(snapshots->begin(), first);
  return true;
}

/// What stays of snapshots that go for the sake of their changelogs. Without a producer
/// the changelog of a snapshot are the files that it added, so these and their manifests
/// stay.
struct Changelogs {
  bool stay = false;
  bool are_data = false;
};

Result<Changelogs> ChangelogsThatStay(const Table& table, const ExpireRequest& request) {
  Changelogs out;
  if (!request.keep_changelogs) return out;
  const options::Options options(table.schema()->options);
  ARROW_ASSIGN_OR_RAISE(const auto producer, options.Get(options::kChangelogProducer));
  out.stay = true;
  out.are_data = producer == "none";
  return out;
}

/// Leave the changelog of a snapshot that goes: the same text, in a folder of its own.
Status LeaveChangelog(const Table& table, const Snapshot& snapshot) {
  const io::TablePaths& paths = table.snapshot_files().paths();
  base::FileSystem& files = *table.context().files;
  ARROW_RETURN_NOT_OK(
      files.WriteAtomically(paths.ChangelogFile(snapshot.id), snapshot.ToJson()));
  return files.WriteAtomically(paths.ChangelogLatestHint(), std::to_string(snapshot.id));
}

/// Plan what goes with all of `snapshots` but the last one, which stays.
/// \param held  data files that are needed beside those of the tags
Status PlanExpiry(const std::vector<Snapshot>& snapshots, const Changelogs& changelogs,
                  const DataFileSet& held, TagHolds* tags, FileDeletion* deletion) {
  // What a snapshot deleted the one before it had: those that go are looked at from the
  // second on, and the first that stays with them.
  for (size_t i = 1; i < snapshots.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const DataFileSet* tagged, tags->Before(snapshots[i].id));
    ARROW_RETURN_NOT_OK(
        deletion->PlanDeleted(snapshots[i], {tagged, &held}, changelogs.are_data));
  }
  for (size_t i = 0; i + 1 < snapshots.size() && !changelogs.stay; ++i) {
    ARROW_RETURN_NOT_OK(deletion->PlanChangelog(snapshots[i], {&held}));
  }
  ARROW_RETURN_NOT_OK(tags->KeepWithin(snapshots.front().id, snapshots.back().id));
  ARROW_RETURN_NOT_OK(deletion->KeepMetadata(snapshots.back()));
  const MetadataParts parts = {.data = !changelogs.are_data,
                               .changelog = !changelogs.stay};
  for (size_t i = 0; i + 1 < snapshots.size(); ++i) {
    ARROW_RETURN_NOT_OK(deletion->PlanMetadata(snapshots[i], parts));
  }
  return Status::OK();
}

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

Status CheckRetained(const Table& table, const ExpireRequest& request) {
  if (request.retain_max >= request.retain_min) return Status::OK();
  return InvalidInput(
      1626, "retain_max must not be less than retain_min:", V("table", table.name()),
      V("retain_max", request.retain_max), V("retain_min", request.retain_min));
}

Result<int64_t> ExpireSnapshots(const Table& table, const ExpireRequest& request,
                                Restorations* restorations) {
  const meta::SnapshotFiles& files = table.snapshot_files();
  ARROW_ASSIGN_OR_RAISE(const auto latest, files.LatestId());
  ARROW_ASSIGN_OR_RAISE(const auto earliest, files.EarliestId());
  if (!latest || !earliest) return 0;
  ARROW_RETURN_NOT_OK(CheckRetained(table, request));
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
  ARROW_ASSIGN_OR_RAISE(const bool ours, DropStrays(table, &snapshots));
  if (!ours) return 0;
  ARROW_ASSIGN_OR_RAISE(const auto deletion, FileDeletion::Make(table));
  ARROW_ASSIGN_OR_RAISE(auto tags, TagHolds::Make(table, deletion.get()));
  ARROW_ASSIGN_OR_RAISE(const Changelogs changelogs, ChangelogsThatStay(table, request));
  DataFileSet held;
  ARROW_RETURN_NOT_OK(HoldForBranches(table, deletion.get(), &held));
  if (!changelogs.stay) {
    // Those that an earlier expiry left.
    ARROW_RETURN_NOT_OK(HoldChangelogs(files, deletion.get(), &held));
  }
  Restorations unknown;
  if (restorations == nullptr) restorations = &unknown;
  ARROW_RETURN_NOT_OK(
      restorations->Hold(table, end, tags.snapshots(), deletion.get(), &held));
  ARROW_RETURN_NOT_OK(PlanExpiry(snapshots, changelogs, held, &tags, deletion.get()));
  snapshots.pop_back();
  ARROW_RETURN_NOT_OK(deletion->Run());
  for (const Snapshot& snapshot : snapshots) {
    if (changelogs.stay) ARROW_RETURN_NOT_OK(LeaveChangelog(table, snapshot));
    // Only this one: somebody else may have deleted it, and a writer that was held up
    // created its own in its place.
    ARROW_RETURN_NOT_OK(table.snapshots()->Delete(snapshot));
  }
  ARROW_RETURN_NOT_OK(file_system.WriteAtomically(hint, std::to_string(end)));
  return static_cast<int64_t>(snapshots.size());
}

}  // namespace tarn::table

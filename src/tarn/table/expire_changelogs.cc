// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/expire_changelogs.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "tarn/options/options.h"
#include "tarn/table/branch_holds.h"
#include "tarn/table/consumers.h"
#include "tarn/table/file_deletion.h"
#include "tarn/table/restored_files.h"
#include "tarn/table/tag_holds.h"

namespace tarn::table {
namespace {

using meta::Snapshot;

Status UnlessMissing(const Status& status) {
  return KindOf(status) == ErrorKind::kNotFound ? Status::OK() : status;
}

/// Changelogs of [first, last] that are there.
Result<std::vector<Snapshot>> ChangelogsOf(const Table& table, int64_t first,
                                           int64_t last) {
  std::vector<Snapshot> out;
  for (int64_t id = first; id <= last; ++id) {
    auto changelog = table.snapshot_files().GetChangelog(id);
    if (changelog.ok()) {
      out.push_back(*std::move(changelog));
    } else {
      ARROW_RETURN_NOT_OK(UnlessMissing(changelog.status()));
    }
  }
  return out;
}

/// Which part of history there is.
struct History {
  int64_t earliest_snapshot, latest_snapshot;
  int64_t earliest_changelog, latest_changelog;
};

/// The first changelog that stays, absent where the request lets nothing go whatever its
/// time (Paimon `ExpireChangelogImpl.expire`).
Result<std::optional<int64_t>> EndOf(const Table& table, const ExpireRequest& request,
                                     const History& history) {
  const int64_t earliest = history.earliest_changelog;
  const int64_t first =
      std::max(history.latest_snapshot - request.retain_max + 1, earliest);
  int64_t end = std::min(history.latest_changelog,
                         history.latest_snapshot - request.retain_min + 1);
  ARROW_ASSIGN_OR_RAISE(const auto consumers, ListConsumers(table));
  for (const auto& [name, next] : consumers) end = std::min(end, next);
  end = std::min(end, earliest + request.max_deletes);
  if (end <= earliest) return std::nullopt;
  for (int64_t id = first; id < end; ++id) {
    const auto changelog = table.snapshot_files().GetChangelog(id);
    if (!changelog.ok()) {
      ARROW_RETURN_NOT_OK(UnlessMissing(changelog.status()));
      continue;
    }
    if (request.older_than_millis <= changelog->time_millis) return id;
  }
  return end;
}

/// Delete changelogs with what they alone need. Theirs are changelog files, or, without
/// a producer, data files that a later snapshot deleted; those that a compaction wrote
/// went with that snapshot already.
/// \param going   by id
/// \param stays   the first changelog and the first snapshot that stay
Status DeleteAll(const Table& table, const std::vector<Snapshot>& going,
                 const std::vector<Snapshot>& stays, Restorations* restorations) {
  if (going.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto deletion, FileDeletion::Make(table));
  ARROW_ASSIGN_OR_RAISE(auto tags, TagHolds::Make(table, deletion.get()));
  DataFileSet held;
  ARROW_RETURN_NOT_OK(HoldForBranches(table, deletion.get(), &held));
  ARROW_RETURN_NOT_OK(
      restorations->Hold(table, 0, tags.snapshots(), deletion.get(), &held));
  ARROW_RETURN_NOT_OK(tags.KeepWithin(going.front().id, going.back().id + 1));
  for (const Snapshot& state : stays) {
    // Of a changelog with files of its own the other lists are gone.
    ARROW_RETURN_NOT_OK(UnlessMissing(deletion->KeepMetadata(state)));
  }
  for (const Snapshot& changelog : going) {
    if (changelog.changelog_manifest_list) {
      ARROW_RETURN_NOT_OK(deletion->PlanChangelog(changelog, {&held}));
    } else {
      ARROW_ASSIGN_OR_RAISE(const DataFileSet* tagged, tags.Before(changelog.id));
      ARROW_RETURN_NOT_OK(deletion->PlanDeleted(changelog, {tagged, &held}));
    }
  }
  for (const Snapshot& changelog : going) {
    const bool has_files = changelog.changelog_manifest_list.has_value();
    ARROW_RETURN_NOT_OK(deletion->PlanMetadata(
        changelog, {.data = !has_files, .changelog = has_files, .indexes = false}));
  }
  ARROW_RETURN_NOT_OK(deletion->Run());
  for (const Snapshot& changelog : going) {
    ARROW_RETURN_NOT_OK(table.context().files->Delete(
        table.snapshot_files().paths().ChangelogFile(changelog.id)));
  }
  return Status::OK();
}

Result<std::optional<History>> HistoryOf(const meta::SnapshotFiles& files) {
  ARROW_ASSIGN_OR_RAISE(const auto changelogs, files.ListChangelogIds());
  ARROW_ASSIGN_OR_RAISE(const auto latest, files.LatestId());
  ARROW_ASSIGN_OR_RAISE(const auto earliest, files.EarliestId());
  if (changelogs.empty() || !latest || !earliest) return std::nullopt;
  return History{*earliest, *latest, changelogs.front(), changelogs.back()};
}

}  // namespace

Result<std::optional<ExpireRequest>> ChangelogRequest(const Table& table) {
  const options::Options options(table.schema()->options);
  ARROW_ASSIGN_OR_RAISE(ExpireRequest out, ExpireRequest::FromOptions(table));
  const ExpireRequest snapshots = out;
  ARROW_ASSIGN_OR_RAISE(const auto most, options.Get(options::kChangelogNumRetainedMax));
  ARROW_ASSIGN_OR_RAISE(const auto least, options.Get(options::kChangelogNumRetainedMin));
  ARROW_ASSIGN_OR_RAISE(const auto time, options.Get(options::kChangelogTimeRetained));
  ARROW_ASSIGN_OR_RAISE(const auto snapshot_time,
                        options.Get(options::kSnapshotTimeRetained));
  out.retain_max = most.value_or(snapshots.retain_max);
  out.retain_min = least.value_or(snapshots.retain_min);
  if (time)
    out.older_than_millis -= base::ToMillis(*time) - base::ToMillis(snapshot_time);
  const bool outlive = out.retain_max > snapshots.retain_max ||
                       out.retain_min > snapshots.retain_min ||
                       time.value_or(snapshot_time) > snapshot_time;
  if (!outlive) return std::nullopt;
  return out;
}

Result<int64_t> ExpireChangelogs(const Table& table, const ExpireRequest& request,
                                 Restorations* restorations) {
  const meta::SnapshotFiles& files = table.snapshot_files();
  ARROW_ASSIGN_OR_RAISE(const auto history, HistoryOf(files));
  if (!history) return 0;
  ARROW_RETURN_NOT_OK(CheckRetained(table, request));
  ARROW_ASSIGN_OR_RAISE(const auto end, EndOf(table, request, *history));
  if (!end) return 0;
  ARROW_ASSIGN_OR_RAISE(auto stays, ChangelogsOf(table, *end, *end));
  if (stays.empty()) return 0;  // somebody else expires, and further
  ARROW_ASSIGN_OR_RAISE(auto snapshot, files.Get(history->earliest_snapshot));
  stays.push_back(std::move(snapshot));
  ARROW_ASSIGN_OR_RAISE(const auto going,
                        ChangelogsOf(table, history->earliest_changelog, *end - 1));
  Restorations unknown;
  ARROW_RETURN_NOT_OK(
      DeleteAll(table, going, stays, restorations == nullptr ? &unknown : restorations));
  ARROW_RETURN_NOT_OK(table.context().files->WriteAtomically(
      files.paths().ChangelogEarliestHint(), std::to_string(*end)));
  return *end - history->earliest_changelog;
}

Result<int64_t> DeleteChangelogs(const Table& table) {
  const meta::SnapshotFiles& files = table.snapshot_files();
  ARROW_ASSIGN_OR_RAISE(const auto history, HistoryOf(files));
  if (!history) return 0;
  ARROW_ASSIGN_OR_RAISE(auto snapshot, files.Get(history->earliest_snapshot));
  ARROW_ASSIGN_OR_RAISE(const auto going, ChangelogsOf(table, history->earliest_changelog,
                                                       history->latest_changelog));
  Restorations unknown;
  ARROW_RETURN_NOT_OK(DeleteAll(table, going, {std::move(snapshot)}, &unknown));
  for (const std::string& hint :
       {files.paths().ChangelogEarliestHint(), files.paths().ChangelogLatestHint()}) {
    ARROW_RETURN_NOT_OK(table.context().files->Delete(hint));
  }
  return static_cast<int64_t>(going.size());
}

}  // namespace tarn::table

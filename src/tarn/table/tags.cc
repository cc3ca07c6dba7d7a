// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/tags.h"

#include <memory>
#include <utility>
#include <vector>

#include "tarn/base/units.h"
#include "tarn/table/auto_tag.h"
#include "tarn/table/branch_holds.h"
#include "tarn/table/file_deletion.h"
#include "tarn/table/restored_files.h"
#include "tarn/table/time_travel.h"

namespace tarn::table {
namespace {

constexpr int64_t kNanosPerMilli = 1000000;

/// Options by which Java does more than write the file.
Status RefuseCallbacks(const Table& table) {
  const auto& options = table.schema()->options;
  for (const auto& [key, harmless] :
       {std::pair("tag.callbacks", ""), std::pair("metastore.tag-to-partition", ""),
        std::pair("tag.create-success-file", "false"),
        std::pair("metadata.iceberg.storage", "disabled")}) {
    const auto found = options.find(key);
    if (found == options.end() || base::ToLower(found->second) == harmless) continue;
    return Unsupported(6621, "Tags of a table with this option are not there yet:",
                       V("table", table.name()), V("option", key));
  }
  return Status::OK();
}

Result<bool> Exists(const Table& table, const std::string& name) {
  ARROW_ASSIGN_OR_RAISE(const std::string path,
                        table.snapshot_files().paths().TagFile(name));
  return table.context().files->Exists(path);
}

Status MissingTag(const Table& table, const std::string& name) {
  return NotFound(4605, "Tag does not exist:", V("table", table.name()), V("tag", name));
}

/// The snapshot of history, or of a tag that still holds it.
Result<meta::Snapshot> SnapshotOf(const Table& table, const TagRequest& request) {
  if (!request.snapshot_id) {
    ARROW_ASSIGN_OR_RAISE(auto latest, table.snapshot_files().Latest());
    if (latest) return *std::move(latest);
    return NotFound(4606, "Table has no snapshot:", V("table", table.name()));
  }
  auto snapshot = table.snapshot_files().Get(*request.snapshot_id);
  if (snapshot.ok() || KindOf(snapshot.status()) != ErrorKind::kNotFound) {
    return snapshot;
  }
  ARROW_ASSIGN_OR_RAISE(auto tags, table.snapshot_files().ListTags());
  for (auto& [name, tag] : tags) {
    if (tag.snapshot.id == *request.snapshot_id) return std::move(tag.snapshot);
  }
  return snapshot.status();
}

/// A snapshot has one automatic tag at most (Paimon `TagManager.validateNoAutoTag`).
Status CheckAutomatic(const Table& table, const std::string& name, int64_t snapshot_id) {
  const auto& options = table.schema()->options;
  const auto mode = options.find("tag.automatic-creation");
  if (mode == options.end() || base::ToLower(mode->second) == "none") {
    return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(const AutoTagNames names, AutoTagNames::Make(options));
  if (!names.TimeOf(name)) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto tags, table.snapshot_files().ListTags());
  for (const auto& [other, tag] : tags) {
    if (tag.snapshot.id != snapshot_id || !names.TimeOf(other)) continue;
    return InvalidInput(1620, "Snapshot has an automatic tag already:",
                        V("snapshot", snapshot_id), V("tag", other));
  }
  return Status::OK();
}

/// What the snapshot of a tag leaves behind: its neighbours among tags and snapshots keep
/// what they need of it.
Result<std::unique_ptr<FileDeletion>> PlanDeletion(
    const Table& table, const meta::Snapshot& going,
    const std::vector<std::pair<std::string, meta::Tag>>& tags) {
  std::optional<meta::Snapshot> left, right;
  std::vector<meta::Snapshot> others;
  for (const auto& [name, tag] : tags) {
    const meta::Snapshot& other = tag.snapshot;
    if (other.id != going.id) others.push_back(other);
    if (other.id < going.id && (!left || other.id > left->id)) left = other;
    if (other.id > going.id && (!right || other.id < right->id)) right = other;
  }
  ARROW_ASSIGN_OR_RAISE(const auto earliest, table.snapshot_files().EarliestId());
  if (earliest && (!right || *earliest < right->id)) {
    ARROW_ASSIGN_OR_RAISE(right, table.snapshot_files().Get(*earliest));
  }
  ARROW_ASSIGN_OR_RAISE(auto deletion, FileDeletion::Make(table));
  DataFileSet kept;
  ARROW_RETURN_NOT_OK(HoldForBranches(table, deletion.get(), &kept));
  ARROW_RETURN_NOT_OK(HoldChangelogs(table.snapshot_files(), deletion.get(), &kept));
  ARROW_RETURN_NOT_OK(Restorations().Hold(table, 0, others, deletion.get(), &kept));
  for (const auto* neighbour : {&left, &right}) {
    if (!*neighbour) continue;
    ARROW_RETURN_NOT_OK(deletion->AddLiveFiles(**neighbour, &kept));
    ARROW_RETURN_NOT_OK(deletion->KeepMetadata(**neighbour));
  }
  ARROW_RETURN_NOT_OK(deletion->PlanLive(going, {&kept}));
  ARROW_RETURN_NOT_OK(deletion->PlanMetadata(going, {.changelog = false}));
  return deletion;
}

Result<meta::Snapshot> WriteTag(const Table& table, const TagRequest& request) {
  ARROW_RETURN_NOT_OK(RefuseCallbacks(table));
  ARROW_ASSIGN_OR_RAISE(meta::Snapshot snapshot, SnapshotOf(table, request));
  ARROW_RETURN_NOT_OK(CheckAutomatic(table, request.name, snapshot.id));
  meta::Tag tag{.snapshot = snapshot,
                .create_time_nanos = std::nullopt,
                .time_retained_nanos = request.retained_nanos};
  if (request.retained_nanos) {
    const int64_t now = table.context().clock->NowMillis();
    tag.create_time_nanos =
        (now + table.context().clock->LocalOffsetMillis(now)) * kNanosPerMilli;
  }
  ARROW_ASSIGN_OR_RAISE(const std::string path,
                        table.snapshot_files().paths().TagFile(request.name));
  ARROW_RETURN_NOT_OK(table.context().files->WriteAtomically(path, tag.ToJson()));
  return snapshot;
}

}  // namespace

Result<meta::Snapshot> CreateTag(const Table& table, const TagRequest& request) {
  ARROW_ASSIGN_OR_RAISE(const bool exists, Exists(table, request.name));
  if (exists) {
    return InvalidInput(1621, "Tag exists already:", V("table", table.name()),
                        V("tag", request.name));
  }
  return WriteTag(table, request);
}

Result<meta::Snapshot> ReplaceTag(const Table& table, const TagRequest& request) {
  ARROW_ASSIGN_OR_RAISE(const bool exists, Exists(table, request.name));
  if (!exists) return MissingTag(table, request.name);
  return WriteTag(table, request);
}

Status DeleteTag(const Table& table, const std::string& name) {
  ARROW_RETURN_NOT_OK(RefuseCallbacks(table));
  ARROW_ASSIGN_OR_RAISE(const bool exists, Exists(table, name));
  if (!exists) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const meta::Tag tag, table.snapshot_files().GetTag(name));
  const io::TablePaths& paths = table.snapshot_files().paths();
  ARROW_ASSIGN_OR_RAISE(
      bool held, table.context().files->Exists(paths.SnapshotFile(tag.snapshot.id)));
  std::unique_ptr<FileDeletion> deletion;
  if (!held) {
    ARROW_ASSIGN_OR_RAISE(const auto tags, table.snapshot_files().ListTags());
    for (const auto& [other, other_tag] : tags) {
      held |= other != name && other_tag.snapshot.id == tag.snapshot.id;
    }
    if (!held) {
      ARROW_ASSIGN_OR_RAISE(deletion, PlanDeletion(table, tag.snapshot, tags));
    }
  }
  ARROW_ASSIGN_OR_RAISE(const std::string path, paths.TagFile(name));
  ARROW_RETURN_NOT_OK(table.context().files->Delete(path));
  return deletion == nullptr ? Status::OK() : deletion->Run();
}

Result<std::vector<std::string>> ExpireTags(const Table& table,
                                            std::optional<int64_t> older_than_millis) {
  base::Clock& clock = *table.context().clock;
  // Times of creation are local.
  const auto local = [&](int64_t millis) {
    return millis + clock.LocalOffsetMillis(millis);
  };
  const int64_t now_nanos = local(clock.NowMillis()) * kNanosPerMilli;
  // The year 2999 has more nanoseconds than 64 bits count.
  std::optional<__int128> older_than;
  if (older_than_millis) {
    older_than = static_cast<__int128>(local(*older_than_millis)) * kNanosPerMilli;
  }
  std::vector<std::string> expired;
  ARROW_ASSIGN_OR_RAISE(const auto tags, table.snapshot_files().ListTags());
  for (const auto& [name, tag] : tags) {
    std::optional<int64_t> created = tag.create_time_nanos;
    if (!created || !tag.time_retained_nanos) {
      if (!older_than) continue;
      ARROW_ASSIGN_OR_RAISE(const std::string path,
                            table.snapshot_files().paths().TagFile(name));
      const auto file = table.context().files->Stat(path);
      if (!file.ok()) {
        if (KindOf(file.status()) == ErrorKind::kNotFound) continue;
        return file.status();
      }
      created = local(file->modified_millis) * kNanosPerMilli;
    }
    const bool over =
        tag.time_retained_nanos && now_nanos - *created > *tag.time_retained_nanos;
    if (!over && !(older_than && *older_than > *created)) continue;
    ARROW_RETURN_NOT_OK(DeleteTag(table, name));
    expired.push_back(name);
  }
  return expired;
}

Status RenameTag(const Table& table, const std::string& from, const std::string& to) {
  const io::TablePaths& paths = table.snapshot_files().paths();
  ARROW_ASSIGN_OR_RAISE(const bool exists, Exists(table, from));
  if (!exists) return MissingTag(table, from);
  ARROW_ASSIGN_OR_RAISE(const std::string source, paths.TagFile(from));
  ARROW_ASSIGN_OR_RAISE(const std::string target, paths.TagFile(to));
  ARROW_ASSIGN_OR_RAISE(const std::string bytes, table.context().files->ReadAll(source));
  // The new name is there before the old one goes: the snapshot is never without a tag.
  ARROW_ASSIGN_OR_RAISE(const auto outcome, table.context().files->CreateExclusively(
                                                target, bytes, /*sync=*/true));
  if (outcome != base::CreateOutcome::kCreated) {
    return InvalidInput(1621, "Tag exists already:", V("table", table.name()),
                        V("tag", to));
  }
  return table.context().files->Delete(source);
}

Result<meta::Snapshot> FirstAtOrAfterWatermark(const Table& table, int64_t watermark) {
  ARROW_ASSIGN_OR_RAISE(auto found,
                        AtOrAfterWatermark(table.snapshot_files(), watermark));
  ARROW_ASSIGN_OR_RAISE(auto tags, table.snapshot_files().ListTags());
  const meta::Snapshot* tagged = nullptr;
  for (const auto& [name, tag] : tags) {
    if (!tag.snapshot.watermark || *tag.snapshot.watermark < watermark) continue;
    if (tagged == nullptr || tag.snapshot.id < tagged->id) tagged = &tag.snapshot;
  }
  const bool better = tagged != nullptr && (!found || !found->watermark ||
                                            *tagged->watermark < *found->watermark);
  if (better) return *tagged;
  if (found) return *std::move(found);
  return NotFound(4604, "There is no snapshot at or after this watermark:",
                  V("table", table.name()), V("watermark", watermark));
}

Result<meta::Snapshot> FirstAtOrAfter(const Table& table, int64_t millis) {
  const meta::SnapshotFiles& snapshots = table.snapshot_files();
  std::optional<meta::Snapshot> found;
  ARROW_ASSIGN_OR_RAISE(const auto earliest, snapshots.EarliestId());
  ARROW_ASSIGN_OR_RAISE(const auto latest, snapshots.LatestId());
  if (earliest && latest) {
    int64_t low = *earliest, high = *latest;
    while (low <= high) {
      const int64_t middle = low + (high - low) / 2;
      ARROW_ASSIGN_OR_RAISE(meta::Snapshot snapshot, snapshots.Get(middle));
      if (snapshot.time_millis < millis) {
        low = middle + 1;
        continue;
      }
      const bool exact = snapshot.time_millis == millis;
      found = std::move(snapshot);
      if (exact) break;
      high = middle - 1;
    }
  }
  ARROW_ASSIGN_OR_RAISE(auto tags, snapshots.ListTags());
  std::optional<meta::Snapshot> tagged;
  for (auto& [name, tag] : tags) {
    if (tag.snapshot.time_millis < millis) continue;
    if (!tagged || tag.snapshot.id < tagged->id) tagged = std::move(tag.snapshot);
  }
  if (tagged && (!found || tagged->time_millis < found->time_millis)) found = tagged;
  if (found) return *std::move(found);
  return NotFound(4607, "No snapshot is at or after this time:", V("table", table.name()),
                  V("epoch_millis", millis));
}

}  // namespace tarn::table

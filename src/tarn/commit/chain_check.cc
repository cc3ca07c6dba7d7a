// SPDX-License-Identifier: Apache-2.0
#include "tarn/commit/chain_check.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tarn/meta/live_files.h"
#include "tarn/meta/manifest_list.h"

namespace tarn::commit {
namespace {

using meta::ManifestEntry;
using meta::Snapshot;

/// What expires while it is looked at is looked for again: there is always a newer state.
constexpr int kTries = 10;
constexpr std::chrono::milliseconds kFirstWait{1};

bool IsMissing(const Status& status) {
  return KindOf(status) == ErrorKind::kNotFound;
}

/// Whether the state of `manifests` comes after `files` were added and deleted, seen by
/// one of them.
Result<bool> Shows(const base::Context& context, const io::TablePaths& paths,
                   const std::vector<meta::ManifestFileMeta>& manifests,
                   const std::vector<ManifestEntry>& files) {
  const auto is_add = [](const ManifestEntry& entry) {
    return entry.kind == meta::FileKind::kAdd;
  };
  auto asked = std::find_if(files.begin(), files.end(), is_add);
  const bool added = asked != files.end();
  if (!added) asked = files.begin();
  meta::LiveFilesFilter filter;
  filter.bucket = [&](std::string_view partition, int32_t bucket, int32_t) {
    return partition == asked->partition && bucket == asked->bucket;
  };
  ARROW_ASSIGN_OR_RAISE(const auto live,
                        meta::ReadLiveFiles(context, paths, manifests, filter));
  const std::string wanted = meta::IdentifierOf(*asked);
  const bool found = std::any_of(
      live.begin(), live.end(),
      [&](const ManifestEntry& entry) { return meta::IdentifierOf(entry) == wanted; });
  return found == added;
}

Result<std::vector<meta::ManifestFileMeta>> BaseOf(const base::Context& context,
                                                   const io::TablePaths& paths,
                                                   const Snapshot& snapshot) {
  ARROW_ASSIGN_OR_RAISE(const std::string list,
                        paths.ManifestFile(snapshot.base_manifest_list));
  return meta::ReadManifestList(context, list);
}

class ChainCheck {
 public:
  ChainCheck(const base::Context& context, const io::TablePaths& paths,
             SnapshotStore& store, const Snapshot& snapshot, const Changes& changes)
      : context_(context),
        paths_(paths),
        store_(store),
        snapshot_(snapshot),
        changes_(changes) {}

  Result<bool> Run() const {
    ARROW_ASSIGN_OR_RAISE(const bool newest, IsNewest());
    if (newest) return true;
    // Without a file nothing tells, and nothing is lost by creating it again.
    if (changes_.files.empty()) return false;
    const auto next = store_.Get(snapshot_.id + 1);
    if (next.ok()) {
      ARROW_ASSIGN_OR_RAISE(const auto manifests, BaseOf(context_, paths_, *next));
      return Shows(context_, paths_, manifests, changes_.files);
    }
    if (!IsMissing(next.status())) return next.status();
    // Whoever expires deletes a snapshot of history before the one that follows.
    const auto own = store_.Get(snapshot_.id);
    if (own.ok() && own->uuid == snapshot_.uuid) return IsNewest();
    if (!own.ok() && !IsMissing(own.status())) return own.status();
    ARROW_ASSIGN_OR_RAISE(const auto latest, store_.Latest());
    if (latest) {
      ARROW_ASSIGN_OR_RAISE(const auto manifests,
                            meta::ReadDataManifests(context_, paths_, *latest));
      ARROW_ASSIGN_OR_RAISE(const bool shows,
                            Shows(context_, paths_, manifests, changes_.files));
      if (shows) return true;
    }
    return NotFound(4210, "Snapshot expired before its place in history was known:",
                    V("table", paths_.root()), V("snapshot", snapshot_.id));
  }

 private:
  /// By listing: a hint may lead below history.
  Result<bool> IsNewest() const {
    ARROW_ASSIGN_OR_RAISE(const auto ids, store_.ListIds());
    return ids.empty() || ids.back() <= snapshot_.id;
  }

  const base::Context& context_;
  const io::TablePaths& paths_;
  SnapshotStore& store_;
  const Snapshot& snapshot_;
  const Changes& changes_;
};

}  // namespace

Result<bool> IsInChain(const base::Context& context, const io::TablePaths& paths,
                       SnapshotStore& store, const Snapshot& snapshot,
                       const std::optional<Snapshot>& base, const Changes& changes) {
  if (base) {
    const Result<Snapshot> there = store.Get(base->id);
    if (there.ok() && there->uuid == base->uuid) return true;
    if (!there.ok() && !IsMissing(there.status())) return there.status();
  }
  const ChainCheck check(context, paths, store, snapshot, changes);
  auto wait = kFirstWait;
  for (int tried = 1;; ++tried) {
    Result<bool> answer = check.Run();
    if (answer.ok() || !IsMissing(answer.status()) || tried == kTries) return answer;
    context.clock->SleepFor(wait);
    wait *= 2;
  }
}

Result<bool> StandsOn(const base::Context& context, const io::TablePaths& paths,
                      const Snapshot& next, const Snapshot& snapshot) {
  const auto delta = meta::ReadDeltaManifests(context, paths, snapshot);
  if (IsMissing(delta.status())) return true;
  ARROW_RETURN_NOT_OK(delta.status());
  if (delta->empty()) return true;
  const auto files = meta::ReadEntries(context, paths, *delta);
  if (IsMissing(files.status())) return true;
  ARROW_RETURN_NOT_OK(files.status());
  if (files->empty()) return true;
  ARROW_ASSIGN_OR_RAISE(const auto base, BaseOf(context, paths, next));
  const bool named = std::any_of(base.begin(), base.end(), [&](const auto& manifest) {
    return manifest.file_name == delta->front().file_name;
  });
  return named ? Result<bool>(true) : Shows(context, paths, base, *files);
}

}  // namespace tarn::commit

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/snapshot.h"
#include "tarn/meta/tag.h"

namespace tarn::meta {

/// The snapshot and tag files of one table or branch, read (Paimon `SnapshotManager`,
/// `HintFileUtils`, `TagManager`). A hint is only a hint: missing, stale, empty or
/// garbage, it changes how much is listed, never the answer. Thread-safe.
class SnapshotFiles {
 public:
  SnapshotFiles(std::shared_ptr<const base::Context> context, io::TablePaths paths)
      : context_(std::move(context)), paths_(std::move(paths)) {}

  /// The id in LATEST if that snapshot is there and its successor is not; else the
  /// highest id listed.
  Result<std::optional<int64_t>> LatestId() const;
  /// The id in EARLIEST if that snapshot is there; else the lowest id listed.
  Result<std::optional<int64_t>> EarliestId() const;
  /// All ids, ascending.
  Result<std::vector<int64_t>> ListIds() const;

  /// Errors: kNotFound for one that expired or never was, kCorruption.
  Result<Snapshot> Get(int64_t id) const;
  Result<std::optional<Snapshot>> Latest() const;

  /// Snapshots that went and left their changelog (Paimon `ChangelogManager`): ids,
  /// ascending.
  Result<std::vector<int64_t>> ListChangelogIds() const;
  /// Errors: kNotFound, kCorruption.
  Result<Snapshot> GetChangelog(int64_t id) const;

  /// The latest snapshot whose time is not after `millis`, absent if there is none
  /// (Paimon `earlierOrEqualTimeMills`).
  Result<std::optional<Snapshot>> AtOrBefore(int64_t millis) const;
  /// The newest snapshot for which `matches` answers true, going back from the latest to
  /// the earliest; snapshots that expire meanwhile end the search.
  Result<std::optional<Snapshot>> FindNewest(
      const std::function<bool(const Snapshot&)>& matches) const;

  /// Errors: kNotFound, kInvalidInput for a name that is not safe as a path.
  Result<Tag> GetTag(const std::string& name) const;
  /// Names and tags, by name.
  Result<std::vector<std::pair<std::string, Tag>>> ListTags() const;

  const io::TablePaths& paths() const { return paths_; }

 private:
  Result<std::vector<int64_t>> ListNumbered(const std::string& folder,
                                            std::string_view prefix) const;
  Result<std::optional<int64_t>> ReadHint(const std::string& path) const;
  /// Read and parse, again for a while when a writer seems to be in the middle of it.
  template <typename T>
  Result<T> ReadWhole(const std::string& path) const;

  std::shared_ptr<const base::Context> context_;
  io::TablePaths paths_;
};

}  // namespace tarn::meta

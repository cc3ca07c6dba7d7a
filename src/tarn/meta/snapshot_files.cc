// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/snapshot_files.h"

#include <algorithm>
#include <charconv>

#include "tarn/base/units.h"

namespace tarn::meta {
namespace {

constexpr int64_t kSnapshotBytesMax = int64_t{64} << 20;
constexpr int64_t kHintBytesMax = 4096;

// Java's figures: a hint is read three times, a snapshot that does not parse ten times.
constexpr int kHintAttempts = 3;
constexpr int kSnapshotAttempts = 10;
constexpr std::chrono::milliseconds kHintWait{1};
constexpr std::chrono::milliseconds kSnapshotWait{200};

constexpr std::string_view kSnapshotPrefix = "snapshot-";
constexpr std::string_view kChangelogPrefix = "changelog-";
constexpr std::string_view kTagPrefix = "tag-";

std::optional<int64_t> ParseNumber(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool IsMissing(const Status& status) {
  return KindOf(status) == ErrorKind::kNotFound;
}

}  // namespace

Result<std::optional<int64_t>> SnapshotFiles::ReadHint(const std::string& path) const {
  for (int attempt = 0; attempt < kHintAttempts; ++attempt) {
    if (attempt > 0) context_->clock->SleepFor(kHintWait);
    const Result<std::string> text = context_->files->ReadAll(path, kHintBytesMax);
    if (text.ok()) {
      if (const auto id = ParseNumber(*text)) return id;
    } else if (IsMissing(text.status())) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

Result<std::vector<int64_t>> SnapshotFiles::ListNumbered(const std::string& folder,
                                                         std::string_view prefix) const {
  ARROW_ASSIGN_OR_RAISE(const auto listed, context_->files->List(folder));
  std::vector<int64_t> ids;
  for (const base::FileStatus& file : listed) {
    if (const auto id = io::VersionOf(file.name(), prefix)) ids.push_back(*id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<std::vector<int64_t>> SnapshotFiles::ListIds() const {
  return ListNumbered(paths_.SnapshotDirectory(), kSnapshotPrefix);
}

Result<std::vector<int64_t>> SnapshotFiles::ListChangelogIds() const {
  return ListNumbered(paths_.ChangelogDirectory(), kChangelogPrefix);
}

Result<std::optional<int64_t>> SnapshotFiles::LatestId() const {
  ARROW_ASSIGN_OR_RAISE(const auto hint, ReadHint(paths_.SnapshotLatestHint()));
  if (hint && *hint > 0 && *hint < INT64_MAX) {
    ARROW_ASSIGN_OR_RAISE(const bool newer,
                          context_->files->Exists(paths_.SnapshotFile(*hint + 1)));
    if (!newer) {
      // Java believes the hint here. A hint past the end would then name a snapshot that
      // is not there, so it is looked for.
      ARROW_ASSIGN_OR_RAISE(const bool there,
                            context_->files->Exists(paths_.SnapshotFile(*hint)));
      if (there) return hint;
    }
  }
  ARROW_ASSIGN_OR_RAISE(const std::vector<int64_t> ids, ListIds());
  if (ids.empty()) return std::nullopt;
  return ids.back();
}

Result<std::optional<int64_t>> SnapshotFiles::EarliestId() const {
  ARROW_ASSIGN_OR_RAISE(const auto hint, ReadHint(paths_.SnapshotEarliestHint()));
  if (hint && *hint > 0) {
    ARROW_ASSIGN_OR_RAISE(const bool there,
                          context_->files->Exists(paths_.SnapshotFile(*hint)));
    if (there) return hint;
  }
  ARROW_ASSIGN_OR_RAISE(const std::vector<int64_t> ids, ListIds());
  if (ids.empty()) return std::nullopt;
  return ids.front();
}

template <typename T>
Result<T> SnapshotFiles::ReadWhole(const std::string& path) const {
  for (int attempt = 1;; ++attempt) {
    ARROW_ASSIGN_OR_RAISE(const std::string json,
                          context_->files->ReadAll(path, kSnapshotBytesMax));
    Result<T> parsed = T::FromJson(json);
    if (parsed.ok()) return parsed;
    const bool again =
        KindOf(parsed.status()) == ErrorKind::kCorruption && attempt < kSnapshotAttempts;
    if (!again) return Prefixed(parsed.status(), "Reading " + path + ": ");
    context_->clock->SleepFor(kSnapshotWait);
  }
}

Result<Snapshot> SnapshotFiles::Get(int64_t id) const {
  const std::string path = paths_.SnapshotFile(id);
  Result<Snapshot> snapshot = ReadWhole<Snapshot>(path);
  if (!snapshot.ok()) {
    if (!IsMissing(snapshot.status())) return snapshot;
    return NotFound(4101, "Snapshot is not there, it may have expired:",
                    V("table", paths_.root()), V("snapshot", id));
  }
  if (snapshot->id != id) {
    return Corruption(7109,
                      "Snapshot states another id than its file name:", V("path", path),
                      V("id", snapshot->id));
  }
  return snapshot;
}

Result<Snapshot> SnapshotFiles::GetChangelog(int64_t id) const {
  Result<Snapshot> changelog = ReadWhole<Snapshot>(paths_.ChangelogFile(id));
  if (!changelog.ok() && IsMissing(changelog.status())) {
    return NotFound(4103, "Changelog is not there, it may have expired:",
                    V("table", paths_.root()), V("changelog", id));
  }
  return changelog;
}

Result<std::optional<Snapshot>> SnapshotFiles::Latest() const {
  // The latest may be rolled back between finding and reading it.
  for (int attempt = 1;; ++attempt) {
    ARROW_ASSIGN_OR_RAISE(const auto id, LatestId());
    if (!id) return std::nullopt;
    Result<Snapshot> snapshot = Get(*id);
    if (snapshot.ok()) return std::optional<Snapshot>(*std::move(snapshot));
    if (!IsMissing(snapshot.status()) || attempt == kHintAttempts) {
      return snapshot.status();
    }
  }
}

Result<std::optional<Snapshot>> SnapshotFiles::AtOrBefore(int64_t millis) const {
  ARROW_ASSIGN_OR_RAISE(const auto latest, LatestId());
  ARROW_ASSIGN_OR_RAISE(const auto earliest, EarliestId());
  std::optional<Snapshot> found;
  if (!latest || !earliest) return found;
  int64_t low = *earliest, high = *latest;
  while (low <= high) {
    const int64_t middle = low + (high - low) / 2;
    ARROW_ASSIGN_OR_RAISE(Snapshot snapshot, Get(middle));
    if (snapshot.time_millis > millis) {
      high = middle - 1;
      continue;
    }
    const bool exact = snapshot.time_millis == millis;
    found = std::move(snapshot);
    if (exact) break;
    low = middle + 1;
  }
  return found;
}

Result<std::optional<Snapshot>> SnapshotFiles::FindNewest(
    const std::function<bool(const Snapshot&)>& matches) const {
  ARROW_ASSIGN_OR_RAISE(const auto latest, LatestId());
  if (!latest) return std::nullopt;
  ARROW_ASSIGN_OR_RAISE(const auto earliest, EarliestId());
  for (int64_t id = *latest; id >= earliest.value_or(*latest); --id) {
    Result<Snapshot> snapshot = Get(id);
    if (!snapshot.ok()) {
      if (IsMissing(snapshot.status())) break;
      return snapshot.status();
    }
    if (matches(*snapshot)) return std::optional<Snapshot>(*std::move(snapshot));
  }
  return std::nullopt;
}

Result<Tag> SnapshotFiles::GetTag(const std::string& name) const {
  ARROW_ASSIGN_OR_RAISE(const std::string path, paths_.TagFile(name));
  Result<Tag> tag = ReadWhole<Tag>(path);
  if (!tag.ok() && IsMissing(tag.status())) {
    return NotFound(4102, "Tag is not there:", V("table", paths_.root()), V("tag", name));
  }
  return tag;
}

Result<std::vector<std::pair<std::string, Tag>>> SnapshotFiles::ListTags() const {
  ARROW_ASSIGN_OR_RAISE(const auto listed, context_->files->List(paths_.TagDirectory()));
  std::vector<std::pair<std::string, Tag>> out;
  for (const base::FileStatus& file : listed) {
    const std::string_view name = file.name();
    // `tag-success-file` is a folder of markers.
    if (file.is_directory || !name.starts_with(kTagPrefix)) continue;
    if (name.size() == kTagPrefix.size()) continue;
    std::string tag_name(name.substr(kTagPrefix.size()));
    Result<Tag> tag = ReadWhole<Tag>(file.path);
    if (!tag.ok()) {
      if (IsMissing(tag.status())) continue;  // deleted meanwhile
      return tag.status();
    }
    out.emplace_back(std::move(tag_name), *std::move(tag));
  }
  return out;
}

}  // namespace tarn::meta

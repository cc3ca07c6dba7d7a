// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "tarn/base/units.h"
#include "tarn/options/options.h"
#include "tarn/table/auto_tag.h"
#include "tarn/table/batch_start.h"

namespace tarn::table {
namespace {

using Options = std::map<std::string, std::string>;
using Pair = std::pair<std::string, std::string>;

BatchStart Nothing() {
  BatchStart start;
  start.kind = BatchStart::Kind::kNothing;
  return start;
}

/// "a,b" as Java's `split(",")` takes it: trailing empty parts do not count.
Result<Pair> TwoParts(const char* option, const std::string& text) {
  const size_t comma = text.find(',');
  if (comma != std::string::npos && comma + 1 < text.size() &&
      text.find_first_not_of(',', text.find(',', comma + 1)) == std::string::npos) {
    const size_t end = text.find(',', comma + 1);
    const std::string second = text.substr(comma + 1, end - comma - 1);
    if (!second.empty()) return Pair{text.substr(0, comma), second};
  }
  return InvalidInput(1607,
                      "Option takes a start (exclusive) and an end:", V("option", option),
                      V("value", text), V("example", "5,10"));
}

std::optional<int64_t> Number(std::string_view text) {
  int64_t value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Where the changes of one table between two of its states are looked for.
class Increment {
 public:
  Increment(const base::Context& context, const meta::SnapshotFiles& snapshots,
            const meta::SchemaFiles& schemas, const Options& options)
      : context_(context), snapshots_(snapshots), schemas_(schemas), options_(options) {}

  Status Init() {
    const options::Options typed(options_);
    ARROW_ASSIGN_OR_RAISE(mode_, typed.Get(options::kIncrementalBetweenScanMode));
    ARROW_ASSIGN_OR_RAISE(const std::string producer,
                          typed.Get(options::kChangelogProducer));
    if (mode_ == "auto") mode_ = producer == "none" ? "delta" : "changelog";
    return Status::OK();
  }

  /// `incremental-between`: two tags, else two snapshot ids.
  Result<BatchStart> Between(const std::string& text) const {
    ARROW_ASSIGN_OR_RAISE(const Pair ends, TwoParts("incremental-between", text));
    ARROW_ASSIGN_OR_RAISE(auto first, TagOf(ends.first));
    ARROW_ASSIGN_OR_RAISE(auto last, TagOf(ends.second));
    if (first && last) return BetweenTags(*std::move(first), *std::move(last));
    const auto start = Number(ends.first);
    const auto end = Number(ends.second);
    if (!start || !end) {
      return InvalidInput(
          1608, "Neither two tags nor two snapshot ids:", V("incremental-between", text));
    }
    if (*end < *start) return BackwardRange(text);
    ARROW_ASSIGN_OR_RAISE(const auto earliest, snapshots_.EarliestId());
    if (!earliest || *start == *end) return Nothing();
    if (mode_ != "diff") return Steps(*start, *end);
    ARROW_ASSIGN_OR_RAISE(auto before, snapshots_.Get(*start));
    ARROW_ASSIGN_OR_RAISE(auto after, snapshots_.Get(*end));
    return Diff(std::move(before), std::move(after));
  }

  /// `incremental-between-timestamp`: two instants, or two local times.
  Result<BatchStart> BetweenTimes(const std::string& text) const {
    ARROW_ASSIGN_OR_RAISE(const Pair ends,
                          TwoParts("incremental-between-timestamp", text));
    std::optional<int64_t> start = Number(ends.first), end = Number(ends.second);
    if (!start || !end) {
      ARROW_ASSIGN_OR_RAISE(start, LocalTimeMillis(context_, ends.first));
      ARROW_ASSIGN_OR_RAISE(end, LocalTimeMillis(context_, ends.second));
    }
    ARROW_ASSIGN_OR_RAISE(const auto earliest_id, snapshots_.EarliestId());
    ARROW_ASSIGN_OR_RAISE(const auto latest, snapshots_.Latest());
    if (!earliest_id || !latest) return Nothing();
    ARROW_ASSIGN_OR_RAISE(const meta::Snapshot earliest, snapshots_.Get(*earliest_id));
    if (*end < *start) return BackwardRange(text);
    if (*start == *end || *start > latest->time_millis || *end < earliest.time_millis) {
      return Nothing();
    }
    ARROW_ASSIGN_OR_RAISE(auto before, snapshots_.AtOrBefore(*start));
    ARROW_ASSIGN_OR_RAISE(auto after, snapshots_.AtOrBefore(*end));
    if (!after) after = *latest;
    if (mode_ == "diff") return Diff(before.value_or(earliest), *std::move(after));
    return Steps(before ? before->id : earliest.id - 1, after->id);
  }

  /// `incremental-to-auto-tag`: from the automatic tag before this one.
  Result<BatchStart> ToAutoTag(const std::string& name) const {
    ARROW_ASSIGN_OR_RAISE(const AutoTagNames names, AutoTagNames::Make(options_));
    const auto end_time = names.TimeOf(name);
    if (!end_time) {
      return InvalidInput(
          1609, "Not the name of an automatic tag:", V("incremental-to-auto-tag", name));
    }
    ARROW_ASSIGN_OR_RAISE(auto end, TagOf(name));
    if (!end) return Nothing();
    ARROW_ASSIGN_OR_RAISE(const auto tags, snapshots_.ListTags());
    std::optional<std::pair<int64_t, const meta::Tag*>> before;
    for (const auto& [other, tag] : tags) {
      const auto time = names.TimeOf(other);
      if (!time || *time >= *end_time) continue;
      if (!before || *time > before->first) before = {*time, &tag};
    }
    if (!before) return Nothing();
    return Diff(before->second->snapshot, *std::move(end));
  }

 private:
  static Status BackwardRange(const std::string& text) {
    return InvalidInput(
        1610, "A stretch of history must not end before it starts:", V("range", text));
  }

  /// Absent for a name that no tag has, or could have.
  Result<std::optional<meta::Snapshot>> TagOf(const std::string& name) const {
    auto tag = snapshots_.GetTag(name);
    if (tag.ok()) return std::optional(std::move(tag->snapshot));
    const ErrorKind kind = KindOf(tag.status());
    if (kind == ErrorKind::kNotFound || kind == ErrorKind::kInvalidInput) {
      return std::optional<meta::Snapshot>();
    }
    return tag.status();
  }

  Result<BatchStart> BetweenTags(meta::Snapshot first, meta::Snapshot last) const {
    ARROW_ASSIGN_OR_RAISE(
        const bool as_snapshots,
        options::Options(options_).Get(options::kIncrementalBetweenTagToSnapshot));
    if (as_snapshots) {
      if (mode_ == "diff") {
        return InvalidInput(1612, "Tags taken as snapshots have no diff:",
                            V("option", "incremental-between-tag-to-snapshot"),
                            V("incremental-between-scan-mode", mode_));
      }
      return Steps(first.id, last.id);
    }
    if (last.id < first.id) {
      return BackwardRange(fmt::format("{},{}", first.id, last.id));
    }
    if (last.id == first.id) return Nothing();
    return Diff(std::move(first), std::move(last));
  }

  /// Paimon `IncrementalDeltaStartingScanner`.
  Result<BatchStart> Steps(int64_t start, int64_t end) const {
    ARROW_ASSIGN_OR_RAISE(const auto earliest, snapshots_.EarliestId());
    ARROW_ASSIGN_OR_RAISE(const auto latest, snapshots_.LatestId());
    if (!earliest || !latest || start < *earliest - 1 || end > *latest) {
      return InvalidInput(
          1613, "The table's history does not hold this stretch:", V("start", start),
          V("end", end), V("earliest", earliest.value_or(0)),
          V("latest", latest.value_or(0)));
    }
    BatchStart out;
    out.kind = BatchStart::Kind::kChanges;
    out.source =
        mode_ == "delta" ? scan::ChangeSource::kDelta : scan::ChangeSource::kChangelog;
    for (int64_t id = start + 1; id <= end; ++id) {
      ARROW_ASSIGN_OR_RAISE(meta::Snapshot snapshot, snapshots_.Get(id));
      const bool taken = out.source == scan::ChangeSource::kDelta
                             ? snapshot.commit_kind == meta::CommitKind::kAppend
                             : snapshot.commit_kind != meta::CommitKind::kOverwrite;
      if (id == end) out.snapshot = snapshot;
      if (taken) out.steps.push_back(std::move(snapshot));
    }
    if (!out.snapshot) return Nothing();
    return out;
  }

  /// Paimon `IncrementalDiffStartingScanner`.
  Result<BatchStart> Diff(meta::Snapshot before, meta::Snapshot after) const {
    if (before.schema_id != after.schema_id) {
      ARROW_ASSIGN_OR_RAISE(const auto old_schema, schemas_.Get(before.schema_id));
      ARROW_ASSIGN_OR_RAISE(const auto new_schema, schemas_.Get(after.schema_id));
      ARROW_ASSIGN_OR_RAISE(const int32_t old_count,
                            options::Options(old_schema->options).Get(options::kBucket));
      ARROW_ASSIGN_OR_RAISE(const int32_t new_count,
                            options::Options(new_schema->options).Get(options::kBucket));
      if (old_count != new_count) {
        return InvalidInput(1614, "States with other numbers of buckets have no diff:",
                            V("start", before.id), V("end", after.id),
                            V("start_buckets", old_count), V("end_buckets", new_count));
      }
    }
    BatchStart out;
    out.kind = BatchStart::Kind::kDiff;
    out.before = std::move(before);
    out.snapshot = std::move(after);
    return out;
  }

  const base::Context& context_;
  const meta::SnapshotFiles& snapshots_;
  const meta::SchemaFiles& schemas_;
  const Options& options_;
  std::string mode_;  ///< delta, changelog or diff
};

}  // namespace

Result<BatchStart> FindIncrement(const base::Context& context,
                                 const meta::SnapshotFiles& snapshots,
                                 const meta::SchemaFiles& schemas,
                                 const Options& options) {
  Increment increment(context, snapshots, schemas, options);
  ARROW_RETURN_NOT_OK(increment.Init());
  const auto find = [&](const char* key) -> const std::string* {
    const auto found = options.find(key);
    return found == options.end() ? nullptr : &found->second;
  };
  if (const std::string* text = find("incremental-between")) {
    return increment.Between(*text);
  }
  if (const std::string* text = find("incremental-between-timestamp")) {
    return increment.BetweenTimes(*text);
  }
  const std::string* text = find("incremental-to-auto-tag");
  TARN_CHECK(text != nullptr);
  return increment.ToAutoTag(*text);
}

}  // namespace tarn::table

// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/batch_start.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tarn/options/options.h"

namespace tarn::table {
namespace {

using Options = std::map<std::string, std::string>;
using Keys = std::vector<const char*>;

constexpr const char* kMillis = "scan.timestamp-millis";
constexpr const char* kTimestamp = "scan.timestamp";
constexpr const char* kSnapshotId = "scan.snapshot-id";
constexpr const char* kTag = "scan.tag-name";
constexpr const char* kWatermark = "scan.watermark";
constexpr const char* kVersion = "scan.version";
constexpr const char* kFileCreation = "scan.file-creation-time-millis";
constexpr const char* kCreation = "scan.creation-time-millis";
constexpr const char* kBetween = "incremental-between";
constexpr const char* kBetweenTimes = "incremental-between-timestamp";
constexpr const char* kToAutoTag = "incremental-to-auto-tag";

/// Options that pick other rows than those below. Skipping one of them would answer other
/// rows than Java does.
constexpr const char* kOtherReads[] = {"scan.fallback-branch", "scan.primary-branch",
                                       "scan.fallback-snapshot-branch",
                                       "scan.fallback-delta-branch"};

/// The mode once "default" and what is not said are resolved.
Result<std::string> ModeOf(const Options& options) {
  const auto has = [&](const char* key) { return options.contains(key); };
  if (!has("scan.mode")) {
    // Paimon `CoreOptions.setDefaultValues`
    if (has(kMillis) || has(kTimestamp)) return std::string("from-timestamp");
    if (has(kFileCreation)) return std::string("from-file-creation-time");
    if (has(kSnapshotId)) return std::string("from-snapshot");
    if (has(kBetweenTimes) || has(kBetween) || has(kToAutoTag)) {
      return std::string("incremental");
    }
  }
  ARROW_ASSIGN_OR_RAISE(std::string mode,
                        options::Options(options).Get(options::kScanMode));
  if (mode == "full") return std::string("latest-full");
  if (mode != "default") return mode;
  if (has(kMillis) || has(kTimestamp)) return std::string("from-timestamp");
  if (has(kSnapshotId) || has(kTag) || has(kWatermark) || has(kVersion)) {
    return std::string("from-snapshot");
  }
  if (has(kFileCreation)) return std::string("from-file-creation-time");
  if (has(kCreation)) return std::string("from-creation-timestamp");
  if (has(kBetween) || has(kBetweenTimes)) return std::string("incremental");
  return std::string("latest-full");
}

Status ExactlyOne(const Options& options, const std::string& mode, const Keys& keys) {
  const auto given = std::count_if(
      keys.begin(), keys.end(), [&](const char* key) { return options.contains(key); });
  if (given == 1) return Status::OK();
  return InvalidInput(
      1604, "A scan mode needs exactly one of its keys:", V("scan.mode", mode),
      V("keys", fmt::format("{}", fmt::join(keys, ","))), V("set", given));
}

Status NoneOf(const Options& options, const std::string& mode, const Keys& keys) {
  for (const char* key : keys) {
    if (!options.contains(key)) continue;
    return InvalidInput(1605, "Option does not go with this scan mode:", V("option", key),
                        V("scan.mode", mode));
  }
  return Status::OK();
}

/// Paimon `SchemaValidation.validateStartupMode`.
Status CheckKeys(const Options& options, const std::string& mode) {
  if (mode == "from-timestamp") {
    ARROW_RETURN_NOT_OK(ExactlyOne(options, mode, {kMillis, kTimestamp}));
    return NoneOf(
        options, mode,
        {kSnapshotId, kFileCreation, kTag, kBetweenTimes, kBetween, kToAutoTag});
  }
  if (mode == "from-snapshot") {
    ARROW_RETURN_NOT_OK(
        ExactlyOne(options, mode, {kSnapshotId, kTag, kWatermark, kVersion}));
    return NoneOf(
        options, mode,
        {kMillis, kTimestamp, kFileCreation, kBetweenTimes, kBetween, kToAutoTag});
  }
  if (mode == "incremental") {
    ARROW_RETURN_NOT_OK(ExactlyOne(options, mode, {kBetween, kBetweenTimes, kToAutoTag}));
    return NoneOf(options, mode, {kSnapshotId, kMillis, kFileCreation, kTimestamp, kTag});
  }
  if (mode == "from-snapshot-full") {
    ARROW_RETURN_NOT_OK(ExactlyOne(options, mode, {kSnapshotId}));
    return NoneOf(
        options, mode,
        {kMillis, kTimestamp, kFileCreation, kTag, kBetweenTimes, kBetween, kToAutoTag});
  }
  if (mode == "from-file-creation-time") {
    ARROW_RETURN_NOT_OK(ExactlyOne(options, mode, {kFileCreation}));
    return NoneOf(options, mode,
                  {kSnapshotId, kMillis, kTag, kBetweenTimes, kBetween, kToAutoTag});
  }
  return NoneOf(options, mode,
                {kMillis, kFileCreation, kTimestamp, kSnapshotId, kTag, kBetweenTimes,
                 kBetween, kToAutoTag});
}

/// The snapshot after the latest compaction, or after the latest full one where those are
/// scheduled; the latest without any (Paimon `CompactedStartingScanner`,
/// `FullCompactedStartingScanner`).
Result<std::optional<meta::Snapshot>> LatestCompacted(
    const meta::SnapshotFiles& snapshots, const Options& options) {
  const options::Options typed(options);
  ARROW_ASSIGN_OR_RAISE(const std::string producer,
                        typed.Get(options::kChangelogProducer));
  const std::string* delta = typed.Find("full-compaction.delta-commits");
  int64_t every = 1;
  if (delta != nullptr) {
    ARROW_ASSIGN_OR_RAISE(every, WholeNumber("full-compaction.delta-commits", *delta));
    if (every < 1) {
      return InvalidInput(1606, "Option needs a number above 0:",
                          V("option", "full-compaction.delta-commits"),
                          V("value", *delta));
    }
  }
  const bool scheduled = producer == "full-compaction" || delta != nullptr;
  ARROW_ASSIGN_OR_RAISE(
      auto found, snapshots.FindNewest([&](const meta::Snapshot& snapshot) {
        if (snapshot.commit_kind != meta::CommitKind::kCompact) return false;
        return !scheduled || snapshot.commit_identifier % every == 0 ||
               snapshot.commit_identifier == meta::kBatchCommitIdentifier;
      }));
  if (found) return found;
  return snapshots.Latest();
}

/// The first snapshot that is not older, where history reaches back that far and forth;
/// otherwise the latest with the files that are not older (Paimon
/// `createCreationTimestampStartingScanner`).
Result<BatchStart> FromCreationTime(const meta::SnapshotFiles& snapshots,
                                    int64_t millis) {
  BatchStart start;
  ARROW_ASSIGN_OR_RAISE(start.snapshot, snapshots.Latest());
  start.created_from_millis = millis;
  ARROW_ASSIGN_OR_RAISE(const auto earliest, snapshots.EarliestId());
  if (!start.snapshot || !earliest) return start;
  int64_t low = *earliest, high = start.snapshot->id;
  ARROW_ASSIGN_OR_RAISE(const meta::Snapshot first, snapshots.Get(low));
  if (first.time_millis >= millis || start.snapshot->time_millis < millis) return start;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    ARROW_ASSIGN_OR_RAISE(const meta::Snapshot snapshot, snapshots.Get(middle));
    if (snapshot.time_millis < millis) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  ARROW_ASSIGN_OR_RAISE(start.snapshot, snapshots.Get(low));
  start.created_from_millis.reset();
  return start;
}

Result<int64_t> NumberOf(const Options& options, const char* key) {
  const auto found = options.find(key);
  if (found == options.end()) {
    return InvalidInput(
        1604, "A scan mode needs exactly one of its keys:", V("keys", key), V("set", 0));
  }
  return WholeNumber(key, found->second);
}

}  // namespace

Result<BatchStart> FindBatchStart(const base::Context& context,
                                  const meta::SnapshotFiles& snapshots,
                                  const meta::SchemaFiles& schemas,
                                  const Options& options) {
  for (const char* key : kOtherReads) {
    const auto found = options.find(key);
    if (found == options.end()) continue;
    return Unsupported(6601, "This way of choosing what to read is not there yet:",
                       V("option", key), V("value", found->second));
  }
  ARROW_ASSIGN_OR_RAISE(const std::string mode, ModeOf(options));
  ARROW_RETURN_NOT_OK(CheckKeys(options, mode));
  if (mode == "incremental") return FindIncrement(context, snapshots, schemas, options);
  BatchStart start;
  if (mode == "from-creation-timestamp") {
    ARROW_ASSIGN_OR_RAISE(const int64_t millis, NumberOf(options, kCreation));
    return FromCreationTime(snapshots, millis);
  }
  if (mode == "from-file-creation-time") {
    ARROW_ASSIGN_OR_RAISE(start.created_from_millis, NumberOf(options, kFileCreation));
  }
  TimeTravel at;
  if (mode == "from-timestamp" || mode == "from-snapshot" ||
      mode == "from-snapshot-full") {
    Options point = options;
    // What the mode does not look at does not count.
    if (mode != "from-snapshot") {
      point.erase(kWatermark);
      point.erase(kVersion);
    }
    ARROW_ASSIGN_OR_RAISE(at, TimeTravel::FromOptions(point, context));
  }
  if (mode == "compacted-full") {
    ARROW_ASSIGN_OR_RAISE(start.snapshot, LatestCompacted(snapshots, options));
  } else {
    ARROW_ASSIGN_OR_RAISE(start.snapshot, FindSnapshot(snapshots, at));
    start.latest = at.is_latest();
  }
  return start;
}

}  // namespace tarn::table

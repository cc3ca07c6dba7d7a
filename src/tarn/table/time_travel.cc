// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/time_travel.h"

#include <array>
#include <charconv>
#include <string_view>

namespace tarn::table {
namespace {

Result<int64_t> ParseNumber(std::string_view key, const std::string& text) {
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return InvalidInput(1601, "Option needs a whole number:", V("option", key),
                        V("value", text));
  }
  return value;
}

/// Options that pick another set of rows than a batch read of one snapshot. Skipping one
/// of them would answer other rows than Java does.
constexpr std::array<std::string_view, 16> kOtherReads = {
    "incremental-between",
    "incremental-between-timestamp",
    "incremental-to-auto-tag",
    "incremental-between-scan-mode",
    "scan.watermark",
    "scan.timestamp",
    "scan.file-creation-time-millis",
    "scan.creation-time-millis",
    "scan.fallback-branch",
    "scan.primary-branch",
    "scan.bounded.watermark",
    "scan.bucket",
    "scan.fallback-snapshot-branch",
    "scan.fallback-delta-branch",
    "scan.plan-sort-partition",
    "branch"};

}  // namespace

Result<TimeTravel> TimeTravel::FromOptions(
    const std::map<std::string, std::string>& options) {
  TimeTravel at;
  int given = 0;
  auto take = [&](const char* key) -> const std::string* {
    const auto found = options.find(key);
    if (found == options.end()) return nullptr;
    ++given;
    return &found->second;
  };
  if (const std::string* text = take("scan.snapshot-id")) {
    ARROW_ASSIGN_OR_RAISE(at.snapshot_id, ParseNumber("scan.snapshot-id", *text));
  }
  if (const std::string* text = take("scan.tag-name")) at.tag = *text;
  if (const std::string* text = take("scan.timestamp-millis")) {
    ARROW_ASSIGN_OR_RAISE(at.timestamp_millis,
                          ParseNumber("scan.timestamp-millis", *text));
  }
  if (const std::string* text = take("scan.version")) at.version = *text;
  if (given > 1) {
    return InvalidInput(1602,
                        "Only one of scan.snapshot-id, scan.tag-name, "
                        "scan.timestamp-millis, scan.version may be set.");
  }
  for (std::string_view key : kOtherReads) {
    const auto found = options.find(std::string(key));
    if (found == options.end()) continue;
    if (key == "branch" && found->second == "main") continue;
    if (key == "scan.plan-sort-partition") continue;  // order of splits only
    return Unsupported(6601, "This way of choosing what to read is not there yet:",
                       V("option", key), V("value", found->second));
  }
  if (const auto mode = options.find("scan.mode"); mode != options.end()) {
    const std::string& text = mode->second;
    if (text != "default" && text != "latest-full" && text != "full" &&
        text != "latest" && text != "from-snapshot" && text != "from-snapshot-full" &&
        text != "from-timestamp") {
      return Unsupported(6602, "This scan mode is not there yet:", V("scan.mode", text));
    }
  }
  return at;
}

Result<std::optional<meta::Snapshot>> FindSnapshot(const meta::SnapshotFiles& snapshots,
                                                   const TimeTravel& at) {
  if (at.snapshot_id) {
    ARROW_ASSIGN_OR_RAISE(auto snapshot, snapshots.Get(*at.snapshot_id));
    return std::optional(std::move(snapshot));
  }
  if (at.tag) {
    ARROW_ASSIGN_OR_RAISE(auto tag, snapshots.GetTag(*at.tag));
    return std::optional(std::move(tag.snapshot));
  }
  if (at.timestamp_millis) return snapshots.AtOrBefore(*at.timestamp_millis);
  if (at.version) {
    // A tag's name wins over a snapshot's id, as in Java.
    auto tag = snapshots.GetTag(*at.version);
    if (tag.ok()) return std::optional(std::move(tag->snapshot));
    if (KindOf(tag.status()) != ErrorKind::kNotFound) return tag.status();
    ARROW_ASSIGN_OR_RAISE(const int64_t id, ParseNumber("scan.version", *at.version));
    ARROW_ASSIGN_OR_RAISE(auto snapshot, snapshots.Get(id));
    return std::optional(std::move(snapshot));
  }
  return snapshots.Latest();
}

}  // namespace tarn::table

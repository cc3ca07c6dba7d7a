// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/time_travel.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <arrow/array/builder_binary.h>

#include "tarn/types/cast.h"

namespace tarn::table {
namespace {

constexpr std::string_view kWatermarkPrefix = "watermark-";

/// The first snapshot whose watermark is not below `watermark`, or the last one whose is
/// not above, found as Java finds it (Paimon `SnapshotManager.laterOrEqualWatermark` and
/// `earlierOrEqualWatermark`): snapshots without one count as their predecessor in the
/// search, and may be the answer; so may the first one that has one, even if it is above.
enum class WatermarkSide : uint8_t { kAtOrAfter, kAtOrBefore };

Result<std::optional<meta::Snapshot>> AtWatermark(const meta::SnapshotFiles& snapshots,
                                                  int64_t watermark, WatermarkSide side) {
  std::optional<meta::Snapshot> found;
  ARROW_ASSIGN_OR_RAISE(const auto last, snapshots.Latest());
  ARROW_ASSIGN_OR_RAISE(const auto first, snapshots.EarliestId());
  if (!last || !first || !last->watermark || *last->watermark == INT64_MIN) return found;
  int64_t low = *first, high = last->id;
  ARROW_ASSIGN_OR_RAISE(meta::Snapshot lowest, snapshots.Get(low));
  while (!lowest.watermark && low < high) {
    ARROW_ASSIGN_OR_RAISE(lowest, snapshots.Get(++low));
  }
  if (!lowest.watermark) return found;
  if (*lowest.watermark >= watermark) return std::optional(std::move(lowest));
  while (low <= high) {
    int64_t middle = low + (high - low) / 2;
    ARROW_ASSIGN_OR_RAISE(meta::Snapshot snapshot, snapshots.Get(middle));
    std::optional<int64_t> reached = snapshot.watermark;
    while (!reached && middle >= low) {
      ARROW_ASSIGN_OR_RAISE(const meta::Snapshot before, snapshots.Get(--middle));
      reached = before.watermark;
    }
    if (!reached) {
      low = middle + 1;
      continue;
    }
    const bool below = *reached < watermark;
    const bool exact = *reached == watermark;
    if (exact || below == (side == WatermarkSide::kAtOrBefore)) {
      found = std::move(snapshot);
    }
    if (exact) break;
    if (below) {
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return found;
}

/// A version is a tag, else a watermark, else a snapshot (Paimon `adaptScanVersion`).
Result<std::optional<meta::Snapshot>> AtVersion(const meta::SnapshotFiles& snapshots,
                                                const std::string& version) {
  auto tag = snapshots.GetTag(version);
  if (tag.ok()) return std::optional(std::move(tag->snapshot));
  if (KindOf(tag.status()) != ErrorKind::kNotFound) return tag.status();
  TimeTravel at;
  if (version.starts_with(kWatermarkPrefix)) {
    ARROW_ASSIGN_OR_RAISE(at.watermark,
                          WholeNumber("scan.version", std::string_view(version).substr(
                                                          kWatermarkPrefix.size())));
  } else if (!version.empty() && std::all_of(version.begin(), version.end(), [](char c) {
               return c >= '0' && c <= '9';
             })) {
    ARROW_ASSIGN_OR_RAISE(at.snapshot_id, WholeNumber("scan.version", version));
  } else {
    return NotFound(4602, "Version is no tag, snapshot or watermark of the table:",
                    V("table", snapshots.paths().root()), V("version", version));
  }
  return FindSnapshot(snapshots, at);
}

}  // namespace

Result<int64_t> WholeNumber(std::string_view key, std::string_view text) {
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return InvalidInput(1601, "Option needs a whole number:", V("option", key),
                        V("value", text));
  }
  return value;
}

Result<int64_t> LocalTimeMillis(const base::Context& context, const std::string& text) {
  arrow::StringBuilder builder(context.pool);
  ARROW_RETURN_NOT_OK(builder.Append(text));
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Array> array, builder.Finish());
  types::CastContext cast;
  cast.pool = context.pool;
  cast.clock = context.clock.get();
  auto time = types::Cast(cast, array, types::DataType::String(),
                          types::DataType::LocalZonedTimestamp(3));
  if (!time.ok() || (*time)->IsNull(0)) {
    return InvalidInput(1603, "Not a time such as 2024-01-31 12:00:00:", V("text", text));
  }
  return static_cast<const arrow::TimestampArray&>(**time).Value(0);
}

std::map<std::string, std::string> TimeTravel::Over(
    std::map<std::string, std::string> options) const {
  if (snapshot_id) options["scan.snapshot-id"] = std::to_string(*snapshot_id);
  if (tag) options["scan.tag-name"] = *tag;
  if (timestamp_millis) {
    options["scan.timestamp-millis"] = std::to_string(*timestamp_millis);
  }
  if (watermark) options["scan.watermark"] = std::to_string(*watermark);
  if (version) options["scan.version"] = *version;
  return options;
}

Result<TimeTravel> TimeTravel::FromOptions(
    const std::map<std::string, std::string>& options, const base::Context& context) {
  TimeTravel at;
  int given = 0;
  const auto take = [&](const char* key) -> const std::string* {
    const auto found = options.find(key);
    if (found == options.end()) return nullptr;
    ++given;
    return &found->second;
  };
  if (const std::string* text = take("scan.snapshot-id")) {
    ARROW_ASSIGN_OR_RAISE(at.snapshot_id, WholeNumber("scan.snapshot-id", *text));
  }
  if (const std::string* text = take("scan.tag-name")) at.tag = *text;
  if (const std::string* text = take("scan.timestamp-millis")) {
    ARROW_ASSIGN_OR_RAISE(at.timestamp_millis,
                          WholeNumber("scan.timestamp-millis", *text));
  }
  if (const std::string* text = take("scan.timestamp")) {
    ARROW_ASSIGN_OR_RAISE(at.timestamp_millis, LocalTimeMillis(context, *text));
  }
  if (const std::string* text = take("scan.watermark")) {
    ARROW_ASSIGN_OR_RAISE(at.watermark, WholeNumber("scan.watermark", *text));
  }
  if (const std::string* text = take("scan.version")) at.version = *text;
  if (given > 1) {
    return InvalidInput(
        1602,
        "Only one of scan.snapshot-id, scan.tag-name, scan.watermark, "
        "scan.timestamp, scan.timestamp-millis, scan.version may be set.");
  }
  return at;
}

Result<std::optional<meta::Snapshot>> AtOrBeforeWatermark(
    const meta::SnapshotFiles& snapshots, int64_t watermark) {
  return AtWatermark(snapshots, watermark, WatermarkSide::kAtOrBefore);
}

Result<std::optional<meta::Snapshot>> AtOrAfterWatermark(
    const meta::SnapshotFiles& snapshots, int64_t watermark) {
  return AtWatermark(snapshots, watermark, WatermarkSide::kAtOrAfter);
}

Result<std::optional<meta::Snapshot>> FindSnapshot(const meta::SnapshotFiles& snapshots,
                                                   const TimeTravel& at) {
  if (at.version) return AtVersion(snapshots, *at.version);
  if (at.snapshot_id) {
    ARROW_ASSIGN_OR_RAISE(auto snapshot, snapshots.Get(*at.snapshot_id));
    return std::optional(std::move(snapshot));
  }
  if (at.tag) {
    ARROW_ASSIGN_OR_RAISE(auto tag, snapshots.GetTag(*at.tag));
    return std::optional(std::move(tag.snapshot));
  }
  if (at.timestamp_millis) {
    ARROW_ASSIGN_OR_RAISE(auto snapshot, snapshots.AtOrBefore(*at.timestamp_millis));
    if (snapshot) return snapshot;
    return NotFound(4603, "There is no snapshot at or before this time:",
                    V("table", snapshots.paths().root()),
                    V("epoch_millis", *at.timestamp_millis));
  }
  if (at.watermark) {
    ARROW_ASSIGN_OR_RAISE(
        auto snapshot, AtWatermark(snapshots, *at.watermark, WatermarkSide::kAtOrAfter));
    if (snapshot) return snapshot;
    return NotFound(4604, "There is no snapshot at or after this watermark:",
                    V("table", snapshots.paths().root()), V("watermark", *at.watermark));
  }
  return snapshots.Latest();
}

}  // namespace tarn::table

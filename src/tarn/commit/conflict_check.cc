// SPDX-License-Identifier: Apache-2.0
#include "tarn/commit/conflict_check.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "tarn/meta/stored_rows.h"

namespace tarn::commit {
namespace {

using meta::FileKind;
using meta::ManifestEntry;

Status WrongBucketCount(std::string_view table, int32_t wanted, int32_t present) {
  return Conflict(3201,
                  "Partition has another number of buckets; only INSERT OVERWRITE of the "
                  "partition may change it:",
                  V("table", table), V("new", wanted), V("present", present));
}

/// Positions of the live files of one (partition, bucket, level).
using LevelKey = std::tuple<std::string_view, int32_t, int32_t>;

Status CheckKeyRanges(const ConflictScope& scope,
                      const std::vector<ManifestEntry>& live) {
  std::map<LevelKey, std::vector<size_t>> levels;
  for (size_t i = 0; i < live.size(); ++i) {
    const ManifestEntry& entry = live[i];
    if (entry.file.level < 1) continue;
    levels[{entry.partition, entry.bucket, entry.file.level}].push_back(i);
  }
  for (auto& [key, files] : levels) {
    if (files.size() < 2) continue;
    // Row 2i is the minimum of files[i], row 2i + 1 its maximum.
    std::vector<std::string_view> rows;
    for (const size_t file : files) {
      rows.push_back(live[file].file.min_key);
      rows.push_back(live[file].file.max_key);
    }
    ARROW_ASSIGN_OR_RAISE(const auto order,
                          meta::StoredRowOrder::Make(rows, scope.key_fields));
    std::vector<size_t> sorted(files.size());
    std::iota(sorted.begin(), sorted.end(), size_t{0});
    std::sort(sorted.begin(), sorted.end(),
              [&](size_t a, size_t b) { return order.Compare(2 * a, 2 * b) < 0; });
    for (size_t i = 0; i + 1 < sorted.size(); ++i) {
      if (order.Compare(2 * sorted[i] + 1, 2 * sorted[i + 1]) < 0) continue;
      return Conflict(
          3202, "Key ranges of two files of one level overlap:", V("table", scope.table),
          V("bucket", std::get<1>(key)), V("level", std::get<2>(key)),
          V("file", live[files[sorted[i]]].file.file_name),
          V("other", live[files[sorted[i + 1]]].file.file_name));
    }
  }
  return Status::OK();
}

}  // namespace

Result<std::map<std::string, int32_t>> BucketCountsOf(
    const std::vector<ManifestEntry>& entries) {
  std::map<std::string, int32_t> out;
  for (const ManifestEntry& entry : entries) {
    if (entry.kind != FileKind::kAdd || entry.total_buckets <= 0) continue;
    const auto [at, fresh] = out.try_emplace(entry.partition, entry.total_buckets);
    if (!fresh && at->second != entry.total_buckets) {
      return Conflict(3203, "One commit writes a partition with two numbers of buckets:",
                      V("buckets", at->second), V("other", entry.total_buckets));
    }
  }
  return out;
}

Status CheckBucketCounts(const ConflictScope& scope,
                         const std::map<std::string, int32_t>& expected,
                         const std::vector<ManifestEntry>& base) {
  for (const ManifestEntry& entry : base) {
    if (entry.total_buckets <= 0) continue;
    const auto at = expected.find(entry.partition);
    if (at != expected.end() && at->second != entry.total_buckets) {
      return WrongBucketCount(scope.table, at->second, entry.total_buckets);
    }
  }
  return Status::OK();
}

Status CheckHashIndex(const ConflictScope& scope,
                      const std::map<std::string, std::vector<std::string>>& bases,
                      const std::vector<meta::IndexManifestEntry>& present) {
  std::map<std::string, std::vector<std::string>> files;
  for (const meta::IndexManifestEntry& entry : present) {
    if (entry.index_type == "HASH") files[entry.partition].push_back(entry.file_name);
  }
  for (const auto& [partition, base] : bases) {
    std::vector<std::string>& now = files[partition];
    std::sort(now.begin(), now.end());
    if (now == base) continue;
    return Conflict(
        3450,
        "Another writer gave keys of the same partition their dynamic buckets "
        "meanwhile. A table with 'bucket' = '-1' and a primary key takes one "
        "writer at a time; several need a fixed number of buckets:",
        V("table", scope.table), V("index_files_then", base.size()),
        V("index_files_now", now.size()));
  }
  return Status::OK();
}

Status CheckConflicts(const ConflictScope& scope, const std::vector<ManifestEntry>& base,
                      const std::vector<ManifestEntry>& delta, meta::CommitKind kind) {
  if (kind != meta::CommitKind::kOverwrite) {
    ARROW_ASSIGN_OR_RAISE(const auto counts, BucketCountsOf(delta));
    ARROW_RETURN_NOT_OK(CheckBucketCounts(scope, counts, base));
  }
  const auto alone = meta::MergeEntries(delta);
  if (!alone.ok()) {
    return Conflict(3204, "Commit contradicts itself:", V("table", scope.table),
                    V("because", MessageOf(alone.status())));
  }
  std::vector<ManifestEntry> all = base;
  all.insert(all.end(), delta.begin(), delta.end());
  auto merged = meta::MergeEntries(std::move(all));
  if (!merged.ok()) {
    return Conflict(3205,
                    "Commit adds a file that is there already:", V("table", scope.table),
                    V("because", MessageOf(merged.status())));
  }
  for (const ManifestEntry& entry : *merged) {
    if (entry.kind != FileKind::kDelete) continue;
    return Conflict(3206,
                    "File that the commit replaces is no longer there, another commit "
                    "replaced it first:",
                    V("table", scope.table), V("bucket", entry.bucket),
                    V("level", entry.file.level), V("file", entry.file.file_name));
  }
  if (scope.key_fields.empty()) return Status::OK();
  return CheckKeyRanges(scope, *merged);
}

}  // namespace tarn::commit

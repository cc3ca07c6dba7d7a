// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <utility>

#include "tarn/meta/table_features.h"
#include "tarn/scan/planner.h"
#include "tarn/scan/table_scan.h"

namespace tarn::scan {
namespace {

using meta::ManifestEntry;

/// The files of one bucket before and after.
struct Sides {
  const ManifestEntry* first = nullptr;
  std::vector<const ManifestEntry*> then, now;
};

/// Take the files that both sides have out of both.
void DropShared(Sides* sides) {
  std::map<std::string_view, const ManifestEntry*> by_name;
  for (const auto* entry : sides->now) by_name.emplace(entry->file.file_name, entry);
  std::set<std::string_view> shared;
  for (const auto* entry : sides->then) {
    const auto found = by_name.find(entry->file.file_name);
    if (found != by_name.end() && *found->second == *entry) shared.insert(found->first);
  }
  for (auto* side : {&sides->then, &sides->now}) {
    std::erase_if(*side, [&](const ManifestEntry* entry) {
      return shared.contains(entry->file.file_name);
    });
  }
}

Status AddSplit(const Planner& planner, int64_t snapshot_id, const Sides& sides,
                Plan* plan) {
  ARROW_ASSIGN_OR_RAISE(meta::Split split, planner.SplitOf(snapshot_id, *sides.first));
  split.before_files.emplace();
  for (const auto* entry : sides.then) {
    ARROW_RETURN_NOT_OK(planner.CheckReadable(entry->file));
    split.before_files->push_back(entry->file);
  }
  for (const auto* entry : sides.now) {
    ARROW_RETURN_NOT_OK(planner.CheckReadable(entry->file));
    split.files.push_back(entry->file);
  }
  plan->counters.files_kept += static_cast<int64_t>(sides.then.size() + sides.now.size());
  plan->splits.push_back(std::move(split));
  return Status::OK();
}

}  // namespace

Result<Plan> PlanDiff(const base::Context& context, const std::string& table_path,
                      const types::TableSchema& schema, const meta::Snapshot& before,
                      const meta::Snapshot& after, const ScanOptions& options) {
  ARROW_RETURN_NOT_OK(meta::CheckFeatures(schema, meta::TableUse::kRead, table_path));
  ARROW_ASSIGN_OR_RAISE(const auto planner, Planner::Make(context, table_path, schema,
                                                          options, ScanPurpose::kDiff));
  if (planner->settings().deletion_vectors) {
    return Unsupported(6604, "A diff of states with deletion vectors is not there yet:",
                       V("table", table_path));
  }
  if (!schema.has_primary_key()) {
    return InvalidInput(1616, "States of a table without a primary key have no diff:",
                        V("table", table_path),
                        V("hint", "incremental-between-scan-mode 'delta' reads changes"));
  }
  Plan plan;
  plan.snapshot = after;
  ARROW_ASSIGN_OR_RAISE(const auto now, planner->LiveEntries(after, &plan.counters));
  ARROW_ASSIGN_OR_RAISE(const auto then, planner->LiveEntries(before, &plan.counters));
  std::map<std::pair<std::string_view, int32_t>, Sides> buckets;
  for (const auto& entry : then) {
    Sides& sides = buckets[{entry.partition, entry.bucket}];
    sides.first = &entry;
    sides.then.push_back(&entry);
  }
  for (const auto& entry : now) {
    Sides& sides = buckets[{entry.partition, entry.bucket}];
    if (sides.now.empty()) sides.first = &entry;
    sides.now.push_back(&entry);
  }
  for (auto& [place, sides] : buckets) {
    DropShared(&sides);
    if (sides.then.empty() && sides.now.empty()) continue;
    ARROW_RETURN_NOT_OK(AddSplit(*planner, after.id, sides, &plan));
  }
  ARROW_RETURN_NOT_OK(planner->entries()->status());
  return plan;
}

}  // namespace tarn::scan

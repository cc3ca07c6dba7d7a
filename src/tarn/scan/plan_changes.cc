// SPDX-License-Identifier: Apache-2.0
#include <iterator>
#include <utility>

#include "tarn/meta/live_files.h"
#include "tarn/meta/manifest_list.h"
#include "tarn/meta/table_features.h"
#include "tarn/scan/planner.h"
#include "tarn/scan/table_scan.h"

namespace tarn::scan {
namespace {

/// Wanted manifests of all steps, in their order.
Result<std::vector<meta::ManifestFileMeta>> ManifestsOf(
    const Planner& planner, const std::vector<meta::Snapshot>& steps, ChangeSource source,
    PlanCounters* counters) {
  std::vector<meta::ManifestFileMeta> manifests;
  for (const meta::Snapshot& step : steps) {
    ARROW_ASSIGN_OR_RAISE(
        auto more,
        source == ChangeSource::kDelta
            ? meta::ReadDeltaManifests(planner.context(), planner.paths(), step)
            : meta::ReadChangelogManifests(planner.context(), planner.paths(), step));
    counters->manifests_total += static_cast<int64_t>(more.size());
    std::erase_if(
        more, [&](const auto& list) { return !planner.entries()->WantsManifest(list); });
    manifests.insert(manifests.end(), std::make_move_iterator(more.begin()),
                     std::make_move_iterator(more.end()));
  }
  counters->manifests_read = static_cast<int64_t>(manifests.size());
  return manifests;
}

}  // namespace

Result<Plan> PlanChanges(const base::Context& context, const std::string& table_path,
                         const types::TableSchema& schema,
                         const std::vector<meta::Snapshot>& steps, ChangeSource source,
                         int64_t end_id, const ScanOptions& options) {
  ARROW_RETURN_NOT_OK(meta::CheckFeatures(schema, meta::TableUse::kRead, table_path));
  ARROW_ASSIGN_OR_RAISE(
      const auto planner,
      Planner::Make(context, table_path, schema, options, ScanPurpose::kChanges));
  if (source == ChangeSource::kDelta && planner->settings().deletion_vectors) {
    // Files of a delta do not tell which of their rows a vector took away.
    return Unsupported(6608,
                       "Increments of a table with deletion vectors are not there yet:",
                       V("table", table_path), V("option", "deletion-vectors.enabled"));
  }
  Plan plan;
  ARROW_ASSIGN_OR_RAISE(const auto manifests,
                        ManifestsOf(*planner, steps, source, &plan.counters));
  EntrySelect* wanted = planner->entries();
  meta::EntryFilter filter;
  filter.bucket = wanted->Filter().bucket;
  ARROW_ASSIGN_OR_RAISE(auto entries,
                        meta::ReadEntries(context, planner->paths(), manifests, filter));
  plan.counters.files_total = static_cast<int64_t>(entries.size());
  for (const meta::ManifestEntry& entry : entries) {
    if (entry.kind == meta::FileKind::kAdd) continue;
    return InvalidInput(1617, "Changes of a snapshot that removed files have no records:",
                        V("table", table_path), V("file", entry.file.file_name));
  }
  std::erase_if(entries, [&](const auto& entry) { return !wanted->WantsFile(entry); });
  ARROW_RETURN_NOT_OK(wanted->status());
  ARROW_RETURN_NOT_OK(planner->AddSplits(end_id, entries, {}, &plan));
  return plan;
}

}  // namespace tarn::scan

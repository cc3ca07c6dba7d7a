// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/table_scan.h"

#include "tarn/meta/table_features.h"
#include "tarn/scan/planner.h"

namespace tarn::scan {

Result<Plan> PlanBatch(const base::Context& context, const std::string& table_path,
                       const types::TableSchema& schema,
                       const std::optional<meta::Snapshot>& snapshot,
                       const ScanOptions& options) {
  ARROW_RETURN_NOT_OK(meta::CheckFeatures(schema, meta::TableUse::kRead, table_path));
  Plan plan;
  plan.snapshot = snapshot;
  if (!snapshot) return plan;
  ARROW_ASSIGN_OR_RAISE(const auto planner, Planner::Make(context, table_path, schema,
                                                          options, ScanPurpose::kState));
  ARROW_ASSIGN_OR_RAISE(const auto entries,
                        planner->LiveEntries(*snapshot, &plan.counters));
  ARROW_ASSIGN_OR_RAISE(const auto vectors, FindVectors(context, planner->paths(), schema,
                                                        planner->settings(), *snapshot));
  ARROW_RETURN_NOT_OK(planner->AddSplits(snapshot->id, entries, vectors, &plan));
  return plan;
}

}  // namespace tarn::scan

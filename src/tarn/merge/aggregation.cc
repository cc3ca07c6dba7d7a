// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tarn/merge/merge_engine.h"
#include "tarn/types/row_kind.h"

namespace tarn::merge {
namespace {

/// Every column folds its cells by its function (Paimon `AggregateMergeFunction`).
class Aggregation final : public MergeEngine {
 public:
  explicit Aggregation(const MergeSpec& spec) : spec_(spec) {}

  Result<MergePlan> Select(const MergeOrder& order, RunColumns*) override {
    MergePlan plan;
    const int64_t keys = order.keys();
    plan.kinds.resize(keys);
    plan.sequences.resize(keys);
    plan.selections.push_back(NewestEntries(order));
    for (int64_t key = 0; key < keys; ++key) {
      const int32_t newest = plan.selections[0][key];
      plan.sequences[key] = order.sequence[newest];
      const uint8_t kind = order.kind[newest];
      const bool removed = spec_.remove_record_on_delete && kind == kDelete;
      plan.kinds[key] = order.bypass[key] ? kind : removed ? kDelete : kInsert;
    }
    if (order.has_retracts) AddOps(order, &plan);
    plan.columns.resize(spec_.fields.size());
    for (size_t column = 0; column < spec_.fields.size(); ++column) {
      ColumnPlan& made = plan.columns[column];
      const bool is_key = spec_.is_primary[column];
      made.rule = is_key ? ColumnPlan::Rule::kSelect : ColumnPlan::Rule::kFold;
      made.selection = is_key ? 0 : -1;
      made.ops = plan.ops.empty() ? -1 : 0;
    }
    return plan;
  }

 private:
  static constexpr uint8_t kInsert = static_cast<uint8_t>(types::RowKind::kInsert);
  static constexpr uint8_t kDelete = static_cast<uint8_t>(types::RowKind::kDelete);

  void AddOps(const MergeOrder& order, MergePlan* plan) const {
    Ops ops(order.rows(), Op::kAdd);
    for (int64_t key = 0; key < order.keys(); ++key) {
      if (order.bypass[key]) continue;
      for (int32_t entry = order.starts[key]; entry < order.starts[key + 1]; ++entry) {
        if (spec_.remove_record_on_delete && order.kind[entry] == kDelete) {
          ops[entry] = Op::kReset;
          plan->reset_entries.push_back(entry);
        } else if ((order.kind[entry] & 1) != 0) {
          ops[entry] = Op::kRetract;
        }
      }
    }
    plan->ops.push_back(std::move(ops));
  }

  const MergeSpec spec_;
};

}  // namespace

std::unique_ptr<MergeEngine> MakeAggregation(const MergeSpec& spec) {
  return std::make_unique<Aggregation>(spec);
}

}  // namespace tarn::merge

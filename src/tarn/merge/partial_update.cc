// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "tarn/merge/entry_codes.h"
#include "tarn/merge/key_retraction.h"
#include "tarn/merge/merge_engine.h"
#include "tarn/types/row_kind.h"

namespace tarn::merge {
namespace {

/// Newest value per column outside groups, newest clocks per group (Paimon
/// `PartialUpdateMergeFunction`). Without retractions each group is one argmax over its
/// clocks, ties to the later record, shared by all its columns; keys with retractions go
/// through `KeyRetraction`.
class PartialUpdate final : public MergeEngine {
 public:
  explicit PartialUpdate(const MergeSpec& spec) : spec_(spec) {
    folds_.resize(spec.groups.size(), false);
    for (int column = 0; column < spec.num_columns(); ++column) {
      const bool aggregated =
          spec.aggregates[column].function != AggregateFunction::kNone;
      if (aggregated && spec.group_of[column] >= 0) folds_[spec.group_of[column]] = true;
    }
  }

  Result<MergePlan> Select(const MergeOrder& order, RunColumns* columns) override {
    MergePlan plan;
    plan.check_added_nulls = spec_.groups.empty();
    ARROW_ASSIGN_OR_RAISE(const auto groups, ReadClocks(order, columns));
    const std::vector<int32_t> retracted = SetKinds(order, &plan);
    const size_t count = groups.size();
    // Selections: 0 the newest entry, then per group its clocks, then per group its plain
    // cells where they differ. Ops: per folding group, then those outside groups.
    const bool split = !retracted.empty();
    plan.selections.resize(1 + count * (split ? 2 : 1));
    plan.selections[0] = NewestEntries(order);
    std::vector<int> ops_of(count, -1);
    for (size_t group = 0; group < count; ++group) {
      if (!folds_[group]) continue;
      ops_of[group] = static_cast<int>(plan.ops.size());
      plan.ops.emplace_back(order.rows(), Op::kSkip);
    }
    int free_ops = -1;
    if (split) {
      free_ops = static_cast<int>(plan.ops.size());
      plan.ops.emplace_back(order.rows(), Op::kAdd);
    }
    auto group_ops = [&](size_t group) {
      return ops_of[group] < 0 ? nullptr : &plan.ops[ops_of[group]];
    };
    for (size_t group = 0; group < count; ++group) {
      plan.selections[1 + group] = NewestByClock(order, groups[group], group_ops(group));
      if (split) plan.selections[1 + count + group] = plan.selections[1 + group];
    }
    if (split) {
      KeyRetraction::Outputs outputs;
      outputs.plan = &plan;
      outputs.free_ops = &plan.ops[free_ops];
      for (size_t group = 0; group < count; ++group) {
        outputs.clocks.push_back(&plan.selections[1 + group]);
        outputs.plain.push_back(&plan.selections[1 + count + group]);
        outputs.group_ops.push_back(group_ops(group));
      }
      KeyRetraction machine(spec_, order, groups, std::move(outputs));
      for (int32_t key : retracted) ARROW_RETURN_NOT_OK(machine.Merge(key));
    }
    PlanColumns(count, split, ops_of, free_ops, &plan);
    return plan;
  }

 private:
  Result<std::vector<GroupClocks>> ReadClocks(const MergeOrder& order,
                                              RunColumns* columns) const {
    std::vector<GroupClocks> groups(spec_.groups.size());
    for (size_t group = 0; group < groups.size(); ++group) {
      groups[group].present.assign(order.rows(), 0);
      for (int column : spec_.groups[group].clocks) {
        ARROW_ASSIGN_OR_RAISE(const RunSlices* slices, columns->Read(column));
        ARROW_ASSIGN_OR_RAISE(EntryCodes codes,
                              EntryCodes::Make(order, columns->entries(), *slices));
        codes.MarkValid(groups[group].present.data());
        groups[group].clocks.push_back(std::move(codes));
      }
    }
    return groups;
  }

  /// Kinds and sequences of keys without retractions; the other keys are answered.
  static std::vector<int32_t> SetKinds(const MergeOrder& order, MergePlan* plan) {
    const int64_t keys = order.keys();
    plan->kinds.assign(keys, static_cast<uint8_t>(types::RowKind::kInsert));
    plan->sequences.resize(keys);
    std::vector<int32_t> retracted;
    for (int64_t key = 0; key < keys; ++key) {
      const int32_t newest = order.starts[key + 1] - 1;
      plan->sequences[key] = order.sequence[newest];
      if (order.bypass[key]) {
        plan->kinds[key] = order.kind[newest];
      } else if (order.has_retracts) {
        uint8_t kinds = 0;
        for (int32_t i = order.starts[key]; i <= newest; ++i) kinds |= order.kind[i];
        if ((kinds & 1) != 0) retracted.push_back(static_cast<int32_t>(key));
      }
    }
    return retracted;
  }

  static Selection NewestByClock(const MergeOrder& order, const GroupClocks& group,
                                 Ops* ops) {
    const int64_t keys = order.keys();
    Selection newest(keys);
    for (int64_t key = 0; key < keys; ++key) {
      if (order.bypass[key]) {
        newest[key] = order.starts[key];
        continue;
      }
      int32_t best = -1;
      for (int32_t i = order.starts[key]; i < order.starts[key + 1]; ++i) {
        if (!group.present[i]) continue;
        const bool newer = group.Compare(i, best) >= 0;
        if (newer) best = i;
        if (ops != nullptr) (*ops)[i] = newer ? Op::kAdd : Op::kAddReversed;
      }
      newest[key] = best;
    }
    return newest;
  }

  void PlanColumns(size_t count, bool split, const std::vector<int>& ops_of, int free_ops,
                   MergePlan* plan) const {
    plan->columns.resize(spec_.fields.size());
    for (int column = 0; column < spec_.num_columns(); ++column) {
      ColumnPlan& made = plan->columns[column];
      const int group = spec_.group_of[column];
      if (spec_.is_primary[column]) {
        made.selection = 0;
      } else if (group < 0) {
        made.rule = ColumnPlan::Rule::kNewestNonNull;
        made.ops = free_ops;
      } else if (spec_.aggregates[column].function != AggregateFunction::kNone) {
        made.rule = ColumnPlan::Rule::kFold;
        made.ops = ops_of[group];
      } else {
        const auto& clocks = spec_.groups[group].clocks;
        const bool is_clock =
            std::find(clocks.begin(), clocks.end(), column) != clocks.end();
        made.selection = static_cast<int>(1 + group + (split && !is_clock ? count : 0));
      }
    }
  }

  const MergeSpec spec_;
  std::vector<bool> folds_;  ///< per group: it protects aggregated columns
};

}  // namespace

std::unique_ptr<MergeEngine> MakePartialUpdate(const MergeSpec& spec) {
  return std::make_unique<PartialUpdate>(spec);
}

}  // namespace tarn::merge

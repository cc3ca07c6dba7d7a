// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tarn/merge/merge_engine.h"

namespace tarn::merge {
namespace {

/// All columns from one entry per key; -1 drops the key.
MergePlan SelectRows(const MergeSpec& spec, const MergeOrder& order,
                     Selection selection) {
  MergePlan plan;
  const int64_t keys = order.keys();
  plan.kinds.resize(keys);
  plan.sequences.resize(keys);
  bool dropped = false;
  for (int64_t key = 0; key < keys; ++key) {
    const int32_t entry = selection[key];
    if (entry < 0) {
      dropped = true;
      continue;
    }
    plan.kinds[key] = order.kind[entry];
    plan.sequences[key] = order.sequence[entry];
  }
  if (dropped) {
    plan.keep.resize(keys);
    for (int64_t key = 0; key < keys; ++key) plan.keep[key] = selection[key] >= 0;
  }
  plan.selections.push_back(std::move(selection));
  plan.columns.assign(spec.fields.size(), ColumnPlan{.selection = 0});
  return plan;
}

/// The last record of a key wins, with its kind (Paimon `DeduplicateMergeFunction`).
class Deduplicate final : public MergeEngine {
 public:
  explicit Deduplicate(const MergeSpec& spec) : spec_(spec) {}

  Result<MergePlan> Select(const MergeOrder& order, RunColumns*) override {
    Selection newest = NewestEntries(order);
    if (spec_.ignore_delete && order.has_retracts) {
      for (int64_t key = 0; key < order.keys(); ++key) {
        if (order.bypass[key]) continue;
        int32_t entry = order.starts[key + 1] - 1;
        while (entry >= order.starts[key] && (order.kind[entry] & 1) != 0) --entry;
        newest[key] = entry >= order.starts[key] ? entry : -1;
      }
    }
    return SelectRows(spec_, order, std::move(newest));
  }

 private:
  const MergeSpec spec_;
};

/// The first record of a key wins (Paimon `FirstRowMergeFunction`).
class FirstRow final : public MergeEngine {
 public:
  explicit FirstRow(const MergeSpec& spec) : spec_(spec) {}

  Result<MergePlan> Select(const MergeOrder& order, RunColumns*) override {
    Selection first(order.keys());
    for (int64_t key = 0; key < order.keys(); ++key) {
      first[key] = order.starts[key];
      if (order.bypass[key] || !order.has_retracts) continue;
      first[key] = -1;
      for (int32_t entry = order.starts[key]; entry < order.starts[key + 1]; ++entry) {
        if ((order.kind[entry] & 1) != 0) {
          if (spec_.ignore_delete) continue;
          return InvalidInput(
              1220,
              "By default, First row merge engine can not accept DELETE/UPDATE_BEFORE "
              "records. You can config 'ignore-delete' to ignore the "
              "DELETE/UPDATE_BEFORE "
              "records");
        }
        if (first[key] < 0) first[key] = entry;
      }
    }
    return SelectRows(spec_, order, std::move(first));
  }

 private:
  const MergeSpec spec_;
};

}  // namespace

std::unique_ptr<MergeEngine> MakeDeduplicate(const MergeSpec& spec) {
  return std::make_unique<Deduplicate>(spec);
}

std::unique_ptr<MergeEngine> MakeFirstRow(const MergeSpec& spec) {
  return std::make_unique<FirstRow>(spec);
}

}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/merge/gather.h"
#include "tarn/merge/merge_order.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/run_columns.h"

namespace tarn::merge {

/// What one record does to the cells of one sequence group, or of the columns outside all
/// groups. Kinds and clocks decide it, values never do.
enum class Op : uint8_t {
  kSkip,          ///< nothing
  kAdd,           ///< plain cells are set; aggregates: acc = agg(acc, cell)
  kAddReversed,   ///< late: plain cells stay; aggregates: acc = agg(cell, acc)
  kRetract,       ///< plain cells are cleared by the plan; acc = retract(acc, cell)
  kReset,         ///< the row becomes this record: acc = cell
  kResetRetract,  ///< the first retraction of a key: acc = retract(cell, cell)
};
using Ops = std::vector<Op>;  ///< Op[rows of the order]

/// How one output column is made.
struct ColumnPlan {
  enum class Rule : uint8_t {
    kSelect,         ///< cells of `selections[selection]`
    kNewestNonNull,  ///< newest cell that is not NULL, under `ops[ops]`
    kFold,           ///< the column's aggregate function, under `ops[ops]`
  };
  Rule rule = Rule::kSelect;
  int selection = -1;
  int ops = -1;  ///< -1 = every record adds
};

/// Where each output cell of an order comes from, decided without values.
struct MergePlan {
  std::vector<uint8_t> kinds;      ///< uint8[keys]
  std::vector<int64_t> sequences;  ///< int64[keys]
  std::vector<uint8_t> keep;       ///< uint8[keys], 0 = the result is null; empty = all
  std::vector<Selection> selections;
  std::vector<Ops> ops;
  std::vector<ColumnPlan> columns;  ///< per column of the table
  /// Records that were copied into the row as a whole: NOT NULL columns may not be NULL
  /// there.
  std::vector<int32_t> reset_entries;
  /// Additions may not bring NULL to NOT NULL columns (partial-update without groups).
  bool check_added_nulls = false;
};

/// Turns an order into a plan. One definition of "newest" for scans, flushes, compaction,
/// changelogs and lookups. One caller at a time.
class MergeEngine {
 public:
  virtual ~MergeEngine() = default;
  /// \param order    whole keys
  /// \param columns  the order's rows, for the clocks
  /// Errors: kInvalidInput for a retraction that this table cannot take; those of
  /// cursors.
  virtual Result<MergePlan> Select(const MergeOrder& order, RunColumns* columns) = 0;
};

/// The engine of `spec`, which is already projected to the columns that will be read.
Result<std::unique_ptr<MergeEngine>> MakeMergeEngine(const MergeSpec& spec);

std::unique_ptr<MergeEngine> MakeDeduplicate(const MergeSpec& spec);
std::unique_ptr<MergeEngine> MakeFirstRow(const MergeSpec& spec);
std::unique_ptr<MergeEngine> MakePartialUpdate(const MergeSpec& spec);
std::unique_ptr<MergeEngine> MakeAggregation(const MergeSpec& spec);

/// Entry of the newest record of each key.
Selection NewestEntries(const MergeOrder& order);

}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/merge/entry_codes.h"
#include "tarn/merge/merge_engine.h"

namespace tarn::merge {

/// Clocks of one sequence group, by entry of the order.
struct GroupClocks {
  std::vector<EntryCodes> clocks;
  std::vector<uint8_t>
      present;  ///< uint8[rows]: 0 = all clocks are NULL, the group is skipped

  /// Sign of comparing the clocks of `entry` with those of `current`; -1 = all NULL.
  int Compare(int32_t entry, int32_t current) const {
    if (current < 0) return 1;
    for (const EntryCodes& clock : clocks) {
      const int compared = clock.Compare(entry, current);
      if (compared != 0) return compared;
    }
    return 0;
  }
};

/// Partial-update of keys that hold retractions, record by record: the only place that
/// knows Java's quirks about them (Paimon `PartialUpdateMergeFunction`). Values are never
/// seen; what becomes of the cells is left as entries and ops.
///
///  - The first record of a key, if it is a retraction, is copied into the row as if
///  added.
///  - A retraction clears the plain cells of groups whose clocks it carries forward;
///  aggregates
///    take it back even when it is late.
///  - A deletion by a removing group makes the row the deletion's own record, all groups.
///  - A key that met no addition ends as -D.
class KeyRetraction {
 public:
  /// Output arrays are sized by the caller. `group_ops[g]` may be nullptr.
  struct Outputs {
    MergePlan* plan = nullptr;
    std::vector<Selection*> plain;   ///< per group: where protected cells come from
    std::vector<Selection*> clocks;  ///< per group: where clocks come from
    std::vector<Ops*> group_ops;
    Ops* free_ops = nullptr;  ///< columns outside all groups
  };

  KeyRetraction(const MergeSpec& spec, const MergeOrder& order,
                const std::vector<GroupClocks>& groups, Outputs outputs);

  /// Errors: kInvalidInput for a retraction that no policy of the table covers.
  Status Merge(int64_t key);

 private:
  Status Retract(int32_t entry);
  void Add(int32_t entry);
  /// The whole row becomes the record `entry`.
  void Reset(int32_t entry);
  Result<bool> Remove(int32_t entry);
  void SetOp(size_t group, int32_t entry, Op op) {
    if (out_.group_ops[group] != nullptr) (*out_.group_ops[group])[entry] = op;
  }

  const MergeSpec& spec_;
  const MergeOrder& order_;
  const std::vector<GroupClocks>& groups_;
  Outputs out_;
  std::vector<int> unretractable_;  ///< aggregated columns that cannot take anything back

  // The key at hand.
  std::vector<int32_t> plain_;    ///< per group: entry of the plain cells, -1 = NULL
  std::vector<int32_t> current_;  ///< per group: entry of the clocks, -1 = NULL
  bool filled_ = false;
  bool met_insert_ = false;
  bool removed_ = false;
  int64_t sequence_ = 0;
};

}  // namespace tarn::merge

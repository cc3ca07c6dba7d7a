// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/merge/key_codes.h"
#include "tarn/merge/merge_order.h"
#include "tarn/merge/run_columns.h"

namespace tarn::merge {

/// Cells of one column by entry of an order, comparable as Paimon compares them: a clock,
/// or the input of `max` and `min`.
class EntryCodes {
 public:
  static Result<EntryCodes> Make(const MergeOrder& order, const EntriesByRun& entries,
                                 const RunSlices& slices);

  bool IsValid(int32_t entry) const { return valid_[entry] != 0; }
  /// Set `marks[entry]` of the entries that are not NULL.
  void MarkValid(uint8_t* marks) const {
    for (size_t i = 0; i < valid_.size(); ++i) marks[i] |= valid_[i];
  }
  /// < 0, 0, > 0; NULL before every value.
  int Compare(int32_t a, int32_t b) const {
    if (valid_[a] != valid_[b]) return valid_[a] < valid_[b] ? -1 : 1;
    if (codes_[a] != codes_[b]) return codes_[a] < codes_[b] ? -1 : 1;
    return views_.empty() ? 0 : views_[a].compare(views_[b]);
  }

 private:
  std::vector<uint64_t> codes_;
  std::vector<uint8_t> valid_;
  std::vector<std::string_view> views_;
  std::vector<std::shared_ptr<const void>> owners_;
};

}  // namespace tarn::merge

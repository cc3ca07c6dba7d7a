// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/entry_codes.h"

#include <arrow/array.h>

namespace tarn::merge {

Result<EntryCodes> EntryCodes::Make(const MergeOrder& order, const RunSlices& slices) {
  const size_t runs = slices.arrays.size();
  std::vector<ColumnCodes> encoded(runs);
  bool exact = true;
  for (size_t run = 0; run < runs; ++run) {
    if (slices.arrays[run] == nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(encoded[run], EncodeColumn(slices.arrays[run]));
    exact &= encoded[run].exact;
  }
  EntryCodes out;
  const int64_t rows = order.rows();
  out.codes_.resize(rows);
  out.valid_.resize(rows);
  if (!exact) out.views_.resize(rows);
  for (int64_t i = 0; i < rows; ++i) {
    const uint16_t run = order.run[i];
    const ColumnCodes& codes = encoded[run];
    const int64_t row = order.row[i] - slices.first[run];
    out.codes_[i] = codes.codes[row];
    out.valid_[i] = codes.IsValid(row);
    if (!codes.exact) out.views_[i] = codes.views[row];
  }
  for (ColumnCodes& codes : encoded) {
    if (codes.owner != nullptr) out.owners_.push_back(std::move(codes.owner));
  }
  return out;
}

}  // namespace tarn::merge

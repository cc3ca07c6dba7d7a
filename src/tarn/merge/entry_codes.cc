// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/entry_codes.h"

#include <utility>

#include <arrow/array.h>

namespace tarn::merge {

Result<EntryCodes> EntryCodes::Make(const MergeOrder& order, const EntriesByRun& entries,
                                    const RunSlices& slices) {
  EntryCodes out;
  const int64_t rows = order.rows();
  out.codes_.assign(rows, 0);
  out.valid_.assign(rows, 0);
  for (size_t run = 0; run < slices.arrays.size(); ++run) {
    const auto& array = slices.arrays[run];
    if (array == nullptr || array->null_count() == array->length()) continue;
    ARROW_ASSIGN_OR_RAISE(ColumnCodes codes, EncodeColumn(array));
    if (!codes.exact && out.views_.empty()) out.views_.resize(rows);
    const int32_t* entry = entries.entry.data() + entries.base[run] + slices.first[run];
    for (int64_t row = 0; row < array->length(); ++row) {
      if (entry[row] < 0 || !codes.IsValid(row)) continue;
      out.codes_[entry[row]] = codes.codes[row];
      out.valid_[entry[row]] = 1;
      if (!codes.exact) out.views_[entry[row]] = codes.views[row];
    }
    if (codes.owner != nullptr) out.owners_.push_back(std::move(codes.owner));
  }
  return out;
}

}  // namespace tarn::merge

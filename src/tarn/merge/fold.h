// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/gather.h"
#include "tarn/merge/merge_engine.h"
#include "tarn/merge/merge_order.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/run_columns.h"

namespace tarn::merge {

/// kInvalidInput in Java's words: the function of `column` cannot take anything back.
Status CannotRetract(const MergeSpec& spec, int column);

/// What a fold reads. `ops` is Op[rows] or nullptr (every record adds); a key that
/// bypasses the merge keeps its only cell.
struct FoldInput {
  const MergeSpec& spec;
  int column;
  const MergeOrder& order;
  const RunSlices& slices;
  const EntriesByRun& entries;
  const Op* ops = nullptr;

  const Aggregate& aggregate() const { return spec.aggregates[column]; }
  Op op(int32_t entry) const { return ops == nullptr ? Op::kAdd : ops[entry]; }
};

/// Functions that pick one of the cells answer which: last_value, last_non_null_value,
/// first_value, first_non_null_value, max, min, primary-key.
bool PicksCell(AggregateFunction function);

/// Entry per key whose cell is the result, -1 = NULL; int32[keys].
/// Errors: kInvalidInput for a retraction that the function cannot take.
Result<Selection> FoldToEntries(const FoldInput& input);

/// The other functions compute, or build lists, maps, bitmaps and sketches. type[keys].
/// Errors: kInvalidInput for a number that its type cannot hold, a retraction that the
/// function cannot take, NULL in a nested key that may hold none; kUnsupported where
/// Java's answer hangs on its objects; kCorruption for bytes that are no bitmap or
/// sketch; kResource above 2 GiB of text.
Result<std::shared_ptr<arrow::Array>> FoldToValues(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input);

/// The newest cell of each key that is not NULL: partial-update's own rule. A reset takes
/// the cell whatever it holds.
Selection NewestNonNull(const FoldInput& input);

namespace internal {
Result<std::shared_ptr<arrow::Array>> FoldNumbers(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input);
Result<std::shared_ptr<arrow::Array>> FoldText(const base::Context& context,
                                               const FoldInput& input);

/// Validity and position of cells by entry of the order.
class Cells {
 public:
  explicit Cells(const FoldInput& input);
  bool IsValid(int32_t entry) const {
    const uint16_t run = order_.run[entry];
    if (bits_[run] == nullptr) return true;
    const int64_t at = offset_[run] + order_.row[entry];
    return (bits_[run][at >> 3] >> (at & 7)) & 1;
  }
  /// Slice of the entry's run and the position in it.
  const arrow::Array& array(int32_t entry) const {
    return *slices_.arrays[order_.run[entry]];
  }
  int64_t row(int32_t entry) const {
    return order_.row[entry] - slices_.first[order_.run[entry]];
  }

 private:
  const MergeOrder& order_;
  const RunSlices& slices_;
  std::vector<const uint8_t*> bits_;  ///< per run; nullptr = no NULL
  std::vector<int64_t> offset_;
};
}  // namespace internal

}  // namespace tarn::merge

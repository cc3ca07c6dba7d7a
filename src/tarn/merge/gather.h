// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/merge_order.h"
#include "tarn/merge/run_columns.h"

namespace tarn::merge {

/// Where the cells of an output column come from: an entry of the order per output row,
/// -1 = NULL. Shared by all columns of a group. int32[rows].
using Selection = std::vector<int32_t>;

/// A selection resolved to the runs, made once and used for many columns.
///
///   run  uint16[rows]  the run a cell comes from; runs = NULL
///   row  int32[rows]   its position among the rows of that run in the order
struct Sources {
  std::vector<uint16_t> run;
  std::vector<int32_t> row;
  RowRanges ranges;
  /// Bitmap of the rows that have a source; nullptr = all have.
  std::shared_ptr<arrow::Buffer> validity;
  int64_t null_count = 0;
  /// All cells come from one run in ascending rows without gaps: a slice.
  bool is_slice = false;

  int64_t rows() const { return static_cast<int64_t>(run.size()); }
  /// Narrow `ranges` to the rows that are used.
  void TrimRanges();
  static Sources Make(const MergeOrder& order, const Selection& selection);
};

/// One output column of `sources.rows()` cells.
/// Errors: kResource when text or bytes of one batch would exceed 2 GiB.
Result<std::shared_ptr<arrow::Array>> Gather(const base::Context& context,
                                             const std::shared_ptr<arrow::DataType>& type,
                                             const RunSlices& slices,
                                             const Sources& sources);

}  // namespace tarn::merge

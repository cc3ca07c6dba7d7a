// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/merge_spec.h"

namespace tarn::merge {

/// Order of the rows of a buffered batch by (key, user sequence, sequence number),
/// stable: int32[rows], the i-th entry is the row that comes i-th.
///
/// \param rows       all columns of the table, in the order of `spec.fields`
/// \param sequences  int64[rows]; nullptr = rows stand in the order of their sequence
/// numbers,
///                   as a write buffer numbers them
/// Errors: kInvalidInput above 2^31 rows, kCorruption for NULL in a key, kResource.
Result<std::shared_ptr<arrow::Buffer>> SortPermutation(const base::Context& context,
                                                       const MergeSpec& spec,
                                                       const arrow::RecordBatch& rows,
                                                       const int64_t* sequences);

}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/row_kind.h"

namespace tarn::types {

/// A batch of changes: columns, and what each row does.
///
/// Shapes, for `rows` rows:
///   rows    a record batch in the order and types of some list of fields
///   kinds   uint8[rows], values of `RowKind`; nullptr = every row is +I
///   absent  per column nullptr or a validity-like bitmap bit[rows], 1 = the source did
///   not
///           send this cell (design D16: absent is not NULL); empty = nothing is absent
struct ChangeBatch {
  std::shared_ptr<arrow::RecordBatch> rows;
  std::shared_ptr<arrow::Buffer> kinds;
  std::vector<std::shared_ptr<arrow::Buffer>> absent;

  const uint8_t* kinds_data() const;  ///< nullptr when every row is +I
  int64_t num_rows() const;
  /// Rows [offset, offset + length) without copying the columns.
  ChangeBatch Slice(int64_t offset, int64_t length) const;
};

}  // namespace tarn::types

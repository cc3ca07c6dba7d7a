// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/data_type.h"

namespace tarn::types {

/// Rows as canonical JSON text: one object per row in column order, one spelling per
/// value, so that two engines agree exactly when their lines are the same bytes
/// (docs/reference/canonical-rows.md).
///
/// The Arrow types are those of `arrow_types.h`; timestamps and times of any unit and the
/// large and view forms of strings and lists are taken too.
/// Errors: kUnsupported for VECTOR; those of `AppendVariantJson`; kInternal when a
/// column's Arrow type does not hold its logical type; kCorruption for a time outside its
/// day.

/// Append the rows of `batch` to `out`, each with a newline after it. Works by column:
/// every column is turned into text as a whole, then the cells are laid side by side.
/// \param fields  name and type of each column, fields[batch.num_columns()]
Status AppendCanonicalRows(const arrow::RecordBatch& batch,
                           const std::vector<DataField>& fields, std::string* out);

/// One row, without a newline.
Result<std::string> CanonicalRow(const arrow::RecordBatch& batch, int64_t row,
                                 const std::vector<DataField>& fields);

/// The values of a column, `null` for nulls: text[array.length()].
Result<std::vector<std::string>> CanonicalValues(const arrow::Array& array,
                                                 const DataType& type);

}  // namespace tarn::types

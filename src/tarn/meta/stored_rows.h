// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/meta/data_file_meta.h"
#include "tarn/types/data_type.h"

namespace tarn::meta {

/// Decode serialized rows (arity prefix) of `fields`: one array per field, rows.size()
/// values each. Nullability of the fields is not looked at: statistics hold NULL in any
/// column. Errors: kCorruption where a row has another arity or points outside itself.
Result<std::vector<std::shared_ptr<arrow::Array>>> DecodeStoredRows(
    const std::vector<std::string_view>& rows,
    const std::vector<types::DataField>& fields);

/// Serialize one row of scalars (a null pointer is NULL) with its arity.
Result<std::string> EncodeStoredRow(
    const std::vector<std::shared_ptr<arrow::Scalar>>& values,
    const std::vector<types::DataField>& fields);

/// Order of stored rows, field by field, NULL first (Paimon `KeyComparatorSupplier`): the
/// positions of `rows` from smallest to largest come from sorting with `Compare`.
/// Immutable.
class StoredRowOrder {
 public:
  /// Errors: those of `DecodeStoredRows`; kUnsupported for a field without an order.
  static Result<StoredRowOrder> Make(const std::vector<std::string_view>& rows,
                                     const std::vector<types::DataField>& fields);
  /// Below 0, 0 or above 0.
  int Compare(size_t a, size_t b) const;

 private:
  std::vector<std::shared_ptr<arrow::Array>> columns_;
};

}  // namespace tarn::meta

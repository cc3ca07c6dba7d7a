// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/stored_rows.h"

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "tarn/expr/compare_values.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/binary_row.h"

namespace tarn::meta {
namespace {

std::vector<types::DataType> TypesOf(const std::vector<types::DataField>& fields) {
  std::vector<types::DataType> out;
  out.reserve(fields.size());
  for (const types::DataField& field : fields) {
    out.push_back(field.type.WithNullable(true));
  }
  return out;
}

}  // namespace

Result<std::vector<std::shared_ptr<arrow::Array>>> DecodeStoredRows(
    const std::vector<std::string_view>& rows,
    const std::vector<types::DataField>& fields) {
  std::vector<std::string_view> parsed;
  parsed.reserve(rows.size());
  for (const std::string_view bytes : rows) {
    ARROW_ASSIGN_OR_RAISE(const types::SerializedRow row,
                          types::ParseSerializedRow(bytes));
    if (static_cast<size_t>(row.arity) != fields.size()) {
      return Corruption(7108, "Stored row has another number of fields than its schema:",
                        V("arity", row.arity), V("expected", fields.size()));
    }
    parsed.push_back(row.row);
  }
  return types::DecodeBinaryRows(arrow::default_memory_pool(), parsed, TypesOf(fields));
}

Result<std::string> EncodeStoredRow(
    const std::vector<std::shared_ptr<arrow::Scalar>>& values,
    const std::vector<types::DataField>& fields) {
  std::vector<std::shared_ptr<arrow::Scalar>> scalars = values;
  for (size_t i = 0; i < scalars.size(); ++i) {
    if (scalars[i] != nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(fields[i].type));
    scalars[i] = arrow::MakeNullScalar(type);
  }
  ARROW_ASSIGN_OR_RAISE(const std::string row,
                        types::EncodeBinaryRow(scalars, TypesOf(fields)));
  return types::SerializeBinaryRow(static_cast<int32_t>(fields.size()), row);
}

Result<StoredRowOrder> StoredRowOrder::Make(const std::vector<std::string_view>& rows,
                                            const std::vector<types::DataField>& fields) {
  StoredRowOrder out;
  ARROW_ASSIGN_OR_RAISE(out.columns_, DecodeStoredRows(rows, fields));
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!expr::IsComparable(*out.columns_[i]->type())) {
      return Unsupported(6105,
                         "Keys of this type have no order:", V("column", fields[i].name),
                         V("type", fields[i].type.ToString()));
    }
  }
  return out;
}

int StoredRowOrder::Compare(size_t a, size_t b) const {
  for (const auto& column : columns_) {
    const int order = expr::CompareNullable(*column, static_cast<int64_t>(a), *column,
                                            static_cast<int64_t>(b));
    if (order != 0) return order;
  }
  return 0;
}

}  // namespace tarn::meta

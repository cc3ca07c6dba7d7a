// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/default_columns.h"

#include <arrow/array/builder_primitive.h>
#include <arrow/array/concatenate.h>
#include <arrow/compute/api.h>
#include <arrow/record_batch.h>

#include "tarn/meta/default_value.h"

namespace tarn::write {

Result<DefaultColumns> DefaultColumns::Make(arrow::MemoryPool* pool, base::Clock* clock,
                                            const std::vector<types::DataField>& fields) {
  DefaultColumns out;
  out.pool_ = pool;
  for (size_t i = 0; i < fields.size(); ++i) {
    // A default does not excuse a NULL in a NOT NULL column: Java checks first.
    if (!fields[i].default_value || !fields[i].type.nullable()) continue;
    Default column;
    column.column = static_cast<int>(i);
    ARROW_ASSIGN_OR_RAISE(column.value, meta::DefaultValueOf(fields[i], pool, clock));
    out.defaults_.push_back(std::move(column));
  }
  return out;
}

Result<std::shared_ptr<arrow::RecordBatch>> DefaultColumns::Fill(
    const std::shared_ptr<arrow::RecordBatch>& rows) const {
  std::shared_ptr<arrow::RecordBatch> out = rows;
  for (const Default& column : defaults_) {
    const auto& values = out->column(column.column);
    if (values->null_count() == 0) continue;
    // The default stands behind the column, and NULLs point to it.
    ARROW_ASSIGN_OR_RAISE(const auto both,
                          arrow::Concatenate({values, column.value}, pool_));
    arrow::Int64Builder places(pool_);
    ARROW_RETURN_NOT_OK(places.Reserve(values->length()));
    for (int64_t row = 0; row < values->length(); ++row) {
      places.UnsafeAppend(values->IsNull(row) ? values->length() : row);
    }
    ARROW_ASSIGN_OR_RAISE(const auto indexes, places.Finish());
    arrow::compute::ExecContext context(pool_);
    ARROW_ASSIGN_OR_RAISE(
        const auto filled,
        arrow::compute::Take(*both, *indexes, arrow::compute::TakeOptions::Defaults(),
                             &context));
    ARROW_ASSIGN_OR_RAISE(
        out, out->SetColumn(column.column, out->schema()->field(column.column), filled));
  }
  return out;
}

}  // namespace tarn::write

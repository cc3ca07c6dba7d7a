// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/batch_builder.h"

#include <algorithm>

#include <arrow/api.h>

#include "tarn/types/arrow_types.h"

namespace tarn::cdc {

Result<std::unique_ptr<BatchBuilder>> BatchBuilder::Make(
    const DecoderOptions& options, std::shared_ptr<const Placeholder> placeholder,
    arrow::MemoryPool* pool) {
  std::unique_ptr<BatchBuilder> builder(new BatchBuilder());
  std::vector<int> row_index(options.columns.size(), -1);
  for (size_t i = 0; i < options.columns.size(); ++i) {
    if (!options.columns[i].metadata_key.empty()) continue;
    row_index[i] = static_cast<int>(builder->row_fields_.size());
    builder->row_fields_.push_back(options.columns[i].field);
  }
  std::vector<int> keys;
  std::vector<bool> is_key(options.columns.size(), false);
  for (const int key : options.key_columns) {
    if (key < 0 || key >= static_cast<int>(options.columns.size())) {
      return InternalError(440, "A key column is none:", V("index", key));
    }
    is_key[key] = true;
    // A key column may be metadata; then it is never missing from a row.
    if (row_index[key] >= 0) keys.push_back(row_index[key]);
  }
  ARROW_ASSIGN_OR_RAISE(
      builder->rows_,
      RowDecoder::Make(builder->row_fields_, std::move(keys),
                       options.fail_on_missing_field, std::move(placeholder), pool));
  ARROW_ASSIGN_OR_RAISE(builder->metadata_, MetadataWriter::Make(options.columns, pool));
  arrow::FieldVector fields;
  size_t metadata_index = 0;
  for (size_t i = 0; i < options.columns.size(); ++i) {
    ColumnBuffer* column = row_index[i] >= 0
                               ? builder->rows_->column(static_cast<size_t>(row_index[i]))
                               : builder->metadata_->column(metadata_index++);
    builder->columns_.push_back(column);
    const types::DataField& field = options.columns[i].field;
    // A NOT NULL metadata column is always there; a NOT NULL member of the row may be
    // missing from the image of a delete.
    const bool nullable =
        is_key[i] || row_index[i] < 0 ? field.type.nullable() && !is_key[i] : true;
    fields.push_back(arrow::field(field.name, column->type(), nullable));
  }
  builder->schema_ = arrow::schema(std::move(fields));
  return builder;
}

void BatchBuilder::Rollback() {
  rows_->Truncate(begin_);
  metadata_->Truncate(begin_);
  kinds_.resize(static_cast<size_t>(begin_));
}

RowOutcome BatchBuilder::Append(JsonDocument* document, JsonDocument::Token token,
                                const std::vector<Conversion>& conversions, RowRole role,
                                types::RowKind kind) {
  const RowOutcome outcome = rows_->AppendRow(document, &token, conversions, role);
  if (outcome == RowOutcome::kAppended) [[likely]] {
    kinds_.push_back(static_cast<uint8_t>(kind));
    return outcome;
  }
  reason_ = rows_->reason();
  failure_ = rows_->failure();
  Rollback();
  return outcome;
}

RowOutcome BatchBuilder::Close(const MetadataInput& input) {
  for (auto row = static_cast<size_t>(begin_); row < kinds_.size(); ++row) {
    const auto kind = static_cast<types::RowKind>(kinds_[row]);
    if (!metadata_->Append(input, kind)) [[unlikely]] {
      reason_ = metadata_->reason();
      failure_ = metadata_->failure();
      Rollback();
      return failure_.ok() ? RowOutcome::kRejected : RowOutcome::kFailed;
    }
    if (kind != types::RowKind::kInsert) all_inserts_ = false;
  }
  return RowOutcome::kAppended;
}

Result<types::ChangeBatch> BatchBuilder::Finish() {
  const int64_t count = rows();
  types::ChangeBatch batch;
  arrow::ArrayDataVector arrays;
  bool any_absent = false;
  for (ColumnBuffer* column : columns_) {
    ARROW_ASSIGN_OR_RAISE(auto absent, column->FinishAbsent());
    any_absent |= absent != nullptr;
    batch.absent.push_back(std::move(absent));
    ARROW_ASSIGN_OR_RAISE(auto data, column->Finish());
    arrays.push_back(std::move(data));
  }
  if (!any_absent) batch.absent.clear();
  rows_->Truncate(0);
  batch.rows = arrow::RecordBatch::Make(schema_, count, std::move(arrays));
  if (!all_inserts_) {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> kinds,
                          arrow::AllocateBuffer(count));
    std::copy(kinds_.begin(), kinds_.end(), kinds->mutable_data());
    batch.kinds = std::move(kinds);
  }
  kinds_.clear();
  all_inserts_ = true;
  begin_ = 0;
  return batch;
}

}  // namespace tarn::cdc

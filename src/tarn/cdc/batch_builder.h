// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tarn/cdc/metadata.h"
#include "tarn/cdc/row_decoder.h"
#include "tarn/types/change_batch.h"

namespace tarn::cdc {

/// Gathers the rows of messages into a batch: columns of the row, metadata columns,
/// kinds. The rows of one message appear together or not at all. One caller at a time.
class BatchBuilder {
 public:
  static Result<std::unique_ptr<BatchBuilder>> Make(
      const DecoderOptions& options, std::shared_ptr<const Placeholder> placeholder,
      arrow::MemoryPool* pool);

  /// Open a message.
  void Begin() { begin_ = rows_->rows(); }
  /// Add a row to the open message. After anything but kAppended the message is rolled
  /// back.
  RowOutcome Append(JsonDocument* document, JsonDocument::Token token,
                    const std::vector<Conversion>& conversions, RowRole role,
                    types::RowKind kind);
  /// Close the message: write the metadata of its rows.
  RowOutcome Close(const MetadataInput& input);

  int64_t rows() const { return rows_->rows(); }
  int64_t bytes() const { return rows_->bytes() + metadata_->bytes(); }
  const MetadataWriter& metadata() const { return *metadata_; }
  const std::vector<types::DataField>& row_fields() const { return row_fields_; }
  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  const std::string& reason() const { return reason_; }
  const Status& failure() const { return failure_; }

  /// The batch of all closed messages; the builder is empty afterwards.
  Result<types::ChangeBatch> Finish();

 private:
  BatchBuilder() = default;
  void Rollback();

  std::shared_ptr<arrow::Schema> schema_;
  std::vector<types::DataField> row_fields_;  // columns that are members of the row
  std::vector<ColumnBuffer*> columns_;        // in the order of the schema
  std::unique_ptr<RowDecoder> rows_;
  std::unique_ptr<MetadataWriter> metadata_;
  std::vector<uint8_t> kinds_;
  bool all_inserts_ = true;
  int64_t begin_ = 0;
  std::string reason_;
  Status failure_;
};

}  // namespace tarn::cdc

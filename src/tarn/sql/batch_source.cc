// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/sql/query_engine.h"
#include "tarn/types/arrow_types.h"

namespace tarn::sql {
namespace {

class BatchSource final : public ScanSource {
 public:
  BatchSource(std::string name, std::vector<types::DataField> fields,
              std::vector<std::shared_ptr<arrow::RecordBatch>> batches)
      : name_(std::move(name)),
        fields_(std::move(fields)),
        batches_(std::move(batches)) {}

  const std::vector<types::DataField>& fields() const override { return fields_; }

  Result<std::shared_ptr<arrow::RecordBatchReader>> Open(
      const std::vector<std::string>& columns, const expr::PredicatePtr&) override {
    std::vector<int> indexes;
    std::vector<types::DataField> chosen;
    for (const std::string& column : columns) {
      const int index = types::FieldIndex(fields_, column);
      if (index < 0) return InternalError(110, "No such column:", V("column", column));
      indexes.push_back(index);
      chosen.push_back(fields_[index]);
    }
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(chosen));
    std::vector<std::shared_ptr<arrow::RecordBatch>> out;
    for (const auto& batch : batches_) {
      std::vector<std::shared_ptr<arrow::Array>> arrays;
      for (int index : indexes) arrays.push_back(batch->column(index));
      out.push_back(
          arrow::RecordBatch::Make(schema, batch->num_rows(), std::move(arrays)));
    }
    return arrow::RecordBatchReader::Make(std::move(out), std::move(schema));
  }

  Result<std::string> Describe(const expr::PredicatePtr&) override { return name_; }

  std::optional<int64_t> EstimatedRows() override {
    int64_t rows = 0;
    for (const auto& batch : batches_) rows += batch->num_rows();
    return rows;
  }

 private:
  std::string name_;
  std::vector<types::DataField> fields_;
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches_;
};

}  // namespace

std::shared_ptr<ScanSource> MakeBatchSource(
    std::string name, std::vector<types::DataField> fields,
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches) {
  return std::make_shared<BatchSource>(std::move(name), std::move(fields),
                                       std::move(batches));
}

}  // namespace tarn::sql

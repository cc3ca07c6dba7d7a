// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/memory_run.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>

namespace tarn::datafile {
namespace {

class ArrayCursor final : public merge::ColumnCursor {
 public:
  explicit ArrayCursor(std::shared_ptr<arrow::Array> array) : array_(std::move(array)) {}

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    TARN_CHECK(rows >= 0 && position_ + rows <= array_->length(), V("rows", rows));
    auto out = array_->Slice(position_, rows);
    position_ += rows;
    return out;
  }
  Status Skip(int64_t rows) override {
    TARN_CHECK(rows >= 0 && position_ + rows <= array_->length(), V("rows", rows));
    position_ += rows;
    return Status::OK();
  }

 private:
  std::shared_ptr<arrow::Array> array_;
  int64_t position_ = 0;
};

std::unique_ptr<merge::ColumnCursor> CursorOf(std::shared_ptr<arrow::Array> array) {
  if (array == nullptr) return nullptr;
  return std::make_unique<ArrayCursor>(std::move(array));
}

}  // namespace

MemoryRun::MemoryRun(std::shared_ptr<arrow::RecordBatch> values,
                     std::shared_ptr<arrow::Array> sequences,
                     std::shared_ptr<arrow::Array> kinds, int32_t level)
    : values_(std::move(values)),
      sequences_(std::move(sequences)),
      kinds_(std::move(kinds)),
      level_(level) {}

int64_t MemoryRun::num_rows() const {
  return values_->num_rows();
}

Result<std::unique_ptr<merge::ColumnCursor>> MemoryRun::OpenColumn(int column) {
  TARN_CHECK(column >= 0 && column < values_->num_columns(), V("column", column));
  return CursorOf(values_->column(column));
}
Result<std::unique_ptr<merge::ColumnCursor>> MemoryRun::OpenSequence() {
  return CursorOf(sequences_);
}
Result<std::unique_ptr<merge::ColumnCursor>> MemoryRun::OpenKind() {
  return CursorOf(kinds_);
}

}  // namespace tarn::datafile

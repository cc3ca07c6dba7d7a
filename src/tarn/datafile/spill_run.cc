// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/spill_run.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/api.h>
#include <arrow/util/compression.h>

namespace tarn::datafile {
namespace {

/// Rows of one page: small enough that k runs times n columns stay within a budget.
constexpr int64_t kPageRows = 4096;
constexpr int kSequenceColumn = 0;
constexpr int kKindColumn = 1;
constexpr int kFirstValueColumn = 2;

class SpillCursor final : public merge::ColumnCursor {
 public:
  SpillCursor(std::shared_ptr<arrow::ipc::RecordBatchFileReader> reader,
              const std::vector<int64_t>& page_starts, arrow::MemoryPool* pool)
      : reader_(std::move(reader)), page_starts_(page_starts), pool_(pool) {}

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    TARN_CHECK(rows >= 0 && position_ + rows <= page_starts_.back(), V("rows", rows));
    arrow::ArrayVector parts;
    int64_t left = rows;
    while (left > 0) {
      ARROW_RETURN_NOT_OK(LoadPage());
      const int64_t in_page = position_ - page_starts_[page_];
      const int64_t take = std::min(left, page_array_->length() - in_page);
      parts.push_back(page_array_->Slice(in_page, take));
      position_ += take;
      left -= take;
    }
    if (parts.size() == 1) return parts[0];
    if (parts.empty()) {
      return arrow::MakeEmptyArray(reader_->schema()->field(0)->type(), pool_);
    }
    return arrow::Concatenate(parts, pool_);
  }

  Status Skip(int64_t rows) override {
    TARN_CHECK(rows >= 0 && position_ + rows <= page_starts_.back(), V("rows", rows));
    position_ += rows;
    return Status::OK();
  }

 private:
  Status LoadPage() {
    const auto after =
        std::upper_bound(page_starts_.begin(), page_starts_.end(), position_);
    const auto page = static_cast<size_t>(after - page_starts_.begin()) - 1;
    if (page_array_ != nullptr && page == page_) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(auto batch, reader_->ReadRecordBatch(static_cast<int>(page)));
    page_array_ = batch->column(0);
    page_ = page;
    return Status::OK();
  }

  std::shared_ptr<arrow::ipc::RecordBatchFileReader> reader_;
  const std::vector<int64_t> page_starts_;
  arrow::MemoryPool* pool_;
  int64_t position_ = 0;
  size_t page_ = 0;
  std::shared_ptr<arrow::Array> page_array_;
};

}  // namespace

SpillRun::~SpillRun() {
  (void)context_->files->Delete(path_);
}

Result<std::unique_ptr<merge::ColumnCursor>> SpillRun::Open(int file_column) {
  ARROW_ASSIGN_OR_RAISE(auto input, context_->files->OpenInput(path_));
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = context_->pool;
  options.use_threads = false;
  options.included_fields = {file_column};
  ARROW_ASSIGN_OR_RAISE(auto reader,
                        arrow::ipc::RecordBatchFileReader::Open(input, options));
  return std::make_unique<SpillCursor>(std::move(reader), page_starts_, context_->pool);
}

Result<std::unique_ptr<merge::ColumnCursor>> SpillRun::OpenColumn(int column) {
  return Open(kFirstValueColumn + column);
}
Result<std::unique_ptr<merge::ColumnCursor>> SpillRun::OpenSequence() {
  return Open(kSequenceColumn);
}
Result<std::unique_ptr<merge::ColumnCursor>> SpillRun::OpenKind() {
  return Open(kKindColumn);
}

Result<std::unique_ptr<SpillWriter>> SpillWriter::Make(
    std::shared_ptr<const base::Context> context, std::shared_ptr<arrow::Schema> schema) {
  auto writer = std::unique_ptr<SpillWriter>(new SpillWriter());
  writer->context_ = std::move(context);
  const base::Context& ctx = *writer->context_;
  writer->path_ =
      base::JoinPath(ctx.spill_directory, "tarn-spill-" + ctx.random->Uuid() + ".arrow");
  arrow::FieldVector fields = {arrow::field("_SEQUENCE_NUMBER", arrow::int64(), false),
                               arrow::field("_VALUE_KIND", arrow::int8(), false)};
  for (const auto& field : schema->fields()) fields.push_back(field->WithNullable(true));
  writer->file_schema_ = arrow::schema(std::move(fields));
  ARROW_ASSIGN_OR_RAISE(writer->output_, ctx.files->CreateOutput(writer->path_));
  auto options = arrow::ipc::IpcWriteOptions::Defaults();
  options.memory_pool = ctx.pool;
  options.use_threads = false;
  ARROW_ASSIGN_OR_RAISE(
      options.codec, arrow::util::Codec::Create(arrow::Compression::ZSTD, /*level=*/1));
  ARROW_ASSIGN_OR_RAISE(
      writer->writer_,
      arrow::ipc::MakeFileWriter(writer->output_, writer->file_schema_, options));
  return writer;
}

SpillWriter::~SpillWriter() {
  if (writer_ == nullptr) return;
  (void)writer_->Close();
  (void)output_->Close();
  (void)context_->files->Delete(path_);
}

Status SpillWriter::Write(const arrow::RecordBatch& values, const arrow::Array& sequences,
                          const arrow::Array* kinds) {
  const int64_t rows = values.num_rows();
  arrow::ArrayVector columns = {arrow::MakeArray(sequences.data())};
  if (kinds != nullptr) {
    columns.push_back(arrow::MakeArray(kinds->data()));
  } else {
    ARROW_ASSIGN_OR_RAISE(auto zeros, arrow::MakeArrayFromScalar(arrow::Int8Scalar(0),
                                                                 rows, context_->pool));
    columns.push_back(std::move(zeros));
  }
  for (const auto& column : values.columns()) columns.push_back(column);
  auto batch = arrow::RecordBatch::Make(file_schema_, rows, std::move(columns));
  for (int64_t offset = 0; offset < rows; offset += kPageRows) {
    auto page = batch->Slice(offset, kPageRows);
    ARROW_RETURN_NOT_OK(writer_->WriteRecordBatch(*page));
    rows_ += page->num_rows();
    page_starts_.push_back(rows_);
  }
  return Status::OK();
}

Result<std::unique_ptr<SpillRun>> SpillWriter::Finish() {
  ARROW_RETURN_NOT_OK(writer_->Close());
  ARROW_RETURN_NOT_OK(output_->Close());
  writer_.reset();
  return std::unique_ptr<SpillRun>(
      new SpillRun(context_, path_, rows_, std::move(page_starts_)));
}

}  // namespace tarn::datafile

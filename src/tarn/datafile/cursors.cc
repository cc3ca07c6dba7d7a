// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/cursors.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>

namespace tarn::datafile {
namespace {

class Repeat final : public merge::ColumnCursor {
 public:
  Repeat(std::shared_ptr<arrow::Array> value, int64_t rows, arrow::MemoryPool* pool)
      : value_(std::move(value)), left_(rows), pool_(pool) {}

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    ARROW_RETURN_NOT_OK(Skip(rows));
    if (repeated_ == nullptr || repeated_->length() < rows) {
      ARROW_ASSIGN_OR_RAISE(const auto scalar, value_->GetScalar(0));
      ARROW_ASSIGN_OR_RAISE(repeated_,
                            scalar->is_valid
                                ? arrow::MakeArrayFromScalar(*scalar, rows, pool_)
                                : arrow::MakeArrayOfNull(value_->type(), rows, pool_));
    }
    return repeated_->Slice(0, rows);
  }
  Status Skip(int64_t rows) override {
    TARN_CHECK(rows >= 0 && rows <= left_, V("rows", rows), V("left", left_));
    left_ -= rows;
    return Status::OK();
  }

 private:
  std::shared_ptr<arrow::Array> value_;
  int64_t left_;
  arrow::MemoryPool* pool_;
  std::shared_ptr<arrow::Array> repeated_;
};

class Mapped final : public merge::ColumnCursor {
 public:
  Mapped(std::unique_ptr<merge::ColumnCursor> cursor, ColumnMapping mapping,
         types::CastContext context)
      : cursor_(std::move(cursor)), mapping_(std::move(mapping)), context_(context) {}

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    ARROW_RETURN_NOT_OK(failure_);
    ARROW_ASSIGN_OR_RAISE(const auto stored, cursor_->Read(rows));
    auto mapped = mapping_.Apply(stored, context_);
    failure_ = mapped.status();
    return mapped;
  }
  Status Skip(int64_t rows) override {
    ARROW_RETURN_NOT_OK(failure_);
    return cursor_->Skip(rows);
  }

 private:
  std::unique_ptr<merge::ColumnCursor> cursor_;
  ColumnMapping mapping_;
  types::CastContext context_;
  Status failure_;
};

class Chained final : public merge::ColumnCursor {
 public:
  Chained(std::vector<int64_t> rows,
          std::function<Result<std::unique_ptr<merge::ColumnCursor>>(size_t)> open,
          std::shared_ptr<arrow::DataType> type, arrow::MemoryPool* pool)
      : rows_(std::move(rows)),
        open_(std::move(open)),
        type_(std::move(type)),
        pool_(pool),
        left_(rows_.empty() ? 0 : rows_[0]) {}

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    ARROW_RETURN_NOT_OK(failure_);
    arrow::ArrayVector parts;
    failure_ = ReadParts(rows, &parts);
    ARROW_RETURN_NOT_OK(failure_);
    if (parts.size() == 1) return parts[0];
    if (parts.empty()) return arrow::MakeEmptyArray(type_, pool_);
    return arrow::Concatenate(parts, pool_);
  }

  Status Skip(int64_t rows) override {
    ARROW_RETURN_NOT_OK(failure_);
    failure_ = SkipParts(rows);
    return failure_;
  }

 private:
  /// Go to the file that holds the next row. REQUIRES: there is one.
  Status Advance() {
    while (left_ == 0) {
      TARN_CHECK(file_ + 1 < rows_.size());
      cursor_.reset();
      left_ = rows_[++file_];
    }
    return Status::OK();
  }

  Status OpenCursor() {
    if (cursor_ != nullptr) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(cursor_, open_(file_));
    return Status::OK();
  }

  Status ReadParts(int64_t rows, arrow::ArrayVector* parts) {
    while (rows > 0) {
      ARROW_RETURN_NOT_OK(Advance());
      const int64_t step = std::min(rows, left_);
      ARROW_RETURN_NOT_OK(OpenCursor());
      ARROW_ASSIGN_OR_RAISE(auto part, cursor_->Read(step));
      parts->push_back(std::move(part));
      left_ -= step;
      rows -= step;
    }
    return Status::OK();
  }

  Status SkipParts(int64_t rows) {
    while (rows > 0) {
      ARROW_RETURN_NOT_OK(Advance());
      const int64_t step = std::min(rows, left_);
      if (step < left_) {
        ARROW_RETURN_NOT_OK(OpenCursor());
        ARROW_RETURN_NOT_OK(cursor_->Skip(step));
      }
      left_ -= step;
      rows -= step;
    }
    return Status::OK();
  }

  std::vector<int64_t> rows_;
  std::function<Result<std::unique_ptr<merge::ColumnCursor>>(size_t)> open_;
  std::shared_ptr<arrow::DataType> type_;
  arrow::MemoryPool* pool_;
  size_t file_ = 0;
  int64_t left_;  ///< rows of the current file that were not passed
  std::unique_ptr<merge::ColumnCursor> cursor_;
  Status failure_;
};

}  // namespace

std::unique_ptr<merge::ColumnCursor> RepeatCursor(std::shared_ptr<arrow::Array> value,
                                                  int64_t rows, arrow::MemoryPool* pool) {
  return std::make_unique<Repeat>(std::move(value), rows, pool);
}

std::unique_ptr<merge::ColumnCursor> MappedCursor(
    std::unique_ptr<merge::ColumnCursor> cursor, ColumnMapping mapping,
    types::CastContext context) {
  if (mapping.is_identity()) return cursor;
  return std::make_unique<Mapped>(std::move(cursor), std::move(mapping), context);
}

std::unique_ptr<merge::ColumnCursor> ChainedCursor(
    std::vector<int64_t> rows,
    std::function<Result<std::unique_ptr<merge::ColumnCursor>>(size_t)> open,
    std::shared_ptr<arrow::DataType> type, arrow::MemoryPool* pool) {
  return std::make_unique<Chained>(std::move(rows), std::move(open), std::move(type),
                                   pool);
}

}  // namespace tarn::datafile

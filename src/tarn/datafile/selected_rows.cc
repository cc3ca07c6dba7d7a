// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/selected_rows.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>

namespace tarn::datafile {
namespace {

class Selected final : public merge::ColumnCursor {
 public:
  Selected(std::unique_ptr<merge::ColumnCursor> cursor, RowRanges ranges,
           std::shared_ptr<arrow::DataType> type, arrow::MemoryPool* pool)
      : cursor_(std::move(cursor)),
        ranges_(std::move(ranges)),
        type_(std::move(type)),
        pool_(pool) {}

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    arrow::ArrayVector parts;
    while (rows > 0) {
      ARROW_ASSIGN_OR_RAISE(const int64_t step, Reach(rows));
      ARROW_ASSIGN_OR_RAISE(auto part, cursor_->Read(step));
      parts.push_back(std::move(part));
      Pass(step);
      rows -= step;
    }
    if (parts.size() == 1) return parts[0];
    if (parts.empty()) return arrow::MakeEmptyArray(type_, pool_);
    return arrow::Concatenate(parts, pool_);
  }

  Status Skip(int64_t rows) override {
    // Nothing is touched before a row is read: pages in between stay closed.
    while (rows > 0) {
      TARN_CHECK(next_ < ranges_.size());
      const int64_t step = std::min(rows, ranges_[next_].end - Wanted());
      Pass(step);
      rows -= step;
    }
    return Status::OK();
  }

 private:
  int64_t Wanted() const { return ranges_[next_].begin + passed_; }

  /// Bring the file's cursor to the next wanted row; how many follow it, up to `rows`.
  Result<int64_t> Reach(int64_t rows) {
    TARN_CHECK(next_ < ranges_.size());
    if (position_ < Wanted()) {
      ARROW_RETURN_NOT_OK(cursor_->Skip(Wanted() - position_));
      position_ = Wanted();
    }
    const int64_t step = std::min(rows, ranges_[next_].end - Wanted());
    position_ += step;
    return step;
  }

  void Pass(int64_t rows) {
    passed_ += rows;
    if (ranges_[next_].begin + passed_ == ranges_[next_].end) {
      ++next_;
      passed_ = 0;
    }
  }

  std::unique_ptr<merge::ColumnCursor> cursor_;
  const RowRanges ranges_;
  std::shared_ptr<arrow::DataType> type_;
  arrow::MemoryPool* pool_;
  size_t next_ = 0;       ///< range of the next wanted row
  int64_t passed_ = 0;    ///< rows of it that were passed
  int64_t position_ = 0;  ///< of the file's cursor
};

}  // namespace

RowRanges Intersect(const RowRanges& a, const RowRanges& b) {
  RowRanges out;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const int64_t begin = std::max(a[i].begin, b[j].begin);
    const int64_t end = std::min(a[i].end, b[j].end);
    if (begin < end) out.push_back({begin, end});
    a[i].end < b[j].end ? ++i : ++j;
  }
  return out;
}

int64_t CountRows(const RowRanges& ranges) {
  int64_t rows = 0;
  for (const format::RowRange& range : ranges) rows += range.end - range.begin;
  return rows;
}

RowRanges WithoutDeleted(const RowRanges& ranges, const index::DeletionVector& vector) {
  index::DeletedStretches stretches(vector);
  auto stretch = stretches.Next();
  int64_t passed = 0;  // deleted rows of the stretches before `stretch`
  // Live rows before a row of the file. REQUIRES: rows ascend from call to call.
  const auto live = [&](int64_t row) {
    while (stretch && stretch->end <= row) {
      passed += stretch->count();
      stretch = stretches.Next();
    }
    return row - passed - (stretch ? std::max<int64_t>(row - stretch->first, 0) : 0);
  };
  RowRanges out;
  for (const format::RowRange& range : ranges) {
    const int64_t begin = live(range.begin);
    const int64_t end = live(range.end);
    if (begin == end) continue;
    if (!out.empty() && out.back().end == begin) {
      out.back().end = end;
    } else {
      out.push_back({begin, end});
    }
  }
  return out;
}

std::unique_ptr<merge::ColumnCursor> SelectedCursor(
    std::unique_ptr<merge::ColumnCursor> cursor, RowRanges ranges,
    std::shared_ptr<arrow::DataType> type, arrow::MemoryPool* pool) {
  return std::make_unique<Selected>(std::move(cursor), std::move(ranges), std::move(type),
                                    pool);
}

}  // namespace tarn::datafile

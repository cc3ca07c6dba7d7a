// SPDX-License-Identifier: Apache-2.0
#include "tarn/read/judged_rows.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>

namespace tarn::read {
namespace {

/// A column of the run, and how far behind the batch at hand it stands.
struct Column {
  std::unique_ptr<merge::ColumnCursor> cursor;
  int64_t behind = 0;  ///< rows that were not wanted of it yet
};

class Judged final : public RowSource {
 public:
  Judged(const base::Context& context, std::unique_ptr<merge::SortedRun> run,
         Judgement judgement)
      : context_(context), run_(std::move(run)), judgement_(std::move(judgement)) {}

  Result<std::optional<Rows>> Next() override {
    ARROW_RETURN_NOT_OK(Open());
    while (position_ < run_->num_rows()) {
      const int64_t rows = std::min(judgement_.batch_rows, run_->num_rows() - position_);
      position_ += rows;
      ARROW_ASSIGN_OR_RAISE(auto batch, ReadBatch(rows));
      if (batch->num_rows() > 0) return Rows{std::move(batch), nullptr};
    }
    return std::nullopt;
  }

 private:
  Status Open() {
    if (opened_) return Status::OK();
    opened_ = true;
    for (int column : judgement_.predicate_columns) {
      ARROW_ASSIGN_OR_RAISE(auto cursor, run_->OpenColumn(column));
      judged_.push_back(std::move(cursor));
    }
    for (int column : judgement_.columns) {
      Column opened;
      if (JudgedAt(column) < 0) {
        ARROW_ASSIGN_OR_RAISE(opened.cursor, run_->OpenColumn(column));
      }
      columns_.push_back(std::move(opened));
    }
    return Status::OK();
  }

  /// Position of a column among those of the predicate, -1 if it is none of them.
  int JudgedAt(int column) const {
    const auto& judged = judgement_.predicate_columns;
    const auto at = std::find(judged.begin(), judged.end(), column);
    return at == judged.end() ? -1 : static_cast<int>(at - judged.begin());
  }

  Result<std::shared_ptr<arrow::RecordBatch>> ReadBatch(int64_t rows) {
    arrow::ArrayVector judged;
    for (auto& cursor : judged_) {
      ARROW_ASSIGN_OR_RAISE(auto array, cursor->Read(rows));
      judged.push_back(std::move(array));
    }
    const auto batch =
        arrow::RecordBatch::Make(judgement_.predicate_schema, rows, std::move(judged));
    ARROW_ASSIGN_OR_RAISE(const auto selected,
                          expr::Evaluate(*judgement_.predicate, *batch));
    int64_t begin = 0, end = rows;
    if (judgement_.late_columns) {
      while (begin < end && !selected->Value(begin)) ++begin;
      while (end > begin && !selected->Value(end - 1)) --end;
    }
    ARROW_ASSIGN_OR_RAISE(auto answer, ReadColumns(batch->columns(), begin, end, rows));
    const auto window = selected->Slice(begin, end - begin);
    const auto& mask = static_cast<const arrow::BooleanArray&>(*window);
    if (mask.true_count() == answer->num_rows()) return answer;
    arrow::compute::ExecContext exec(context_.pool);
    ARROW_ASSIGN_OR_RAISE(
        auto kept, arrow::compute::Filter(
                       answer, window, arrow::compute::FilterOptions::Defaults(), &exec));
    return kept.record_batch();
  }

  /// Rows [begin, end) of a batch of `rows`; a column of the predicate is there already.
  Result<std::shared_ptr<arrow::RecordBatch>> ReadColumns(
      const arrow::ArrayVector& judged, int64_t begin, int64_t end, int64_t rows) {
    arrow::ArrayVector arrays;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const int at = JudgedAt(judgement_.columns[i]);
      if (at >= 0) {
        arrays.push_back(judged[static_cast<size_t>(at)]->Slice(begin, end - begin));
        continue;
      }
      Column& column = columns_[i];
      column.behind += begin;
      if (begin == end) {
        column.behind += rows - begin;
        ARROW_ASSIGN_OR_RAISE(
            auto none,
            arrow::MakeEmptyArray(judgement_.schema->field(static_cast<int>(i))->type()));
        arrays.push_back(std::move(none));
        Count(rows);
        continue;
      }
      if (column.behind > 0) ARROW_RETURN_NOT_OK(column.cursor->Skip(column.behind));
      ARROW_ASSIGN_OR_RAISE(auto array, column.cursor->Read(end - begin));
      arrays.push_back(std::move(array));
      column.behind = rows - end;
      Count(rows - (end - begin));
    }
    return arrow::RecordBatch::Make(judgement_.schema, end - begin, std::move(arrays));
  }

  void Count(int64_t values) {
    if (judgement_.counters != nullptr) judgement_.counters->values_not_read += values;
  }

  const base::Context& context_;
  std::unique_ptr<merge::SortedRun> run_;
  const Judgement judgement_;
  bool opened_ = false;
  std::vector<std::unique_ptr<merge::ColumnCursor>> judged_;
  std::vector<Column> columns_;
  int64_t position_ = 0;
};

}  // namespace

std::unique_ptr<RowSource> JudgedRows(const base::Context& context,
                                      std::unique_ptr<merge::SortedRun> run,
                                      Judgement judgement) {
  return std::make_unique<Judged>(context, std::move(run), std::move(judgement));
}

}  // namespace tarn::read

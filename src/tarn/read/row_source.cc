// SPDX-License-Identifier: Apache-2.0
#include "tarn/read/row_source.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>

namespace tarn::read {
namespace {

class Raw final : public RowSource {
 public:
  Raw(std::unique_ptr<merge::SortedRun> run, std::vector<int> columns,
      std::shared_ptr<arrow::Schema> schema, int64_t batch_rows, bool with_kinds)
      : run_(std::move(run)),
        columns_(std::move(columns)),
        schema_(std::move(schema)),
        batch_rows_(batch_rows),
        with_kinds_(with_kinds) {}

  Result<std::optional<Rows>> Next() override {
    if (position_ == 0) ARROW_RETURN_NOT_OK(OpenCursors());
    const int64_t rows = std::min(batch_rows_, run_->num_rows() - position_);
    if (rows <= 0) return std::nullopt;
    arrow::ArrayVector arrays;
    for (auto& cursor : cursors_) {
      ARROW_ASSIGN_OR_RAISE(auto array, cursor->Read(rows));
      arrays.push_back(std::move(array));
    }
    Rows out{arrow::RecordBatch::Make(schema_, rows, std::move(arrays)), nullptr};
    if (kinds_ != nullptr) {
      ARROW_ASSIGN_OR_RAISE(const auto kinds, kinds_->Read(rows));
      ARROW_RETURN_NOT_OK(CheckKinds(*kinds));
      out.kinds = arrow::SliceBuffer(kinds->data()->buffers[1], kinds->offset(), rows);
    }
    position_ += rows;
    return out;
  }

 private:
  Status OpenCursors() {
    cursors_.clear();
    for (int column : columns_) {
      ARROW_ASSIGN_OR_RAISE(auto cursor, run_->OpenColumn(column));
      cursors_.push_back(std::move(cursor));
    }
    if (with_kinds_) {
      ARROW_ASSIGN_OR_RAISE(kinds_, run_->OpenKind());
    }
    return Status::OK();
  }

  static Status CheckKinds(const arrow::Array& kinds) {
    if (kinds.type_id() != arrow::Type::INT8 || kinds.null_count() > 0) {
      return Corruption(7850, "A file keeps no kinds of its rows:",
                        V("type", kinds.type()->ToString()));
    }
    const auto* values = kinds.data()->GetValues<int8_t>(1);
    for (int64_t i = 0; i < kinds.length(); ++i) {
      if (values[i] >= 0 && values[i] <= 3) continue;
      return Corruption(7851, "A row has a kind that does not exist:",
                        V("kind", static_cast<int>(values[i])));
    }
    return Status::OK();
  }

  std::unique_ptr<merge::SortedRun> run_;
  std::vector<int> columns_;
  std::shared_ptr<arrow::Schema> schema_;
  int64_t batch_rows_;
  bool with_kinds_;
  std::vector<std::unique_ptr<merge::ColumnCursor>> cursors_;
  std::unique_ptr<merge::ColumnCursor> kinds_;
  int64_t position_ = 0;
};

class Merged final : public RowSource {
 public:
  explicit Merged(std::unique_ptr<merge::RunMerger> merger)
      : merger_(std::move(merger)) {}

  Result<std::optional<Rows>> Next() override {
    ARROW_ASSIGN_OR_RAISE(auto batch, merger_->Next());
    if (!batch) return std::nullopt;
    return Rows{std::move(batch->rows), std::move(batch->kinds)};
  }

 private:
  std::unique_ptr<merge::RunMerger> merger_;
};

}  // namespace

std::unique_ptr<RowSource> RawSource(std::unique_ptr<merge::SortedRun> run,
                                     std::vector<int> columns,
                                     std::shared_ptr<arrow::Schema> schema,
                                     int64_t batch_rows, bool with_kinds) {
  return std::make_unique<Raw>(std::move(run), std::move(columns), std::move(schema),
                               batch_rows, with_kinds);
}

std::unique_ptr<RowSource> MergeSource(std::unique_ptr<merge::RunMerger> merger) {
  return std::make_unique<Merged>(std::move(merger));
}

}  // namespace tarn::read

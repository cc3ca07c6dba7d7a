// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/fan_in.h"

#include <utility>

#include <arrow/api.h>

#include "tarn/datafile/spill_run.h"
#include "tarn/merge/run_merger.h"

namespace tarn::datafile {
namespace {

class BorrowedRun final : public merge::SortedRun {
 public:
  explicit BorrowedRun(merge::SortedRun* run) : run_(run) {}
  int64_t num_rows() const override { return run_->num_rows(); }
  int32_t level() const override { return run_->level(); }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(int column) override {
    return run_->OpenColumn(column);
  }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenSequence() override {
    return run_->OpenSequence();
  }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenKind() override {
    return run_->OpenKind();
  }

 private:
  merge::SortedRun* run_;
};

}  // namespace

Result<std::unique_ptr<merge::SortedRun>> SpillInterleaved(
    const std::shared_ptr<const base::Context>& context, const merge::MergeSpec& order,
    std::vector<std::unique_ptr<merge::SortedRun>> runs) {
  ARROW_ASSIGN_OR_RAISE(
      auto merger, merge::RunMerger::Interleave(*context, order, std::move(runs), {}));
  ARROW_ASSIGN_OR_RAISE(auto writer, SpillWriter::Make(context, merger->schema()));
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto batch, merger->Next());
    if (!batch) break;
    const int64_t rows = batch->rows->num_rows();
    const arrow::Int64Array sequences(rows, batch->sequences);
    const arrow::Int8Array kinds(rows, batch->kinds);
    ARROW_RETURN_NOT_OK(writer->Write(*batch->rows, sequences, &kinds));
  }
  ARROW_ASSIGN_OR_RAISE(auto run, writer->Finish());
  return std::unique_ptr<merge::SortedRun>(std::move(run));
}

Result<std::vector<std::unique_ptr<merge::SortedRun>>> LimitFanIn(
    const std::shared_ptr<const base::Context>& context, const merge::MergeSpec& order,
    std::vector<std::unique_ptr<merge::SortedRun>> runs, size_t runs_max) {
  while (runs.size() > runs_max) {
    // As few rounds as possible: take just what is too many, at most a full fan-in.
    const size_t take = std::min(runs_max, runs.size() - runs_max + 1);
    std::vector<std::unique_ptr<merge::SortedRun>> oldest;
    for (size_t i = 0; i < take; ++i) oldest.push_back(std::move(runs[i]));
    ARROW_ASSIGN_OR_RAISE(auto one, SpillInterleaved(context, order, std::move(oldest)));
    runs.erase(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(take));
    runs.insert(runs.begin(), std::move(one));
  }
  return runs;
}

std::unique_ptr<merge::SortedRun> Borrow(merge::SortedRun* run) {
  return std::make_unique<BorrowedRun>(run);
}

}  // namespace tarn::datafile

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/merge_engine.h"
#include "tarn/merge/merge_order.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/run_columns.h"
#include "tarn/merge/sorted_run.h"

namespace tarn::merge {

/// Merged rows, ascending by key.
///
///   rows       the columns of the projection, in its order; engine types
///   kinds      uint8[rows], values of types::RowKind
///   sequences  int64[rows], the sequence number of the latest record that counted
struct MergedBatch {
  std::shared_ptr<arrow::RecordBatch> rows;
  std::shared_ptr<arrow::Buffer> kinds;
  std::shared_ptr<arrow::Buffer> sequences;
};

/// Merged rows whose columns are not made yet; otherwise as in MergedBatch.
struct MergedRows {
  int64_t num_rows = 0;
  std::shared_ptr<arrow::Buffer> kinds;
  std::shared_ptr<arrow::Buffer> sequences;
};

struct RunMergerOptions {
  /// Columns to answer, by index into `MergeSpec::fields`, in this order; may be empty.
  /// Not set = all columns.
  std::optional<std::vector<int>> projection;
  /// Leave out results of kind -U and -D (Paimon `DropDeleteReader`): scans, and
  /// compactions below which nothing older can be.
  bool drop_retracts = false;
  /// Also a key with one record goes through the merge function (Paimon
  /// `LookupChangelogMergeFunctionWrapper`), instead of being its own result (Paimon
  /// `ReducerMergeFunctionWrapper`).
  bool merge_single_records = false;
  /// Rows of one order, about; a batch holds at most one row per key of an order.
  int64_t batch_rows = 8192;
  /// Bytes of one batch, about: orders shrink until batches fit.
  int64_t batch_bytes = int64_t{16} << 20;
  /// Bytes of one row, about; 0 = not known, which small orders find out.
  int64_t row_bytes = 0;
  /// Which merged rows to answer, decided on `filter_columns` before any other column is
  /// read: bool[rows] for a batch of just these columns, NULL = no. Not called for
  /// retractions that are dropped anyway. Not set = all rows.
  std::function<Result<std::shared_ptr<arrow::BooleanArray>>(const arrow::RecordBatch&)>
      filter;
  std::vector<int> filter_columns;
  /// Rows of each run whose keys are decoded at a time; 0 = by fan-in.
  int64_t chunk_rows = 0;
};

/// Merges sorted runs by key, a batch at a time: order, select, gather. Used by scans
/// (drop retractions), compaction (drop or keep) and flushes (one run with repeated
/// keys). One caller at a time; answers an error once and stays failed.
class RunMerger {
 public:
  /// Columns are opened late: a column that gives no cell of a run is never read there.
  /// Errors: kInvalidInput (bad projection), kUnsupported (a type), kResource (too many
  /// runs).
  static Result<std::unique_ptr<RunMerger>> Make(
      const base::Context& context, MergeSpec spec,
      std::vector<std::unique_ptr<SortedRun>> runs, RunMergerOptions options);

  /// Only interleave: every record comes out, in merge order, with its kind and sequence.
  /// For spilling and for fan-in above the budget: folding early would change Java's
  /// answer.
  static Result<std::unique_ptr<RunMerger>> Interleave(
      const base::Context& context, MergeSpec spec,
      std::vector<std::unique_ptr<SortedRun>> runs, RunMergerOptions options);

  ~RunMerger();

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }

  /// The next batch, never empty; nullopt at the end. Errors: those of the cursors;
  /// kInvalidInput for records that the table's options cannot merge; kResource.
  Result<std::optional<MergedBatch>> Next();

  /// The same, a column at a time: what a batch would hold is decided, and `Column` makes
  /// it. For writers that lay out one column after the other.
  Result<std::optional<MergedRows>> NextRows();
  /// The i-th column of the projection for the rows that `NextRows` answered last. Every
  /// column at most once: what it was made of is let go.
  Result<std::shared_ptr<arrow::Array>> Column(int i);

 private:
  RunMerger() = default;
  static Result<std::unique_ptr<RunMerger>> Build(
      const base::Context& context, MergeSpec spec,
      std::vector<std::unique_ptr<SortedRun>> runs, RunMergerOptions options, bool fold);
  /// Decide about the next order. False at the end.
  Result<bool> Step();
  Result<std::shared_ptr<arrow::Array>> MakeColumn(int column);
  /// Keep only the rows that pass the filter, and the columns made for it.
  Status ApplyFilter();
  const Sources& PickedSources(Selection picked);
  Status CheckNotNull();
  void KeepOnly(std::vector<int32_t> kept);
  void AdaptRows();

  base::Context context_;
  MergeSpec spec_;
  RunMergerOptions options_;
  bool fold_ = true;
  std::vector<int> read_columns_;
  std::vector<std::unique_ptr<SortedRun>> runs_;
  std::shared_ptr<arrow::Schema> schema_;         ///< of the projection
  std::shared_ptr<arrow::Schema> filter_schema_;  ///< of the filter's columns
  std::vector<std::shared_ptr<arrow::DataType>>
      types_;  ///< per column of the table, if read
  std::unique_ptr<OrderReader> reader_;
  std::unique_ptr<RunColumns> columns_;
  std::unique_ptr<MergeEngine> engine_;
  /// The order at hand, what becomes of it, and which of its keys are answered.
  MergeOrder order_;
  MergePlan plan_;
  std::vector<int32_t> kept_;
  std::unordered_map<int, std::shared_ptr<arrow::Array>> made_;  ///< for the filter
  int64_t made_bytes_ = 0;                       ///< of columns that were answered
  std::vector<std::optional<Sources>> sources_;  ///< per selection of the plan at hand
  /// Selections that columns made for themselves: those of one stream are mostly the
  /// same.
  std::vector<std::pair<Selection, Sources>> picked_;
  int64_t rows_ = 0;  ///< aim of the next order
  Status failed_;
};

}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/merge_order.h"
#include "tarn/merge/sorted_run.h"

namespace tarn::merge {

/// Rows of one column that an order covers, per run.
///
/// `arrays[run]` holds the rows from `first[run]` on; nullptr where no row was asked for.
struct RunSlices {
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  std::vector<int64_t> first;
};

/// Rows of each run that somebody needs: [begin, end) within the order, empty when equal.
struct RowRanges {
  std::vector<int64_t> begin;
  std::vector<int64_t> end;

  static RowRanges None(size_t runs) {
    return {std::vector<int64_t>(runs, 0), std::vector<int64_t>(runs, 0)};
  }
};

/// The way back from rows of runs to an order, run by run: what lets a column be walked
/// along its own cells instead of along the order.
///
///   entry  int32[rows consumed]   the entry of a row, -1 = it does not count
///   key    int32[rows consumed]   the key of a row
struct EntriesByRun {
  std::vector<int32_t> entry;
  std::vector<int32_t> key;
  std::vector<int64_t> base;  ///< per run: where its rows begin

  static EntriesByRun Make(const MergeOrder& order);
};

/// Independent cursors per (column, run) that follow the orders: what no order needed is
/// skipped, in one piece, when the column is next read. One caller at a time.
class RunColumns {
 public:
  RunColumns(const base::Context& context, std::vector<SortedRun*> runs)
      : pool_(context.pool), runs_(std::move(runs)), passed_(runs_.size(), 0) {}

  /// The rows of `order` become the current ones. `reader` lends the columns it decoded.
  void BeginOrder(const MergeOrder* order, const OrderReader* reader);

  /// Rows of `column`, whole or only `ranges`. What was read in this order is answered
  /// again without reading, so a column is asked for its widest use first. Valid until
  /// the next order. Errors: those of the cursors.
  Result<const RunSlices*> Read(int column);
  Result<const RunSlices*> Read(int column, const RowRanges& ranges);
  /// Only the rows `picked` of the order, where there is one run and its cursor can pick;
  /// otherwise nullptr. The column is not read again in this order.
  Result<std::shared_ptr<arrow::Array>> ReadPicked(int column,
                                                   const std::vector<int32_t>& picked);
  /// Let the rows of `column` go; it is not read again in this order.
  void Release(int column) { columns_[column].slices = {}; }

  const MergeOrder& order() const { return *order_; }
  /// Made when first asked for in an order.
  const EntriesByRun& entries();

 private:
  struct Cursor {
    std::unique_ptr<ColumnCursor> cursor;
    int64_t position = 0;  ///< row of the run
  };
  struct Column {
    std::vector<Cursor> cursors;
    RunSlices slices;
    int64_t order_number = -1;
  };

  /// The column's cursor over `run`, at row `begin` of the order.
  Result<Cursor*> CursorAt(int column, size_t run, int64_t begin);

  arrow::MemoryPool* pool_;
  std::vector<SortedRun*> runs_;
  std::vector<int64_t> passed_;    ///< per run: rows of earlier orders
  std::vector<int64_t> consumed_;  ///< per run: rows of the current order
  const MergeOrder* order_ = nullptr;
  const OrderReader* reader_ = nullptr;
  int64_t order_number_ = 0;
  EntriesByRun entries_;
  int64_t entries_number_ = 0;  ///< the order that `entries_` belongs to
  std::unordered_map<int, Column> columns_;
};

}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: merge, the heart.
///
/// Rows of one key that arrived at different times become one row. Pure: sorted runs in,
/// batches out, no files, no threads; scan, compaction, write buffer, changelog and
/// lookup all stand on it, so there is one definition of "newest".
///
/// Three steps (design D2):
///   order   which rows of which runs, key by key, oldest first      (`merge_order.h`)
///   select  for each output column which row, or which fold         (`merge_engine.h`)
///   gather  one column at a time from independent cursors           (`gather.h`)
/// `run_merger.h` drives the three.
///
/// Words: a *run* is a sequence of rows sorted by key; rows of one key may repeat in a
/// run (write buffers and their spills) and then stand in the order user sequence,
/// sequence number. A *clock* is an ordering column of a sequence group. A *survivor* is
/// a row that gives at least one output cell.
///
/// Invariants: an order always holds whole keys; a merge never folds two keys together;
/// what is answered does not depend on batch sizes, fan-in or chunk boundaries.

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"

namespace tarn::merge {

/// One column of one sorted run, read forward. One caller at a time. Answers an error
/// once and stays failed.
class ColumnCursor {
 public:
  virtual ~ColumnCursor() = default;
  /// The next `rows` rows as one array of the column's engine type: type[rows].
  /// REQUIRES: that many rows remain. Errors: kCorruption, kUnavailable, kResource.
  virtual Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) = 0;
  /// Pass over the next `rows` rows, decoding as little as possible.
  virtual Status Skip(int64_t rows) = 0;
  /// Pass over the next `rows` rows and answer those at `picked`: type[picked]. nullptr,
  /// and nothing passed, where that would cost more than reading them all.
  virtual Result<std::shared_ptr<arrow::Array>> ReadPicked(
      int64_t /*rows*/, const std::vector<int32_t>& /*picked*/) {
    return nullptr;
  }
};

/// One sorted run: columns that can be read apart from each other (read late, design D4).
/// Column indexes are those of the table's value fields as the reader sees them (current
/// schema); cursors apply schema evolution and casts themselves.
class SortedRun {
 public:
  virtual ~SortedRun() = default;
  virtual int64_t num_rows() const = 0;
  /// Level of the run's files, -1 for a write buffer. Same for the whole run.
  virtual int32_t level() const = 0;
  /// A new cursor at row 0 over value column `column`.
  virtual Result<std::unique_ptr<ColumnCursor>> OpenColumn(int column) = 0;
  /// `_SEQUENCE_NUMBER`: int64[num_rows].
  virtual Result<std::unique_ptr<ColumnCursor>> OpenSequence() = 0;
  /// `_VALUE_KIND`: int8[num_rows] with values of types::RowKind; nullptr cursor = all
  /// +I.
  virtual Result<std::unique_ptr<ColumnCursor>> OpenKind() = 0;
};

}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/datafile/data_file_reader.h"
#include "tarn/expr/predicate.h"
#include "tarn/expr/pruning.h"
#include "tarn/format/column_file.h"
#include "tarn/index/deletion_vector.h"
#include "tarn/merge/sorted_run.h"

namespace tarn::datafile {

/// Rows of one file: ascending, disjoint ranges, none of them empty.
using RowRanges = std::vector<format::RowRange>;

/// What a read left out inside of files. Thread-safe.
struct RowCounters {
  std::atomic<int64_t> rows{0};             ///< of the files opened with a filter
  std::atomic<int64_t> rows_by_index{0};    ///< of them, left out by file indexes
  std::atomic<int64_t> rows_by_groups{0};   ///< left out by statistics inside of files
  std::atomic<int64_t> values_not_read{0};  ///< cells of rows that no predicate let pass
};

/// Which rows of files are worth reading. Where rows are merged afterwards `predicate`
/// may use key columns alone, and indexes may not be asked: what is left out must be
/// whole keys.
struct RowFilter {
  expr::PredicatePtr predicate;
  bool file_indexes = false;
  bool row_groups = false;
  RowCounters* counters = nullptr;  ///< borrowed; may be missing
};

/// Like `OpenRun`, without rows that certainly do not satisfy the filter: those that file
/// indexes and the statistics of row groups rule out. What remains is not judged. Files
/// are opened at once to learn how many rows the run has.
/// Errors: kCorruption, kUnavailable, kNotFound, kUnsupported.
Result<std::unique_ptr<merge::SortedRun>> OpenFilteredRun(
    ReadBucket bucket, std::vector<meta::DataFileMeta> files, const RowFilter& filter);

/// Rows that are in both.
RowRanges Intersect(const RowRanges& a, const RowRanges& b);
int64_t CountRows(const RowRanges& ranges);
/// Ranges of a file's rows as ranges of those that its deletion vector leaves.
RowRanges WithoutDeleted(const RowRanges& ranges, const index::DeletionVector& vector);

/// A cursor over the rows of `ranges`, where `cursor` stands at row 0 of the file.
std::unique_ptr<merge::ColumnCursor> SelectedCursor(
    std::unique_ptr<merge::ColumnCursor> cursor, RowRanges ranges,
    std::shared_ptr<arrow::DataType> type, arrow::MemoryPool* pool);

}  // namespace tarn::datafile

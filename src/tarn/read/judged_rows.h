// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/datafile/selected_rows.h"
#include "tarn/expr/predicate.h"
#include "tarn/merge/sorted_run.h"
#include "tarn/read/row_source.h"

namespace tarn::read {

/// A predicate, and what is answered of the rows that satisfy it: columns by index into
/// the table's fields, in order.
struct Judgement {
  std::vector<int> columns;
  std::shared_ptr<arrow::Schema> schema;  ///< of `columns`
  expr::PredicatePtr predicate;
  std::vector<int> predicate_columns;
  std::shared_ptr<arrow::Schema> predicate_schema;
  int64_t batch_rows = 8192;
  bool late_columns = true;  ///< read `columns` only where a row satisfies the predicate
  datafile::RowCounters* counters = nullptr;  ///< borrowed; may be missing
};

/// The rows of one run, as they are stored, that satisfy the predicate. With
/// `late_columns` its columns are read a batch ahead of the others, which skip what no
/// row of it needs.
std::unique_ptr<RowSource> JudgedRows(const base::Context& context,
                                      std::unique_ptr<merge::SortedRun> run,
                                      Judgement judgement);

}  // namespace tarn::read

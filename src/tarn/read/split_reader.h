// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: read, a split becomes record batches.
///
/// A raw split is files one after another: file indexes and statistics inside of a file
/// say which of its rows may satisfy the predicate, its columns are read first, the
/// others only where a row does (`judged_rows.h`). A merging split is, section by
/// section, one cursor per sorted run into the merge; below it only whole keys are left
/// out, by predicates on key columns; deletes are dropped, the predicate is judged on
/// merged rows, and the other columns are gathered for those that satisfy it. A split of
/// changes is its files' records as they are; one of a diff merges both sides and walks
/// them together (`diff_source.h`): both are judged at the end.

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/datafile/selected_rows.h"
#include "tarn/expr/predicate.h"
#include "tarn/expr/pruning.h"
#include "tarn/meta/schema_file.h"
#include "tarn/meta/split.h"
#include "tarn/types/table_schema.h"

namespace tarn::read {

struct ReadOptions {
  std::vector<std::string> columns;  ///< names to answer, in this order
  expr::PredicatePtr predicate;      ///< applied exactly; may use columns not answered
  expr::Pruning prune;
  int64_t batch_rows = 8192;
  bool keep_retracts = false;  ///< answer -U and -D rows too (compaction, audit log)
  bool row_kinds = false;      ///< prepend column `rowkind` utf8 ("+I", ...)
  std::shared_ptr<datafile::RowCounters> counters;  ///< what was left out, if wanted
};

/// Read one split. The reader's schema has the columns asked for, in the engine's Arrow
/// types. Errors: kUnsupported (a feature of the table), kCorruption, kResource.
Result<std::shared_ptr<arrow::RecordBatchReader>> ReadSplit(
    const base::Context& context, const std::string& table_path,
    std::shared_ptr<const types::TableSchema> schema,
    std::shared_ptr<const meta::SchemaFiles> schemas, const meta::Split& split,
    const ReadOptions& options);

}  // namespace tarn::read

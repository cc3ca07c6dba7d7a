// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: read, a split becomes record batches.
///
/// A raw split is files one after another, all predicates pushed down. A merging split
/// is, section by section, one cursor per sorted run into the merge; then deletes are
/// dropped, value predicates applied, and the columns asked for gathered late. A split of
/// changes is its files' records as they are; one of a diff merges both sides and walks
/// them together (`diff_source.h`).

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/expr/predicate.h"
#include "tarn/meta/schema_file.h"
#include "tarn/meta/split.h"
#include "tarn/types/table_schema.h"

namespace tarn::read {

struct ReadOptions {
  std::vector<std::string> columns;  ///< names to answer, in this order
  expr::PredicatePtr predicate;      ///< applied exactly; may use columns not answered
  int64_t batch_rows = 8192;
  bool keep_retracts = false;  ///< answer -U and -D rows too (compaction, audit log)
  bool row_kinds = false;      ///< prepend column `rowkind` utf8 ("+I", ...)
};

/// Read one split. The reader's schema has the columns asked for, in the engine's Arrow
/// types. Errors: kUnsupported (a feature of the table), kCorruption, kResource.
Result<std::shared_ptr<arrow::RecordBatchReader>> ReadSplit(
    const base::Context& context, const std::string& table_path,
    std::shared_ptr<const types::TableSchema> schema,
    std::shared_ptr<const meta::SchemaFiles> schemas, const meta::Split& split,
    const ReadOptions& options);

}  // namespace tarn::read

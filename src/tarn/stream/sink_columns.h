// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/merge/merge_spec.h"
#include "tarn/stream/select_operator.h"
#include "tarn/stream/source_definition.h"
#include "tarn/table/table.h"

namespace tarn::stream {

/// Turns the rows of a select into rows of a table: columns in the table's order, those
/// not named NULL, kinds as Java's sink lets them in, absent cells in the form that the
/// table can express (design D16). Immutable but for its counter; one caller at a time.
class SinkColumns {
 public:
  /// \param target_columns  column of the table for each column of the select
  /// Errors: kInvalidInput for types that differ.
  static Result<std::unique_ptr<SinkColumns>> Make(arrow::MemoryPool* pool,
                                                   const SourceDefinition& source,
                                                   const SelectOperator& select,
                                                   const table::Table& sink,
                                                   std::vector<int> target_columns);

  /// Errors: kInvalidInput for an absent cell that the table cannot express, with the
  /// form that can.
  Result<types::ChangeBatch> Map(const types::ChangeBatch& selected);

  /// -U does not reach the table: the source's key is the table's key, nothing is
  /// filtered, and the table needs no before images (Paimon
  /// `FlinkTableSinkBase.getChangelogMode`).
  bool drops_update_before() const { return drops_update_before_; }
  /// Additions that set columns of a group of the table and leave all its clocks NULL:
  /// the merge ignores them.
  int64_t rows_without_clock() const { return rows_without_clock_; }

  /// The table mirrors the source row by row: truncates can be applied to it.
  bool is_mirror() const { return is_mirror_; }
  /// Column of the table that holds the event position, -1 if none does.
  int position_column() const { return position_column_; }

 private:
  SinkColumns() = default;
  Result<types::ChangeBatch> DropUpdateBefore(const types::ChangeBatch& batch) const;
  Status ExpressAbsent(const types::ChangeBatch& selected, arrow::ArrayVector* columns);
  void CountClockless(const arrow::ArrayVector& columns, const types::ChangeBatch& batch);

  arrow::MemoryPool* pool_ = nullptr;
  merge::MergeSpec merge_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<types::DataField> fields_;
  std::vector<int>
      selected_of_;  ///< per column of the table: column of the select, or -1
  bool drops_update_before_ = false;
  bool is_mirror_ = false;
  int position_column_ = -1;
  int64_t rows_without_clock_ = 0;
};

}  // namespace tarn::stream

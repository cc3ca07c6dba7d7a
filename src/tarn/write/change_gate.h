// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/merge/merge_spec.h"
#include "tarn/types/change_batch.h"
#include "tarn/types/table_schema.h"
#include "tarn/write/default_columns.h"

namespace tarn::write {

/// The door of a table: which changes come in, and in which form.
///
/// As Java's sink does: a NULL becomes the column's default value; kinds from
/// `rowkind.field`; `ignore-delete` drops -U and -D, `ignore-update-before` drops -U
/// (Paimon `RowKindFilter`); NULL in a NOT NULL column is an error. Beyond it (design
/// D15): a change that would poison the table, or make its answer depend on what met in a
/// buffer, is refused with the form that works. A table without a primary key takes rows,
/// not retractions. Immutable.
class ChangeGate {
 public:
  /// \param clock  whose zone counts for default values; nullptr = UTC
  static Result<ChangeGate> Make(arrow::MemoryPool* pool,
                                 const types::TableSchema& schema,
                                 base::Clock* clock = nullptr);

  /// The changes that come in. Errors: kInvalidInput naming column or kind, and what to
  /// do.
  Result<types::ChangeBatch> Admit(const types::ChangeBatch& batch) const;

 private:
  ChangeGate() = default;
  Status CheckNotNull(const arrow::RecordBatch& rows) const;
  Status CheckRetractions(const uint8_t* kinds, const arrow::RecordBatch& rows) const;
  Status RefuseWithoutPolicy(uint8_t kind) const;
  Result<types::ChangeBatch> Filter(const types::ChangeBatch& batch) const;
  Result<std::shared_ptr<arrow::Buffer>> KindsFromColumn(
      const arrow::RecordBatch& rows) const;

  arrow::MemoryPool* pool_ = nullptr;
  bool keyed_ = true;
  merge::MergeSpec spec_;  ///< of a table with a primary key
  std::vector<types::DataField> fields_;
  DefaultColumns defaults_;
  int row_kind_column_ = -1;
  bool ignore_delete_ = false;
  bool ignore_update_before_ = false;
  bool allow_retractions_ = false;
};

}  // namespace tarn::write

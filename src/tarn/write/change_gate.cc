// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/change_gate.h"

#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include "tarn/options/options.h"
#include "tarn/types/row_kind.h"

namespace tarn::write {
namespace {

using types::RowKind;

std::string_view KindText(uint8_t kind) {
  return types::ShortName(static_cast<RowKind>(kind));
}

}  // namespace

Result<ChangeGate> ChangeGate::Make(arrow::MemoryPool* pool,
                                    const types::TableSchema& schema,
                                    base::Clock* clock) {
  ChangeGate gate;
  gate.pool_ = pool;
  gate.fields_ = schema.fields;
  ARROW_ASSIGN_OR_RAISE(gate.defaults_, DefaultColumns::Make(pool, clock, schema.fields));
  gate.keyed_ = schema.has_primary_key();
  if (gate.keyed_) {
    ARROW_ASSIGN_OR_RAISE(gate.spec_, merge::MergeSpec::FromSchema(schema));
  }
  const options::Options table(schema.options);
  ARROW_ASSIGN_OR_RAISE(gate.ignore_delete_, table.Get(options::kIgnoreDelete));
  ARROW_ASSIGN_OR_RAISE(gate.ignore_update_before_,
                        table.Get(options::kIgnoreUpdateBefore));
  ARROW_ASSIGN_OR_RAISE(gate.allow_retractions_,
                        table.Get(options::kAllowRetractionsIntoAggregates));
  ARROW_ASSIGN_OR_RAISE(const auto kind_column, table.Get(options::kRowkindField));
  if (kind_column) {
    gate.row_kind_column_ = types::FieldIndex(schema.fields, *kind_column);
    if (gate.row_kind_column_ < 0) {
      return InvalidInput(
          1701, "Option rowkind.field names no column:", V("column", *kind_column));
    }
  }
  return gate;
}

Status ChangeGate::CheckNotNull(const arrow::RecordBatch& rows) const {
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].type.nullable()) continue;
    const auto& column = rows.column(static_cast<int>(i));
    if (column->null_count() == 0) continue;
    return InvalidInput(
        1702, "Cannot write NULL to a NOT NULL column:", V("column", fields_[i].name),
        V("rows_with_null", column->null_count()));
  }
  return Status::OK();
}

Status ChangeGate::RefuseWithoutPolicy(uint8_t kind) const {
  return InvalidInput(
      1703,
      fmt::format(
          "This partial-update table has no policy for deletes, so a {} in it would make "
          "every later read fail. Choose one when the table is created: give the "
          "source's "
          "columns a sequence group ('fields.<clock>.sequence-group'='<columns>': a "
          "delete "
          "clears them), 'partial-update.remove-record-on-delete'='true' (a delete "
          "removes "
          "the row), or 'ignore-delete'='true' (deletes are dropped).",
          KindText(kind)));
}

Status ChangeGate::CheckRetractions(const uint8_t* kinds,
                                    const arrow::RecordBatch& rows) const {
  if (keyed_ && spec_.engine == merge::Engine::kDeduplicate) return Status::OK();
  uint8_t kind = 0;
  for (int64_t i = 0; i < rows.num_rows() && kind == 0; ++i) {
    if (types::IsRetract(static_cast<RowKind>(kinds[i]))) kind = kinds[i];
  }
  if (kind == 0) return Status::OK();
  if (!keyed_) {
    return InvalidInput(1450,
                        "A table without a primary key takes insertions only: it cannot "
                        "find the row that is to go. Set 'ignore-delete'='true' to drop "
                        "retractions, or give the table a primary key.",
                        V("kind", KindText(kind)));
  }
  if (spec_.engine == merge::Engine::kFirstRow) {
    return InvalidInput(1704,
                        "A first-row table takes insertions only; set "
                        "'ignore-delete'='true' to drop the others.",
                        V("kind", KindText(kind)));
  }
  if (spec_.engine == merge::Engine::kPartialUpdate) {
    if (!spec_.grouped && !spec_.remove_record_on_delete)
      return RefuseWithoutPolicy(kind);
    if (allow_retractions_) return Status::OK();
    for (const auto& group : spec_.groups) {
      for (int column : group.columns) {
        const auto& aggregate = spec_.aggregates[static_cast<size_t>(column)];
        if (aggregate.function == merge::AggregateFunction::kNone ||
            aggregate.ignore_retract) {
          continue;
        }
        // Only a record that speaks for this group retracts from it.
        bool clock_given = false;
        for (int clock : group.clocks) {
          clock_given |= rows.column(clock)->null_count() < rows.num_rows();
        }
        if (!clock_given) continue;
        return InvalidInput(
            1705,
            fmt::format(
                "A {} into the aggregate of a partial-update group is answered by Paimon "
                "differently from flush to flush. Feed '{}' with signed insertions "
                "instead: "
                "+1 for every after image and -1 for every before image, as +I. To have "
                "Paimon's way all the same, set '{}'='true'.",
                KindText(kind), fields_[static_cast<size_t>(column)].name,
                options::kAllowRetractionsIntoAggregates.key));
      }
    }
    return Status::OK();
  }
  if (spec_.remove_record_on_delete) return Status::OK();
  for (size_t i = 0; i < spec_.aggregates.size(); ++i) {
    if (merge::CanRetract(spec_.aggregates[i])) continue;
    return InvalidInput(
        1706, fmt::format("The function '{}' of column '{}' cannot take a {} back. Set "
                          "'fields.{}.ignore-retract'='true', "
                          "'aggregation.remove-record-on-delete'='true' or "
                          "'ignore-delete'='true'.",
                          merge::NameOf(spec_.aggregates[i].function), fields_[i].name,
                          KindText(kind), fields_[i].name));
  }
  return Status::OK();
}

Result<std::shared_ptr<arrow::Buffer>> ChangeGate::KindsFromColumn(
    const arrow::RecordBatch& rows) const {
  const auto& texts =
      static_cast<const arrow::StringArray&>(*rows.column(row_kind_column_));
  ARROW_ASSIGN_OR_RAISE(auto kinds, arrow::AllocateBuffer(rows.num_rows(), pool_));
  for (int64_t i = 0; i < texts.length(); ++i) {
    if (texts.IsNull(i)) {
      return InvalidInput(
          1707, "The row kind column is NULL:",
          V("column", fields_[static_cast<size_t>(row_kind_column_)].name));
    }
    ARROW_ASSIGN_OR_RAISE(const RowKind kind,
                          types::RowKindFromShortName(texts.GetView(i)));
    kinds->mutable_data()[i] = static_cast<uint8_t>(kind);
  }
  return std::shared_ptr<arrow::Buffer>(std::move(kinds));
}

Result<types::ChangeBatch> ChangeGate::Filter(const types::ChangeBatch& batch) const {
  const uint8_t* kinds = batch.kinds_data();
  if (kinds == nullptr || (!ignore_delete_ && !ignore_update_before_)) return batch;
  arrow::Int64Builder kept(pool_);
  ARROW_ASSIGN_OR_RAISE(auto kept_kinds, arrow::AllocateBuffer(batch.num_rows(), pool_));
  for (int64_t i = 0; i < batch.num_rows(); ++i) {
    const auto kind = static_cast<RowKind>(kinds[i]);
    if (ignore_delete_ && types::IsRetract(kind)) continue;
    if (ignore_update_before_ && kind == RowKind::kUpdateBefore) continue;
    kept_kinds->mutable_data()[kept.length()] = kinds[i];
    ARROW_RETURN_NOT_OK(kept.Append(i));
  }
  if (kept.length() == batch.num_rows()) return batch;
  ARROW_ASSIGN_OR_RAISE(auto indices, kept.Finish());
  arrow::compute::ExecContext exec(pool_);
  ARROW_ASSIGN_OR_RAISE(
      auto taken,
      arrow::compute::Take(batch.rows, indices,
                           arrow::compute::TakeOptions::NoBoundsCheck(), &exec));
  types::ChangeBatch out;
  out.rows = taken.record_batch();
  out.kinds = arrow::SliceBuffer(std::move(kept_kinds), 0, indices->length());
  return out;
}

Result<types::ChangeBatch> ChangeGate::Admit(const types::ChangeBatch& batch) const {
  TARN_CHECK(batch.rows->num_columns() == static_cast<int>(fields_.size()),
             V("columns", batch.rows->num_columns()));
  types::ChangeBatch in = batch;
  in.absent.clear();
  ARROW_ASSIGN_OR_RAISE(in.rows, defaults_.Fill(in.rows));
  if (row_kind_column_ >= 0) {
    ARROW_ASSIGN_OR_RAISE(in.kinds, KindsFromColumn(*in.rows));
  }
  ARROW_ASSIGN_OR_RAISE(in, Filter(in));
  ARROW_RETURN_NOT_OK(CheckNotNull(*in.rows));
  if (const uint8_t* kinds = in.kinds_data()) {
    ARROW_RETURN_NOT_OK(CheckRetractions(kinds, *in.rows));
  }
  return in;
}

}  // namespace tarn::write

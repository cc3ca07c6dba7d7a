// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/sink_columns.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/util/bit_util.h>

#include "tarn/options/options.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/row_kind.h"

namespace tarn::stream {
namespace {

using types::RowKind;

/// The table's key is the source's declared key, carried through unchanged.
bool KeysMatch(const SourceDefinition& source, const SelectOperator& select,
               const types::TableSchema& schema, const std::vector<int>& selected_of) {
  if (source.primary_key.empty() ||
      source.primary_key.size() != schema.primary_keys.size()) {
    return false;
  }
  for (const auto& key : schema.primary_keys) {
    const int column = types::FieldIndex(schema.fields, key);
    const int selected = column < 0 ? -1 : selected_of[static_cast<size_t>(column)];
    const int input = selected < 0 ? -1 : select.InputColumnOf(selected);
    if (input < 0) return false;
    const auto& name = source.columns[static_cast<size_t>(input)].field.name;
    if (std::find(source.primary_key.begin(), source.primary_key.end(), name) ==
        source.primary_key.end()) {
      return false;
    }
  }
  return true;
}

bool NeedsUpdateBefore(const merge::MergeSpec& merge, const std::string& producer) {
  if (producer == "input" || merge.engine == merge::Engine::kAggregation) return true;
  return merge.engine == merge::Engine::kPartialUpdate && merge.has_aggregates();
}

/// `array` with NULL where `absent` has a bit.
Result<std::shared_ptr<arrow::Array>> NullWhere(
    arrow::MemoryPool* pool, const std::shared_ptr<arrow::Array>& array,
    const uint8_t* absent) {
  arrow::BooleanBuilder keep(pool);
  for (int64_t i = 0; i < array->length(); ++i) {
    ARROW_RETURN_NOT_OK(keep.Append(!arrow::bit_util::GetBit(absent, i)));
  }
  ARROW_ASSIGN_OR_RAISE(auto mask, keep.Finish());
  arrow::compute::ExecContext exec(pool);
  ARROW_ASSIGN_OR_RAISE(
      auto out,
      arrow::compute::IfElse(mask, array,
                             arrow::Datum(arrow::MakeNullScalar(array->type())), &exec));
  return out.make_array();
}

}  // namespace

Result<std::unique_ptr<SinkColumns>> SinkColumns::Make(arrow::MemoryPool* pool,
                                                       const SourceDefinition& source,
                                                       const SelectOperator& select,
                                                       const table::Table& sink,
                                                       std::vector<int> target_columns) {
  auto out = std::unique_ptr<SinkColumns>(new SinkColumns());
  const types::TableSchema& schema = *sink.schema();
  out->pool_ = pool;
  out->fields_ = schema.fields;
  ARROW_ASSIGN_OR_RAISE(out->schema_, types::ToArrow(schema.fields));
  ARROW_ASSIGN_OR_RAISE(out->merge_, merge::MergeSpec::FromSchema(schema));
  out->selected_of_.assign(schema.fields.size(), -1);
  const auto& selected = select.output_fields();
  for (size_t i = 0; i < target_columns.size(); ++i) {
    const auto target = static_cast<size_t>(target_columns[i]);
    if (!selected[i].type.EqualsIgnoringNullable(schema.fields[target].type)) {
      return InvalidInput(1811, "A selected column has another type than its target:",
                          V("target", schema.fields[target].name),
                          V("selected", selected[i].type.ToString()),
                          V("declared", schema.fields[target].type.ToString()));
    }
    out->selected_of_[target] = static_cast<int>(i);
  }
  ARROW_ASSIGN_OR_RAISE(
      const std::string producer,
      options::Options(schema.options).Get(options::kChangelogProducer));
  const bool keys_match = KeysMatch(source, select, schema, out->selected_of_);
  out->drops_update_before_ =
      keys_match && !select.has_filter() && !NeedsUpdateBefore(out->merge_, producer);
  out->is_mirror_ = keys_match && out->merge_.engine == merge::Engine::kDeduplicate;
  for (size_t i = 0; i < schema.fields.size(); ++i) {
    const int from = out->selected_of_[i];
    const int input = from < 0 ? -1 : select.InputColumnOf(from);
    if (input >= 0 &&
        source.columns[static_cast<size_t>(input)].metadata_key == "event-position") {
      out->position_column_ = static_cast<int>(i);
    }
  }
  return out;
}

Result<types::ChangeBatch> SinkColumns::DropUpdateBefore(
    const types::ChangeBatch& batch) const {
  const uint8_t* kinds = batch.kinds_data();
  if (!drops_update_before_ || kinds == nullptr) return batch;
  arrow::Int64Builder kept(pool_);
  for (int64_t i = 0; i < batch.num_rows(); ++i) {
    if (static_cast<RowKind>(kinds[i]) != RowKind::kUpdateBefore) {
      ARROW_RETURN_NOT_OK(kept.Append(i));
    }
  }
  if (kept.length() == batch.num_rows()) return batch;
  ARROW_ASSIGN_OR_RAISE(auto finished, kept.Finish());
  const auto& rows = static_cast<const arrow::Int64Array&>(*finished);
  arrow::compute::ExecContext exec(pool_);
  ARROW_ASSIGN_OR_RAISE(
      auto taken,
      arrow::compute::Take(batch.rows, finished,
                           arrow::compute::TakeOptions::NoBoundsCheck(), &exec));
  types::ChangeBatch out;
  out.rows = taken.record_batch();
  ARROW_ASSIGN_OR_RAISE(auto out_kinds, arrow::AllocateBuffer(rows.length(), pool_));
  for (int64_t i = 0; i < rows.length(); ++i) {
    out_kinds->mutable_data()[i] = kinds[rows.Value(i)];
  }
  out.kinds = std::move(out_kinds);
  for (const auto& bits : batch.absent) {
    if (bits == nullptr) {
      out.absent.push_back(nullptr);
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(auto moved, arrow::AllocateEmptyBitmap(rows.length(), pool_));
    for (int64_t i = 0; i < rows.length(); ++i) {
      arrow::bit_util::SetBitTo(moved->mutable_data(), i,
                                arrow::bit_util::GetBit(bits->data(), rows.Value(i)));
    }
    out.absent.push_back(std::move(moved));
  }
  return out;
}

Status SinkColumns::ExpressAbsent(const types::ChangeBatch& selected,
                                  arrow::ArrayVector* columns) {
  const uint8_t* kinds = selected.kinds_data();
  for (size_t target = 0; target < selected_of_.size(); ++target) {
    const int from = selected_of_[target];
    if (from < 0 || static_cast<size_t>(from) >= selected.absent.size()) continue;
    const auto& bits = selected.absent[static_cast<size_t>(from)];
    if (bits == nullptr) continue;
    bool any = false;
    for (int64_t i = 0; i < selected.num_rows() && !any; ++i) {
      // A retraction needs its key and clocks only.
      const bool add = kinds == nullptr || types::IsAdd(static_cast<RowKind>(kinds[i]));
      any = add && arrow::bit_util::GetBit(bits->data(), i);
    }
    if (!any) continue;
    const int group = merge_.group_of[target];
    const bool partial = merge_.engine == merge::Engine::kPartialUpdate;
    if (partial && group < 0) continue;  // NULL is no opinion there
    const bool alone = partial && merge_.groups[static_cast<size_t>(group)].columns ==
                                      std::vector<int>{static_cast<int>(target)};
    if (!alone) {
      return InvalidInput(
          1812,
          fmt::format(
              "The source did not send column '{0}' of a row (its value did not change), "
              "and "
              "this table would store NULL for it. {1}",
              fields_[target].name,
              partial
                  ? "Give the column a sequence group of its own, with a clock of its "
                    "own: 'fields.<clock>.sequence-group'='" +
                        fields_[target].name + "'."
                  : "Use 'merge-engine'='partial-update' with the column outside every "
                    "sequence group, or in one of its own, or have the source send whole "
                    "rows (REPLICA IDENTITY FULL)."));
    }
    for (int clock : merge_.groups[static_cast<size_t>(group)].clocks) {
      auto& column = (*columns)[static_cast<size_t>(clock)];
      ARROW_ASSIGN_OR_RAISE(column, NullWhere(pool_, column, bits->data()));
    }
  }
  return Status::OK();
}

void SinkColumns::CountClockless(const arrow::ArrayVector& columns,
                                 const types::ChangeBatch& batch) {
  if (merge_.groups.empty()) return;
  for (const auto& group : merge_.groups) {
    const bool named = std::any_of(
        group.columns.begin(), group.columns.end(),
        [&](int column) { return selected_of_[static_cast<size_t>(column)] >= 0; });
    if (!named) continue;
    for (int64_t i = 0; i < batch.num_rows(); ++i) {
      const bool no_clock = std::all_of(
          group.clocks.begin(), group.clocks.end(),
          [&](int clock) { return columns[static_cast<size_t>(clock)]->IsNull(i); });
      const bool speaks =
          no_clock &&
          std::any_of(group.columns.begin(), group.columns.end(), [&](int column) {
            return columns[static_cast<size_t>(column)]->IsValid(i);
          });
      rows_without_clock_ += speaks ? 1 : 0;
    }
  }
}

Result<types::ChangeBatch> SinkColumns::Map(const types::ChangeBatch& selected_batch) {
  ARROW_ASSIGN_OR_RAISE(const auto selected, DropUpdateBefore(selected_batch));
  arrow::ArrayVector columns;
  for (size_t target = 0; target < selected_of_.size(); ++target) {
    const int from = selected_of_[target];
    if (from >= 0) {
      columns.push_back(selected.rows->column(from));
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(
        auto nulls,
        arrow::MakeArrayOfNull(schema_->field(static_cast<int>(target))->type(),
                               selected.num_rows(), pool_));
    columns.push_back(std::move(nulls));
  }
  ARROW_RETURN_NOT_OK(ExpressAbsent(selected, &columns));
  CountClockless(columns, selected);
  types::ChangeBatch out;
  out.rows = arrow::RecordBatch::Make(schema_, selected.num_rows(), std::move(columns));
  out.kinds = selected.kinds;
  return out;
}

}  // namespace tarn::stream

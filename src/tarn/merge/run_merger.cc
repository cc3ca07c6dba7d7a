// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/run_merger.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/byte_size.h>

#include "tarn/merge/fold.h"
#include "tarn/merge/gather.h"
#include "tarn/types/arrow_types.h"

namespace tarn::merge {
namespace {

/// Rows of the first order, before the width of rows is known.
constexpr int64_t kFirstRows = 1024;
constexpr int64_t kLeastRows = 16;
/// Selections of columns that are kept for the columns behind them.
constexpr size_t kPickedMax = 8;

Result<std::shared_ptr<arrow::Schema>> SchemaOf(const MergeSpec& spec,
                                                const std::vector<int>& columns) {
  arrow::FieldVector fields;
  for (int column : columns) {
    if (column < 0 || column >= spec.num_columns()) {
      return InvalidInput(
          1224, "Projection names a column that the table lacks:", V("column", column));
    }
    ARROW_ASSIGN_OR_RAISE(auto field, types::ToArrow(spec.fields[column]));
    fields.push_back(std::move(field));
  }
  return arrow::schema(std::move(fields));
}

/// Keys whose result is answered.
std::vector<int32_t> KeptKeys(const MergePlan& plan, bool drop_retracts) {
  const auto keys = static_cast<int32_t>(plan.kinds.size());
  std::vector<int32_t> kept(keys);
  const uint8_t dropped_kinds = drop_retracts ? 1 : 0;
  size_t count = 0;
  for (int32_t key = 0; key < keys; ++key) {
    kept[count] = key;
    count += (plan.kinds[key] & dropped_kinds) == 0 &&
             (plan.keep.empty() || plan.keep[key] != 0);
  }
  kept.resize(count);
  return kept;
}

/// `selection` of the kept keys only.
Selection Keep(const Selection& selection, const std::vector<int32_t>& kept,
               int64_t keys) {
  if (static_cast<int64_t>(kept.size()) == keys) return selection;
  Selection out(kept.size());
  for (size_t i = 0; i < kept.size(); ++i) out[i] = selection[kept[i]];
  return out;
}

/// `array` of the kept keys only.
Result<std::shared_ptr<arrow::Array>> KeepCells(
    const base::Context& context, const std::shared_ptr<arrow::Array>& array,
    const std::vector<int32_t>& kept) {
  if (static_cast<int64_t>(kept.size()) == array->length()) return array;
  Sources sources;
  sources.run.assign(kept.size(), 0);
  sources.row = kept;
  return Gather(context, array->type(), RunSlices{{array}, {0}}, sources);
}

template <typename T>
Result<std::shared_ptr<arrow::Buffer>> KeepValues(const base::Context& context,
                                                  const std::vector<T>& values,
                                                  const std::vector<int32_t>& kept) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> buffer,
                        arrow::AllocateBuffer(kept.size() * sizeof(T), context.pool));
  T* out = reinterpret_cast<T*>(buffer->mutable_data());
  if (kept.size() == values.size()) {
    std::copy(values.begin(), values.end(), out);
  } else {
    for (size_t i = 0; i < kept.size(); ++i) out[i] = values[kept[i]];
  }
  return buffer;
}

}  // namespace

RunMerger::~RunMerger() = default;

Result<std::unique_ptr<RunMerger>> RunMerger::Make(
    const base::Context& context, MergeSpec spec,
    std::vector<std::unique_ptr<SortedRun>> runs, RunMergerOptions options) {
  return Build(context, std::move(spec), std::move(runs), std::move(options), true);
}

Result<std::unique_ptr<RunMerger>> RunMerger::Interleave(
    const base::Context& context, MergeSpec spec,
    std::vector<std::unique_ptr<SortedRun>> runs, RunMergerOptions options) {
  spec.lookup = false;
  spec.ignore_delete = false;
  spec.engine = Engine::kDeduplicate;
  return Build(context, std::move(spec), std::move(runs), std::move(options), false);
}

Result<std::unique_ptr<RunMerger>> RunMerger::Build(
    const base::Context& context, MergeSpec spec,
    std::vector<std::unique_ptr<SortedRun>> runs, RunMergerOptions options, bool fold) {
  std::unique_ptr<RunMerger> merger(new RunMerger());
  if (!options.projection) {
    options.projection.emplace(spec.fields.size());
    std::iota(options.projection->begin(), options.projection->end(), 0);
  }
  ARROW_ASSIGN_OR_RAISE(merger->schema_, SchemaOf(spec, *options.projection));
  ARROW_ASSIGN_OR_RAISE(merger->filter_schema_, SchemaOf(spec, options.filter_columns));
  std::vector<int> seen = *options.projection;
  std::sort(seen.begin(), seen.end());
  TARN_CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  for (int column : options.filter_columns) {
    if (std::find(seen.begin(), seen.end(), column) == seen.end()) seen.push_back(column);
  }
  merger->types_.resize(spec.fields.size());
  for (int column : seen) {
    ARROW_ASSIGN_OR_RAISE(merger->types_[column],
                          types::ToArrow(spec.fields[column].type));
  }
  merger->context_ = context;
  merger->read_columns_ = spec.ReadColumns(seen);
  merger->spec_ = spec.Projected(merger->read_columns_);
  merger->fold_ = fold;
  merger->runs_ = std::move(runs);
  std::vector<SortedRun*> borrowed;
  for (const auto& run : merger->runs_) borrowed.push_back(run.get());
  ARROW_ASSIGN_OR_RAISE(merger->reader_, OrderReader::Make(context, merger->spec_,
                                                           borrowed, options.chunk_rows));
  merger->columns_ = std::make_unique<RunColumns>(context, std::move(borrowed));
  ARROW_ASSIGN_OR_RAISE(merger->engine_, MakeMergeEngine(merger->spec_));
  options.batch_rows = std::max<int64_t>(options.batch_rows, 1);
  const int64_t first_rows =
      options.row_bytes == 0
          ? kFirstRows
          : std::max<int64_t>(options.batch_bytes / options.row_bytes, 1);
  merger->rows_ = std::min(options.batch_rows, first_rows);
  merger->options_ = std::move(options);
  return merger;
}

Result<std::optional<MergedRows>> RunMerger::NextRows() {
  ARROW_RETURN_NOT_OK(failed_);
  do {
    AdaptRows();
    auto more = Step();
    if (!more.ok()) {
      failed_ = more.status();
      return failed_;
    }
    if (!*more) return std::nullopt;
  } while (kept_.empty());
  MergedRows rows;
  rows.num_rows = static_cast<int64_t>(kept_.size());
  ARROW_ASSIGN_OR_RAISE(rows.kinds, KeepValues(context_, plan_.kinds, kept_));
  ARROW_ASSIGN_OR_RAISE(rows.sequences, KeepValues(context_, plan_.sequences, kept_));
  return rows;
}

Result<std::shared_ptr<arrow::Array>> RunMerger::Column(int i) {
  ARROW_RETURN_NOT_OK(failed_);
  const int column = (*options_.projection)[i];
  std::shared_ptr<arrow::Array> array;
  if (const auto found = made_.find(column); found != made_.end()) {
    array = found->second;
  } else {
    auto made = MakeColumn(column);
    if (!made.ok()) {
      failed_ = made.status();
      return failed_;
    }
    array = std::move(*made);
    columns_->Release(column);
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, arrow::util::ReferencedBufferSize(*array));
  made_bytes_ += bytes;
  return array;
}

Result<std::optional<MergedBatch>> RunMerger::Next() {
  ARROW_ASSIGN_OR_RAISE(auto rows, NextRows());
  if (!rows) return std::nullopt;
  arrow::ArrayVector arrays;
  for (int i = 0; i < schema_->num_fields(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto array, Column(i));
    arrays.push_back(std::move(array));
  }
  return MergedBatch{arrow::RecordBatch::Make(schema_, rows->num_rows, std::move(arrays)),
                     std::move(rows->kinds), std::move(rows->sequences)};
}

Result<bool> RunMerger::Step() {
  made_.clear();
  ARROW_ASSIGN_OR_RAISE(const bool more, reader_->Next(rows_, &order_));
  if (!more) return false;
  if (!fold_) {
    const int64_t rows = order_.rows();
    order_.starts.resize(rows + 1);
    std::iota(order_.starts.begin(), order_.starts.end(), 0);
    order_.bypass.assign(rows, 1);
  } else if (options_.merge_single_records) {
    order_.bypass.assign(order_.keys(), 0);
  }
  columns_->BeginOrder(&order_, reader_.get());
  ARROW_ASSIGN_OR_RAISE(plan_, engine_->Select(order_, columns_.get()));
  ARROW_RETURN_NOT_OK(CheckNotNull());
  KeepOnly(KeptKeys(plan_, options_.drop_retracts));
  if (!kept_.empty()) {
    if (options_.filter) ARROW_RETURN_NOT_OK(ApplyFilter());
    return true;
  }
  // What cannot be folded is an error also where nothing of it would be answered.
  for (int column : *options_.projection) {
    if (plan_.columns[column].rule != ColumnPlan::Rule::kFold) continue;
    ARROW_RETURN_NOT_OK(MakeColumn(column).status());
  }
  return true;
}

void RunMerger::KeepOnly(std::vector<int32_t> kept) {
  kept_ = std::move(kept);
  sources_.assign(plan_.selections.size(), std::nullopt);
  picked_.clear();
}

Status RunMerger::ApplyFilter() {
  arrow::ArrayVector arrays;
  for (int column : options_.filter_columns) {
    ARROW_ASSIGN_OR_RAISE(auto array, MakeColumn(column));
    made_.emplace(column, array);
    arrays.push_back(std::move(array));
  }
  const auto rows = static_cast<int64_t>(kept_.size());
  const auto batch = arrow::RecordBatch::Make(filter_schema_, rows, std::move(arrays));
  ARROW_ASSIGN_OR_RAISE(const auto passes, options_.filter(*batch));
  TARN_CHECK(passes->length() == rows);
  std::vector<int32_t> positions;
  for (int64_t i = 0; i < rows; ++i) {
    if (passes->IsValid(i) && passes->Value(i))
      positions.push_back(static_cast<int32_t>(i));
  }
  for (auto& [column, array] : made_) {
    ARROW_ASSIGN_OR_RAISE(array, KeepCells(context_, array, positions));
  }
  std::vector<int32_t> kept;
  for (int32_t position : positions) kept.push_back(kept_[position]);
  KeepOnly(std::move(kept));
  return Status::OK();
}

Result<std::shared_ptr<arrow::Array>> RunMerger::MakeColumn(int column) {
  const ColumnPlan& made = plan_.columns[column];
  if (made.rule == ColumnPlan::Rule::kSelect) {
    std::optional<Sources>& sources = sources_[made.selection];
    if (!sources) {
      sources = Sources::Make(
          order_, Keep(plan_.selections[made.selection], kept_, order_.keys()));
    }
    if (!sources->is_slice && sources->null_count == 0) {
      ARROW_ASSIGN_OR_RAISE(auto picked, columns_->ReadPicked(column, sources->row));
      if (picked != nullptr) return picked;
    }
    ARROW_ASSIGN_OR_RAISE(const RunSlices* slices,
                          columns_->Read(column, sources->ranges));
    return Gather(context_, types_[column], *slices, *sources);
  }
  ARROW_ASSIGN_OR_RAISE(const RunSlices* slices, columns_->Read(column));
  const Op* ops = made.ops < 0 ? nullptr : plan_.ops[made.ops].data();
  const FoldInput input{spec_, column, order_, *slices, columns_->entries(), ops};
  if (made.rule == ColumnPlan::Rule::kNewestNonNull ||
      PicksCell(spec_.aggregates[column].function)) {
    Selection picked;
    if (made.rule == ColumnPlan::Rule::kNewestNonNull) {
      picked = NewestNonNull(input);
    } else {
      ARROW_ASSIGN_OR_RAISE(picked, FoldToEntries(input));
    }
    return Gather(context_, types_[column], *slices, PickedSources(std::move(picked)));
  }
  ARROW_ASSIGN_OR_RAISE(auto folded, FoldToValues(context_, types_[column], input));
  return KeepCells(context_, folded, kept_);
}

const Sources& RunMerger::PickedSources(Selection picked) {
  for (const auto& [selection, sources] : picked_) {
    if (selection == picked) return sources;
  }
  if (picked_.size() == kPickedMax) picked_.erase(picked_.begin());
  Sources sources = Sources::Make(order_, Keep(picked, kept_, order_.keys()));
  picked_.emplace_back(std::move(picked), std::move(sources));
  return picked_.back().second;
}

/// Java refuses NULL in a NOT NULL column when a record is copied into the row as a
/// whole, and, without groups, when partial-update adds one.
Status RunMerger::CheckNotNull() {
  if (!plan_.check_added_nulls && plan_.reset_entries.empty()) return Status::OK();
  for (int column : read_columns_) {
    if (spec_.fields[column].type.nullable() || spec_.is_primary[column]) continue;
    ARROW_ASSIGN_OR_RAISE(const RunSlices* slices, columns_->Read(column));
    const bool any = std::any_of(
        slices->arrays.begin(), slices->arrays.end(),
        [](const auto& array) { return array != nullptr && array->null_count() > 0; });
    if (!any) continue;
    const internal::Cells cells(
        FoldInput{spec_, column, order_, *slices, columns_->entries()});
    auto is_null = [&](int32_t entry) { return !cells.IsValid(entry); };
    bool found =
        std::any_of(plan_.reset_entries.begin(), plan_.reset_entries.end(), is_null);
    for (int64_t key = 0; plan_.check_added_nulls && key < order_.keys(); ++key) {
      if (order_.bypass[key]) continue;
      for (int32_t i = order_.starts[key]; i < order_.starts[key + 1]; ++i) {
        found |= (order_.kind[i] & 1) == 0 && is_null(i);
      }
    }
    if (found) {
      return InvalidInput(
          1225, "Field can not be null:", V("field", spec_.fields[column].name));
    }
  }
  return Status::OK();
}

/// The next order takes so many rows that a batch holds about `batch_bytes`, however many
/// of its rows a filter may let through.
void RunMerger::AdaptRows() {
  if (kept_.empty()) return;
  const auto answered = static_cast<int64_t>(kept_.size());
  const int64_t row_bytes = std::max<int64_t>(made_bytes_ / answered, 1);
  made_bytes_ = 0;
  const int64_t fitting = options_.batch_bytes / row_bytes;
  const int64_t most = std::min(options_.batch_rows, rows_ * 8);
  rows_ = std::min(std::max(fitting, std::min(kLeastRows, options_.batch_rows)), most);
  rows_ = std::max<int64_t>(rows_, 1);
}

}  // namespace tarn::merge

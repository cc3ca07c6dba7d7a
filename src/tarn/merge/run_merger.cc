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
  if (options.projection.empty()) {
    options.projection.resize(spec.fields.size());
    std::iota(options.projection.begin(), options.projection.end(), 0);
  }
  arrow::FieldVector fields;
  for (int column : options.projection) {
    if (column < 0 || column >= spec.num_columns()) {
      return InvalidInput(
          1224, "Projection names a column that the table lacks:", V("column", column));
    }
    ARROW_ASSIGN_OR_RAISE(auto field, types::ToArrow(spec.fields[column]));
    fields.push_back(std::move(field));
  }
  merger->schema_ = arrow::schema(std::move(fields));
  merger->context_ = context;
  merger->read_columns_ = spec.ReadColumns(options.projection);
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
  merger->rows_ = std::min(options.batch_rows, kFirstRows);
  merger->options_ = std::move(options);
  return merger;
}

Result<std::optional<MergedBatch>> RunMerger::Next() {
  ARROW_RETURN_NOT_OK(failed_);
  bool end = false;
  while (!end) {
    auto batch = Step(&end);
    if (!batch.ok()) {
      failed_ = batch.status();
      return failed_;
    }
    if (batch->has_value()) return batch;
  }
  return std::nullopt;
}

Result<std::optional<MergedBatch>> RunMerger::Step(bool* end) {
  ARROW_ASSIGN_OR_RAISE(const bool more, reader_->Next(rows_, &order_));
  *end = !more;
  if (!more) return std::nullopt;
  if (!fold_) {
    const int64_t rows = order_.rows();
    order_.starts.resize(rows + 1);
    std::iota(order_.starts.begin(), order_.starts.end(), 0);
    order_.bypass.assign(rows, 1);
  }
  columns_->BeginOrder(&order_, reader_.get());
  ARROW_ASSIGN_OR_RAISE(const MergePlan plan, engine_->Select(order_, columns_.get()));
  ARROW_RETURN_NOT_OK(CheckNotNull(plan));
  const std::vector<int32_t> kept = KeptKeys(plan, options_.drop_retracts);
  if (kept.empty()) {
    // What cannot be folded is an error also where nothing of it would be answered.
    for (size_t i = 0; i < options_.projection.size(); ++i) {
      const int column = options_.projection[i];
      if (plan.columns[column].rule != ColumnPlan::Rule::kFold) continue;
      ARROW_RETURN_NOT_OK(
          MakeColumn(plan, column, schema_->field(static_cast<int>(i)), kept).status());
    }
    return std::nullopt;
  }
  ARROW_ASSIGN_OR_RAISE(MergedBatch batch, Assemble(plan, kept));
  return batch;
}

Result<MergedBatch> RunMerger::Assemble(const MergePlan& plan,
                                        const std::vector<int32_t>& kept) {
  sources_.assign(plan.selections.size(), std::nullopt);
  MergedBatch batch;
  ARROW_ASSIGN_OR_RAISE(batch.kinds, KeepValues(context_, plan.kinds, kept));
  ARROW_ASSIGN_OR_RAISE(batch.sequences, KeepValues(context_, plan.sequences, kept));
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < options_.projection.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto array,
                          MakeColumn(plan, options_.projection[i],
                                     schema_->field(static_cast<int>(i)), kept));
    arrays.push_back(std::move(array));
  }
  batch.rows = arrow::RecordBatch::Make(schema_, static_cast<int64_t>(kept.size()),
                                        std::move(arrays));
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes,
                        arrow::util::ReferencedBufferSize(*batch.rows));
  AdaptRows(bytes);
  return batch;
}

Result<std::shared_ptr<arrow::Array>> RunMerger::MakeColumn(
    const MergePlan& plan, int column, const std::shared_ptr<arrow::Field>& field,
    const std::vector<int32_t>& kept) {
  const ColumnPlan& made = plan.columns[column];
  if (made.rule == ColumnPlan::Rule::kSelect) {
    std::optional<Sources>& sources = sources_[made.selection];
    if (!sources) {
      sources = Sources::Make(order_,
                              Keep(plan.selections[made.selection], kept, order_.keys()));
    }
    ARROW_ASSIGN_OR_RAISE(const RunSlices* slices,
                          columns_->Read(column, sources->ranges));
    return Gather(context_, field->type(), *slices, *sources);
  }
  ARROW_ASSIGN_OR_RAISE(const RunSlices* slices, columns_->Read(column));
  const Op* ops = made.ops < 0 ? nullptr : plan.ops[made.ops].data();
  const FoldInput input{spec_, column, order_, *slices, columns_->entries(), ops};
  if (made.rule == ColumnPlan::Rule::kNewestNonNull ||
      PicksCell(spec_.aggregates[column].function)) {
    Selection picked;
    if (made.rule == ColumnPlan::Rule::kNewestNonNull) {
      picked = NewestNonNull(input);
    } else {
      ARROW_ASSIGN_OR_RAISE(picked, FoldToEntries(input));
    }
    const Sources sources = Sources::Make(order_, Keep(picked, kept, order_.keys()));
    return Gather(context_, field->type(), *slices, sources);
  }
  ARROW_ASSIGN_OR_RAISE(auto folded, FoldToValues(context_, field->type(), input));
  return KeepCells(context_, folded, kept);
}

/// Java refuses NULL in a NOT NULL column when a record is copied into the row as a
/// whole, and, without groups, when partial-update adds one.
Status RunMerger::CheckNotNull(const MergePlan& plan) {
  if (!plan.check_added_nulls && plan.reset_entries.empty()) return Status::OK();
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
        std::any_of(plan.reset_entries.begin(), plan.reset_entries.end(), is_null);
    for (int64_t key = 0; plan.check_added_nulls && key < order_.keys(); ++key) {
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

/// The next order takes so many rows that a batch holds about `batch_bytes`.
void RunMerger::AdaptRows(int64_t bytes) {
  const int64_t rows = std::max<int64_t>(order_.rows(), 1);
  const int64_t row_bytes = std::max<int64_t>(bytes / rows, 1);
  const int64_t fitting = options_.batch_bytes / row_bytes;
  const int64_t most = std::min(options_.batch_rows, rows_ * 8);
  rows_ = std::min(std::max(fitting, std::min(kLeastRows, options_.batch_rows)), most);
  rows_ = std::max<int64_t>(rows_, 1);
}

}  // namespace tarn::merge

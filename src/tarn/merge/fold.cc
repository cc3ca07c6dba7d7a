// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/fold.h"

#include <algorithm>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>

#include "tarn/merge/entry_codes.h"
#include "tarn/merge/fold_collections.h"

namespace tarn::merge {
namespace internal {

Cells::Cells(const FoldInput& input)
    : order_(input.order),
      slices_(input.slices),
      bits_(input.slices.arrays.size(), nullptr),
      offset_(input.slices.arrays.size(), 0) {
  for (size_t run = 0; run < bits_.size(); ++run) {
    const auto& array = slices_.arrays[run];
    if (array == nullptr || array->null_count() == 0) continue;
    bits_[run] = array->null_bitmap_data();
    offset_[run] = array->offset() - slices_.first[run];
  }
}

}  // namespace internal

namespace {

using internal::Cells;

/// Accumulator of a function that picks a cell: an entry, or -1 for NULL.
struct Picker {
  AggregateFunction function;
  const EntryCodes* codes;  ///< max and min only
  bool initialized = false;

  int32_t Agg(int32_t acc, int32_t cell) {
    switch (function) {
      case AggregateFunction::kLastNonNullValue:
        return cell < 0 ? acc : cell;
      case AggregateFunction::kFirstValue:
        if (initialized) return acc;
        initialized = true;
        return cell;
      case AggregateFunction::kFirstNonNullValue:
        if (initialized || cell < 0) return acc;
        initialized = true;
        return cell;
      case AggregateFunction::kMax:
        if (acc < 0 || cell < 0) return acc < 0 ? cell : acc;
        return codes->Compare(acc, cell) < 0 ? cell : acc;
      case AggregateFunction::kMin:
        if (acc < 0 || cell < 0) return acc < 0 ? cell : acc;
        return codes->Compare(acc, cell) < 0 ? acc : cell;
      default:  // last_value, primary-key
        return cell;
    }
  }

  int32_t Retract(int32_t acc, int32_t cell) const {
    switch (function) {
      case AggregateFunction::kLastNonNullValue:
        return cell >= 0 ? -1 : acc;
      case AggregateFunction::kPrimaryKey:
        return cell;
      default:  // last_value
        return -1;
    }
  }
};

}  // namespace

Status CannotRetract(const MergeSpec& spec, int column) {
  return InvalidInput(1222,
                      "Aggregate function does not support retraction, If you allow this "
                      "function to ignore "
                      "retraction messages, you can configure "
                      "'fields.${field_name}.ignore-retract'='true':",
                      V("function", NameOf(spec.aggregates[column].function)),
                      V("column", spec.fields[column].name));
}

bool PicksCell(AggregateFunction function) {
  switch (function) {
    case AggregateFunction::kNone:
    case AggregateFunction::kPrimaryKey:
    case AggregateFunction::kMax:
    case AggregateFunction::kMin:
    case AggregateFunction::kLastValue:
    case AggregateFunction::kLastNonNullValue:
    case AggregateFunction::kFirstValue:
    case AggregateFunction::kFirstNonNullValue:
      return true;
    default:
      return false;
  }
}

Result<Selection> FoldToEntries(const FoldInput& input) {
  const MergeOrder& order = input.order;
  const Aggregate& aggregate = input.aggregate();
  const Cells cells(input);
  EntryCodes codes;
  if (aggregate.function == AggregateFunction::kMax ||
      aggregate.function == AggregateFunction::kMin) {
    ARROW_ASSIGN_OR_RAISE(codes, EntryCodes::Make(order, input.entries, input.slices));
  }
  const bool can_retract = CanRetract(aggregate);
  Selection result(order.keys());
  for (int64_t key = 0; key < order.keys(); ++key) {
    if (order.bypass[key]) {
      result[key] = order.starts[key];
      continue;
    }
    Picker picker{aggregate.function, &codes};
    int32_t acc = -1;
    for (int32_t i = order.starts[key]; i < order.starts[key + 1]; ++i) {
      const int32_t cell = cells.IsValid(i) ? i : -1;
      switch (input.op(i)) {
        case Op::kSkip:
          break;
        case Op::kAdd:
          acc = picker.Agg(acc, cell);
          break;
        case Op::kAddReversed:
          acc = picker.Agg(cell, acc);
          break;
        case Op::kReset:
          acc = cell;
          break;
        case Op::kResetRetract:
          acc = cell;
          [[fallthrough]];
        case Op::kRetract:
          if (!can_retract) return CannotRetract(input.spec, input.column);
          if (!aggregate.ignore_retract) acc = picker.Retract(acc, cell);
          break;
      }
    }
    result[key] = acc;
  }
  return result;
}

Result<std::shared_ptr<arrow::Array>> FoldToValues(
    const base::Context& context, const std::shared_ptr<arrow::DataType>& type,
    const FoldInput& input) {
  const Aggregate& aggregate = input.aggregate();
  const types::DataType& column = input.spec.fields[input.column].type;
  switch (aggregate.function) {
    case AggregateFunction::kListagg:
      return internal::FoldText(context, input);
    case AggregateFunction::kCollect:
      return aggregate.distinct && !column.element().IsNested()
                 ? internal::FoldTables(context, type, input)
                 : internal::FoldLists(context, type, input);
    case AggregateFunction::kNestedUpdate:
      return aggregate.nested_key.empty() ? internal::FoldLists(context, type, input)
                                          : internal::FoldTables(context, type, input);
    case AggregateFunction::kMergeMap:
    case AggregateFunction::kMergeMapWithKeyTime:
      return internal::FoldTables(context, type, input);
    case AggregateFunction::kNestedPartialUpdate:
      return internal::FoldNestedRows(context, type, input);
    case AggregateFunction::kRoaringBitmap32:
    case AggregateFunction::kRoaringBitmap64:
    case AggregateFunction::kHllSketch:
    case AggregateFunction::kThetaSketch:
      return internal::FoldUnions(context, input);
    default:
      return internal::FoldNumbers(context, type, input);
  }
}

namespace {

/// Without ops the newest cell is the one with the highest entry, so runs can be walked
/// one by one, and a run that holds only NULL costs nothing.
Selection NewestByRun(const FoldInput& input) {
  const MergeOrder& order = input.order;
  Selection newest(order.keys());
  for (int64_t key = 0; key < order.keys(); ++key) {
    newest[key] = order.bypass[key] ? order.starts[key] : -1;
  }
  for (size_t run = 0; run < input.slices.arrays.size(); ++run) {
    const auto& array = input.slices.arrays[run];
    if (array == nullptr || array->null_count() == array->length()) continue;
    const int64_t base = input.entries.base[run] + input.slices.first[run];
    const int32_t* entry = input.entries.entry.data() + base;
    const int32_t* key = input.entries.key.data() + base;
    const uint8_t* bits = array->null_count() == 0 ? nullptr : array->null_bitmap_data();
    for (int64_t row = 0; row < array->length(); ++row) {
      if (bits != nullptr && !arrow::bit_util::GetBit(bits, array->offset() + row))
        continue;
      int32_t& best = newest[key[row]];
      best = std::max(best, entry[row]);
    }
  }
  return newest;
}

}  // namespace

Selection NewestNonNull(const FoldInput& input) {
  if (input.ops == nullptr) return NewestByRun(input);
  const MergeOrder& order = input.order;
  const Cells cells(input);
  Selection newest(order.keys());
  for (int64_t key = 0; key < order.keys(); ++key) {
    const int32_t begin = order.starts[key];
    int32_t found = order.starts[key + 1] - 1;
    for (; found >= begin && !order.bypass[key]; --found) {
      const Op op = input.op(found);
      if (op == Op::kReset) break;
      if (op == Op::kAdd && cells.IsValid(found)) break;
    }
    newest[key] = found >= begin ? found : -1;
  }
  return newest;
}

}  // namespace tarn::merge

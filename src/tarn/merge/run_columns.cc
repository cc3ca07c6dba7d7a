// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/run_columns.h"

#include <utility>

#include <arrow/array.h>

namespace tarn::merge {

EntriesByRun EntriesByRun::Make(const MergeOrder& order) {
  EntriesByRun made;
  int64_t rows = 0;
  for (int64_t consumed : order.consumed) {
    made.base.push_back(rows);
    rows += consumed;
  }
  // Every row has an entry but those that a lookup's order left out.
  made.entry.assign(rows, -1);
  made.key.assign(rows, 0);
  for (int64_t key = 0; key < order.keys(); ++key) {
    for (int32_t i = order.starts[key]; i < order.starts[key + 1]; ++i) {
      const int64_t at = made.base[order.run[i]] + order.row[i];
      made.entry[at] = i;
      made.key[at] = static_cast<int32_t>(key);
    }
  }
  return made;
}

const EntriesByRun& RunColumns::entries() {
  if (entries_number_ != order_number_) {
    entries_ = EntriesByRun::Make(*order_);
    entries_number_ = order_number_;
  }
  return entries_;
}

void RunColumns::BeginOrder(const MergeOrder* order, const OrderReader* reader) {
  if (order_number_ > 0) {
    for (size_t run = 0; run < runs_.size(); ++run) passed_[run] += consumed_[run];
  }
  for (auto& [index, column] : columns_) column.slices = {};
  consumed_ = order->consumed;
  order_ = order;
  reader_ = reader;
  ++order_number_;
}

Result<const RunSlices*> RunColumns::Read(int column) {
  RowRanges all = RowRanges::None(runs_.size());
  all.end = order_->consumed;
  return Read(column, all);
}

Result<const RunSlices*> RunColumns::Read(int index, const RowRanges& ranges) {
  Column& column = columns_[index];
  if (column.order_number == order_number_) return &column.slices;
  column.slices.arrays.assign(runs_.size(), nullptr);
  column.slices.first.assign(runs_.size(), 0);
  for (size_t run = 0; run < runs_.size(); ++run) {
    if (ranges.begin[run] == ranges.end[run]) continue;
    ARROW_ASSIGN_OR_RAISE(auto lent, reader_->OrderColumn(static_cast<int>(run), index));
    if (lent != nullptr) {
      column.slices.arrays[run] = std::move(lent);
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(Cursor* const at, CursorAt(index, run, ranges.begin[run]));
    const int64_t rows = ranges.end[run] - ranges.begin[run];
    ARROW_ASSIGN_OR_RAISE(auto array, at->cursor->Read(rows));
    TARN_CHECK(array != nullptr && array->length() == rows, V("column", index));
    at->position += rows;
    column.slices.arrays[run] = std::move(array);
    column.slices.first[run] = ranges.begin[run];
  }
  column.order_number = order_number_;
  return &column.slices;
}

Result<RunColumns::Cursor*> RunColumns::CursorAt(int index, size_t run, int64_t begin) {
  Column& column = columns_[index];
  column.cursors.resize(runs_.size());
  Cursor& at = column.cursors[run];
  if (at.cursor == nullptr) {
    ARROW_ASSIGN_OR_RAISE(at.cursor, runs_[run]->OpenColumn(index));
  }
  const int64_t row = passed_[run] + begin;
  TARN_CHECK(row >= at.position, V("column", index));
  if (row > at.position) ARROW_RETURN_NOT_OK(at.cursor->Skip(row - at.position));
  at.position = row;
  return &at;
}

Result<std::shared_ptr<arrow::Array>> RunColumns::ReadPicked(
    int index, const std::vector<int32_t>& picked) {
  if (runs_.size() != 1 || columns_[index].order_number == order_number_) return nullptr;
  ARROW_ASSIGN_OR_RAISE(const auto lent, reader_->OrderColumn(0, index));
  if (lent != nullptr) return nullptr;
  ARROW_ASSIGN_OR_RAISE(Cursor* const at, CursorAt(index, 0, 0));
  ARROW_ASSIGN_OR_RAISE(auto array, at->cursor->ReadPicked(consumed_[0], picked));
  if (array == nullptr) return nullptr;
  at->position += consumed_[0];
  columns_[index].order_number = order_number_;
  return array;
}

}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/run_keys.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/type.h>

#include "tarn/types/row_kind.h"

namespace tarn::merge {
namespace {

Result<std::shared_ptr<arrow::Array>> ReadExactly(ColumnCursor* cursor, int64_t rows) {
  ARROW_ASSIGN_OR_RAISE(auto array, cursor->Read(rows));
  TARN_CHECK(array != nullptr && array->length() == rows, V("rows", rows));
  return array;
}

/// Whether the keys of a chunk do not descend, from the last key of the chunk before on.
bool Ascends(const RowKeys& before, const RowKeys& keys) {
  bool ascends = true;
  if (keys.exact) {
    if (before.rows() > 0) ascends = before.codes.back() <= keys.codes.front();
    for (size_t i = 1; i < keys.codes.size(); ++i) {
      ascends &= keys.codes[i - 1] <= keys.codes[i];
    }
    return ascends;
  }
  if (before.rows() > 0) ascends = before.views.back() <= keys.views.front();
  for (size_t i = 1; i < keys.views.size() && ascends; ++i) {
    ascends = keys.codes[i - 1] < keys.codes[i] ||
              (keys.codes[i - 1] == keys.codes[i] && keys.views[i - 1] <= keys.views[i]);
  }
  return ascends;
}

}  // namespace

Result<std::unique_ptr<RunKeys>> RunKeys::Make(const MergeSpec& spec, SortedRun* run) {
  std::unique_ptr<RunKeys> keys(new RunKeys());
  keys->columns_ = spec.key_columns;
  keys->num_keys_ = spec.key_columns.size();
  keys->columns_.insert(keys->columns_.end(), spec.sequence_columns.begin(),
                        spec.sequence_columns.end());
  keys->descending_ = spec.sequence_descending;
  keys->remaining_ = run->num_rows();
  keys->chunk_ = std::make_shared<Chunk>();
  for (int column : keys->columns_) {
    ARROW_ASSIGN_OR_RAISE(auto cursor, run->OpenColumn(column));
    keys->cursors_.push_back(std::move(cursor));
  }
  ARROW_ASSIGN_OR_RAISE(keys->sequence_cursor_, run->OpenSequence());
  ARROW_ASSIGN_OR_RAISE(keys->kind_cursor_, run->OpenKind());
  return keys;
}

Status RunKeys::Load(int64_t rows) {
  TARN_CHECK(needs_load());
  rows = std::min(rows, remaining_);
  auto chunk = std::make_shared<Chunk>();
  chunk->rows = rows;
  for (auto& cursor : cursors_) {
    ARROW_ASSIGN_OR_RAISE(auto column, ReadExactly(cursor.get(), rows));
    chunk->columns.push_back(std::move(column));
  }
  const auto split = chunk->columns.begin() + num_keys_;
  ARROW_ASSIGN_OR_RAISE(chunk->keys, EncodeKeys({chunk->columns.begin(), split}, {}));
  if (!Ascends(chunk_->keys, chunk->keys)) {
    return Corruption(7203,
                      "A sorted run is not in the order of its keys:", V("rows", rows),
                      V("remaining", remaining_));
  }
  if (split != chunk->columns.end()) {
    ARROW_ASSIGN_OR_RAISE(
        chunk->sequences,
        EncodeKeys({split, chunk->columns.end()},
                   KeyEncoding{.nullable = true, .descending = descending_}));
  }
  ARROW_ASSIGN_OR_RAISE(chunk->sequence_numbers,
                        ReadExactly(sequence_cursor_.get(), rows));
  TARN_CHECK(chunk->sequence_numbers->type_id() == arrow::Type::INT64);
  chunk->sequence_data = chunk->sequence_numbers->data()->GetValues<int64_t>(1);
  if (kind_cursor_ != nullptr) {
    ARROW_ASSIGN_OR_RAISE(chunk->kinds, ReadExactly(kind_cursor_.get(), rows));
    const auto type = chunk->kinds->type_id();
    TARN_CHECK(type == arrow::Type::INT8 || type == arrow::Type::UINT8);
    chunk->kind_data = chunk->kinds->data()->GetValues<uint8_t>(1);
    uint8_t all = 0;
    for (int64_t i = 0; i < rows; ++i) all |= chunk->kind_data[i];
    if (all > 3) return Corruption(7202, "Stored row kind is not 0..3:", V("rows", rows));
  }
  if (order_base_ < chunk_->rows) retired_.push_back(chunk_);
  order_base_ -= chunk_->rows;
  chunk_ = std::move(chunk);
  position_ = 0;
  remaining_ -= rows;
  return Status::OK();
}

void RunKeys::StripPrefix(std::string_view prefix) {
  RowKeys& keys = chunk_->keys;
  for (int64_t i = position_; i < chunk_->rows; ++i) {
    const std::string_view view = keys.views[i];
    const int compared = view.substr(0, prefix.size()).compare(prefix);
    keys.codes[i] = compared == 0  ? CodeOfBytes(view.substr(prefix.size()))
                    : compared < 0 ? 0
                                   : ~uint64_t{0};
  }
}

void RunKeys::BeginOrder() {
  retired_.clear();
  order_base_ = position_;
}

Result<std::shared_ptr<arrow::Array>> RunKeys::OrderColumn(
    int column, arrow::MemoryPool* pool) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) return nullptr;
  const size_t slot = found - columns_.begin();
  // Retired chunks end where the current one begins.
  int64_t begin = 0;
  for (const auto& chunk : retired_) begin -= chunk->rows;
  std::vector<std::shared_ptr<arrow::Array>> parts;
  auto add = [&](const Chunk& chunk, int64_t end) {
    const int64_t from = std::max<int64_t>(order_base_ - begin, 0);
    if (from < end) parts.push_back(chunk.columns[slot]->Slice(from, end - from));
    begin += chunk.rows;
  };
  for (const auto& chunk : retired_) add(*chunk, chunk->rows);
  if (chunk_->rows > 0) add(*chunk_, position_);
  if (parts.empty()) return nullptr;
  if (parts.size() == 1) return parts[0];
  return arrow::Concatenate(parts, pool);
}

}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/key_codes.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/sorted_run.h"

namespace tarn::merge {

/// Keys, user sequences, sequence numbers and kinds of one run, a chunk at a time: all
/// that decides an order. One caller at a time; answers an error once and stays failed.
class RunKeys {
 public:
  static Result<std::unique_ptr<RunKeys>> Make(const MergeSpec& spec, SortedRun* run);

  /// The current chunk; `position()` is its next unread row.
  struct Chunk {
    int64_t rows = 0;
    std::vector<std::shared_ptr<arrow::Array>> columns;  ///< keys, then user sequences
    RowKeys keys;
    RowKeys sequences;  ///< of the user; empty without `sequence.field`
    std::shared_ptr<arrow::Array> sequence_numbers;
    std::shared_ptr<arrow::Array> kinds;  ///< nullptr = all +I
    const int64_t* sequence_data = nullptr;
    const uint8_t* kind_data = nullptr;
  };
  const Chunk& chunk() const { return *chunk_; }
  int64_t position() const { return position_; }
  void Advance(int64_t rows) { position_ += rows; }
  bool exhausted() const { return position_ == chunk_->rows && remaining_ == 0; }
  bool needs_load() const { return position_ == chunk_->rows && remaining_ > 0; }

  /// Read up to `rows` more rows. Earlier chunks of the order that is open stay readable
  /// through `TakeColumn`. REQUIRES: `needs_load()`.
  Status Load(int64_t rows);

  /// Codes of the unread rows become those of the bytes after `prefix`; keys outside it
  /// get the lowest or the highest code. Only for keys whose codes are not exact.
  void StripPrefix(std::string_view prefix);

  /// The row at `position()` becomes row 0 of a new order.
  void BeginOrder();
  /// Row of the open order at `position()`.
  int64_t order_row() const { return position_ - order_base_; }

  /// The rows of the order that is open, up to `position()`, of a column that this reader
  /// decoded anyway; nullptr for any other column.
  Result<std::shared_ptr<arrow::Array>> OrderColumn(int column,
                                                    arrow::MemoryPool* pool) const;

 private:
  RunKeys() = default;

  std::vector<int> columns_;  ///< column index per entry of `Chunk::columns`
  size_t num_keys_ = 0;
  bool descending_ = false;
  int64_t remaining_ = 0;
  std::vector<std::unique_ptr<ColumnCursor>> cursors_;
  std::unique_ptr<ColumnCursor> sequence_cursor_;
  std::unique_ptr<ColumnCursor> kind_cursor_;
  std::shared_ptr<Chunk> chunk_;
  std::vector<std::shared_ptr<Chunk>> retired_;  ///< earlier chunks of the open order
  int64_t position_ = 0;
  int64_t order_base_ = 0;  ///< position in the current chunk of the order's row 0
};

}  // namespace tarn::merge

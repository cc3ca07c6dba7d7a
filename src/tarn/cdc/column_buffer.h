// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <arrow/buffer_builder.h>
#include <arrow/type_fwd.h>

#include "tarn/types/data_type.h"

namespace tarn::cdc {

/// A column under construction that can be cut back, so that a rejected message leaves
/// nothing behind (Arrow's builders cannot).
///
/// Fixed-width cells hold the bytes of the column's Arrow type (booleans one byte each
/// until `Finish`); lists and maps append to their children first and then close the row.
/// One caller at a time. Errors of every append: kResource (pool exhausted, or more than
/// 2 GiB of variable-length bytes in one batch).
class ColumnBuffer {
 public:
  /// Errors: kUnsupported for types without an Arrow form.
  static Result<std::unique_ptr<ColumnBuffer>> Make(const types::DataType& type,
                                                    arrow::MemoryPool* pool);

  int64_t rows() const { return static_cast<int64_t>(valid_.size()); }
  /// Bytes held, about.
  int64_t bytes() const;
  const std::shared_ptr<arrow::DataType>& type() const { return type_; }
  bool last_is_null() const { return !valid_.empty() && valid_.back() == 0; }

  template <typename T>
  Status Append(T value) {
    valid_.push_back(1);
    return values_.Append(&value, sizeof(T));
  }
  Status AppendBytes(std::string_view bytes);
  /// A row of NULL, in children of a struct, too.
  Status AppendNull();
  /// A row of NULL whose absent bit is set.
  Status AppendAbsent();
  /// Is the last row absent?
  bool last_is_absent() const {
    return static_cast<int64_t>(absent_.size()) == rows() && rows() > 0 && absent_.back();
  }

  /// Children: a list's elements; a map's keys and values; a struct's members.
  ColumnBuffer* child(size_t i) { return children_[i].get(); }
  size_t child_count() const { return children_.size(); }
  /// Close a row whose children have been appended.
  Status CloseNested();

  /// Forget all rows from `rows` on, half a row in the children included.
  void Truncate(int64_t rows);

  /// The rows so far as an array; the buffer is empty afterwards.
  Result<std::shared_ptr<arrow::ArrayData>> Finish();
  /// The absent bits of the rows so far, or nullptr when none is set. Call before
  /// `Finish`.
  Result<std::shared_ptr<arrow::Buffer>> FinishAbsent();

 private:
  enum class Layout : uint8_t { kBoolean, kFixed, kVariable, kList, kMap, kStruct };

  ColumnBuffer(std::shared_ptr<arrow::DataType> type, Layout layout, int width,
               arrow::MemoryPool* pool);

  std::shared_ptr<arrow::DataType> type_;
  Layout layout_;
  int width_;  // bytes per row in values_, fixed-width layouts
  arrow::MemoryPool* pool_;
  std::vector<uint8_t> valid_;
  std::vector<uint8_t> absent_;   // up to the last absent row, or shorter
  std::vector<int32_t> offsets_;  // rows + 1, variable and list layouts
  arrow::BufferBuilder values_;   // fixed cells, or variable bytes
  std::vector<std::unique_ptr<ColumnBuffer>> children_;
};

}  // namespace tarn::cdc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "tarn/merge/sorted_run.h"

namespace tarn::datafile {

/// Sorted rows in memory: what a write buffer hands to the merge. Immutable; cursors
/// slice.
///
/// Shapes: `values` rows of all table columns; `sequences` int64[rows]; `kinds`
/// int8[rows] or nullptr when every row is +I.
class MemoryRun final : public merge::SortedRun {
 public:
  MemoryRun(std::shared_ptr<arrow::RecordBatch> values,
            std::shared_ptr<arrow::Array> sequences, std::shared_ptr<arrow::Array> kinds,
            int32_t level = -1);

  int64_t num_rows() const override;
  int32_t level() const override { return level_; }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(int column) override;
  Result<std::unique_ptr<merge::ColumnCursor>> OpenSequence() override;
  Result<std::unique_ptr<merge::ColumnCursor>> OpenKind() override;

 private:
  std::shared_ptr<arrow::RecordBatch> values_;
  std::shared_ptr<arrow::Array> sequences_;
  std::shared_ptr<arrow::Array> kinds_;
  int32_t level_;
};

}  // namespace tarn::datafile

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/sorted_run.h"
#include "tarn/types/change_batch.h"

namespace tarn::datafile {

/// A batch of changes whose rows are numbered first_sequence, first_sequence + 1, ...
struct NumberedBatch {
  types::ChangeBatch changes;
  int64_t first_sequence;
};

/// What a write buffer holds, as a sorted run. Only the keys are sorted: other cells stay
/// in the batches in which they came until a cursor reads them, so the buffer is never
/// held twice and what is gathered is still in the cache when it is encoded.
///
/// Immutable. Its cursors share what they look up: one caller at a time for all of them.
/// They may outlive the run.
class MemoryRun final : public merge::SortedRun {
 public:
  /// Sort the rows of `batches`, which stand in the order of their sequence numbers.
  ///
  /// \param spec    order of rows: key, user sequence
  /// \param schema  Arrow schema of all columns
  /// Errors: those of merge::SortPermutation.
  static Result<std::unique_ptr<MemoryRun>> Sort(
      std::shared_ptr<const base::Context> context, const merge::MergeSpec& spec,
      const arrow::Schema& schema, std::vector<NumberedBatch> batches);

  int64_t num_rows() const override;
  int32_t level() const override { return -1; }
  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(int column) override;
  Result<std::unique_ptr<merge::ColumnCursor>> OpenSequence() override;
  Result<std::unique_ptr<merge::ColumnCursor>> OpenKind() override;

  /// Batches in memory, and which row of which of them comes i-th.
  struct Rows;

 private:
  explicit MemoryRun(std::shared_ptr<Rows> rows) : rows_(std::move(rows)) {}

  std::shared_ptr<Rows> rows_;
};

}  // namespace tarn::datafile

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/datafile/memory_run.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/sorted_run.h"
#include "tarn/types/change_batch.h"

namespace tarn::tree {

/// What a buffer held, as sorted runs, oldest first.
struct BufferedRuns {
  std::vector<std::unique_ptr<merge::SortedRun>> runs;
  int64_t rows = 0;   ///< in memory
  int64_t bytes = 0;  ///< in memory
  /// Some rows; nullptr if some of the runs were spilled.
  std::shared_ptr<arrow::RecordBatch> sample;
};

/// Changes of one bucket that are not in a file yet: batches as they came, and sorted
/// runs that were spilled (Paimon `SortBufferWriteBuffer`).
///
/// Spilling only sorts. Rows of one key are merged once, at the flush, since Java's fold
/// of retractions is not associative (design D2). One caller at a time.
class WriteBuffer {
 public:
  /// \param spec    order of rows: key, user sequence
  /// \param schema  Arrow schema of all columns
  static Result<std::unique_ptr<WriteBuffer>> Make(
      std::shared_ptr<const base::Context> context, merge::MergeSpec spec,
      std::shared_ptr<arrow::Schema> schema);

  /// Keep `rows`, numbered first_sequence, first_sequence + 1, ...
  Status Append(const types::ChangeBatch& rows, int64_t first_sequence);
  bool empty() const { return memory_rows_ == 0 && spilled_.empty(); }
  int64_t memory_bytes() const { return memory_bytes_; }
  int64_t memory_rows() const { return memory_rows_; }

  /// Sort the rows in memory and write them to a temporary run. Errors: kResource (no
  /// space).
  Status Spill();
  /// Everything as sorted runs; the buffer is empty afterwards.
  Result<BufferedRuns> TakeRuns();

 private:
  WriteBuffer() = default;
  Result<std::unique_ptr<merge::SortedRun>> SortMemory();
  Result<std::shared_ptr<arrow::RecordBatch>> Sample() const;

  std::shared_ptr<const base::Context> context_;
  merge::MergeSpec spec_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<datafile::NumberedBatch> batches_;
  int64_t memory_bytes_ = 0;
  int64_t memory_rows_ = 0;
  std::vector<std::unique_ptr<merge::SortedRun>> spilled_;
};

}  // namespace tarn::tree

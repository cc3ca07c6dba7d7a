// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/write_buffer.h"

#include <utility>

#include <arrow/util/byte_size.h>

#include "tarn/datafile/fan_in.h"

namespace tarn::tree {

Result<std::unique_ptr<WriteBuffer>> WriteBuffer::Make(
    std::shared_ptr<const base::Context> context, merge::MergeSpec spec,
    std::shared_ptr<arrow::Schema> schema) {
  auto buffer = std::unique_ptr<WriteBuffer>(new WriteBuffer());
  buffer->context_ = std::move(context);
  buffer->spec_ = std::move(spec);
  buffer->schema_ = std::move(schema);
  return buffer;
}

Status WriteBuffer::Append(const types::ChangeBatch& rows, int64_t first_sequence) {
  if (rows.num_rows() == 0) return Status::OK();
  // A slice's share of its buffers, and what the run adds: sequence, kind, place.
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes,
                        arrow::util::ReferencedBufferSize(*rows.rows));
  memory_bytes_ += bytes + rows.num_rows() * 15;
  memory_rows_ += rows.num_rows();
  batches_.push_back({rows, first_sequence});
  return Status::OK();
}

Result<std::unique_ptr<merge::SortedRun>> WriteBuffer::SortMemory() {
  memory_bytes_ = 0;
  memory_rows_ = 0;
  ARROW_ASSIGN_OR_RAISE(auto run, datafile::MemoryRun::Sort(context_, spec_, *schema_,
                                                            std::move(batches_)));
  batches_.clear();
  return run;
}

Status WriteBuffer::Spill() {
  if (memory_rows_ == 0) return Status::OK();
  std::vector<std::unique_ptr<merge::SortedRun>> memory(1);
  ARROW_ASSIGN_OR_RAISE(memory[0], SortMemory());
  ARROW_ASSIGN_OR_RAISE(auto run,
                        datafile::SpillInterleaved(context_, spec_, std::move(memory)));
  spilled_.push_back(std::move(run));
  return Status::OK();
}

Result<std::vector<std::unique_ptr<merge::SortedRun>>> WriteBuffer::TakeRuns() {
  std::vector<std::unique_ptr<merge::SortedRun>> runs = std::move(spilled_);
  spilled_.clear();
  if (memory_rows_ > 0) {
    ARROW_ASSIGN_OR_RAISE(auto run, SortMemory());
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace tarn::tree

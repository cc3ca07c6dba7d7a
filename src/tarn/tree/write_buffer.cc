// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/write_buffer.h"

#include <utility>

#include <arrow/record_batch.h>
#include <arrow/util/byte_size.h>

#include "tarn/datafile/fan_in.h"

namespace tarn::tree {
namespace {

/// Enough to see whether values repeat, and little beside the buffer itself.
constexpr int64_t kSampleRows = 4096;
constexpr int64_t kSampleBytes = int64_t{4} << 20;

}  // namespace

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

Result<BufferedRuns> WriteBuffer::TakeRuns() {
  BufferedRuns out;
  out.rows = memory_rows_;
  out.bytes = memory_bytes_;
  out.runs = std::move(spilled_);
  spilled_.clear();
  if (memory_rows_ > 0) {
    if (out.runs.empty()) {
      ARROW_ASSIGN_OR_RAISE(out.sample, Sample());
    }
    ARROW_ASSIGN_OR_RAISE(auto run, SortMemory());
    out.runs.push_back(std::move(run));
  }
  return out;
}

Result<std::shared_ptr<arrow::RecordBatch>> WriteBuffer::Sample() const {
  arrow::RecordBatchVector pieces;
  int64_t rows = 0, bytes = 0;
  for (const auto& batch : batches_) {
    if (rows >= kSampleRows || bytes >= kSampleBytes) break;
    auto piece = batch.changes.rows->Slice(0, kSampleRows - rows);
    ARROW_ASSIGN_OR_RAISE(const int64_t size, arrow::util::ReferencedBufferSize(*piece));
    // One batch is shared; only what is joined is copied.
    if (!pieces.empty() && bytes + size > kSampleBytes) break;
    rows += piece->num_rows();
    bytes += size;
    pieces.push_back(std::move(piece));
  }
  if (pieces.size() == 1) return pieces[0];
  return arrow::ConcatenateRecordBatches(pieces, context_->pool);
}

}  // namespace tarn::tree

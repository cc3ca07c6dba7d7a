// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/write_buffer.h"

#include <numeric>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/util/byte_size.h>

#include "tarn/datafile/memory_run.h"
#include "tarn/datafile/spill_run.h"
#include "tarn/merge/sort.h"

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
  // A slice's share of its buffers, and what the sort adds: sequence, kind, permutation.
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes,
                        arrow::util::ReferencedBufferSize(*rows.rows));
  memory_bytes_ += bytes + rows.num_rows() * 13;
  memory_rows_ += rows.num_rows();
  batches_.push_back(rows);
  first_sequences_.push_back(first_sequence);
  return Status::OK();
}

Result<WriteBuffer::Sorted> WriteBuffer::SortMemory() {
  arrow::MemoryPool* pool = context_->pool;
  const int64_t rows = memory_rows_;
  arrow::RecordBatchVector parts;
  bool has_kinds = false;
  for (const auto& batch : batches_) {
    parts.push_back(batch.rows);
    has_kinds |= batch.kinds != nullptr;
  }
  ARROW_ASSIGN_OR_RAISE(auto all, arrow::ConcatenateRecordBatches(parts, pool));
  parts.clear();
  ARROW_ASSIGN_OR_RAISE(auto permutation, merge::SortPermutation(*context_, spec_, *all,
                                                                 /*sequences=*/nullptr));
  const int32_t* order = reinterpret_cast<const int32_t*>(permutation->data());

  // Sequences and kinds in order of arrival, then permuted.
  std::vector<int64_t> sequence_of_row(static_cast<size_t>(rows));
  std::vector<int8_t> kind_of_row(has_kinds ? static_cast<size_t>(rows) : 0, 0);
  int64_t at = 0;
  for (size_t i = 0; i < batches_.size(); ++i) {
    const int64_t length = batches_[i].num_rows();
    std::iota(sequence_of_row.begin() + at, sequence_of_row.begin() + at + length,
              first_sequences_[i]);
    if (const uint8_t* kinds = batches_[i].kinds_data()) {
      for (int64_t row = 0; row < length; ++row) {
        kind_of_row[static_cast<size_t>(at + row)] = static_cast<int8_t>(kinds[row]);
      }
    }
    at += length;
  }
  batches_.clear();
  first_sequences_.clear();

  Sorted sorted;
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> sequences,
                        arrow::AllocateBuffer(rows * 8, pool));
  auto* sequence_out = reinterpret_cast<int64_t*>(sequences->mutable_data());
  for (int64_t i = 0; i < rows; ++i) {
    sequence_out[i] = sequence_of_row[static_cast<size_t>(order[i])];
  }
  sorted.sequences = std::make_shared<arrow::Int64Array>(rows, std::move(sequences));
  if (has_kinds) {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> kinds,
                          arrow::AllocateBuffer(rows, pool));
    auto* kind_out = reinterpret_cast<int8_t*>(kinds->mutable_data());
    for (int64_t i = 0; i < rows; ++i) {
      kind_out[i] = kind_of_row[static_cast<size_t>(order[i])];
    }
    sorted.kinds = std::make_shared<arrow::Int8Array>(rows, std::move(kinds));
  }
  auto indices = std::make_shared<arrow::Int32Array>(rows, std::move(permutation));
  arrow::compute::ExecContext exec(pool);
  arrow::ArrayVector columns = all->columns();
  all.reset();
  for (auto& column : columns) {
    // One column at a time, so that only one is held twice.
    ARROW_ASSIGN_OR_RAISE(
        auto taken,
        arrow::compute::Take(*column, *indices,
                             arrow::compute::TakeOptions::NoBoundsCheck(), &exec));
    column = std::move(taken);
  }
  sorted.values = arrow::RecordBatch::Make(schema_, rows, std::move(columns));
  memory_bytes_ = 0;
  memory_rows_ = 0;
  return sorted;
}

Status WriteBuffer::Spill() {
  if (memory_rows_ == 0) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(auto sorted, SortMemory());
  ARROW_ASSIGN_OR_RAISE(auto writer, datafile::SpillWriter::Make(context_, schema_));
  ARROW_RETURN_NOT_OK(
      writer->Write(*sorted.values, *sorted.sequences, sorted.kinds.get()));
  ARROW_ASSIGN_OR_RAISE(auto run, writer->Finish());
  spilled_.push_back(std::move(run));
  return Status::OK();
}

Result<std::vector<std::unique_ptr<merge::SortedRun>>> WriteBuffer::TakeRuns() {
  std::vector<std::unique_ptr<merge::SortedRun>> runs = std::move(spilled_);
  spilled_.clear();
  if (memory_rows_ > 0) {
    ARROW_ASSIGN_OR_RAISE(auto sorted, SortMemory());
    runs.push_back(std::make_unique<datafile::MemoryRun>(
        std::move(sorted.values), std::move(sorted.sequences), std::move(sorted.kinds)));
  }
  return runs;
}

}  // namespace tarn::tree

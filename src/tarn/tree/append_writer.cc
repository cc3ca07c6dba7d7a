// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/append_writer.h"

#include <algorithm>
#include <numeric>

#include <arrow/record_batch.h>

namespace tarn::tree {
namespace {

/// The number of a row that has none (Paimon `KeyValue.UNKNOWN_SEQUENCE`).
constexpr int64_t kUnknownSequence = -1;

}  // namespace

std::unique_ptr<AppendWriter> AppendWriter::Make(Bucket bucket,
                                                 const meta::BucketState& state) {
  auto writer = std::unique_ptr<AppendWriter>(new AppendWriter(std::move(bucket)));
  writer->numbered_ = !writer->bucket_.schema->has_primary_key();
  for (const auto& file : state.files) {
    writer->next_sequence_ =
        std::max(writer->next_sequence_, file.max_sequence_number + 1);
  }
  return writer;
}

datafile::WriteBucket AppendWriter::Place() const {
  return {.context = bucket_.context,
          .paths = bucket_.paths,
          .schema = bucket_.schema,
          .partition_path = bucket_.partition_path,
          .bucket = bucket_.bucket};
}

Status AppendWriter::Write(const types::ChangeBatch& rows) {
  if (rows.num_rows() == 0) return Status::OK();
  if (writer_ == nullptr) {
    ARROW_ASSIGN_OR_RAISE(writer_, datafile::DataFileWriter::Make(
                                       Place(), /*level=*/0, meta::FileSource::kAppend));
  }
  sequences_.assign(static_cast<size_t>(rows.num_rows()), kUnknownSequence);
  if (numbered_) {
    std::iota(sequences_.begin(), sequences_.end(), next_sequence_);
    next_sequence_ += rows.num_rows();
  }
  return writer_->Write(*rows.rows, sequences_.data(), rows.kinds_data());
}

Result<int64_t> AppendWriter::buffered_bytes() const {
  return writer_ == nullptr ? 0 : writer_->buffered_bytes();
}

Status AppendWriter::Spill() {
  return writer_ == nullptr ? Status::OK() : writer_->Flush();
}

Result<meta::CommitMessage> AppendWriter::PrepareCommit() {
  meta::CommitMessage message;
  message.partition = bucket_.partition;
  message.bucket = bucket_.bucket;
  message.total_buckets = bucket_.total_buckets;
  if (writer_ == nullptr) return message;
  const auto writer = std::move(writer_);
  ARROW_ASSIGN_OR_RAISE(message.new_files, writer->Finish());
  return message;
}

Status AppendWriter::Abort(const meta::CommitMessage& message) {
  return datafile::DeleteFiles(Place(), message.new_files);
}

}  // namespace tarn::tree

// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/merge_tree_writer.h"

#include <algorithm>
#include <utility>

#include <arrow/type.h>

#include "tarn/datafile/data_file_writer.h"
#include "tarn/datafile/fan_in.h"
#include "tarn/merge/run_merger.h"
#include "tarn/options/options.h"
#include "tarn/types/arrow_types.h"

namespace tarn::tree {
namespace {

/// A larger buffer is written by batches: the texts of a column of one group must fit
/// into 2 GiB, however unevenly they lie.
constexpr int64_t kBytesByColumn = int64_t{1} << 30;

datafile::WriteBucket WritingTo(const Bucket& bucket) {
  return {.context = bucket.context,
          .paths = bucket.paths,
          .schema = bucket.schema,
          .partition_path = bucket.partition_path,
          .bucket = bucket.bucket};
}

Status WriteAll(merge::RunMerger* merger, datafile::DataFileWriter* writer) {
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto batch, merger->Next());
    if (!batch) return Status::OK();
    ARROW_RETURN_NOT_OK(writer->Write(
        *batch->rows, reinterpret_cast<const int64_t*>(batch->sequences->data()),
        batch->kinds->data()));
  }
}

/// The same, a column at a time.
Status WriteAllColumns(const arrow::RecordBatch& sample, merge::RunMerger* merger,
                       datafile::DataFileWriter* writer) {
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto rows, merger->NextRows());
    if (!rows) return Status::OK();
    ARROW_RETURN_NOT_OK(writer->WriteColumns(
        rows->num_rows, sample, [&](int column) { return merger->Column(column); },
        reinterpret_cast<const int64_t*>(rows->sequences->data()), rows->kinds->data()));
  }
}

}  // namespace

Result<std::unique_ptr<MergeTreeWriter>> MergeTreeWriter::Make(
    Bucket bucket, const meta::BucketState& state) {
  auto writer = std::unique_ptr<MergeTreeWriter>(new MergeTreeWriter(std::move(bucket)));
  ARROW_ASSIGN_OR_RAISE(auto order, merge::MergeSpec::OrderOnly(*writer->bucket_.schema));
  ARROW_ASSIGN_OR_RAISE(auto arrow_schema,
                        types::ToArrow(writer->bucket_.schema->fields));
  ARROW_ASSIGN_OR_RAISE(writer->buffer_,
                        WriteBuffer::Make(writer->bucket_.context, std::move(order),
                                          std::move(arrow_schema)));
  for (const auto& file : state.files) {
    writer->next_sequence_ =
        std::max(writer->next_sequence_, file.max_sequence_number + 1);
  }
  return writer;
}

Status MergeTreeWriter::Write(const types::ChangeBatch& rows) {
  ARROW_RETURN_NOT_OK(buffer_->Append(rows, next_sequence_));
  next_sequence_ += rows.num_rows();
  return Status::OK();
}

Result<meta::CommitMessage> MergeTreeWriter::PrepareCommit() {
  meta::CommitMessage message;
  message.partition = bucket_.partition;
  message.bucket = bucket_.bucket;
  message.total_buckets = bucket_.total_buckets;
  if (buffer_->empty()) return message;
  ARROW_ASSIGN_OR_RAISE(BufferedRuns buffered, buffer_->TakeRuns());
  auto runs = std::move(buffered.runs);
  ARROW_ASSIGN_OR_RAISE(auto order, merge::MergeSpec::OrderOnly(*bucket_.schema));
  ARROW_ASSIGN_OR_RAISE(runs,
                        datafile::LimitFanIn(bucket_.context, order, std::move(runs)));
  ARROW_ASSIGN_OR_RAISE(
      const std::string producer,
      options::Options(bucket_.schema->options).Get(options::kChangelogProducer));
  if (producer == "input") {
    std::vector<std::unique_ptr<merge::SortedRun>> borrowed;
    for (auto& run : runs) borrowed.push_back(datafile::Borrow(run.get()));
    ARROW_ASSIGN_OR_RAISE(
        auto records,
        merge::RunMerger::Interleave(*bucket_.context, order, std::move(borrowed), {}));
    ARROW_ASSIGN_OR_RAISE(auto changelog,
                          datafile::DataFileWriter::Make(WritingTo(bucket_), /*level=*/0,
                                                         meta::FileSource::kAppend,
                                                         datafile::FileUse::kChangelog));
    ARROW_RETURN_NOT_OK(WriteAll(records.get(), changelog.get()));
    ARROW_ASSIGN_OR_RAISE(message.changelog_files, changelog->Finish());
  }
  ARROW_ASSIGN_OR_RAISE(auto spec, merge::MergeSpec::FromSchema(*bucket_.schema));
  // What a flush merges is all of level 0: levels play no part yet.
  spec.lookup = false;
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        datafile::DataFileWriter::Make(WritingTo(bucket_), /*level=*/0,
                                                       meta::FileSource::kAppend));
  const bool by_column = buffered.sample != nullptr && writer->takes_columns() &&
                         buffered.bytes <= kBytesByColumn;
  merge::RunMergerOptions merging;
  if (by_column) {
    merging.batch_rows = buffered.rows;
    merging.batch_bytes = writer->group_bytes();
    merging.row_bytes = std::max<int64_t>(buffered.bytes / buffered.rows, 1);
  }
  ARROW_ASSIGN_OR_RAISE(auto merger,
                        merge::RunMerger::Make(*bucket_.context, std::move(spec),
                                               std::move(runs), std::move(merging)));
  Status written = by_column
                       ? WriteAllColumns(*buffered.sample, merger.get(), writer.get())
                       : WriteAll(merger.get(), writer.get());
  if (written.ok()) {
    auto files = writer->Finish();
    if (files.ok()) {
      message.new_files = std::move(*files);
      return message;
    }
    written = files.status();
  }
  (void)datafile::DeleteFiles(WritingTo(bucket_), message.changelog_files);
  return written;
}

Status MergeTreeWriter::Abort(const meta::CommitMessage& message) {
  ARROW_RETURN_NOT_OK(datafile::DeleteFiles(WritingTo(bucket_), message.new_files));
  return datafile::DeleteFiles(WritingTo(bucket_), message.changelog_files);
}

}  // namespace tarn::tree

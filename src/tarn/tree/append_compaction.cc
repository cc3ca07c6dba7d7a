// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/append_compaction.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include <arrow/api.h>

#include "tarn/base/units.h"
#include "tarn/datafile/data_file_reader.h"
#include "tarn/datafile/data_file_writer.h"
#include "tarn/options/options.h"
#include "tarn/tree/compaction_task.h"
#include "tarn/types/arrow_types.h"

namespace tarn::tree {
namespace {

using meta::DataFileMeta;

constexpr int64_t kDefaultTargetMiB = 256;
constexpr int64_t kBatchRows = 8192;
/// A bucket with fewer files is left alone (Paimon `FULL_COMPACT_MIN_FILE`).
constexpr size_t kQueueFilesMin = 3;

std::vector<FileGroup> PackBySize(std::vector<DataFileMeta> files,
                                  const AppendCompactionOptions& options) {
  std::erase_if(files, [&](const DataFileMeta& file) {
    return file.file_size >= options.small_bytes;
  });
  std::stable_sort(files.begin(), files.end(),
                   [](const DataFileMeta& a, const DataFileMeta& b) {
                     return a.file_size < b.file_size;
                   });
  std::vector<FileGroup> groups;
  FileGroup bin;
  int64_t bytes = 0;
  for (DataFileMeta& file : files) {
    bytes += file.file_size + options.open_file_bytes;
    bin.push_back(std::move(file));
    if (bin.size() > 1 && bytes >= options.target_bytes * 2) {
      groups.push_back(std::exchange(bin, {}));
      bytes = 0;
    }
  }
  // One file alone is its own compaction, however small the option is.
  if (bin.size() > 1 && bin.size() >= static_cast<size_t>(options.min_files)) {
    groups.push_back(std::move(bin));
  }
  return groups;
}

std::vector<FileGroup> PickQueue(std::vector<DataFileMeta> files,
                                 const AppendCompactionOptions& options) {
  if (files.empty()) return {};
  if (!options.force_rewrite && files.size() < kQueueFilesMin) return {};
  std::stable_sort(files.begin(), files.end(),
                   [](const DataFileMeta& a, const DataFileMeta& b) {
                     return a.min_sequence_number < b.min_sequence_number;
                   });
  if (options.force_rewrite) return {std::move(files)};
  const auto is_large = [&](const DataFileMeta& file) {
    return file.file_size >= options.small_bytes;
  };
  files.erase(files.begin(), std::find_if_not(files.begin(), files.end(), is_large));
  const auto large = std::count_if(files.begin(), files.end(), is_large);
  const auto small = static_cast<std::ptrdiff_t>(files.size()) - large;
  if (small <= large || files.size() < kQueueFilesMin) return {};
  return {std::move(files)};
}

/// Joins groups; owns what it wrote until it is handed over.
class AppendCompaction {
 public:
  explicit AppendCompaction(const Bucket& bucket) : bucket_(bucket) {
    message_.partition = bucket.partition;
    message_.bucket = bucket.bucket;
    message_.total_buckets = bucket.total_buckets;
  }

  Result<meta::CommitMessage> Run(const std::vector<FileGroup>& groups) {
    ARROW_ASSIGN_OR_RAISE(arrow_schema_, types::ToArrow(bucket_.schema->fields));
    for (const FileGroup& group : groups) {
      const Status done = Join(group);
      if (!done.ok()) {
        (void)DeleteCompacted(bucket_, message_);
        return done;
      }
    }
    return std::move(message_);
  }

 private:
  Status Join(const FileGroup& group) {
    const auto run = datafile::OpenRun({.context = bucket_.context,
                                        .paths = bucket_.paths,
                                        .schema = bucket_.schema,
                                        .schemas = bucket_.schemas,
                                        .partition = bucket_.partition,
                                        .partition_path = bucket_.partition_path,
                                        .bucket = bucket_.bucket},
                                       group);
    std::vector<std::unique_ptr<merge::ColumnCursor>> cursors;
    for (int column = 0; column < arrow_schema_->num_fields(); ++column) {
      ARROW_ASSIGN_OR_RAISE(auto cursor, run->OpenColumn(column));
      cursors.push_back(std::move(cursor));
    }
    ARROW_ASSIGN_OR_RAISE(auto writer, datafile::DataFileWriter::Make(
                                           {.context = bucket_.context,
                                            .paths = bucket_.paths,
                                            .schema = bucket_.schema,
                                            .partition_path = bucket_.partition_path,
                                            .bucket = bucket_.bucket},
                                           /*level=*/0, meta::FileSource::kCompact));
    std::vector<int64_t> sequences(kBatchRows);
    int64_t sequence = group.front().min_sequence_number;
    for (int64_t done = 0; done < run->num_rows();) {
      const int64_t rows = std::min(kBatchRows, run->num_rows() - done);
      arrow::ArrayVector columns;
      for (auto& cursor : cursors) {
        ARROW_ASSIGN_OR_RAISE(auto column, cursor->Read(rows));
        columns.push_back(std::move(column));
      }
      std::iota(sequences.begin(), sequences.begin() + rows, sequence);
      const auto batch =
          arrow::RecordBatch::Make(arrow_schema_, rows, std::move(columns));
      ARROW_RETURN_NOT_OK(writer->Write(*batch, sequences.data(), /*kinds=*/nullptr));
      sequence += rows;
      done += rows;
    }
    ARROW_ASSIGN_OR_RAISE(auto files, writer->Finish());
    message_.compact_before.insert(message_.compact_before.end(), group.begin(),
                                   group.end());
    for (auto& file : files) message_.compact_after.push_back(std::move(file));
    return Status::OK();
  }

  const Bucket& bucket_;
  std::shared_ptr<arrow::Schema> arrow_schema_;
  meta::CommitMessage message_;
};

}  // namespace

Result<AppendCompactionOptions> AppendCompactionOptions::FromSchema(
    const types::TableSchema& schema) {
  const options::Options table(schema.options);
  for (const char* key : {"deletion-vectors.enabled", "clustering.incremental"}) {
    const std::string* value = table.Find(key);
    if (value != nullptr && base::ToLower(base::Trim(*value)) != "false") {
      return Unsupported(6450,
                         "Compacting a table without a primary key under this option is "
                         "not supported yet:",
                         V("option", key), V("value", *value));
    }
  }
  AppendCompactionOptions out;
  ARROW_ASSIGN_OR_RAISE(const int32_t buckets, table.Get(options::kBucket));
  out.bucketed = buckets > 0;
  ARROW_ASSIGN_OR_RAISE(const auto target, table.Get(options::kTargetFileSize));
  out.target_bytes = target.value_or(base::MemorySize::MiB(kDefaultTargetMiB)).bytes;
  ARROW_ASSIGN_OR_RAISE(const double ratio,
                        table.Get(options::kCompactionSmallFileRatio));
  out.small_bytes = static_cast<int64_t>(static_cast<double>(out.target_bytes) * ratio);
  ARROW_ASSIGN_OR_RAISE(const auto open, table.Get(options::kSourceSplitOpenFileCost));
  out.open_file_bytes = open.bytes;
  ARROW_ASSIGN_OR_RAISE(out.min_files, table.Get(options::kCompactionMinFileNum));
  ARROW_ASSIGN_OR_RAISE(out.force_rewrite,
                        table.Get(options::kCompactionForceRewriteAllFiles));
  return out;
}

std::vector<FileGroup> PickAppendCompaction(std::vector<DataFileMeta> files,
                                            const AppendCompactionOptions& options) {
  return options.bucketed ? PickQueue(std::move(files), options)
                          : PackBySize(std::move(files), options);
}

Result<meta::CommitMessage> RunAppendCompaction(const Bucket& bucket,
                                                const std::vector<FileGroup>& groups) {
  return AppendCompaction(bucket).Run(groups);
}

}  // namespace tarn::tree

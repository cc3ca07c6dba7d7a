// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/postponed_rows.h"

#include <algorithm>
#include <map>
#include <utility>

#include <arrow/api.h>

#include "tarn/datafile/data_file_reader.h"
#include "tarn/meta/live_files.h"
#include "tarn/options/options.h"
#include "tarn/table/compact.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/partition_path.h"

namespace tarn::table {
namespace {

constexpr int64_t kBatchRows = 8192;

/// Postponed files of one partition, oldest first.
struct Postponed {
  std::string partition_path;
  std::vector<meta::DataFileMeta> files;
  int64_t rows = 0;
};

/// One try on the latest snapshot.
class Assignment {
 public:
  Assignment(const Table& table, std::shared_ptr<const base::Context> context,
             const io::TablePaths& paths)
      : table_(table), context_(std::move(context)), paths_(paths) {}

  Result<CompactReport> Run(const CompactRequest& request) {
    ARROW_ASSIGN_OR_RAISE(const auto latest, table_.snapshots()->Latest());
    if (!latest) return CompactReport{};
    ARROW_RETURN_NOT_OK(Find(*latest, request));
    if (postponed_.empty()) return CompactReport{};
    ARROW_ASSIGN_OR_RAISE(const auto write, NewWrite());
    Status replayed = Status::OK();
    for (const auto& [partition, postponed] : postponed_) {
      replayed = Replay(partition, postponed, write.get());
      if (!replayed.ok()) break;
    }
    auto written = write->PrepareCommit();
    if (!replayed.ok()) {
      if (written.ok()) (void)write->Abort(*written);
      return replayed;
    }
    ARROW_RETURN_NOT_OK(written.status());
    auto report = Commit(request, latest->id, *written);
    // Unknown means that the files may be visible already: they stay.
    if (!report.ok() && KindOf(report.status()) != ErrorKind::kCommitUnknown) {
      (void)write->Abort(*written);
    }
    return report;
  }

 private:
  Status Find(const meta::Snapshot& latest, const CompactRequest& request) {
    ARROW_ASSIGN_OR_RAISE(const auto partitions,
                          types::PartitionPaths::Make(*table_.schema()));
    ARROW_ASSIGN_OR_RAISE(auto entries, meta::ReadLiveFiles(*context_, paths_, latest));
    for (auto& entry : entries) {
      if (entry.total_buckets > 0) counts_[entry.partition] = entry.total_buckets;
      if (entry.bucket != io::kPostponeBucket) continue;
      auto found = postponed_.find(entry.partition);
      if (found == postponed_.end()) {
        ARROW_ASSIGN_OR_RAISE(const auto values, partitions.ValuesOf(entry.partition));
        if (!IsWanted(request, values)) continue;
        Postponed postponed;
        ARROW_ASSIGN_OR_RAISE(postponed.partition_path,
                              partitions.PathOf(entry.partition));
        found = postponed_.emplace(entry.partition, std::move(postponed)).first;
      }
      found->second.rows += entry.file.row_count;
      found->second.files.push_back(std::move(entry.file));
    }
    for (auto& [partition, postponed] : postponed_) {
      std::stable_sort(postponed.files.begin(), postponed.files.end(),
                       [](const meta::DataFileMeta& a, const meta::DataFileMeta& b) {
                         return a.creation_time_millis < b.creation_time_millis;
                       });
    }
    return Status::OK();
  }

  Result<int32_t> BucketCount(const std::string& partition) const {
    const auto known = counts_.find(partition);
    if (known != counts_.end()) return known->second;
    const options::Options options(table_.schema()->options);
    ARROW_ASSIGN_OR_RAISE(const auto target,
                          options.Get(options::kPostponeTargetRowNumPerBucket));
    if (!target) return options.Get(options::kPostponeDefaultBucketNum);
    const int64_t rows = postponed_.at(partition).rows;
    const int64_t count = rows <= 0 ? 1 : (rows - 1) / *target + 1;
    if (count > INT32_MAX) {
      return InvalidInput(1452,
                          "Too many buckets; raise 'postpone.target-row-num-per-bucket':",
                          V("rows", rows), V("target", *target));
    }
    return static_cast<int32_t>(count);
  }

  Result<std::unique_ptr<write::TableWrite>> NewWrite() const {
    auto schema = std::make_shared<types::TableSchema>(*table_.schema());
    schema->options[std::string(options::kPostponeBatchWriteFixedBucket.key)] = "true";
    // What stands in the files was let in when it was written.
    schema->options[std::string(options::kAllowRetractionsIntoAggregates.key)] = "true";
    write::Restore restore;
    restore.bucket = [this](const std::string& partition, int32_t bucket) {
      return table_.RestoreBucket(partition, bucket);
    };
    restore.bucket_count = [this](const std::string& partition) {
      return BucketCount(partition);
    };
    return write::MakeTableWrite(context_, table_.path(), std::move(schema),
                                 table_.schemas(), std::move(restore), {.batch = true});
  }

  Status Replay(const std::string& partition, const Postponed& postponed,
                write::TableWrite* write) const {
    ARROW_ASSIGN_OR_RAISE(const auto arrow_schema,
                          types::ToArrow(table_.schema()->fields));
    for (const meta::DataFileMeta& file : postponed.files) {
      const auto run = datafile::OpenRun({.context = context_,
                                          .paths = paths_,
                                          .schema = table_.schema(),
                                          .schemas = table_.schemas(),
                                          .partition = partition,
                                          .partition_path = postponed.partition_path,
                                          .bucket = io::kPostponeBucket},
                                         {file});
      ARROW_ASSIGN_OR_RAISE(const auto kinds, run->OpenKind());
      std::vector<std::unique_ptr<merge::ColumnCursor>> cursors;
      for (int column = 0; column < arrow_schema->num_fields(); ++column) {
        ARROW_ASSIGN_OR_RAISE(auto cursor, run->OpenColumn(column));
        cursors.push_back(std::move(cursor));
      }
      for (int64_t done = 0; done < run->num_rows();) {
        const int64_t rows = std::min(kBatchRows, run->num_rows() - done);
        arrow::ArrayVector columns;
        for (const auto& cursor : cursors) {
          ARROW_ASSIGN_OR_RAISE(auto column, cursor->Read(rows));
          columns.push_back(std::move(column));
        }
        types::ChangeBatch batch;
        batch.rows = arrow::RecordBatch::Make(arrow_schema, rows, std::move(columns));
        if (kinds != nullptr) {
          ARROW_ASSIGN_OR_RAISE(const auto read, kinds->Read(rows));
          const auto& typed = static_cast<const arrow::Int8Array&>(*read);
          batch.kinds = arrow::SliceBuffer(typed.values(), typed.offset(), rows);
        }
        ARROW_RETURN_NOT_OK(write->Write(batch));
        done += rows;
      }
    }
    return Status::OK();
  }

  Result<CompactReport> Commit(const CompactRequest& request, int64_t snapshot,
                               const std::vector<meta::CommitMessage>& written) const {
    CompactReport report;
    report.buckets = static_cast<int64_t>(written.size());
    meta::Committable committable;
    committable.identifier =
        request.commit_identifier.value_or(meta::kBatchCommitIdentifier);
    committable.last_safe_snapshot = snapshot;
    for (const meta::CommitMessage& message : written) {
      meta::CommitMessage assigned;
      assigned.partition = message.partition;
      assigned.bucket = message.bucket;
      assigned.total_buckets = message.total_buckets;
      assigned.compact_after = message.new_files;
      assigned.compact_changelog = message.changelog_files;
      for (const auto& file : message.new_files) {
        ++report.files_after;
        report.rows_after += file.row_count;
      }
      committable.messages.push_back(std::move(assigned));
    }
    for (const auto& [partition, postponed] : postponed_) {
      meta::CommitMessage gone;
      gone.partition = partition;
      gone.bucket = io::kPostponeBucket;
      gone.total_buckets = io::kPostponeBucket;
      gone.compact_before = postponed.files;
      report.files_before += static_cast<int64_t>(postponed.files.size());
      report.rows_before += postponed.rows;
      committable.messages.push_back(std::move(gone));
    }
    commit::TableCommitOptions options;
    options.commit_user =
        request.commit_user.empty() ? context_->random->Uuid() : request.commit_user;
    ARROW_ASSIGN_OR_RAISE(const auto committer, table_.NewCommit(options));
    ARROW_ASSIGN_OR_RAISE(const auto outcome, committer->Commit(committable));
    report.snapshot_ids = outcome.snapshot_ids;
    return report;
  }

  const Table& table_;
  std::shared_ptr<const base::Context> context_;
  const io::TablePaths& paths_;
  std::map<std::string, Postponed> postponed_;
  std::map<std::string, int32_t> counts_;  ///< buckets of the partitions that have some
};

}  // namespace

Result<CompactReport> AssignPostponedRows(const Table& table,
                                          std::shared_ptr<const base::Context> context,
                                          const io::TablePaths& paths,
                                          const CompactRequest& request) {
  return Assignment(table, std::move(context), paths).Run(request);
}

}  // namespace tarn::table

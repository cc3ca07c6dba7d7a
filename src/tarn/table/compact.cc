// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/compact.h"

#include <algorithm>
#include <utility>

#include "tarn/meta/live_files.h"
#include "tarn/meta/table_features.h"
#include "tarn/tree/compaction_task.h"
#include "tarn/tree/record_expiry.h"
#include "tarn/types/partition_path.h"

namespace tarn::table {
namespace {

constexpr int kTries = 10;

/// One try: plan on the latest snapshot, run, commit.
class CompactRun {
 public:
  CompactRun(const Table& table, std::shared_ptr<const base::Context> context,
             const io::TablePaths& paths)
      : table_(table), context_(std::move(context)), paths_(paths) {}

  Result<CompactReport> Run(const CompactRequest& request) {
    const types::TableSchema& schema = *table_.schema();
    if (!schema.has_primary_key()) {
      return Unsupported(6617,
                         "Compacting a table without a primary key is not there yet:",
                         V("table", table_.name()));
    }
    ARROW_RETURN_NOT_OK(
        meta::CheckFeatures(schema, meta::TableUse::kCompact, table_.name()));
    ARROW_ASSIGN_OR_RAISE(auto latest, table_.snapshots()->Latest());
    if (!latest) return CompactReport{};
    ARROW_ASSIGN_OR_RAISE(auto partitions, types::PartitionPaths::Make(schema));
    ARROW_RETURN_NOT_OK(CheckPartitions(schema, request));
    ARROW_ASSIGN_OR_RAISE(auto entries, meta::ReadLiveFiles(*context_, paths_, *latest));
    ARROW_ASSIGN_OR_RAISE(auto options, tree::FullCompactionOptions::FromSchema(schema));
    ARROW_ASSIGN_OR_RAISE(const auto expiry,
                          tree::RecordExpiry::FromSchema(schema, *context_));
    if (expiry) {
      options.must_rewrite = [&](const meta::DataFileMeta& file) {
        return expiry->HasExpired(file, *table_.schemas());
      };
    }
    ARROW_ASSIGN_OR_RAISE(auto groups, GroupByBucket(partitions, request, entries));
    for (auto& [place, files] : groups) {
      ARROW_ASSIGN_OR_RAISE(const auto plan,
                            tree::PickFullCompaction(files, schema, options));
      if (plan.steps.empty()) continue;
      buckets_.push_back(tree::Bucket{.context = context_,
                                      .paths = paths_,
                                      .schema = table_.schema(),
                                      .schemas = table_.schemas(),
                                      .partition = place.partition,
                                      .partition_path = place.partition_path,
                                      .bucket = place.bucket,
                                      .total_buckets = place.total_buckets});
      auto message = tree::RunCompaction(buckets_.back(), plan);
      if (!message.ok()) {
        RemoveWritten();
        return message.status();
      }
      messages_.push_back(std::move(*message));
    }
    return Commit(request);
  }

 private:
  struct Place {
    std::string partition;
    int32_t bucket = 0;
    int32_t total_buckets = 0;
    std::string partition_path;
    bool operator<(const Place& other) const {
      return std::tie(partition, bucket) < std::tie(other.partition, other.bucket);
    }
  };

  static Status CheckPartitions(const types::TableSchema& schema,
                                const CompactRequest& request) {
    for (const auto& partition : request.partitions) {
      for (const auto& [column, value] : partition) {
        const auto& keys = schema.partition_keys;
        if (std::find(keys.begin(), keys.end(), column) == keys.end()) {
          return InvalidInput(
              1611, "Not a partition column:", V("column", column),
              V("partition_keys", fmt::format("{}", fmt::join(keys, ","))));
        }
      }
    }
    return Status::OK();
  }

  Result<std::map<Place, std::vector<meta::DataFileMeta>>> GroupByBucket(
      const types::PartitionPaths& partitions, const CompactRequest& request,
      std::vector<meta::ManifestEntry>& entries) const {
    std::map<Place, std::vector<meta::DataFileMeta>> groups;
    for (auto& entry : entries) {
      if (entry.bucket < 0) continue;  // postponed files have no bucket yet
      Place place{entry.partition, entry.bucket, entry.total_buckets, ""};
      auto found = groups.find(place);
      if (found == groups.end()) {
        ARROW_ASSIGN_OR_RAISE(place.partition_path, partitions.PathOf(entry.partition));
        if (!request.partitions.empty()) {
          ARROW_ASSIGN_OR_RAISE(auto values, partitions.ValuesOf(entry.partition));
          if (!Wanted(request, values)) continue;
        }
        found = groups.emplace(std::move(place), std::vector<meta::DataFileMeta>()).first;
      }
      found->second.push_back(std::move(entry.file));
    }
    return groups;
  }

  static bool Wanted(const CompactRequest& request,
                     const std::map<std::string, std::string>& values) {
    return std::any_of(
        request.partitions.begin(), request.partitions.end(), [&](const auto& wanted) {
          return std::all_of(wanted.begin(), wanted.end(), [&](const auto& item) {
            const auto found = values.find(item.first);
            return found != values.end() && found->second == item.second;
          });
        });
  }

  Result<CompactReport> Commit(const CompactRequest& request) {
    CompactReport report;
    report.buckets = static_cast<int64_t>(messages_.size());
    for (const auto& message : messages_) {
      for (const auto& file : message.compact_before) {
        ++report.files_before;
        report.rows_before += file.row_count;
      }
      for (const auto& file : message.compact_after) {
        ++report.files_after;
        report.rows_after += file.row_count;
      }
    }
    if (messages_.empty()) return report;
    commit::TableCommitOptions options;
    options.commit_user =
        request.commit_user.empty() ? context_->random->Uuid() : request.commit_user;
    ARROW_ASSIGN_OR_RAISE(auto committer, table_.NewCommit(options));
    meta::Committable committable;
    committable.identifier =
        request.commit_identifier.value_or(meta::kBatchCommitIdentifier);
    committable.messages = messages_;
    auto outcome = committer->Commit(committable);
    if (!outcome.ok()) {
      // Unknown means that the files may be visible already: they stay.
      if (KindOf(outcome.status()) != ErrorKind::kCommitUnknown) RemoveWritten();
      return outcome.status();
    }
    report.snapshot_ids = outcome->snapshot_ids;
    return report;
  }

  void RemoveWritten() {
    for (size_t i = 0; i < messages_.size(); ++i) {
      (void)tree::DeleteCompacted(buckets_[i], messages_[i]);
    }
  }

  const Table& table_;
  std::shared_ptr<const base::Context> context_;
  const io::TablePaths& paths_;
  std::vector<tree::Bucket> buckets_;  ///< of `messages_`, in their order
  std::vector<meta::CommitMessage> messages_;
};

}  // namespace

Result<CompactReport> CompactTable(const Table& table,
                                   std::shared_ptr<const base::Context> context,
                                   const io::TablePaths& paths,
                                   const CompactRequest& request) {
  for (int tried = 1;; ++tried) {
    auto report = CompactRun(table, context, paths).Run(request);
    if (report.ok() || KindOf(report.status()) != ErrorKind::kConflict ||
        tried == kTries) {
      return report;
    }
  }
}

}  // namespace tarn::table

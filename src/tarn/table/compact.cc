// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/compact.h"

#include <algorithm>
#include <set>
#include <utility>

#include "tarn/meta/live_files.h"
#include "tarn/meta/table_features.h"
#include "tarn/options/options.h"
#include "tarn/table/postponed_rows.h"
#include "tarn/tree/append_compaction.h"
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
    ARROW_RETURN_NOT_OK(
        meta::CheckFeatures(schema, meta::TableUse::kCompact, table_.name()));
    ARROW_ASSIGN_OR_RAISE(auto latest, table_.snapshots()->Latest());
    if (!latest) return CompactReport{};
    ARROW_ASSIGN_OR_RAISE(auto partitions, types::PartitionPaths::Make(schema));
    ARROW_RETURN_NOT_OK(CheckPartitions(schema, request));
    ARROW_ASSIGN_OR_RAISE(auto entries, meta::ReadLiveFiles(*context_, paths_, *latest));
    ARROW_ASSIGN_OR_RAISE(auto groups, GroupByBucket(partitions, request, entries));
    for (auto& [place, files] : groups) {
      const Status compacted = CompactBucket(place, std::move(files));
      if (!compacted.ok()) {
        RemoveWritten();
        return compacted;
      }
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

  Status CompactBucket(const Place& place, std::vector<meta::DataFileMeta> files) {
    const types::TableSchema& schema = *table_.schema();
    tree::Bucket bucket{.context = context_,
                        .paths = paths_,
                        .schema = table_.schema(),
                        .schemas = table_.schemas(),
                        .partition = place.partition,
                        .partition_path = place.partition_path,
                        .bucket = place.bucket,
                        .total_buckets = place.total_buckets};
    meta::CommitMessage message;
    if (schema.has_primary_key()) {
      ARROW_ASSIGN_OR_RAISE(const bool due, IsDue(files));
      if (!due) return Status::OK();
      ARROW_ASSIGN_OR_RAISE(auto options,
                            tree::FullCompactionOptions::FromSchema(schema));
      ARROW_ASSIGN_OR_RAISE(const auto expiry,
                            tree::RecordExpiry::FromSchema(schema, *context_));
      if (expiry) {
        options.must_rewrite = [&](const meta::DataFileMeta& file) {
          return expiry->HasExpired(file, *table_.schemas());
        };
      }
      ARROW_ASSIGN_OR_RAISE(const auto plan,
                            tree::PickFullCompaction(files, schema, options));
      if (plan.steps.empty()) return Status::OK();
      ARROW_ASSIGN_OR_RAISE(message, tree::RunCompaction(bucket, plan));
    } else {
      ARROW_ASSIGN_OR_RAISE(const auto options,
                            tree::AppendCompactionOptions::FromSchema(schema));
      const auto file_groups = tree::PickAppendCompaction(std::move(files), options);
      if (file_groups.empty()) return Status::OK();
      ARROW_ASSIGN_OR_RAISE(message, tree::RunAppendCompaction(bucket, file_groups));
    }
    buckets_.push_back(std::move(bucket));
    messages_.push_back(std::move(message));
    return Status::OK();
  }

  /// Real buckets behind a postponed one are compacted when they have many runs, or when
  /// their changelog comes from compaction; Java leaves others as they are, too.
  Result<bool> IsDue(const std::vector<meta::DataFileMeta>& files) const {
    const options::Options options(table_.schema()->options);
    ARROW_ASSIGN_OR_RAISE(const int32_t buckets, options.Get(options::kBucket));
    if (buckets != io::kPostponeBucket) return true;
    ARROW_ASSIGN_OR_RAISE(const std::string producer,
                          options.Get(options::kChangelogProducer));
    if (producer == "lookup" || producer == "full-compaction") return true;
    ARROW_ASSIGN_OR_RAISE(const int32_t trigger,
                          options.Get(options::kNumSortedRunCompactionTrigger));
    std::set<int32_t> levels;
    int32_t runs = 0;
    for (const auto& file : files) {
      if (file.level == 0 || levels.insert(file.level).second) ++runs;
    }
    return runs >= trigger;
  }

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
          if (!IsWanted(request, values)) continue;
        }
        found = groups.emplace(std::move(place), std::vector<meta::DataFileMeta>()).first;
      }
      found->second.push_back(std::move(entry.file));
    }
    return groups;
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

bool IsWanted(const CompactRequest& request,
              const std::map<std::string, std::string>& values) {
  if (request.partitions.empty()) return true;
  return std::any_of(
      request.partitions.begin(), request.partitions.end(), [&](const auto& wanted) {
        return std::all_of(wanted.begin(), wanted.end(), [&](const auto& item) {
          const auto found = values.find(item.first);
          return found != values.end() && found->second == item.second;
        });
      });
}

namespace {

/// A lost race is planned again on the newer snapshot.
template <typename Try>
Result<CompactReport> Retried(Try run) {
  for (int tried = 1;; ++tried) {
    Result<CompactReport> report = run();
    if (report.ok() || KindOf(report.status()) != ErrorKind::kConflict ||
        tried == kTries) {
      return report;
    }
  }
}

}  // namespace

Result<CompactReport> CompactTable(const Table& table,
                                   std::shared_ptr<const base::Context> context,
                                   const io::TablePaths& paths,
                                   const CompactRequest& request) {
  ARROW_ASSIGN_OR_RAISE(const int32_t buckets,
                        options::Options(table.schema()->options).Get(options::kBucket));
  CompactReport assigned;
  CompactRequest compact = request;
  if (buckets == io::kPostponeBucket) {
    ARROW_ASSIGN_OR_RAISE(assigned, Retried([&] {
                            return AssignPostponedRows(table, context, paths, request);
                          }));
    // Two commits of one user cannot have one number.
    if (compact.commit_identifier && !assigned.snapshot_ids.empty()) {
      ++*compact.commit_identifier;
    }
  }
  ARROW_ASSIGN_OR_RAISE(CompactReport report, Retried([&] {
                          return CompactRun(table, context, paths).Run(compact);
                        }));
  report.buckets += assigned.buckets;
  report.files_before += assigned.files_before;
  report.files_after += assigned.files_after;
  report.rows_before += assigned.rows_before;
  report.rows_after += assigned.rows_after;
  report.snapshot_ids.insert(report.snapshot_ids.begin(), assigned.snapshot_ids.begin(),
                             assigned.snapshot_ids.end());
  return report;
}

}  // namespace tarn::table

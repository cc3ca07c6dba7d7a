// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/compaction_task.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tarn/datafile/data_file_reader.h"
#include "tarn/datafile/data_file_writer.h"
#include "tarn/datafile/fan_in.h"
#include "tarn/merge/run_merger.h"
#include "tarn/tree/compaction_changelog.h"
#include "tarn/tree/record_expiry.h"

namespace tarn::tree {
namespace {

/// Runs one plan; owns what it wrote until it is handed over.
class CompactionTask {
 public:
  CompactionTask(const Bucket& bucket, const CompactionPlan& plan)
      : bucket_(bucket), plan_(plan) {
    message_.partition = bucket.partition;
    message_.bucket = bucket.bucket;
    message_.total_buckets = bucket.total_buckets;
  }

  Result<meta::CommitMessage> Run() {
    ARROW_ASSIGN_OR_RAISE(spec_, merge::MergeSpec::FromSchema(*bucket_.schema));
    ARROW_ASSIGN_OR_RAISE(rule_, ChangelogRule::FromSchema(*bucket_.schema));
    ARROW_ASSIGN_OR_RAISE(const auto expiry,
                          RecordExpiry::FromSchema(*bucket_.schema, *bucket_.context));
    for (const auto& step : plan_.steps) {
      const bool upgrade = step.kind == CompactionStep::Kind::kUpgrade;
      Status done;
      if (expiry && (!upgrade || rule_)) done = FindExpired(*expiry, step);
      if (done.ok()) done = upgrade ? Upgrade(step) : Rewrite(step);
      if (!done.ok()) {
        (void)DeleteCompacted(bucket_, message_);
        return done;
      }
    }
    return std::move(message_);
  }

 private:
  datafile::WriteBucket Writing() const {
    return {.context = bucket_.context,
            .paths = bucket_.paths,
            .schema = bucket_.schema,
            .partition_path = bucket_.partition_path,
            .bucket = bucket_.bucket};
  }
  datafile::ReadBucket Reading() const {
    return {.context = bucket_.context,
            .paths = bucket_.paths,
            .schema = bucket_.schema,
            .schemas = bucket_.schemas,
            .partition = bucket_.partition,
            .partition_path = bucket_.partition_path,
            .bucket = bucket_.bucket,
            .deletion_vectors = expired_};
  }

  /// From now on rows of the step's files that have expired are not read.
  Status FindExpired(const RecordExpiry& expiry, const CompactionStep& step) {
    expired_.clear();
    std::vector<meta::DataFileMeta> files;
    for (const auto& section : step.sections) {
      for (const auto& run : section) files.insert(files.end(), run.begin(), run.end());
    }
    ARROW_ASSIGN_OR_RAISE(expired_, expiry.ExpiredRows(Reading(), files));
    return Status::OK();
  }

  /// Runs of a section, whole or only of files that `wanted` accepts. A run of a section
  /// may hold files of several levels; a merge that looks at levels needs them apart.
  template <typename Wanted>
  Result<std::vector<std::unique_ptr<merge::SortedRun>>> OpenRuns(
      const meta::FileRuns& section, Wanted wanted) const {
    std::vector<std::unique_ptr<merge::SortedRun>> runs;
    for (const auto& files : section) {
      std::vector<meta::DataFileMeta> run;
      for (const auto& file : files) {
        if (!wanted(file.level)) continue;
        const bool apart = spec_.lookup || rule_.has_value();
        if (apart && !run.empty() && run.back().level != file.level) {
          runs.push_back(datafile::OpenRun(Reading(), std::move(run)));
          run.clear();
        }
        run.push_back(file);
      }
      if (!run.empty()) runs.push_back(datafile::OpenRun(Reading(), std::move(run)));
    }
    if (spec_.lookup) return runs;
    ARROW_ASSIGN_OR_RAISE(auto order, merge::MergeSpec::OrderOnly(*bucket_.schema));
    return datafile::LimitFanIn(bucket_.context, order, std::move(runs));
  }

  Result<std::unique_ptr<merge::RunMerger>> Merge(
      std::vector<std::unique_ptr<merge::SortedRun>> runs,
      merge::RunMergerOptions options) const {
    return merge::RunMerger::Make(*bucket_.context, spec_, std::move(runs),
                                  std::move(options));
  }

  /// Whether even a lone record is merged: in Java's rewriter of tables that look rows up
  /// (Paimon `LookupMergeTreeCompactRewriter`), where level 0 takes part.
  bool MergesSingleRecords(const CompactionStep& step) const {
    const bool looks_up = spec_.lookup || spec_.engine == merge::Engine::kFirstRow;
    const bool full =
        rule_ && rule_->producer == ChangelogRule::Producer::kFullCompaction;
    if (!looks_up || full || plan_.output_level == 0) return false;
    for (const auto& section : step.sections) {
      for (const auto& run : section) {
        if (std::any_of(run.begin(), run.end(),
                        [](const auto& file) { return file.level == 0; })) {
          return true;
        }
      }
    }
    return false;
  }

  Status Rewrite(const CompactionStep& step) {
    ARROW_ASSIGN_OR_RAISE(auto writer,
                          datafile::DataFileWriter::Make(Writing(), plan_.output_level,
                                                         meta::FileSource::kCompact));
    for (const auto& section : step.sections) {
      ARROW_ASSIGN_OR_RAISE(auto runs, OpenRuns(section, [](int32_t) { return true; }));
      ARROW_ASSIGN_OR_RAISE(
          auto merger,
          Merge(std::move(runs), {.drop_retracts = plan_.drop_deletes,
                                  .merge_single_records = MergesSingleRecords(step)}));
      while (true) {
        ARROW_ASSIGN_OR_RAISE(auto batch, merger->Next());
        if (!batch) break;
        ARROW_RETURN_NOT_OK(writer->Write(
            *batch->rows, reinterpret_cast<const int64_t*>(batch->sequences->data()),
            batch->kinds->data()));
      }
      for (const auto& run : section) {
        for (const auto& file : run) message_.compact_before.push_back(file);
      }
    }
    ARROW_ASSIGN_OR_RAISE(auto files, writer->Finish());
    for (auto& file : files) message_.compact_after.push_back(std::move(file));
    return WriteChanges(step);
  }

  Status Upgrade(const CompactionStep& step) {
    const meta::DataFileMeta& file = step.sections[0][0][0];
    message_.compact_before.push_back(file);
    meta::DataFileMeta upgraded = file;
    upgraded.level = plan_.output_level;
    message_.compact_after.push_back(std::move(upgraded));
    return WriteChanges(step);
  }

  Status WriteChanges(const CompactionStep& step) {
    if (!rule_) return Status::OK();
    const auto is_new = [this](int32_t level) {
      return rule_->IsNewLevel(level, plan_.output_level);
    };
    const auto is_old = [&](int32_t level) { return !is_new(level); };
    std::unique_ptr<datafile::DataFileWriter> writer;
    for (const auto& section : step.sections) {
      ARROW_ASSIGN_OR_RAISE(auto changed_runs, OpenRuns(section, is_new));
      if (changed_runs.empty()) continue;
      ChangelogInput input;
      ARROW_ASSIGN_OR_RAISE(auto all, OpenRuns(section, [](int32_t) { return true; }));
      ARROW_ASSIGN_OR_RAISE(
          input.after,
          Merge(std::move(all), {.merge_single_records = MergesSingleRecords(step)}));
      ARROW_ASSIGN_OR_RAISE(auto old_runs, OpenRuns(section, is_old));
      if (!old_runs.empty()) {
        // Of several old records only the one of the lowest level counts, as it is
        // stored.
        merge::MergeSpec old = spec_;
        old.lookup = true;
        old.engine = merge::Engine::kDeduplicate;
        old.ignore_delete = false;
        ARROW_ASSIGN_OR_RAISE(input.before,
                              merge::RunMerger::Make(*bucket_.context, std::move(old),
                                                     std::move(old_runs), {}));
      }
      ARROW_ASSIGN_OR_RAISE(auto key_only, merge::MergeSpec::OrderOnly(*bucket_.schema));
      ARROW_ASSIGN_OR_RAISE(input.changed,
                            merge::RunMerger::Make(*bucket_.context, std::move(key_only),
                                                   std::move(changed_runs),
                                                   {.projection = spec_.key_columns}));
      if (writer == nullptr) {
        ARROW_ASSIGN_OR_RAISE(
            writer, datafile::DataFileWriter::Make(Writing(), plan_.output_level,
                                                   meta::FileSource::kAppend,
                                                   datafile::FileUse::kChangelog));
      }
      ARROW_RETURN_NOT_OK(WriteChangelog(*bucket_.context, *rule_, spec_,
                                         std::move(input), writer.get()));
    }
    if (writer == nullptr) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(auto files, writer->Finish());
    for (auto& file : files) message_.compact_changelog.push_back(std::move(file));
    return Status::OK();
  }

  const Bucket& bucket_;
  const CompactionPlan& plan_;
  merge::MergeSpec spec_;
  std::optional<ChangelogRule> rule_;
  datafile::DeletionVectors expired_;  ///< rows of the step at hand
  meta::CommitMessage message_;
};

}  // namespace

Result<meta::CommitMessage> RunCompaction(const Bucket& bucket,
                                          const CompactionPlan& plan) {
  return CompactionTask(bucket, plan).Run();
}

Status DeleteCompacted(const Bucket& bucket, const meta::CommitMessage& message) {
  std::vector<meta::DataFileMeta> written = message.compact_changelog;
  for (const auto& file : message.compact_after) {
    // An upgraded file is the committed file itself.
    const bool upgraded = std::any_of(
        message.compact_before.begin(), message.compact_before.end(),
        [&](const auto& before) { return before.file_name == file.file_name; });
    if (!upgraded) written.push_back(file);
  }
  return datafile::DeleteFiles({.context = bucket.context,
                                .paths = bucket.paths,
                                .schema = bucket.schema,
                                .partition_path = bucket.partition_path,
                                .bucket = bucket.bucket},
                               written);
}

}  // namespace tarn::tree

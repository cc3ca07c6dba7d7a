// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/table_scan.h"

#include <map>
#include <mutex>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "tarn/io/table_paths.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/partition_set.h"
#include "tarn/meta/stored_rows.h"
#include "tarn/options/options.h"
#include "tarn/scan/bucket_select.h"
#include "tarn/scan/file_stats.h"
#include "tarn/scan/pack_splits.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/partition_path.h"

namespace tarn::scan {
namespace {

using meta::DataFileMeta;
using meta::ManifestEntry;

/// Options that change what a batch read answers and that are not built yet.
Status RefuseWhatIsMissing(const types::TableSchema& schema, const std::string& table) {
  const options::Options options(schema.options);
  for (const char* key :
       {"deletion-vectors.enabled", "data-evolution.enabled",
        "sequence.snapshot-ordering", "pk-clustering-override", "query-auth.enabled",
        "chain-table.enabled", "postpone.merge-on-read"}) {
    const std::string* text = options.Find(key);
    if (text == nullptr || base::ToLower(*text) == "false") continue;
    return Unsupported(6151, "Reading a table with this option is not supported yet:",
                       V("table", table), V("option", key), V("value", *text));
  }
  for (const char* key :
       {"record-level.expire-time", "scan.fallback-branch", "scan.primary-branch"}) {
    const std::string* text = options.Find(key);
    if (text == nullptr) continue;
    return Unsupported(6151, "Reading a table with this option is not supported yet:",
                       V("table", table), V("option", key), V("value", *text));
  }
  return Status::OK();
}

class Planner {
 public:
  Planner(const base::Context& context, const std::string& table_path,
          const types::TableSchema& schema, io::TablePaths paths,
          const ScanOptions& options)
      : context_(context),
        table_path_(table_path),
        schema_(schema),
        paths_(std::move(paths)),
        options_(options),
        schemas_(std::shared_ptr<const base::Context>(std::shared_ptr<void>(), &context),
                 paths_),
        stats_(schema, schemas_) {}

  Status Init() {
    const options::Options options(schema_.options);
    ARROW_ASSIGN_OR_RAISE(partition_fields_, schema_.FieldsOf(schema_.partition_keys));
    ARROW_ASSIGN_OR_RAISE(key_fields_, schema_.FieldsOf(schema_.TrimmedPrimaryKey()));
    ARROW_ASSIGN_OR_RAISE(const auto target,
                          options.Get(options::kSourceSplitTargetSize));
    ARROW_ASSIGN_OR_RAISE(const auto cost,
                          options.Get(options::kSourceSplitOpenFileCost));
    pack_ = {target.bytes, cost.bytes};
    ARROW_ASSIGN_OR_RAISE(const std::string engine, options.Get(options::kMergeEngine));
    const bool keyed = schema_.has_primary_key();
    first_row_ = keyed && engine == "first-row";
    folds_ = keyed && (engine == "partial-update" || engine == "aggregation");
    ARROW_ASSIGN_OR_RAISE(const int32_t bucket, options.Get(options::kBucket));
    real_buckets_only_ = bucket == io::kPostponeBucket;
    if (!options_.partitions.empty()) {
      ARROW_ASSIGN_OR_RAISE(wanted_, meta::PartitionSet::Make(
                                         partition_fields_, {options_.partitions.begin(),
                                                             options_.partitions.end()}));
    }
    if (!options_.prune || options_.predicate == nullptr) return Status::OK();
    predicate_ = options_.predicate;
    if (!partition_fields_.empty()) {
      partition_predicate_ = expr::KeepOnly(predicate_, schema_.partition_keys);
    }
    if (keyed) key_predicate_ = expr::KeepOnly(predicate_, schema_.TrimmedPrimaryKey());
    if (bucket > 0 || real_buckets_only_) {
      ARROW_ASSIGN_OR_RAISE(bucket_select_, BucketSelect::Make(schema_, *predicate_));
    }
    return Status::OK();
  }

  Status Run(const meta::Snapshot& snapshot, Plan* plan) {
    meta::LiveFilesFilter filter;
    filter.manifest = [this](const meta::ManifestFileMeta& m) {
      return WantsManifest(m);
    };
    filter.bucket = [this](std::string_view partition, int32_t bucket, int32_t total) {
      return WantsBucket(partition, bucket, total);
    };
    filter.added = [this](const ManifestEntry& entry) { return WantsFile(entry); };
    meta::LiveFilesCounters counters;
    ARROW_ASSIGN_OR_RAISE(
        auto entries, meta::ReadLiveFiles(context_, paths_, snapshot, filter, &counters));
    ARROW_RETURN_NOT_OK(status_);
    plan->counters.manifests_total = counters.manifests_total;
    plan->counters.manifests_read = counters.manifests_read;
    plan->counters.files_total = counters.files_total;
    return MakeSplits(snapshot, std::move(entries), plan);
  }

 private:
  /// Remember the first error of a callback that can only say yes or no.
  bool Check(const Result<bool>& answer) {
    if (answer.ok()) return *answer;
    std::lock_guard<std::mutex> lock(mutex_);
    if (status_.ok()) status_ = answer.status();
    return true;
  }

  bool WantsManifest(const meta::ManifestFileMeta& manifest) {
    if (wanted_ && !wanted_->MightTouch(manifest)) return false;
    if (options_.bucket && manifest.min_bucket && manifest.max_bucket &&
        (*options_.bucket < *manifest.min_bucket ||
         *options_.bucket > *manifest.max_bucket)) {
      return false;
    }
    if (partition_predicate_ == nullptr) return true;
    const PlainStats stats(partition_fields_, manifest.partition_stats,
                           manifest.num_added_files + manifest.num_deleted_files);
    return Check(expr::MightMatch(*partition_predicate_, stats));
  }

  /// Asked from several threads.
  bool WantsBucket(std::string_view partition, int32_t bucket, int32_t total_buckets) {
    if (options_.bucket && bucket != *options_.bucket) return false;
    if (real_buckets_only_ && bucket < 0) return false;
    if (wanted_ && !wanted_->Contains(partition)) return false;
    if (bucket_select_ != nullptr &&
        !Check(bucket_select_->Contains(bucket, total_buckets))) {
      return false;
    }
    return partition_predicate_ == nullptr || Check(PartitionMatches(partition));
  }

  Result<bool> PartitionMatches(std::string_view partition) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      const auto at = partition_answers_.find(partition);
      if (at != partition_answers_.end()) return at->second;
    }
    ARROW_ASSIGN_OR_RAISE(auto columns,
                          meta::DecodeStoredRows({partition}, partition_fields_));
    ARROW_ASSIGN_OR_RAISE(auto arrow_schema, types::ToArrow(partition_fields_));
    const auto batch = arrow::RecordBatch::Make(arrow_schema, 1, std::move(columns));
    ARROW_ASSIGN_OR_RAISE(const auto selected,
                          expr::Evaluate(*partition_predicate_, *batch));
    const bool answer = selected->Value(0);
    std::lock_guard<std::mutex> lock(mutex_);
    partition_answers_.emplace(partition, answer);
    return answer;
  }

  /// By statistics of single files, where a file's rows can be judged alone.
  bool WantsFile(const ManifestEntry& entry) {
    // A first-row table answers from what is compacted, as in Java.
    if (first_row_ && entry.file.level == 0) return false;
    if (predicate_ == nullptr) return true;
    if (key_fields_.empty())
      return Check(stats_.ValuesMightMatch(entry.file, *predicate_));
    // A key is either in the range of a file or not, whatever its versions say.
    return key_predicate_ == nullptr ||
           Check(stats_.KeysMightMatch(entry.file, *key_predicate_));
  }

  /// Whether files that share keys with no others can answer a wanted row. Below a merge
  /// a file must not be left out for its values: it may hold the newest version of a row,
  /// and an older one would reappear. So files go together, and an engine that folds
  /// several rows into one is judged only where there is one file.
  Result<bool> WantsSection(const std::vector<DataFileMeta>& files) {
    if (predicate_ == nullptr || (folds_ && files.size() > 1)) return true;
    for (const DataFileMeta& file : files) {
      ARROW_ASSIGN_OR_RAISE(const bool wanted,
                            stats_.ValuesMightMatch(file, *predicate_));
      if (wanted) return true;
    }
    return false;
  }

  Status CheckReadable(const DataFileMeta& file) const {
    if (file.external_path) {
      return Unsupported(6152,
                         "Data file lies outside its table:", V("table", table_path_),
                         V("file", file.file_name));
    }
    ARROW_ASSIGN_OR_RAISE(const std::string format, io::FormatOfFileName(file.file_name));
    if (format != "parquet" && format != "avro" && format != "orc") {
      return Unsupported(
          6153, "Data files of this format are not supported yet:", V("format", format),
          V("table", table_path_), V("file", file.file_name));
    }
    return Status::OK();
  }

  Status MakeSplits(const meta::Snapshot& snapshot, std::vector<ManifestEntry> entries,
                    Plan* plan) {
    // Buckets in the order in which their first file is found.
    std::vector<std::pair<const ManifestEntry*, std::vector<DataFileMeta>>> buckets;
    std::map<std::pair<std::string_view, int32_t>, size_t> positions;
    for (const ManifestEntry& entry : entries) {
      ARROW_RETURN_NOT_OK(CheckReadable(entry.file));
      const auto [at, fresh] =
          positions.try_emplace({entry.partition, entry.bucket}, buckets.size());
      if (fresh) buckets.push_back({&entry, {}});
      buckets[at->second].second.push_back(entry.file);
    }
    ARROW_ASSIGN_OR_RAISE(const auto partition_paths,
                          types::PartitionPaths::Make(schema_));
    for (auto& [first, files] : buckets) {
      meta::Split split;
      split.snapshot_id = snapshot.id;
      split.partition = first->partition;
      split.bucket = first->bucket;
      split.total_buckets = first->total_buckets;
      ARROW_ASSIGN_OR_RAISE(const std::string partition_path,
                            partition_paths.PathOf(first->partition));
      const std::string folder = paths_.BucketDirectory(partition_path, first->bucket);
      split.bucket_path = folder.substr(paths_.root().size());
      if (split.bucket_path.starts_with('/')) split.bucket_path.erase(0, 1);
      ARROW_ASSIGN_OR_RAISE(auto packed, Pack(std::move(files)));
      for (SplitFiles& group : packed) {
        split.files = std::move(group.files);
        split.raw_convertible = group.raw_convertible;
        plan->counters.files_kept += static_cast<int64_t>(split.files.size());
        plan->splits.push_back(split);
      }
    }
    return status_;
  }

  Result<std::vector<SplitFiles>> Pack(std::vector<DataFileMeta> files) {
    if (key_fields_.empty()) return PackAppendFiles(std::move(files), pack_);
    return PackKeyedFiles(files, key_fields_, first_row_, pack_,
                          [this](const std::vector<DataFileMeta>& section) {
                            return WantsSection(section);
                          });
  }

  const base::Context& context_;
  const std::string& table_path_;
  const types::TableSchema& schema_;
  const io::TablePaths paths_;
  const ScanOptions& options_;
  const meta::SchemaFiles schemas_;
  FileStats stats_;

  std::vector<types::DataField> partition_fields_, key_fields_;
  PackOptions pack_;
  bool first_row_ = false;
  bool folds_ = false;  ///< several rows of a key make one that none of them is
  bool real_buckets_only_ = false;
  std::optional<meta::PartitionSet> wanted_;
  expr::PredicatePtr predicate_, partition_predicate_, key_predicate_;
  std::unique_ptr<BucketSelect> bucket_select_;

  std::mutex mutex_;
  std::map<std::string, bool, std::less<>> partition_answers_;
  Status status_;
};

}  // namespace

Result<Plan> PlanBatch(const base::Context& context, const std::string& table_path,
                       const types::TableSchema& schema,
                       const std::optional<meta::Snapshot>& snapshot,
                       const ScanOptions& options) {
  ARROW_RETURN_NOT_OK(RefuseWhatIsMissing(schema, table_path));
  Plan plan;
  plan.snapshot = snapshot;
  if (!snapshot) return plan;
  ARROW_ASSIGN_OR_RAISE(auto paths, io::TablePaths::Make(table_path, schema.options));
  Planner planner(context, table_path, schema, std::move(paths), options);
  ARROW_RETURN_NOT_OK(planner.Init());
  ARROW_RETURN_NOT_OK(planner.Run(*snapshot, &plan));
  return plan;
}

}  // namespace tarn::scan

// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/table_scan.h"

#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <set>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "tarn/index/file_index_reader.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/index_manifest.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/manifest_list.h"
#include "tarn/meta/partition_set.h"
#include "tarn/meta/stored_rows.h"
#include "tarn/meta/table_features.h"
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
    ARROW_ASSIGN_OR_RAISE(vectors_, options.Get(options::kDeletionVectorsEnabled));
    ARROW_ASSIGN_OR_RAISE(const bool merge_on_read,
                          options.Get(options::kDeletionVectorsMergeOnRead));
    skip_level_0_ = keyed && (vectors_ ? !merge_on_read : first_row_);
    folds_ = keyed && (engine == "partial-update" || engine == "aggregation");
    ARROW_ASSIGN_OR_RAISE(const int32_t bucket, options.Get(options::kBucket));
    real_buckets_only_ = bucket == io::kPostponeBucket;
    ARROW_ASSIGN_OR_RAISE(index_in_data_folder_,
                          options.Get(options::kIndexFileInDataFileDir));
    if (!options_.partitions.empty()) {
      ARROW_ASSIGN_OR_RAISE(wanted_, meta::PartitionSet::Make(
                                         partition_fields_, {options_.partitions.begin(),
                                                             options_.partitions.end()}));
    }
    if (options_.predicate == nullptr) return Status::OK();
    predicate_ = options_.predicate;
    ARROW_ASSIGN_OR_RAISE(use_indexes_, options.Get(options::kFileIndexReadEnabled));
    use_indexes_ = use_indexes_ && options_.prune.file_indexes;
    if (!partition_fields_.empty() && options_.prune.partitions) {
      partition_predicate_ = expr::KeepOnly(predicate_, schema_.partition_keys);
    }
    if (keyed && options_.prune.key_statistics) {
      key_predicate_ = expr::KeepOnly(predicate_, schema_.TrimmedPrimaryKey());
    }
    if (options_.prune.buckets && (bucket > 0 || real_buckets_only_)) {
      ARROW_ASSIGN_OR_RAISE(bucket_select_, BucketSelect::Make(schema_, *predicate_));
    }
    return Status::OK();
  }

  /// The files of history, not of a state: level 0 counts, and a file is no longer judged
  /// by what else its bucket holds.
  void ReadChanges() {
    ReadDiff();
    changes_ = true;
  }
  void ReadDiff() {
    first_row_ = false;
    skip_level_0_ = false;
  }

  Status Run(const meta::Snapshot& snapshot, Plan* plan) {
    ARROW_ASSIGN_OR_RAISE(auto entries, LiveEntries(snapshot, plan));
    ARROW_ASSIGN_OR_RAISE(const auto vectors, FindVectors(snapshot));
    return MakeSplits(snapshot.id, std::move(entries), vectors, plan);
  }

  Status RunChanges(const std::vector<meta::Snapshot>& steps, ChangeSource source,
                    int64_t end_id, Plan* plan) {
    if (source == ChangeSource::kDelta && vectors_) {
      // Files of a delta do not tell which of their rows a vector took away.
      return Unsupported(
          6608, "Increments of a table with deletion vectors are not there yet:",
          V("table", table_path_), V("option", "deletion-vectors.enabled"));
    }
    std::vector<meta::ManifestFileMeta> manifests;
    for (const meta::Snapshot& step : steps) {
      ARROW_ASSIGN_OR_RAISE(auto more,
                            source == ChangeSource::kDelta
                                ? meta::ReadDeltaManifests(context_, paths_, step)
                                : meta::ReadChangelogManifests(context_, paths_, step));
      plan->counters.manifests_total += static_cast<int64_t>(more.size());
      std::erase_if(more, [this](const auto& m) { return !WantsManifest(m); });
      manifests.insert(manifests.end(), std::make_move_iterator(more.begin()),
                       std::make_move_iterator(more.end()));
    }
    plan->counters.manifests_read = static_cast<int64_t>(manifests.size());
    meta::EntryFilter filter;
    filter.bucket = [this](std::string_view partition, int32_t bucket, int32_t total) {
      return WantsBucket(partition, bucket, total);
    };
    ARROW_ASSIGN_OR_RAISE(auto entries,
                          meta::ReadEntries(context_, paths_, manifests, filter));
    plan->counters.files_total = static_cast<int64_t>(entries.size());
    for (const ManifestEntry& entry : entries) {
      if (entry.kind == meta::FileKind::kAdd) continue;
      return InvalidInput(1617,
                          "Changes of a snapshot that removed files have no records:",
                          V("table", table_path_), V("file", entry.file.file_name));
    }
    std::erase_if(entries, [this](const auto& entry) { return !WantsFile(entry); });
    ARROW_RETURN_NOT_OK(status_);
    return MakeSplits(end_id, std::move(entries), {}, plan);
  }

  Status RunDiff(const meta::Snapshot& before, const meta::Snapshot& after, Plan* plan) {
    ARROW_ASSIGN_OR_RAISE(auto now, LiveEntries(after, plan));
    ARROW_ASSIGN_OR_RAISE(auto then, LiveEntries(before, plan));
    struct Sides {
      const ManifestEntry* first = nullptr;
      std::vector<const ManifestEntry*> then, now;
    };
    std::map<std::pair<std::string_view, int32_t>, Sides> buckets;
    for (const auto& entry : then) {
      Sides& sides = buckets[{entry.partition, entry.bucket}];
      sides.first = &entry;
      sides.then.push_back(&entry);
    }
    for (const auto& entry : now) {
      Sides& sides = buckets[{entry.partition, entry.bucket}];
      if (sides.now.empty()) sides.first = &entry;
      sides.now.push_back(&entry);
    }
    for (auto& [place, sides] : buckets) {
      DropShared(&sides.then, &sides.now);
      if (sides.then.empty() && sides.now.empty()) continue;
      ARROW_ASSIGN_OR_RAISE(meta::Split split, SplitOf(after.id, *sides.first));
      split.before_files.emplace();
      for (const auto* entry : sides.then) {
        ARROW_RETURN_NOT_OK(CheckReadable(entry->file));
        split.before_files->push_back(entry->file);
      }
      for (const auto* entry : sides.now) {
        ARROW_RETURN_NOT_OK(CheckReadable(entry->file));
        split.files.push_back(entry->file);
      }
      plan->counters.files_kept +=
          static_cast<int64_t>(sides.then.size() + sides.now.size());
      plan->splits.push_back(std::move(split));
    }
    return status_;
  }

 private:
  Result<std::vector<ManifestEntry>> LiveEntries(const meta::Snapshot& snapshot,
                                                 Plan* plan) {
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
    plan->counters.manifests_total += counters.manifests_total;
    plan->counters.manifests_read += counters.manifests_read;
    plan->counters.files_total += counters.files_total;
    return entries;
  }

  /// Take the files that both sides have out of both.
  static void DropShared(std::vector<const ManifestEntry*>* then,
                         std::vector<const ManifestEntry*>* now) {
    std::map<std::string_view, const ManifestEntry*> by_name;
    for (const auto* entry : *now) by_name.emplace(entry->file.file_name, entry);
    std::set<std::string_view> shared;
    for (const auto* entry : *then) {
      const auto found = by_name.find(entry->file.file_name);
      if (found != by_name.end() && *found->second == *entry) {
        shared.insert(found->first);
      }
    }
    for (auto* side : {then, now}) {
      std::erase_if(*side, [&](const ManifestEntry* entry) {
        return shared.contains(entry->file.file_name);
      });
    }
  }

  struct BucketPlace {
    const std::string& partition_path;
    int32_t bucket;
  };

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
    // These tables answer from what is compacted (Paimon `batchScanSkipLevel0`).
    if (skip_level_0_ && entry.file.level == 0) return false;
    if (options_.created_from_millis && !IsYoungEnough(entry.file)) return false;
    if (predicate_ == nullptr) return true;
    if (key_fields_.empty() || changes_) {
      return !options_.prune.value_statistics ||
             Check(stats_.ValuesMightMatch(entry.file, *predicate_));
    }
    // A key is either in the range of a file or not, whatever its versions say.
    return key_predicate_ == nullptr ||
           Check(stats_.KeysMightMatch(entry.file, *key_predicate_));
  }

  /// What is stored is the local time of the writer, as if it were UTC.
  bool IsYoungEnough(const DataFileMeta& file) const {
    if (!file.creation_time_millis) return false;
    const int64_t local = *file.creation_time_millis;
    const int64_t guess = local - context_.clock->LocalOffsetMillis(local);
    return local - context_.clock->LocalOffsetMillis(guess) >=
           *options_.created_from_millis;
  }

  /// Whether files that share keys with no others can answer a wanted row. Below a merge
  /// a file must not be left out for its values: it may hold the newest version of a row,
  /// and an older one would reappear. So files go together, and an engine that folds
  /// several rows into one is judged only where there is one file. Indexes speak of rows
  /// as they are stored, so they are asked about a file that stands alone, as in Java.
  Result<bool> WantsSection(const std::vector<DataFileMeta>& files,
                            const BucketPlace& place) {
    if (predicate_ == nullptr || (folds_ && files.size() > 1)) return true;
    const bool judge =
        files.size() > 1 ? options_.prune.sections : options_.prune.value_statistics;
    bool wanted = !judge;
    for (size_t i = 0; i < files.size() && !wanted; ++i) {
      ARROW_ASSIGN_OR_RAISE(wanted, stats_.ValuesMightMatch(files[i], *predicate_));
    }
    return wanted && files.size() == 1 ? MightHoldRows(files[0], place) : wanted;
  }

  /// By the file's index. Asked from several threads, of files that are live: the index
  /// of one that was deleted may be gone.
  Result<bool> MightHoldRows(const DataFileMeta& file, const BucketPlace& place) {
    if (!use_indexes_ || !index::HasFileIndex(file)) return true;
    std::shared_ptr<const types::TableSchema> written;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ARROW_ASSIGN_OR_RAISE(written, stats_.SchemaOf(file.schema_id));
    }
    ARROW_ASSIGN_OR_RAISE(const auto rows,
                          index::SelectRowsOf({context_, paths_, place.partition_path,
                                               place.bucket, file, schema_, *written},
                                              *predicate_, index::IndexUse::kSkipFile));
    std::lock_guard<std::mutex> lock(mutex_);
    ++indexes_asked_;
    files_without_rows_ += rows.none() ? 1 : 0;
    return !rows.none();
  }

  /// Files of a bucket without a key, each judged alone.
  Result<std::vector<DataFileMeta>> WithRows(std::vector<DataFileMeta> files,
                                             const BucketPlace& place) {
    if (predicate_ == nullptr || !use_indexes_) return files;
    std::vector<uint8_t> wanted(files.size(), 1);
    std::vector<std::function<Status()>> tasks;
    for (size_t i = 0; i < files.size(); ++i) {
      if (!index::HasFileIndex(files[i])) continue;
      tasks.emplace_back([&, i]() -> Status {
        ARROW_ASSIGN_OR_RAISE(const bool holds, MightHoldRows(files[i], place));
        wanted[i] = holds ? 1 : 0;
        return Status::OK();
      });
    }
    ARROW_RETURN_NOT_OK(context_.executor->RunAll(std::move(tasks)));
    std::vector<DataFileMeta> kept;
    for (size_t i = 0; i < files.size(); ++i) {
      if (wanted[i] != 0) kept.push_back(std::move(files[i]));
    }
    return kept;
  }

  Status CheckReadable(const DataFileMeta& file) const {
    if (file.external_path) {
      ARROW_RETURN_NOT_OK(paths_.ExternalFile(*file.external_path));
    }
    ARROW_ASSIGN_OR_RAISE(const std::string format, io::FormatOfFileName(file.file_name));
    const bool text = format == "csv" || format == "json";
    if (text && schema_.has_primary_key()) {
      return Unsupported(6558, "Text files of primary-key tables are not supported yet:",
                         V("format", format), V("table", table_path_),
                         V("file", file.file_name));
    }
    if (format != "parquet" && format != "avro" && format != "orc" && !text) {
      return Unsupported(
          6153, "Data files of this format are not supported yet:", V("format", format),
          V("table", table_path_), V("file", file.file_name));
    }
    return Status::OK();
  }

  using Place = std::pair<std::string_view, int32_t>;  ///< partition, bucket
  using VectorPlaces = std::map<std::string, meta::DeletionVectorPlace>;
  using VectorsByBucket = std::map<std::pair<std::string, int32_t>, VectorPlaces>;

  /// Where the deletion vectors of the snapshot stand, by bucket and data file.
  Result<VectorsByBucket> FindVectors(const meta::Snapshot& snapshot) const {
    VectorsByBucket out;
    if (!vectors_ || !snapshot.index_manifest) return out;
    ARROW_ASSIGN_OR_RAISE(const auto partition_paths,
                          types::PartitionPaths::Make(schema_));
    ARROW_ASSIGN_OR_RAISE(const std::string manifest,
                          paths_.ManifestFile(*snapshot.index_manifest));
    ARROW_ASSIGN_OR_RAISE(const auto entries,
                          meta::ReadIndexManifest(context_, manifest));
    for (const meta::IndexManifestEntry& entry : entries) {
      if (entry.index_type != "DELETION_VECTORS" || !entry.deletion_vectors) continue;
      ARROW_ASSIGN_OR_RAISE(const std::string path, IndexPath(entry, partition_paths));
      VectorPlaces& places = out[{entry.partition, entry.bucket}];
      for (const meta::DeletionVectorRange& range : *entry.deletion_vectors) {
        places[range.data_file] = {path, range.offset, range.length};
      }
    }
    return out;
  }

  Result<std::string> IndexPath(const meta::IndexManifestEntry& entry,
                                const types::PartitionPaths& partition_paths) const {
    if (entry.external_path) return paths_.ExternalFile(*entry.external_path);
    if (!index_in_data_folder_) return paths_.IndexFile(entry.file_name);
    ARROW_ASSIGN_OR_RAISE(const std::string partition,
                          partition_paths.PathOf(entry.partition));
    return paths_.DataFile(partition, entry.bucket, entry.file_name);
  }

  /// A split of no files yet, of the bucket that `first` lies in.
  Result<meta::Split> SplitOf(int64_t snapshot_id, const ManifestEntry& first) const {
    meta::Split split;
    split.snapshot_id = snapshot_id;
    split.partition = first.partition;
    split.bucket = first.bucket;
    split.total_buckets = first.total_buckets;
    split.unmerged = changes_;
    ARROW_ASSIGN_OR_RAISE(const auto partition_paths,
                          types::PartitionPaths::Make(schema_));
    ARROW_ASSIGN_OR_RAISE(const std::string partition_path,
                          partition_paths.PathOf(first.partition));
    const std::string folder = paths_.BucketDirectory(partition_path, first.bucket);
    split.bucket_path = folder.substr(paths_.root().size());
    if (split.bucket_path.starts_with('/')) split.bucket_path.erase(0, 1);
    return split;
  }

  Status MakeSplits(int64_t snapshot_id, std::vector<ManifestEntry> entries,
                    const VectorsByBucket& vectors, Plan* plan) {
    // Buckets in the order in which their first file is found.
    std::vector<std::pair<const ManifestEntry*, std::vector<DataFileMeta>>> buckets;
    std::map<Place, size_t> positions;
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
      ARROW_ASSIGN_OR_RAISE(meta::Split split, SplitOf(snapshot_id, *first));
      const auto marked = vectors.find({first->partition, first->bucket});
      ARROW_ASSIGN_OR_RAISE(const std::string partition_path,
                            partition_paths.PathOf(first->partition));
      ARROW_ASSIGN_OR_RAISE(auto packed,
                            Pack(std::move(files), {partition_path, first->bucket}));
      for (SplitFiles& group : packed) {
        split.files = std::move(group.files);
        split.deletion_vectors.clear();
        for (const DataFileMeta& file : split.files) {
          if (marked == vectors.end()) break;
          const auto place = marked->second.find(file.file_name);
          if (place != marked->second.end()) split.deletion_vectors.insert(*place);
        }
        split.raw_convertible = group.raw_convertible;
        plan->counters.files_kept += static_cast<int64_t>(split.files.size());
        plan->splits.push_back(split);
      }
    }
    plan->counters.indexes_asked = indexes_asked_;
    plan->counters.files_without_rows = files_without_rows_;
    return status_;
  }

  Result<std::vector<SplitFiles>> Pack(std::vector<DataFileMeta> files,
                                       const BucketPlace& place) {
    if (key_fields_.empty()) {
      ARROW_ASSIGN_OR_RAISE(files, WithRows(std::move(files), place));
      return PackAppendFiles(std::move(files), pack_);
    }
    return PackKeyedFiles(files, key_fields_, first_row_ || vectors_, pack_,
                          [&](const std::vector<DataFileMeta>& section) {
                            return changes_ ? Result<bool>(true)
                                            : WantsSection(section, place);
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
  bool vectors_ = false;       ///< the table has deletion vectors
  bool skip_level_0_ = false;  ///< only what is compacted is visible
  bool index_in_data_folder_ = false;
  bool changes_ = false;  ///< records are answered one by one
  bool folds_ = false;    ///< several rows of a key make one that none of them is
  bool real_buckets_only_ = false;
  std::optional<meta::PartitionSet> wanted_;
  expr::PredicatePtr predicate_, partition_predicate_, key_predicate_;
  std::unique_ptr<BucketSelect> bucket_select_;
  bool use_indexes_ = false;

  std::mutex mutex_;
  int64_t indexes_asked_ = 0, files_without_rows_ = 0;
  std::map<std::string, bool, std::less<>> partition_answers_;
  Status status_;
};

}  // namespace

namespace {

Result<std::unique_ptr<Planner>> MakePlanner(const base::Context& context,
                                             const std::string& table_path,
                                             const types::TableSchema& schema,
                                             const ScanOptions& options) {
  ARROW_ASSIGN_OR_RAISE(auto paths, io::TablePaths::Make(table_path, schema.options));
  auto planner =
      std::make_unique<Planner>(context, table_path, schema, std::move(paths), options);
  ARROW_RETURN_NOT_OK(planner->Init());
  return planner;
}

}  // namespace

Result<Plan> PlanBatch(const base::Context& context, const std::string& table_path,
                       const types::TableSchema& schema,
                       const std::optional<meta::Snapshot>& snapshot,
                       const ScanOptions& options) {
  ARROW_RETURN_NOT_OK(meta::CheckFeatures(schema, meta::TableUse::kRead, table_path));
  Plan plan;
  plan.snapshot = snapshot;
  if (!snapshot) return plan;
  ARROW_ASSIGN_OR_RAISE(const auto planner,
                        MakePlanner(context, table_path, schema, options));
  ARROW_RETURN_NOT_OK(planner->Run(*snapshot, &plan));
  return plan;
}

Result<Plan> PlanChanges(const base::Context& context, const std::string& table_path,
                         const types::TableSchema& schema,
                         const std::vector<meta::Snapshot>& steps, ChangeSource source,
                         int64_t end_id, const ScanOptions& options) {
  ARROW_RETURN_NOT_OK(meta::CheckFeatures(schema, meta::TableUse::kRead, table_path));
  Plan plan;
  ARROW_ASSIGN_OR_RAISE(const auto planner,
                        MakePlanner(context, table_path, schema, options));
  planner->ReadChanges();
  ARROW_RETURN_NOT_OK(planner->RunChanges(steps, source, end_id, &plan));
  return plan;
}

Result<Plan> PlanDiff(const base::Context& context, const std::string& table_path,
                      const types::TableSchema& schema, const meta::Snapshot& before,
                      const meta::Snapshot& after, const ScanOptions& options) {
  ARROW_RETURN_NOT_OK(meta::CheckFeatures(schema, meta::TableUse::kRead, table_path));
  ARROW_ASSIGN_OR_RAISE(
      const bool vectors,
      options::Options(schema.options).Get(options::kDeletionVectorsEnabled));
  if (vectors) {
    return Unsupported(6604, "A diff of states with deletion vectors is not there yet:",
                       V("table", table_path));
  }
  if (!schema.has_primary_key()) {
    return InvalidInput(1616, "States of a table without a primary key have no diff:",
                        V("table", table_path),
                        V("hint", "incremental-between-scan-mode 'delta' reads changes"));
  }
  Plan plan;
  plan.snapshot = after;
  ARROW_ASSIGN_OR_RAISE(const auto planner,
                        MakePlanner(context, table_path, schema, options));
  planner->ReadDiff();
  ARROW_RETURN_NOT_OK(planner->RunDiff(before, after, &plan));
  return plan;
}

}  // namespace tarn::scan

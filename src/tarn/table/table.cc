// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/table.h"

#include <algorithm>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/commit/file_snapshot_store.h"
#include "tarn/commit/overwrite.h"
#include "tarn/index/hash_index_file.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/table_features.h"
#include "tarn/options/options.h"
#include "tarn/table/compact.h"
#include "tarn/types/arrow_types.h"

namespace tarn::table {
namespace {

/// Batches of one split after another, up to a limit. Splits are opened when they are
/// reached, so that memory is bounded by one of them.
class SplitsReader final : public arrow::RecordBatchReader {
 public:
  SplitsReader(
      std::shared_ptr<arrow::Schema> schema, std::vector<meta::Split> splits,
      std::function<Result<std::shared_ptr<arrow::RecordBatchReader>>(const meta::Split&)>
          open,
      std::optional<int64_t> limit)
      : schema_(std::move(schema)),
        splits_(std::move(splits)),
        open_(std::move(open)),
        rows_left_(limit) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    batch->reset();
    ARROW_RETURN_NOT_OK(failed_);
    failed_ = Next(batch);
    return failed_;
  }

 private:
  Status Next(std::shared_ptr<arrow::RecordBatch>* batch) {
    while (!rows_left_ || *rows_left_ > 0) {
      if (current_ == nullptr) {
        if (next_split_ == splits_.size()) return Status::OK();
        ARROW_ASSIGN_OR_RAISE(current_, open_(splits_[next_split_++]));
      }
      ARROW_RETURN_NOT_OK(current_->ReadNext(batch));
      if (*batch == nullptr) {
        current_.reset();
        continue;
      }
      if ((*batch)->num_rows() == 0) continue;
      if (rows_left_) {
        if ((*batch)->num_rows() > *rows_left_) *batch = (*batch)->Slice(0, *rows_left_);
        *rows_left_ -= (*batch)->num_rows();
      }
      return Status::OK();
    }
    batch->reset();
    return Status::OK();
  }

  std::shared_ptr<arrow::Schema> schema_;
  std::vector<meta::Split> splits_;
  std::function<Result<std::shared_ptr<arrow::RecordBatchReader>>(const meta::Split&)>
      open_;
  std::optional<int64_t> rows_left_;
  size_t next_split_ = 0;
  std::shared_ptr<arrow::RecordBatchReader> current_;
  Status failed_;
};

class FileTable final : public Table {
 public:
  FileTable(std::shared_ptr<const base::Context> context, io::TablePaths paths,
            std::string name, std::shared_ptr<meta::SchemaFiles> schemas,
            std::shared_ptr<const types::TableSchema> schema,
            std::map<std::string, std::string> dynamic_options)
      : context_(std::move(context)),
        paths_(std::move(paths)),
        name_(std::move(name)),
        schemas_(std::move(schemas)),
        schema_(std::move(schema)),
        dynamic_options_(std::move(dynamic_options)),
        snapshot_files_(context_, paths_) {
    const auto sync = options::Options(schema_->options).Get(options::kCommitSync);
    store_ =
        commit::MakeFileSnapshotStore(context_, paths_, !sync.ok() || *sync != "none");
  }

  const std::string& path() const override { return paths_.root(); }
  const std::string& name() const override { return name_; }
  std::shared_ptr<const types::TableSchema> schema() const override { return schema_; }
  std::shared_ptr<commit::SnapshotStore> snapshots() const override { return store_; }
  std::shared_ptr<const meta::SchemaFiles> schemas() const override { return schemas_; }
  const meta::SnapshotFiles& snapshot_files() const override { return snapshot_files_; }
  const base::Context& context() const override { return *context_; }

  Result<std::shared_ptr<const types::TableSchema>> SchemaAt(
      const TimeTravel& at) const override {
    const auto options = at.Over(schema_->options);
    auto point = TimeTravel::FromOptions(options, *context_);
    // A point that is not there is the plan's error, and until then today's schema.
    if (!point.ok() || point->is_latest()) return schema_;
    const auto snapshot = FindSnapshot(snapshot_files_, *point);
    if (!snapshot.ok() || !*snapshot || (*snapshot)->schema_id == schema_->id) {
      return schema_;
    }
    ARROW_ASSIGN_OR_RAISE(auto old, schemas_->Get((*snapshot)->schema_id));
    // Columns of that day, options of today, as Java's time travel has it.
    types::TableSchema travelled = *old;
    travelled.options = schema_->options;
    return std::make_shared<const types::TableSchema>(std::move(travelled));
  }

  Result<BatchStart> StartAt(const TimeTravel& at) const override {
    auto start =
        FindBatchStart(*context_, snapshot_files_, *schemas_, at.Over(schema_->options));
    if (!start.ok()) return Prefixed(start.status(), name_ + ": ");
    return start;
  }

  Result<scan::Plan> PlanScan(const ScanRequest& request) const override {
    auto plan = PlanFrom(request);
    if (!plan.ok()) return Prefixed(plan.status(), name_ + ": ");
    return plan;
  }

  Result<std::shared_ptr<arrow::RecordBatchReader>> Read(
      const scan::Plan& plan, const ScanRequest& request) const override {
    ARROW_ASSIGN_OR_RAISE(auto schema, SchemaOf(request));
    read::ReadOptions options;
    options.columns = request.columns;
    if (options.columns.empty()) {
      for (const auto& field : schema->fields) options.columns.push_back(field.name);
    }
    options.predicate = request.predicate;
    options.row_kinds = request.row_kinds;
    options.keep_retracts = request.keep_retracts;
    ARROW_ASSIGN_OR_RAISE(auto fields, schema->FieldsOf(options.columns));
    ARROW_ASSIGN_OR_RAISE(auto arrow_schema, types::ToArrow(fields));
    if (request.row_kinds) {
      ARROW_ASSIGN_OR_RAISE(
          arrow_schema,
          arrow_schema->AddField(0, arrow::field("rowkind", arrow::utf8(), false)));
    }
    auto open = [context = context_, root = path(), schema, schemas = schemas_,
                 options](const meta::Split& split) {
      return read::ReadSplit(*context, root, schema, schemas, split, options);
    };
    return std::make_shared<SplitsReader>(std::move(arrow_schema), plan.splits,
                                          std::move(open), request.limit);
  }

  Result<meta::BucketState> RestoreBucket(const std::string& partition,
                                          int32_t bucket) const override {
    meta::BucketState state;
    ARROW_ASSIGN_OR_RAISE(auto latest, store_->Latest());
    if (!latest) return state;
    state.snapshot_id = latest->id;
    meta::LiveFilesFilter filter;
    filter.bucket = [&](std::string_view entry_partition, int32_t entry_bucket, int32_t) {
      return entry_bucket == bucket && entry_partition == partition;
    };
    ARROW_ASSIGN_OR_RAISE(auto entries,
                          meta::ReadLiveFiles(*context_, paths_, *latest, filter));
    for (auto& entry : entries) {
      state.total_buckets = entry.total_buckets;
      state.files.push_back(std::move(entry.file));
    }
    return state;
  }

  Result<std::unique_ptr<write::TableWrite>> NewWrite(
      const write::WriteOptions& options) const override {
    write::Restore restore;
    restore.bucket = [this](const std::string& partition, int32_t bucket) {
      return RestoreBucket(partition, bucket);
    };
    restore.hash_index = [this](const std::string& partition) {
      return RestoreHashIndex(partition);
    };
    restore.bucket_count = [this](const std::string& partition) {
      return RealBuckets(partition);
    };
    restore.keys = [this](const write::Restore::VisitKeys& visit) {
      return VisitKeys(visit);
    };
    return write::MakeTableWrite(context_, path(), WithOptions(options.dynamic_options),
                                 schemas_, std::move(restore), options);
  }

  Result<std::unique_ptr<commit::TableCommit>> NewCommit(
      const commit::TableCommitOptions& options) const override {
    return commit::MakeTableCommit(context_, path(), WithOptions(options.dynamic_options),
                                   store_, options);
  }

  Result<CompactReport> Compact(const CompactRequest& request) const override {
    return CompactTable(*this, context_, paths_, request);
  }

 private:
  Result<std::shared_ptr<const types::TableSchema>> SchemaOf(
      const ScanRequest& request) const {
    return request.todays_schema ? schema_ : SchemaAt(request.at);
  }

  Result<scan::Plan> PlanFrom(const ScanRequest& request) const {
    ARROW_ASSIGN_OR_RAISE(const BatchStart start,
                          FindBatchStart(*context_, snapshot_files_, *schemas_,
                                         request.at.Over(schema_->options)));
    ARROW_ASSIGN_OR_RAISE(auto schema, SchemaOf(request));
    scan::ScanOptions options;
    options.predicate = request.predicate;
    options.prune = request.prune;
    options.created_from_millis = start.created_from_millis;
    const options::Options typed(schema_->options);
    if (typed.Find(options::kScanBucket.key) != nullptr) {
      ARROW_ASSIGN_OR_RAISE(options.bucket, typed.Get(options::kScanBucket));
    }
    switch (start.kind) {
      case BatchStart::Kind::kNothing:
        return scan::Plan();
      case BatchStart::Kind::kChanges:
        return scan::PlanChanges(*context_, path(), *schema, start.steps, start.source,
                                 start.snapshot->id, options);
      case BatchStart::Kind::kDiff:
        return scan::PlanDiff(*context_, path(), *schema, *start.before, *start.snapshot,
                              options);
      case BatchStart::Kind::kState:
        break;
    }
    std::optional<meta::Snapshot> snapshot = start.snapshot;
    if (start.latest && request.latest_id) {
      ARROW_ASSIGN_OR_RAISE(snapshot, snapshot_files_.Get(*request.latest_id));
    }
    return scan::PlanBatch(*context_, path(), *schema, snapshot, options);
  }

  Result<std::vector<meta::IndexManifestEntry>> RestoreHashIndex(
      const std::string& partition) const {
    std::vector<meta::IndexManifestEntry> out;
    ARROW_ASSIGN_OR_RAISE(auto latest, store_->Latest());
    if (!latest || !latest->index_manifest) return out;
    ARROW_ASSIGN_OR_RAISE(const std::string path,
                          paths_.ManifestFile(*latest->index_manifest));
    ARROW_ASSIGN_OR_RAISE(auto entries, meta::ReadIndexManifest(*context_, path));
    for (auto& entry : entries) {
      if (entry.index_type == index::kHashIndexType && entry.partition == partition) {
        out.push_back(std::move(entry));
      }
    }
    return out;
  }

  Result<int64_t> VisitKeys(const write::Restore::VisitKeys& visit) const {
    ARROW_ASSIGN_OR_RAISE(const auto latest, store_->Latest());
    if (!latest) return 0;
    ARROW_ASSIGN_OR_RAISE(const auto plan,
                          scan::PlanBatch(*context_, path(), *schema_, latest, {}));
    read::ReadOptions options;
    options.columns = schema_->TrimmedPrimaryKey();
    for (const meta::Split& split : plan.splits) {
      ARROW_ASSIGN_OR_RAISE(const auto reader, read::ReadSplit(*context_, path(), schema_,
                                                               schemas_, split, options));
      while (true) {
        std::shared_ptr<arrow::RecordBatch> batch;
        ARROW_RETURN_NOT_OK(reader->ReadNext(&batch));
        if (batch == nullptr) break;
        ARROW_RETURN_NOT_OK(visit(split.partition, split.bucket, *batch));
      }
    }
    return latest->id;
  }

  /// The number of real buckets that a partition has, or the one that new ones get.
  Result<int32_t> RealBuckets(const std::string& partition) const {
    ARROW_ASSIGN_OR_RAISE(auto latest, store_->Latest());
    if (latest) {
      meta::LiveFilesFilter filter;
      filter.bucket = [&](std::string_view of_entry, int32_t, int32_t total_buckets) {
        return total_buckets > 0 && of_entry == partition;
      };
      ARROW_ASSIGN_OR_RAISE(const auto entries,
                            meta::ReadLiveFiles(*context_, paths_, *latest, filter));
      if (!entries.empty()) return entries.front().total_buckets;
    }
    return options::Options(schema_->options).Get(options::kPostponeDefaultBucketNum);
  }

  std::shared_ptr<const types::TableSchema> WithOptions(
      const std::map<std::string, std::string>& over) const {
    if (over.empty()) return schema_;
    types::TableSchema copy = *schema_;
    for (const auto& [key, value] : over) copy.options[key] = value;
    return std::make_shared<const types::TableSchema>(std::move(copy));
  }

  std::shared_ptr<const base::Context> context_;
  io::TablePaths paths_;
  std::string name_;
  std::shared_ptr<meta::SchemaFiles> schemas_;
  std::shared_ptr<const types::TableSchema> schema_;
  std::map<std::string, std::string> dynamic_options_;
  meta::SnapshotFiles snapshot_files_;
  std::shared_ptr<commit::SnapshotStore> store_;
};

}  // namespace

Result<std::shared_ptr<Table>> Table::Open(
    std::shared_ptr<const base::Context> context, const std::string& path,
    const std::string& full_name,
    const std::map<std::string, std::string>& dynamic_options) {
  ARROW_ASSIGN_OR_RAISE(auto paths, io::TablePaths::Make(path, dynamic_options));
  auto schemas = std::make_shared<meta::SchemaFiles>(context, paths);
  ARROW_ASSIGN_OR_RAISE(auto schema, schemas->Latest());
  if (schema == nullptr) {
    return NotFound(4601, "Table does not exist:", V("table", full_name));
  }
  if (!dynamic_options.empty()) {
    types::TableSchema copy = *schema;
    for (const auto& [key, value] : dynamic_options) copy.options[key] = value;
    schema = std::make_shared<const types::TableSchema>(std::move(copy));
  }
  ARROW_RETURN_NOT_OK(meta::CheckFeatures(*schema, meta::TableUse::kOpen, full_name));
  // The table's own options may place its data folders elsewhere inside it.
  ARROW_ASSIGN_OR_RAISE(paths, io::TablePaths::Make(path, schema->options));
  return std::make_shared<FileTable>(std::move(context), std::move(paths), full_name,
                                     std::move(schemas), std::move(schema),
                                     dynamic_options);
}

Result<std::shared_ptr<arrow::RecordBatchReader>> Table::Scan(
    const ScanRequest& request) const {
  ARROW_ASSIGN_OR_RAISE(auto plan, PlanScan(request));
  return Read(plan, request);
}

}  // namespace tarn::table

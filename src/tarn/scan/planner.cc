// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/planner.h"

#include <map>
#include <utility>

#include "tarn/meta/live_files.h"
#include "tarn/scan/pack_splits.h"
#include "tarn/types/partition_path.h"

namespace tarn::scan {

using meta::DataFileMeta;
using meta::ManifestEntry;

Planner::Planner(const base::Context& context, const std::string& table_path,
                 const types::TableSchema& schema, io::TablePaths paths,
                 ScanPurpose purpose)
    : context_(context),
      table_path_(table_path),
      schema_(schema),
      paths_(std::move(paths)),
      purpose_(purpose),
      schemas_(std::shared_ptr<const base::Context>(std::shared_ptr<void>(), &context),
               paths_),
      stats_(schema, schemas_) {}

Result<std::unique_ptr<Planner>> Planner::Make(const base::Context& context,
                                               const std::string& table_path,
                                               const types::TableSchema& schema,
                                               const ScanOptions& options,
                                               ScanPurpose purpose) {
  ARROW_ASSIGN_OR_RAISE(auto paths, io::TablePaths::Make(table_path, schema.options));
  std::unique_ptr<Planner> out(
      new Planner(context, table_path, schema, std::move(paths), purpose));
  ARROW_ASSIGN_OR_RAISE(out->settings_, ScanSettings::FromSchema(schema, purpose));
  ARROW_ASSIGN_OR_RAISE(out->entries_, EntrySelect::Make(context, schema, out->settings_,
                                                         options, purpose, &out->stats_));
  out->rows_ = std::make_unique<RowSelect>(context, out->paths_, schema, out->settings_,
                                           options, &out->stats_);
  return out;
}

Result<std::vector<ManifestEntry>> Planner::LiveEntries(const meta::Snapshot& snapshot,
                                                        PlanCounters* counters) {
  meta::LiveFilesCounters found;
  ARROW_ASSIGN_OR_RAISE(auto entries, meta::ReadLiveFiles(context_, paths_, snapshot,
                                                          entries_->Filter(), &found));
  ARROW_RETURN_NOT_OK(entries_->status());
  counters->manifests_total += found.manifests_total;
  counters->manifests_read += found.manifests_read;
  counters->files_total += found.files_total;
  return entries;
}

Status Planner::CheckReadable(const DataFileMeta& file) const {
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

Result<meta::Split> Planner::SplitOf(int64_t snapshot_id,
                                     const ManifestEntry& first) const {
  meta::Split split;
  split.snapshot_id = snapshot_id;
  split.partition = first.partition;
  split.bucket = first.bucket;
  split.total_buckets = first.total_buckets;
  split.unmerged = purpose_ == ScanPurpose::kChanges;
  ARROW_ASSIGN_OR_RAISE(const auto partition_paths, types::PartitionPaths::Make(schema_));
  ARROW_ASSIGN_OR_RAISE(const std::string partition_path,
                        partition_paths.PathOf(first.partition));
  const std::string folder = paths_.BucketDirectory(partition_path, first.bucket);
  split.bucket_path = folder.substr(paths_.root().size());
  if (split.bucket_path.starts_with('/')) split.bucket_path.erase(0, 1);
  return split;
}

Status Planner::AddSplits(int64_t snapshot_id, const std::vector<ManifestEntry>& entries,
                          const VectorsByBucket& vectors, Plan* plan) {
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
  ARROW_ASSIGN_OR_RAISE(const auto partition_paths, types::PartitionPaths::Make(schema_));
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
  rows_->CountInto(&plan->counters);
  return entries_->status();
}

Result<std::vector<SplitFiles>> Planner::Pack(std::vector<DataFileMeta> files,
                                              const BucketPlace& place) {
  if (settings_.key_fields.empty()) {
    ARROW_ASSIGN_OR_RAISE(files, rows_->WithRows(std::move(files), place));
    return PackAppendFiles(std::move(files), settings_.pack);
  }
  const bool changes = purpose_ == ScanPurpose::kChanges;
  return PackKeyedFiles(files, settings_.key_fields, settings_.one_version_per_key,
                        settings_.pack, [&](const std::vector<DataFileMeta>& section) {
                          return changes ? Result<bool>(true)
                                         : rows_->WantsSection(section, place);
                        });
}

}  // namespace tarn::scan

// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/entry_select.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "tarn/meta/stored_rows.h"
#include "tarn/types/arrow_types.h"

namespace tarn::scan {

using meta::ManifestEntry;

Result<std::unique_ptr<EntrySelect>> EntrySelect::Make(const base::Context& context,
                                                       const types::TableSchema& schema,
                                                       const ScanSettings& settings,
                                                       const ScanOptions& options,
                                                       ScanPurpose purpose,
                                                       FileStats* stats) {
  std::unique_ptr<EntrySelect> out(
      new EntrySelect(context, settings, options, purpose, stats));
  if (!options.partitions.empty()) {
    ARROW_ASSIGN_OR_RAISE(
        out->wanted_,
        meta::PartitionSet::Make(settings.partition_fields,
                                 {options.partitions.begin(), options.partitions.end()}));
  }
  const expr::PredicatePtr& predicate = options.predicate;
  if (predicate == nullptr) return out;
  if (!settings.partition_fields.empty() && options.prune.partitions) {
    out->partition_predicate_ = expr::KeepOnly(predicate, schema.partition_keys);
  }
  if (settings.keyed && options.prune.key_statistics) {
    out->key_predicate_ = expr::KeepOnly(predicate, schema.TrimmedPrimaryKey());
  }
  if (options.prune.buckets && settings.has_buckets) {
    ARROW_ASSIGN_OR_RAISE(out->bucket_select_, BucketSelect::Make(schema, *predicate));
  }
  return out;
}

meta::LiveFilesFilter EntrySelect::Filter() {
  meta::LiveFilesFilter filter;
  filter.manifest = [this](const meta::ManifestFileMeta& m) { return WantsManifest(m); };
  filter.bucket = [this](std::string_view partition, int32_t bucket, int32_t total) {
    return WantsBucket(partition, bucket, total);
  };
  filter.added = [this](const ManifestEntry& entry) { return WantsFile(entry); };
  return filter;
}

Status EntrySelect::status() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

bool EntrySelect::Check(const Result<bool>& answer) {
  if (answer.ok()) return *answer;
  std::lock_guard<std::mutex> lock(mutex_);
  if (status_.ok()) status_ = answer.status();
  return true;
}

bool EntrySelect::WantsManifest(const meta::ManifestFileMeta& manifest) {
  if (wanted_ && !wanted_->MightTouch(manifest)) return false;
  if (options_.bucket && manifest.min_bucket && manifest.max_bucket &&
      (*options_.bucket < *manifest.min_bucket ||
       *options_.bucket > *manifest.max_bucket)) {
    return false;
  }
  if (partition_predicate_ == nullptr) return true;
  const PlainStats stats(settings_.partition_fields, manifest.partition_stats,
                         manifest.num_added_files + manifest.num_deleted_files);
  return Check(expr::MightMatch(*partition_predicate_, stats));
}

bool EntrySelect::WantsBucket(std::string_view partition, int32_t bucket,
                              int32_t total_buckets) {
  if (options_.bucket && bucket != *options_.bucket) return false;
  if (settings_.real_buckets_only && bucket < 0) return false;
  if (wanted_ && !wanted_->Contains(partition)) return false;
  if (bucket_select_ != nullptr &&
      !Check(bucket_select_->Contains(bucket, total_buckets))) {
    return false;
  }
  return partition_predicate_ == nullptr || Check(PartitionMatches(partition));
}

Result<bool> EntrySelect::PartitionMatches(std::string_view partition) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto at = partition_answers_.find(partition);
    if (at != partition_answers_.end()) return at->second;
  }
  ARROW_ASSIGN_OR_RAISE(auto columns,
                        meta::DecodeStoredRows({partition}, settings_.partition_fields));
  ARROW_ASSIGN_OR_RAISE(auto arrow_schema, types::ToArrow(settings_.partition_fields));
  const auto batch = arrow::RecordBatch::Make(arrow_schema, 1, std::move(columns));
  ARROW_ASSIGN_OR_RAISE(const auto selected,
                        expr::Evaluate(*partition_predicate_, *batch));
  const bool answer = selected->Value(0);
  std::lock_guard<std::mutex> lock(mutex_);
  partition_answers_.emplace(partition, answer);
  return answer;
}

bool EntrySelect::WantsFile(const ManifestEntry& entry) {
  // These tables answer from what is compacted (Paimon `batchScanSkipLevel0`).
  if (settings_.skip_level_0 && entry.file.level == 0) return false;
  if (options_.created_from_millis && !IsYoungEnough(entry.file)) return false;
  if (options_.predicate == nullptr) return true;
  if (settings_.key_fields.empty() || purpose_ == ScanPurpose::kChanges) {
    return !options_.prune.value_statistics ||
           Check(stats_.ValuesMightMatch(entry.file, *options_.predicate));
  }
  // A key is either in the range of a file or not, whatever its versions say.
  return key_predicate_ == nullptr ||
         Check(stats_.KeysMightMatch(entry.file, *key_predicate_));
}

/// What is stored is the local time of the writer, as if it were UTC.
bool EntrySelect::IsYoungEnough(const meta::DataFileMeta& file) const {
  if (!file.creation_time_millis) return false;
  const int64_t local = *file.creation_time_millis;
  const int64_t guess = local - context_.clock->LocalOffsetMillis(local);
  return local - context_.clock->LocalOffsetMillis(guess) >=
         *options_.created_from_millis;
}

}  // namespace tarn::scan

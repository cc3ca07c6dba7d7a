// SPDX-License-Identifier: Apache-2.0
#include <arrow/record_batch.h>

#include "tarn/commit/commit_changes.h"
#include "tarn/commit/overwrite.h"
#include "tarn/options/options.h"
#include "tarn/table/partitions.h"

namespace tarn::table {
namespace {

/// How often a rescale is planned again after a lost race.
constexpr int kRaces = 5;
constexpr int32_t kPostponed = -2;

/// Only the splits of the partition that `request` names.
Status Choose(const Table& table, const PartitionText& partition, scan::Plan* plan) {
  if (partition.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto fields,
                        table.schema()->FieldsOf(table.schema()->partition_keys));
  ARROW_ASSIGN_OR_RAISE(
      const std::string default_name,
      options::Options(table.schema()->options).Get(options::kPartitionDefaultName));
  ARROW_ASSIGN_OR_RAISE(const auto matcher,
                        commit::PartitionMatcher::Make(fields, partition, default_name));
  std::vector<meta::Split> chosen;
  for (meta::Split& split : plan->splits) {
    ARROW_ASSIGN_OR_RAISE(const bool inside, matcher.Matches(split.partition));
    if (inside) chosen.push_back(std::move(split));
  }
  plan->splits = std::move(chosen);
  return Status::OK();
}

Status Copy(arrow::RecordBatchReader* reader, write::TableWrite* write) {
  while (true) {
    types::ChangeBatch changes;
    ARROW_RETURN_NOT_OK(reader->ReadNext(&changes.rows));
    if (changes.rows == nullptr) return Status::OK();
    ARROW_RETURN_NOT_OK(write->Write(changes));
  }
}

Status RescaleOnce(const Table& table, const RescaleRequest& request, int32_t buckets) {
  ARROW_ASSIGN_OR_RAISE(const auto latest, table.snapshots()->Latest());
  if (!latest) {
    return InvalidInput(1446, "Table has no snapshot: there is nothing to rescale:",
                        V("table", table.name()));
  }
  ScanRequest scan;
  scan.latest_id = latest->id;
  ARROW_ASSIGN_OR_RAISE(scan::Plan plan, table.PlanScan(scan));
  ARROW_RETURN_NOT_OK(Choose(table, request.partition, &plan));
  if (plan.splits.empty()) {
    return InvalidInput(1446, "The partition has no files: there is nothing to rescale:",
                        V("table", table.name()));
  }
  ARROW_ASSIGN_OR_RAISE(const auto reader, table.Read(plan, scan));
  write::WriteOptions write_options;
  write_options.dynamic_options["bucket"] = std::to_string(buckets);
  write_options.overwrite = true;
  ARROW_ASSIGN_OR_RAISE(const auto write, table.NewWrite(write_options));
  const Status copied = Copy(reader.get(), write.get());
  auto messages = write->PrepareCommit();
  ARROW_RETURN_NOT_OK(messages.status());
  meta::Committable committable;
  committable.identifier = meta::kBatchCommitIdentifier;
  committable.messages = *messages;
  commit::TableCommitOptions options;
  options.commit_user = table.context().random->Uuid();
  options.dynamic_options["bucket"] = std::to_string(buckets);
  // Partitions without a row left are emptied, too.
  options.dynamic_options["dynamic-partition-overwrite"] = "false";
  Status status = copied;
  if (status.ok()) {
    ARROW_ASSIGN_OR_RAISE(const auto commit, table.NewCommit(options));
    status = commit::OverwriteCommit::Of(commit.get())
                 .OverwriteWhatWasRead(latest->id, committable, request.partition)
                 .status();
  }
  const bool may_be_there = KindOf(status) == ErrorKind::kCommitUnknown;
  if (!status.ok() && !may_be_there) ARROW_RETURN_NOT_OK(write->Abort(*messages));
  return status;
}

}  // namespace

Status Rescale(const Table& table, const RescaleRequest& request) {
  int32_t buckets = 0;
  if (request.buckets) {
    buckets = *request.buckets;
  } else {
    ARROW_ASSIGN_OR_RAISE(
        buckets, options::Options(table.schema()->options).Get(options::kBucket));
    if (buckets == kPostponed) {
      return InvalidInput(1447,
                          "A table with postponed buckets is rescaled to a number that "
                          "is given:",
                          V("table", table.name()));
    }
  }
  if (buckets < 1) {
    return InvalidInput(1447, "A table is rescaled to one bucket or more:",
                        V("table", table.name()), V("buckets", buckets));
  }
  Status status;
  for (int race = 0; race < kRaces; ++race) {
    status = RescaleOnce(table, request, buckets);
    if (KindOf(status) != ErrorKind::kConflict) break;
  }
  return status;
}

}  // namespace tarn::table

// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/maintenance.h"

#include <chrono>

#include "tarn/options/options.h"
#include "tarn/table/consumers.h"
#include "tarn/table/expire_changelogs.h"
#include "tarn/table/expire_partitions.h"
#include "tarn/table/expire_snapshots.h"
#include "tarn/table/tags.h"

namespace tarn::table {
namespace {

/// Two who expire at once may delete what the other one reads; then it is planned again
/// when the other one may be done.
constexpr int kTries = 8;
constexpr std::chrono::milliseconds kFirstWait{5};

}  // namespace

Maintenance::Maintenance(const Table& table)
    : table_(table), partitions_checked_millis_(table.context().clock->NowMillis()) {}

Status Maintenance::Run(bool end_of_input) {
  ARROW_ASSIGN_OR_RAISE(const bool partitions_due, PartitionsDue(end_of_input));
  Status partitions;
  if (partitions_due) {
    partitions = ExpirePartitions(table_).status();
    partitions_checked_millis_ = table_.context().clock->NowMillis();
  }
  auto wait = kFirstWait;
  for (int tried = 1;; ++tried) {
    const Status status = RunOnce();
    if (KindOf(status) != ErrorKind::kNotFound || tried == kTries) {
      return partitions.ok() ? status : partitions;
    }
    table_.context().clock->SleepFor(wait);
    wait *= 2;
  }
}

Status Maintenance::RunOnce() {
  const options::Options options(table_.schema()->options);
  ARROW_ASSIGN_OR_RAISE(const bool tags_expire,
                        options.Get(options::kTagTimeExpireEnabled));
  if (tags_expire) {
    ARROW_RETURN_NOT_OK(ExpireTags(table_, /*older_than_millis=*/std::nullopt).status());
  }
  ARROW_ASSIGN_OR_RAISE(const auto consumer_time,
                        options.Get(options::kConsumerExpirationTime));
  if (consumer_time) {
    const int64_t now = table_.context().clock->NowMillis();
    ARROW_RETURN_NOT_OK(ExpireConsumers(table_, now - base::ToMillis(*consumer_time)));
  }
  ARROW_ASSIGN_OR_RAISE(ExpireRequest request, ExpireRequest::FromOptions(table_));
  ARROW_ASSIGN_OR_RAISE(const auto changelogs, ChangelogRequest(table_));
  if (changelogs) {
    ARROW_ASSIGN_OR_RAISE(const bool changelog_only,
                          options.Get(options::kConsumerChangelogOnly));
    request.keep_changelogs = true;
    request.consumers_hold = !changelog_only;
  }
  ARROW_RETURN_NOT_OK(ExpireSnapshots(table_, request, &restorations_).status());
  if (!changelogs) return Status::OK();
  return ExpireChangelogs(table_, *changelogs, &restorations_).status();
}

Result<bool> Maintenance::PartitionsDue(bool end_of_input) {
  if (!PartitionsExpire(table_)) return false;
  const options::Options options(table_.schema()->options);
  ARROW_ASSIGN_OR_RAISE(const bool at_end,
                        options.Get(options::kEndInputCheckPartitionExpire));
  if (end_of_input && at_end) return true;
  ARROW_ASSIGN_OR_RAISE(const auto interval,
                        options.Get(options::kPartitionExpirationCheckInterval));
  const int64_t millis = base::ToMillis(interval);
  return millis == 0 ||
         table_.context().clock->NowMillis() > partitions_checked_millis_ + millis;
}

Status Maintenance::RunUnlessWriteOnly(bool end_of_input) {
  ARROW_ASSIGN_OR_RAISE(
      const bool write_only,
      options::Options(table_.schema()->options).Get(options::kWriteOnly));
  return write_only ? Status::OK() : Run(end_of_input);
}

std::string MaintenanceNotice(const Table& table, const Status& failure) {
  return "W124: The commit to " + table.name() +
         " stands, but what is old could not expire; the next commit tries again: " +
         failure.ToString();
}

}  // namespace tarn::table

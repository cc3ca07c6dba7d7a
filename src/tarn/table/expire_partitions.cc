// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/expire_partitions.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "tarn/base/units.h"
#include "tarn/commit/overwrite.h"
#include "tarn/options/options.h"
#include "tarn/table/listing.h"
#include "tarn/table/partition_times.h"

namespace tarn::table {
namespace {

using types::PartitionSpec;

/// Values as Java's objects name themselves: a date is its number of days.
Result<types::PartitionPaths> ObjectTexts(const types::TableSchema& schema) {
  types::TableSchema named = schema;
  named.options[std::string(options::kPartitionLegacyName.key)] = "true";
  return types::PartitionPaths::Make(named);
}

std::string Joined(const PartitionSpec& spec) {
  std::string out;
  for (const auto& [column, value] : spec) out += (out.empty() ? "" : ",") + value;
  return out;
}

/// Serialized rows of the partitions whose time is over, by the text of their values.
Result<std::map<std::string, std::string>> Expired(const Table& table) {
  const types::TableSchema& schema = *table.schema();
  const options::Options options(schema.options);
  ARROW_ASSIGN_OR_RAISE(const auto lifetime,
                        options.Get(options::kPartitionExpirationTime));
  ARROW_ASSIGN_OR_RAISE(const std::string strategy,
                        options.Get(options::kPartitionExpirationStrategy));
  const bool by_update = strategy == "update-time";
  if (!by_update && strategy != "values-time") {
    return Unsupported(
        6627, "There is no such strategy of expiry:", V("table", table.name()),
        V("option", options::kPartitionExpirationStrategy.key), V("value", strategy));
  }
  ARROW_ASSIGN_OR_RAISE(const auto times, PartitionTimes::Make(schema));
  ARROW_ASSIGN_OR_RAISE(const auto texts, ObjectTexts(schema));
  const int64_t now = table.context().clock->NowMillis();
  const int64_t over = now - base::ToMillis(*lifetime);
  // What values state is wall time, and so is what it is compared with.
  const int64_t local_over = over + table.context().clock->LocalOffsetMillis(now);
  std::map<std::string, std::string> out;
  ARROW_ASSIGN_OR_RAISE(const auto totals, ListPartitionTotals(table));
  for (const PartitionTotal& total : totals) {
    ARROW_ASSIGN_OR_RAISE(const PartitionSpec values, texts.SpecOf(total.partition));
    bool expired = false;
    if (by_update) {
      expired = total.updated_millis && over > *total.updated_millis;
    } else {
      const auto seconds = times.SecondsOf(values);
      expired = seconds && local_over > *seconds * 1000;
    }
    if (expired) out.emplace(Joined(values), total.partition);
  }
  return out;
}

}  // namespace

bool PartitionsExpire(const Table& table) {
  const types::TableSchema& schema = *table.schema();
  return !schema.partition_keys.empty() &&
         schema.options.contains(std::string(options::kPartitionExpirationTime.key));
}

Result<std::vector<PartitionSpec>> ExpirePartitions(const Table& table) {
  const types::TableSchema& schema = *table.schema();
  if (!PartitionsExpire(table)) {
    return InvalidInput(
        1630, "Both the partition expiration time and partition field can not be null:",
        V("table", table.name()), V("option", options::kPartitionExpirationTime.key));
  }
  const options::Options options(schema.options);
  ARROW_ASSIGN_OR_RAISE(const int32_t most,
                        options.Get(options::kPartitionExpirationMaxNum));
  ARROW_ASSIGN_OR_RAISE(const auto batch,
                        options.Get(options::kPartitionExpirationBatchSize));
  ARROW_ASSIGN_OR_RAISE(const auto expired, Expired(table));
  ARROW_ASSIGN_OR_RAISE(const auto paths,
                        types::PartitionPaths::Make(schema, table.context().clock.get()));
  std::vector<PartitionSpec> out;
  for (const auto& [text, partition] : expired) {
    if (static_cast<int64_t>(out.size()) >= most) break;
    ARROW_ASSIGN_OR_RAISE(PartitionSpec spec, paths.SpecOf(partition));
    out.push_back(std::move(spec));
  }
  const size_t at_once =
      batch && *batch > 0 ? static_cast<size_t>(*batch) : std::max<size_t>(out.size(), 1);
  for (size_t begin = 0; begin < out.size(); begin += at_once) {
    std::vector<std::map<std::string, std::string>> dropped;
    for (size_t i = begin; i < std::min(begin + at_once, out.size()); ++i) {
      dropped.emplace_back(out[i].begin(), out[i].end());
    }
    commit::TableCommitOptions commit_options;
    commit_options.commit_user = table.context().random->Uuid();
    ARROW_ASSIGN_OR_RAISE(const auto commit, table.NewCommit(commit_options));
    ARROW_RETURN_NOT_OK(commit::OverwriteCommit::Of(commit.get())
                            .Drop(meta::kBatchCommitIdentifier, dropped)
                            .status());
  }
  return out;
}

}  // namespace tarn::table

// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/partitions.h"

#include <algorithm>
#include <set>

#include "tarn/base/json_writer.h"
#include "tarn/commit/commit_changes.h"
#include "tarn/commit/overwrite.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/live_files.h"
#include "tarn/options/options.h"

namespace tarn::table {
namespace {

constexpr const char* kSuccessFile = "_SUCCESS";
constexpr int64_t kSuccessFileBytesMax = 4096;

/// Serialized rows of the partitions that have files at the latest snapshot.
Result<std::set<std::string>> LivePartitions(const Table& table) {
  std::set<std::string> out;
  ARROW_ASSIGN_OR_RAISE(const auto latest, table.snapshots()->Latest());
  if (!latest) return out;
  ARROW_ASSIGN_OR_RAISE(const auto paths,
                        io::TablePaths::Make(table.path(), table.schema()->options));
  ARROW_ASSIGN_OR_RAISE(const auto files,
                        meta::ReadLiveFiles(table.context(), paths, *latest));
  for (const meta::ManifestEntry& file : files) out.insert(file.partition);
  return out;
}

Status CheckPartitioned(const Table& table) {
  if (!table.schema()->partition_keys.empty()) return Status::OK();
  return InvalidInput(1160, "Table is not partitioned:", V("table", table.name()));
}

Result<std::string> DefaultName(const Table& table) {
  return options::Options(table.schema()->options).Get(options::kPartitionDefaultName);
}

/// The creation time that a success file states, or `otherwise`.
int64_t FirstMarked(const std::string& json, int64_t otherwise) {
  const size_t key = json.find("\"creationTime\"");
  if (key == json.npos) return otherwise;
  const size_t colon = json.find(':', key);
  const size_t digit =
      colon == json.npos ? json.npos : json.find_first_of("0123456789", colon);
  return digit == json.npos ? otherwise : std::atoll(json.c_str() + digit);
}

Status MarkDone(const base::Context& context, const std::string& folder) {
  const std::string path = base::JoinPath(folder, kSuccessFile);
  const int64_t now = context.clock->NowMillis();
  int64_t created = now;
  const auto old = context.files->ReadAll(path, kSuccessFileBytesMax);
  if (old.ok()) {
    created = FirstMarked(*old, now);
  } else if (KindOf(old.status()) != ErrorKind::kNotFound) {
    return old.status();
  }
  base::JsonWriter writer;
  writer.BeginObject();
  writer.Key("creationTime").Int(created);
  writer.Key("modificationTime").Int(now);
  writer.EndObject();
  ARROW_RETURN_NOT_OK(context.files->CreateDirectory(folder));
  return context.files->WriteAtomically(path, writer.Take());
}

}  // namespace

Result<std::vector<types::PartitionSpec>> ListPartitions(const Table& table) {
  ARROW_RETURN_NOT_OK(CheckPartitioned(table));
  ARROW_ASSIGN_OR_RAISE(const auto live, LivePartitions(table));
  ARROW_ASSIGN_OR_RAISE(
      const auto texts,
      types::PartitionPaths::Make(*table.schema(), table.context().clock.get()));
  std::vector<types::PartitionSpec> out;
  for (const std::string& partition : live) {
    ARROW_ASSIGN_OR_RAISE(auto spec, texts.SpecOf(partition));
    out.push_back(std::move(spec));
  }
  std::sort(out.begin(), out.end());
  return out;
}

Status Truncate(const Table& table, const std::vector<PartitionText>& partitions) {
  commit::TableCommitOptions options;
  options.commit_user = table.context().random->Uuid();
  ARROW_ASSIGN_OR_RAISE(const auto commit, table.NewCommit(options));
  return commit::OverwriteCommit::Of(commit.get())
      .Truncate(meta::kBatchCommitIdentifier, partitions)
      .status();
}

Result<std::vector<bool>> HavePartitions(const Table& table,
                                         const std::vector<PartitionText>& partitions) {
  ARROW_RETURN_NOT_OK(CheckPartitioned(table));
  ARROW_ASSIGN_OR_RAISE(const auto live, LivePartitions(table));
  ARROW_ASSIGN_OR_RAISE(const auto fields,
                        table.schema()->FieldsOf(table.schema()->partition_keys));
  ARROW_ASSIGN_OR_RAISE(const std::string default_name, DefaultName(table));
  std::vector<bool> out;
  for (const PartitionText& partition : partitions) {
    ARROW_ASSIGN_OR_RAISE(const auto matcher, commit::PartitionMatcher::Make(
                                                  fields, partition, default_name));
    bool found = false;
    for (const std::string& row : live) {
      ARROW_ASSIGN_OR_RAISE(const bool matches, matcher.Matches(row));
      found = found || matches;
    }
    out.push_back(found);
  }
  return out;
}

Status MarkPartitionsDone(const Table& table,
                          const std::vector<PartitionText>& partitions) {
  ARROW_RETURN_NOT_OK(CheckPartitioned(table));
  const types::TableSchema& schema = *table.schema();
  if (const auto action = schema.options.find("partition.mark-done-action");
      action != schema.options.end() && action->second != "success-file") {
    return Unsupported(6415, "This way of marking a partition done is not supported yet:",
                       V("option", action->first), V("value", action->second));
  }
  for (const PartitionText& partition : partitions) {
    types::PartitionSpec spec;
    for (const std::string& key : schema.partition_keys) {
      const auto at = partition.find(key);
      if (at != partition.end()) spec.emplace_back(key, at->second);
    }
    if (spec.size() != partition.size() || spec.size() != schema.partition_keys.size()) {
      return InvalidInput(1445,
                          "A partition that is marked done is named by all partition "
                          "columns, and no other:",
                          V("table", table.name()));
    }
    ARROW_RETURN_NOT_OK(MarkDone(
        table.context(), base::JoinPath(table.path(), types::PartitionPath(spec))));
  }
  return Status::OK();
}

}  // namespace tarn::table

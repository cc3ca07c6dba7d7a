// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include <arrow/memory_pool.h>

#include "tarn/meta/default_value.h"
#include "tarn/meta/schema_checks.h"
#include "tarn/options/field_options.h"

namespace tarn::meta {
namespace {

using types::DataField;
using types::DataType;
using types::TypeRoot;

constexpr std::string_view kSystemNames[] = {"_SEQUENCE_NUMBER", "_VALUE_KIND", "_LEVEL",
                                             "rowkind", "_ROW_ID"};

bool IsComplex(const DataType& type) {
  return type.root() == TypeRoot::kArray || type.root() == TypeRoot::kMap ||
         type.root() == TypeRoot::kRow || type.root() == TypeRoot::kMultiset ||
         type.root() == TypeRoot::kVector;
}

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A name that stands twice, or "".
std::string Duplicate(const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (!seen.insert(name).second) return name;
  }
  return "";
}

int64_t NumberOf(const SchemaExamination& at, std::string_view key, int64_t otherwise) {
  const std::string text = at.Text(key);
  int64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void CheckColumns(SchemaExamination* at) {
  std::set<std::string> seen;
  for (const DataField& field : at->schema.fields) {
    if (!seen.insert(field.name).second) {
      at->Wrong(kBadColumn, fmt::format("Column {} is defined twice.", field.name), "",
                {}, field.name);
    }
    const bool system = std::find(std::begin(kSystemNames), std::end(kSystemNames),
                                  field.name) != std::end(kSystemNames);
    if (system || field.name.starts_with(types::kKeyFieldPrefix)) {
      at->Wrong(
          kBadColumn,
          fmt::format("The column name {} belongs to Paimon, as do names that begin "
                      "with _KEY_.",
                      field.name),
          "Choose another name.", {}, field.name);
    }
  }
  for (const DataField& field : at->schema.fields) {
    if (!field.default_value) continue;
    const Status value =
        DefaultValueOf(field, arrow::default_memory_pool(), nullptr).status();
    if (value.ok()) continue;
    at->Wrong(kBadColumn, MessageOf(value), "", {}, field.name);
    if (KindOf(value) == ErrorKind::kUnsupported) {
      at->report.problems.back().kind = ErrorKind::kUnsupported;
      at->report.problems.back().code = 6413;
    }
  }
  if (at->schema.fields.empty()) at->Wrong(kBadColumn, "The table has no columns.");
}

void CheckKeyList(SchemaExamination* at, const std::vector<std::string>& names,
                  std::string_view what) {
  const std::string twice = Duplicate(names);
  if (!twice.empty()) {
    at->Wrong(kBadKey, fmt::format("The {} names {} twice.", what, twice), "", {}, twice);
  }
  for (const std::string& name : names) {
    const DataField* field = at->FieldOf(name);
    if (field == nullptr) {
      at->Wrong(kBadKey, fmt::format("The {} names {}, which is no column.", what, name),
                at->NearestColumns(name), {}, name);
    } else if (IsComplex(field->type)) {
      at->Wrong(kBadKey,
                fmt::format("The type {} in {} field {} is unsupported.",
                            field->type.ToString(), what, name),
                "Keys have atomic types.", {}, name);
    }
  }
}

void CheckKeys(SchemaExamination* at) {
  CheckKeyList(at, at->schema.primary_keys, "primary key");
  CheckKeyList(at, at->schema.partition_keys, "partition");
  if (at->schema.has_primary_key() && at->schema.TrimmedPrimaryKey().empty()) {
    at->Wrong(kBadKey,
              fmt::format("Primary key constraint [{}] should not be same with partition "
                          "fields [{}], this will result in only one record in a "
                          "partition.",
                          Joined(at->schema.primary_keys, ", "),
                          Joined(at->schema.partition_keys, ", ")),
              "Add the column that tells rows of a partition apart to the primary key.");
  }
}

void CheckBucketKey(SchemaExamination* at) {
  const std::string text = at->Text("bucket-key");
  if (text.empty()) return;
  const std::vector<std::string> keys = options::SplitList(text);
  const std::string twice = Duplicate(keys);
  if (!twice.empty()) {
    at->Wrong(kBadBucket, fmt::format("'bucket-key' names {} twice.", twice), "",
              {"bucket-key"});
  }
  for (const std::string& key : keys) {
    const DataField* field = at->FieldOf(key);
    if (field == nullptr) {
      at->Wrong(kBadBucket,
                fmt::format("'bucket-key' names {}, which is no column.", key),
                at->NearestColumns(key), {"bucket-key"});
    } else if (Contains(at->schema.partition_keys, key)) {
      at->Wrong(kBadBucket,
                fmt::format("Bucket keys [{}] should not be in partition keys [{}].",
                            text, Joined(at->schema.partition_keys, ", ")),
                "A partition has its own buckets: leave its columns out.",
                {"bucket-key"});
    } else if (at->schema.has_primary_key() && !at->IsKey(key)) {
      at->Wrong(kBadBucket,
                fmt::format("Primary keys [{}] should contain all bucket keys [{}].",
                            Joined(at->schema.primary_keys, ", "), text),
                "Rows of one key must lie in one bucket.", {"bucket-key"});
    } else if (IsComplex(field->type)) {
      at->Wrong(kBadBucket,
                fmt::format("Nested type can not be in bucket-key: {} is {}.", key,
                            field->type.ToString()),
                "", {"bucket-key"});
    }
  }
}

void CheckBuckets(SchemaExamination* at) {
  const int64_t bucket = NumberOf(*at, "bucket", -1);
  const bool keyed = at->schema.has_primary_key();
  CheckBucketKey(at);
  if (bucket == 0 || bucket < -2 || (bucket == -2 && !keyed)) {
    at->Wrong(kBadBucket, "The number of buckets needs to be greater than 0.",
              keyed ? "Or -1 for dynamic, -2 for postponed buckets."
                    : "Or -1 for a table without buckets.",
              {"bucket"});
    return;
  }
  if (bucket == -1 && !at->Text("bucket-key").empty()) {
    if (keyed) at->fixed.options["bucket"] = "4";
    at->mendable = at->mendable && keyed;
    at->Mended(kBadBucket,
               "Cannot define 'bucket-key' with bucket = -1, please remove the "
               "'bucket-key' setting or specify a bucket number.",
               "Write 'bucket' = '4', or as many as you want writers.",
               {"bucket-key", "bucket"});
  } else if (!keyed && bucket > 0 && at->Text("bucket-key").empty()) {
    at->Wrong(kBadBucket, "You should define a 'bucket-key' for bucketed append mode.",
              "", {"bucket"});
  }
  if (!keyed && bucket == -1 && at->options.Find("full-compaction.delta-commits")) {
    at->Wrong(kBadBucket,
              "A table without a primary key and buckets does not support "
              "'full-compaction.delta-commits'.",
              "Leave it out: small files are joined when there are enough of them.",
              {"full-compaction.delta-commits"});
  }
}

// Each value on its own, so that all bad ones are listed.
void CheckValues(SchemaExamination* at) {
  for (const auto& [key, value] : at->schema.options) {
    const Status status =
        options::Options(std::map<std::string, std::string>{{key, value}}).Check();
    if (!status.ok()) at->Wrong(kBadOptionValue, MessageOf(status), "", {key});
  }
  if (at->IsTrue("auto-create")) {
    at->Wrong(kBadOptionValue, "The value of auto-create property should be false.", "",
              {"auto-create"});
  }
  const auto range = [&](std::string_view min_key, std::string_view max_key,
                         int64_t min_default) {
    const int64_t min = NumberOf(*at, min_key, min_default);
    const int64_t max = NumberOf(*at, max_key, INT64_MAX);
    if (min < 1) {
      at->Wrong(kBadNumber, fmt::format("{} should be at least 1.", min_key), "",
                {std::string(min_key)});
    } else if (min > max) {
      at->Wrong(kBadNumber,
                fmt::format("{} should not be larger than {}.", min_key, max_key), "",
                {std::string(min_key), std::string(max_key)});
    }
  };
  range("snapshot.num-retained.min", "snapshot.num-retained.max", 10);
  // Unset changelog limits follow those of snapshots.
  const bool max_set = at->options.Find("changelog.num-retained.max") != nullptr;
  if (max_set || at->options.Find("changelog.num-retained.min") != nullptr) {
    range("changelog.num-retained.min",
          max_set ? "changelog.num-retained.max" : "snapshot.num-retained.max",
          NumberOf(*at, "snapshot.num-retained.min", 10));
  }
  if (NumberOf(*at, "target-file-row-num", 1) < 1) {
    at->Wrong(kBadNumber, "target-file-row-num should be at least 1.", "",
              {"target-file-row-num"});
  }
}

void CheckSequenceField(SchemaExamination* at) {
  const std::vector<std::string> names = options::SplitList(at->Text("sequence.field"));
  if (names.empty()) return;
  const std::string twice = Duplicate(names);
  if (!twice.empty()) {
    at->Wrong(kBadSequence,
              fmt::format("Sequence field '{}' is defined repeatedly.", twice), "",
              {"sequence.field"});
  }
  for (const std::string& name : names) {
    if (!at->HasField(name)) {
      at->Wrong(
          kBadSequence,
          fmt::format("Sequence field: '{}' can not be found in table schema.", name),
          at->NearestColumns(name), {"sequence.field"});
    } else if (options::FindFieldOption(at->schema.options, name, "aggregate-function") !=
               nullptr) {
      at->Wrong(
          kBadSequence,
          fmt::format("Should not define aggregation on sequence field: '{}'.", name), "",
          {"sequence.field", "fields." + name + ".aggregate-function"});
    }
  }
  if (at->MergeEngine() == "first-row") {
    at->Wrong(kBadSequence,
              "Do not support use sequence field on FIRST_ROW merge engine.", "",
              {"sequence.field", "merge-engine"});
  }
  bool cross = at->schema.has_primary_key();
  bool all = true;
  for (const std::string& key : at->schema.partition_keys) all = all && at->IsKey(key);
  cross = cross && !all;
  if (cross) {
    at->Wrong(
        kBadSequence,
        fmt::format("You can not use sequence.field in cross partition update case "
                    "(Primary key constraint '[{}]' not include all partition fields "
                    "'[{}]').",
                    Joined(at->schema.primary_keys, ", "),
                    Joined(at->schema.partition_keys, ", ")),
        "Add the partition columns to the primary key.", {"sequence.field"});
  }
}

void CheckChangelog(SchemaExamination* at) {
  const std::string producer = at->Producer();
  const bool keyed = at->schema.has_primary_key();
  const bool overwrite = at->IsTrue("streaming-read-overwrite");
  if (!keyed && producer != "none") {
    at->Wrong(
        kBadChangelog,
        "Can not set changelog-producer on table without primary keys, please define "
        "primary keys.",
        "", {"changelog-producer"});
  }
  if (overwrite && (producer == "lookup" || producer == "full-compaction")) {
    at->Wrong(kBadChangelog,
              "Cannot set streaming-read-overwrite to true when changelog producer is "
              "FULL_COMPACTION or LOOKUP because it will read duplicated changes.",
              "", {"streaming-read-overwrite", "changelog-producer"});
  }
  if (overwrite && !keyed) {
    at->Wrong(
        kBadChangelog,
        "Doesn't support streaming read the changes from overwrite when the primary "
        "keys are not defined.",
        "Use streaming-read-append-overwrite.", {"streaming-read-overwrite"});
  }
  if (producer == "lookup" && at->options.Find("full-compaction.delta-commits")) {
    at->Wrong(
        kBadChangelog,
        "'full-compaction.delta-commits' is incompatible with 'changelog-producer' = "
        "'lookup'.",
        "Use 'changelog-producer' = 'full-compaction' to get periodic full compaction "
        "with changelog generation, or remove 'full-compaction.delta-commits'.",
        {"full-compaction.delta-commits", "changelog-producer"});
  }
  if (at->MergeEngine() == "first-row" && producer != "lookup" && producer != "none") {
    at->Wrong(kBadChangelog,
              "Only support 'none' and 'lookup' changelog-producer on FIRST_ROW merge "
              "engine.",
              "", {"changelog-producer", "merge-engine"});
  }
  if (at->IsTrue("deletion-vectors.enabled")) {
    if (producer == "full-compaction") {
      at->Wrong(kBadChangelog,
                "Deletion vectors mode is only supported for NONE/INPUT/LOOKUP changelog "
                "producer now.",
                "", {"deletion-vectors.enabled", "changelog-producer"});
    }
    if (at->MergeEngine() == "first-row" && !at->IsTrue("pk-clustering-override")) {
      at->Wrong(
          kBadChangelog,
          "First row merge engine does not need deletion vectors because there is no "
          "deletion of old data in this merge engine.",
          "", {"deletion-vectors.enabled", "merge-engine"});
    }
  }
}

void CheckNamedColumns(SchemaExamination* at) {
  const std::string time_field = at->Text("record-level.time-field");
  if (!time_field.empty()) {
    const DataField* field = at->FieldOf(time_field);
    if (field == nullptr) {
      at->Wrong(
          kUnknownField,
          fmt::format("Can not find time field {} for record level expire.", time_field),
          at->NearestColumns(time_field), {"record-level.time-field"});
    } else if (field->type.root() != TypeRoot::kInt &&
               field->type.root() != TypeRoot::kBigInt &&
               field->type.root() != TypeRoot::kTimestamp &&
               field->type.root() != TypeRoot::kLocalZonedTimestamp) {
      at->Wrong(
          kUnknownField,
          fmt::format("The record level time field type should be one of INT, BIGINT, "
                      "or TIMESTAMP, but field type is {}.",
                      field->type.ToString()),
          "", {"record-level.time-field"}, time_field);
    }
  }
  const std::string row_kind = at->Text("rowkind.field");
  if (!row_kind.empty()) {
    const DataField* field = at->FieldOf(row_kind);
    if (field == nullptr) {
      at->Wrong(
          kUnknownField,
          fmt::format("Rowkind field: '{}' can not be found in table schema.", row_kind),
          at->NearestColumns(row_kind), {"rowkind.field"});
    } else if (!field->type.IsString()) {
      at->Wrong(
          kUnknownField,
          fmt::format("Rowkind field: '{}' must be a STRING that holds +I, -U, +U or "
                      "-D, but it is {}.",
                      row_kind, field->type.ToString()),
          "", {"rowkind.field"}, row_kind);
    }
  }
  if (at->IsTrue("sequence.snapshot-ordering")) {
    if (!at->schema.has_primary_key()) {
      at->Wrong(kBadSequence,
                "sequence.snapshot-ordering = true requires a primary-key table.", "",
                {"sequence.snapshot-ordering"});
    }
    if (!at->Text("sequence.field").empty()) {
      at->Wrong(kBadSequence,
                "sequence.snapshot-ordering = true is mutually exclusive with "
                "sequence.field; the snapshot id is the sole tiebreaker.",
                "", {"sequence.snapshot-ordering", "sequence.field"});
    }
    if (!at->IsTrue("write-only")) {
      at->Wrong(kBadSequence,
                "sequence.snapshot-ordering = true requires write-only = true.", "",
                {"sequence.snapshot-ordering", "write-only"});
    }
  }
}

void CheckScan(SchemaExamination* at) {
  struct Mode {
    std::string_view mode;
    std::vector<std::string_view> one_of;
  };
  static const std::vector<Mode> kModes = {
      {"from-timestamp", {"scan.timestamp-millis", "scan.timestamp"}},
      {"from-snapshot", {"scan.snapshot-id", "scan.tag-name", "scan.watermark"}},
      {"from-snapshot-full", {"scan.snapshot-id"}},
      {"from-file-creation-time", {"scan.file-creation-time-millis"}},
      {"incremental",
       {"incremental-between", "incremental-between-timestamp",
        "incremental-to-auto-tag"}},
  };
  static constexpr std::string_view kKeys[] = {
      "scan.timestamp-millis",   "scan.timestamp",
      "scan.snapshot-id",        "scan.tag-name",
      "incremental-between",     "incremental-between-timestamp",
      "incremental-to-auto-tag", "scan.file-creation-time-millis"};
  const std::string mode = at->Text("scan.mode");
  for (const Mode& known : kModes) {
    if (known.mode != mode) continue;
    int set = 0;
    for (std::string_view key : known.one_of) set += at->options.Find(key) != nullptr;
    std::vector<std::string> names(known.one_of.begin(), known.one_of.end());
    if (set != 1) {
      at->Wrong(
          kBadScan,
          fmt::format("must set only one key in [{}] when you use {} for scan.mode.",
                      Joined(names, ","), mode),
          "", {"scan.mode"});
    }
    for (std::string_view key : kKeys) {
      if (at->options.Find(key) == nullptr || Contains(names, key)) continue;
      at->Wrong(
          kBadScan,
          fmt::format("[{}] must be null when you use {} for scan.mode.", key, mode), "",
          {std::string(key), "scan.mode"});
    }
    return;
  }
  // Without a mode the keys choose it themselves, but for one that is not asked.
  if (mode == "default") {
    const auto is_set = [&](std::string_view key) {
      return at->options.Find(key) != nullptr;
    };
    if (is_set("incremental-to-auto-tag") &&
        std::none_of(std::begin(kKeys), std::end(kKeys), [&](auto key) {
          return key != "incremental-to-auto-tag" && is_set(key);
        })) {
      at->Wrong(kBadScan, "incremental-to-auto-tag needs 'scan.mode' = 'incremental'.",
                "", {"incremental-to-auto-tag"});
    }
    return;
  }
  for (std::string_view key : kKeys) {
    if (at->options.Find(key) == nullptr) continue;
    at->Wrong(kBadScan,
              fmt::format("{} must be null when you use {} for scan.mode.", key, mode),
              "", {std::string(key), "scan.mode"});
  }
}

}  // namespace

void CheckDefinition(SchemaExamination* at) {
  CheckColumns(at);
  CheckKeys(at);
  CheckValues(at);
  CheckBuckets(at);
  CheckSequenceField(at);
  CheckChangelog(at);
  CheckNamedColumns(at);
  CheckFormats(at);
  CheckScan(at);
}

}  // namespace tarn::meta

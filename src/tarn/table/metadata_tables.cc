// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/metadata_tables.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <nlohmann/json.hpp>

#include "tarn/base/json_writer.h"
#include "tarn/table/branches.h"
#include "tarn/table/consumers.h"
#include "tarn/table/listing.h"
#include "tarn/table/listing_texts.h"
#include "tarn/types/arrow_types.h"

namespace tarn::table {
namespace {

using types::DataType;

class MetadataTable final : public SystemTable {
 public:
  MetadataTable(std::string name, Listing listing)
      : name_(std::move(name)), listing_(std::move(listing)) {}
  const std::string& name() const override { return name_; }
  const std::vector<types::DataField>& fields() const override {
    return listing_.fields();
  }

  Result<std::shared_ptr<arrow::RecordBatchReader>> Read(
      const std::vector<std::string>& columns) override {
    std::vector<types::DataField> chosen;
    arrow::ArrayVector arrays;
    for (const std::string& column : columns) {
      const int index = types::FieldIndex(listing_.fields(), column);
      if (index < 0) return InternalError(611, "No such column:", V("column", column));
      chosen.push_back(listing_.fields()[static_cast<size_t>(index)]);
      ARROW_ASSIGN_OR_RAISE(auto array, listing_.Column(static_cast<size_t>(index)));
      arrays.push_back(std::move(array));
    }
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(chosen));
    auto batch = arrow::RecordBatch::Make(schema, listing_.rows(), std::move(arrays));
    return arrow::RecordBatchReader::Make({batch}, schema);
  }

 private:
  std::string name_;
  Listing listing_;
};

Result<Listing> Snapshots(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("snapshot_id", DataType::BigInt().NotNull());
  out.AddColumn("schema_id", DataType::BigInt().NotNull());
  out.AddColumn("commit_user", DataType::String().NotNull());
  out.AddColumn("commit_identifier", DataType::BigInt().NotNull());
  out.AddColumn("commit_kind", DataType::String().NotNull());
  out.AddColumn("commit_time", DataType::Timestamp(3).NotNull());
  out.AddColumn("base_manifest_list", DataType::String().NotNull());
  out.AddColumn("delta_manifest_list", DataType::String().NotNull());
  out.AddColumn("changelog_manifest_list", DataType::String());
  for (const char* name : {"total_record_count", "delta_record_count",
                           "changelog_record_count", "watermark", "next_row_id"}) {
    out.AddColumn(name, DataType::BigInt());
  }
  out.AddColumn("operation", DataType::String());
  ARROW_ASSIGN_OR_RAISE(const auto ids, table.snapshot_files().ListIds());
  for (int64_t id : ids) {
    ARROW_ASSIGN_OR_RAISE(const meta::Snapshot s, table.snapshot_files().Get(id));
    out.AddRow({s.id, s.schema_id, s.commit_user, s.commit_identifier,
                std::string(meta::CommitKindName(s.commit_kind)),
                LocalMillis(table, s.time_millis), s.base_manifest_list,
                s.delta_manifest_list, CellOf(s.changelog_manifest_list),
                s.total_record_count, s.delta_record_count,
                CellOf(s.changelog_record_count), CellOf(s.watermark),
                CellOf(s.next_row_id), CellOf(s.operation)});
  }
  return out;
}

Result<Listing> Options(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("key", DataType::String().NotNull());
  out.AddColumn("value", DataType::String().NotNull());
  for (const auto& [key, value] : table.schema()->options) out.AddRow({key, value});
  return out;
}

Result<Listing> Tags(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("tag_name", DataType::String().NotNull());
  out.AddColumn("snapshot_id", DataType::BigInt().NotNull());
  out.AddColumn("schema_id", DataType::BigInt().NotNull());
  out.AddColumn("commit_time", DataType::Timestamp(3).NotNull());
  out.AddColumn("record_count", DataType::BigInt());
  out.AddColumn("create_time", DataType::Timestamp(3));
  out.AddColumn("time_retained", DataType::String());
  ARROW_ASSIGN_OR_RAISE(const auto tags, table.snapshot_files().ListTags());
  for (const auto& [name, tag] : tags) {
    Listing::Cell created, retained;
    if (tag.time_retained_nanos) retained = JavaDuration(*tag.time_retained_nanos);
    if (tag.create_time_nanos) created = *tag.create_time_nanos / 1000000;
    out.AddRow({name, tag.snapshot.id, tag.snapshot.schema_id,
                LocalMillis(table, tag.snapshot.time_millis),
                tag.snapshot.total_record_count, created, std::move(retained)});
  }
  return out;
}

Result<Listing> Schemas(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("schema_id", DataType::BigInt().NotNull());
  for (const char* name : {"fields", "partition_keys", "primary_keys", "options"}) {
    out.AddColumn(name, DataType::String().NotNull());
  }
  out.AddColumn("comment", DataType::String());
  out.AddColumn("update_time", DataType::Timestamp(3).NotNull());
  ARROW_ASSIGN_OR_RAISE(const auto ids, table.schemas()->ListIds());
  for (int64_t id : ids) {
    ARROW_ASSIGN_OR_RAISE(const auto schema, table.schemas()->Get(id));
    // The stored JSON's members, without blanks: what Java prints.
    const auto json = nlohmann::ordered_json::parse(schema->ToJson(), nullptr, false);
    const auto member = [&](const char* key) {
      return json.contains(key) ? json[key].dump() : std::string("[]");
    };
    out.AddRow({schema->id, member("fields"), member("partitionKeys"),
                member("primaryKeys"), member("options"), CellOf(schema->comment),
                LocalMillis(table, schema->time_millis)});
  }
  return out;
}

/// Branches of the whole table, whichever of them is open.
Result<Listing> Branches(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("branch_name", DataType::String().NotNull());
  out.AddColumn("create_time", DataType::Timestamp(3).NotNull());
  ARROW_ASSIGN_OR_RAISE(const auto branches, ListBranches(table));
  for (const auto& [name, modified] : branches) {
    out.AddRow({name, LocalMillis(table, modified)});
  }
  return out;
}

/// The properties of a small file of JSON. Errors: kCorruption.
Result<nlohmann::ordered_json> ReadJsonObject(const Table& table,
                                              const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const std::string text,
                        table.context().files->ReadAll(path, int64_t{64} << 20));
  auto json = base::JsonIsDeeperThan(text, 16)
                  ? nlohmann::ordered_json()
                  : nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return Corruption(7621, "File is not one object of JSON:", V("path", path));
  }
  return json;
}

Result<int64_t> NumberIn(const nlohmann::ordered_json& json, const char* name,
                         const std::string& path) {
  if (!json.contains(name) || !json[name].is_number_integer()) {
    return Corruption(7622, "A number is missing:", V("path", path), V("property", name));
  }
  return json[name].get<int64_t>();
}

Result<Listing> Consumers(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("consumer_id", DataType::String().NotNull());
  out.AddColumn("next_snapshot_id", DataType::BigInt().NotNull());
  ARROW_ASSIGN_OR_RAISE(const auto consumers, ListConsumers(table));
  for (const auto& [name, next] : consumers) out.AddRow({name, next});
  return out;
}

/// What the latest schema says about each column below `fields.`.
Result<Listing> AggregationFields(const Table& table) {
  Listing out(table.context().pool);
  for (const char* name : {"field_name", "field_type"}) {
    out.AddColumn(name, DataType::String().NotNull());
  }
  for (const char* name : {"function", "function_options", "comment"}) {
    out.AddColumn(name, DataType::String());
  }
  ARROW_ASSIGN_OR_RAISE(const auto schema, table.schemas()->Latest());
  if (schema == nullptr) return out;
  std::vector<std::string> keys = schema->option_order;
  std::erase_if(keys, [&](const auto& key) { return !schema->options.contains(key); });
  std::map<std::string, std::pair<std::string, std::string>> lists;
  for (const std::string& key : HashMapOrder(keys)) {
    const size_t column = key.find('.') + 1;
    const size_t end = key.find('.', column);
    if (!key.starts_with("fields.") || end == key.npos || end + 1 == key.size()) continue;
    auto& [values, names] = lists[key.substr(column, end - column)];
    values += (values.empty() ? "" : ", ") + schema->options.at(key);
    names += (names.empty() ? "" : ", ") + key;
  }
  for (const types::DataField& field : schema->fields) {
    const auto& [values, names] = lists[field.name];
    out.AddRow({field.name, field.type.ToString(), "[" + values + "]", "[" + names + "]",
                CellOf(field.description)});
  }
  return out;
}

/// Column statistics in the layout of Java's printer.
std::string ColumnStatisticsText(const nlohmann::ordered_json& columns) {
  base::JsonWriter writer;
  writer.BeginObject();
  for (const auto& [column, stats] : columns.items()) {
    writer.Key(column).BeginObject();
    for (const char* name :
         {"colId", "distinctCount", "min", "max", "nullCount", "avgLen", "maxLen"}) {
      if (!stats.contains(name) || stats[name].is_null()) continue;
      if (stats[name].is_string()) {
        writer.Key(name).String(stats[name].get<std::string>());
      } else {
        writer.Key(name).Raw(stats[name].dump());
      }
    }
    writer.EndObject();
  }
  writer.EndObject();
  return writer.Take();
}

Result<Listing> StatisticsOf(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("snapshot_id", DataType::BigInt().NotNull());
  out.AddColumn("schema_id", DataType::BigInt().NotNull());
  out.AddColumn("mergedRecordCount", DataType::BigInt());
  out.AddColumn("mergedRecordSize", DataType::BigInt());
  out.AddColumn("colstat", DataType::String());
  ARROW_ASSIGN_OR_RAISE(
      const TimeTravel at,
      TimeTravel::FromOptions(table.schema()->options, table.context()));
  ARROW_ASSIGN_OR_RAISE(const auto snapshot, FindSnapshot(table.snapshot_files(), at));
  if (!snapshot || !snapshot->statistics) return out;
  ARROW_ASSIGN_OR_RAISE(
      const std::string path,
      table.snapshot_files().paths().StatisticsFile(*snapshot->statistics));
  ARROW_ASSIGN_OR_RAISE(const auto json, ReadJsonObject(table, path));
  std::vector<Listing::Cell> row;
  for (const char* name :
       {"snapshotId", "schemaId", "mergedRecordCount", "mergedRecordSize"}) {
    ARROW_ASSIGN_OR_RAISE(const int64_t number, NumberIn(json, name, path));
    row.emplace_back(number);
  }
  const auto columns = json.value("colStats", nlohmann::ordered_json::object());
  if (!columns.is_object() ||
      std::any_of(columns.begin(), columns.end(),
                  [](const auto& stats) { return !stats.is_object(); })) {
    return Corruption(7623, "Statistics of columns are no objects:", V("path", path));
  }
  row.emplace_back(ColumnStatisticsText(columns));
  out.AddRow(std::move(row));
  return out;
}

}  // namespace

std::shared_ptr<SystemTable> ListingTable(std::string name, Listing listing) {
  return std::make_shared<MetadataTable>(std::move(name), std::move(listing));
}

Result<std::shared_ptr<SystemTable>> OpenMetadataTable(std::shared_ptr<Table> table,
                                                       const std::string& kind) {
  Result<Listing> (*make)(const Table&) = nullptr;
  if (kind == "snapshots") make = Snapshots;
  if (kind == "options") make = Options;
  if (kind == "tags") make = Tags;
  if (kind == "schemas") make = Schemas;
  if (kind == "branches") make = Branches;
  if (kind == "consumers") make = Consumers;
  if (kind == "aggregation_fields") make = AggregationFields;
  if (kind == "statistics") make = StatisticsOf;
  if (kind == "file_key_ranges") make = ListFileKeyRanges;
  if (kind == "files") make = ListFiles;
  if (kind == "manifests") make = ListManifests;
  if (kind == "partitions") make = ListPartitionSums;
  if (kind == "buckets") make = ListBuckets;
  if (kind == "table_indexes") make = ListIndexes;
  if (make == nullptr) return std::shared_ptr<SystemTable>();
  ARROW_ASSIGN_OR_RAISE(Listing listing, make(*table));
  return std::make_shared<MetadataTable>(table->name() + "$" + kind, std::move(listing));
}

}  // namespace tarn::table

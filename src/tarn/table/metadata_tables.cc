// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/metadata_tables.h"

#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <nlohmann/json.hpp>

#include "tarn/table/listing.h"
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
    if (tag.time_retained_nanos) {
      return Unsupported(6612, "$tags of a tag with a retention time:", V("tag", name));
    }
    Listing::Cell created;
    if (tag.create_time_nanos) created = *tag.create_time_nanos / 1000000;
    out.AddRow({name, tag.snapshot.id, tag.snapshot.schema_id,
                LocalMillis(table, tag.snapshot.time_millis),
                tag.snapshot.total_record_count, created, std::monostate()});
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

}  // namespace

Result<std::shared_ptr<SystemTable>> OpenMetadataTable(std::shared_ptr<Table> table,
                                                       const std::string& kind) {
  Result<Listing> (*make)(const Table&) = nullptr;
  if (kind == "snapshots") make = Snapshots;
  if (kind == "options") make = Options;
  if (kind == "tags") make = Tags;
  if (kind == "schemas") make = Schemas;
  if (kind == "files") make = ListFiles;
  if (kind == "manifests") make = ListManifests;
  if (kind == "partitions") make = ListPartitions;
  if (kind == "buckets") make = ListBuckets;
  if (make == nullptr) return std::shared_ptr<SystemTable>();
  ARROW_ASSIGN_OR_RAISE(Listing listing, make(*table));
  return std::make_shared<MetadataTable>(table->name() + "$" + kind, std::move(listing));
}

}  // namespace tarn::table

// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/metadata_tables.h"

#include <optional>
#include <utility>
#include <variant>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/types/arrow_types.h"

namespace tarn::table {
namespace {

using types::DataType;

/// Columns of a listing, filled by row; listings are small.
class Listing {
 public:
  explicit Listing(arrow::MemoryPool* pool) : pool_(pool) {}

  void AddColumn(std::string name, DataType type) {
    types::DataField field;
    field.id = static_cast<int32_t>(fields.size());
    field.name = std::move(name);
    field.type = std::move(type);
    fields.push_back(std::move(field));
  }
  using Cell = std::variant<std::monostate, int64_t, std::string>;
  void AddRow(std::vector<Cell> row) { rows.push_back(std::move(row)); }

  Result<std::shared_ptr<arrow::Array>> Column(size_t index) const {
    ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(fields[index].type));
    ARROW_ASSIGN_OR_RAISE(auto builder, arrow::MakeBuilder(type, pool_));
    for (const auto& row : rows) {
      const Cell& cell = row[index];
      if (const int64_t* number = std::get_if<int64_t>(&cell)) {
        ARROW_RETURN_NOT_OK(Append(builder.get(), *number));
      } else if (const std::string* text = std::get_if<std::string>(&cell)) {
        ARROW_RETURN_NOT_OK(
            static_cast<arrow::StringBuilder*>(builder.get())->Append(*text));
      } else {
        ARROW_RETURN_NOT_OK(builder->AppendNull());
      }
    }
    return builder->Finish();
  }

  std::vector<types::DataField> fields;
  std::vector<std::vector<Cell>> rows;

 private:
  static Status Append(arrow::ArrayBuilder* builder, int64_t number) {
    switch (builder->type()->id()) {
      case arrow::Type::INT32:
        return static_cast<arrow::Int32Builder*>(builder)->Append(
            static_cast<int32_t>(number));
      case arrow::Type::BOOL:
        return static_cast<arrow::BooleanBuilder*>(builder)->Append(number != 0);
      case arrow::Type::TIMESTAMP:
        return static_cast<arrow::TimestampBuilder*>(builder)->Append(number);
      default:
        return static_cast<arrow::Int64Builder*>(builder)->Append(number);
    }
  }

  arrow::MemoryPool* pool_;
};

class MetadataTable final : public SystemTable {
 public:
  MetadataTable(std::string name, Listing listing)
      : name_(std::move(name)), listing_(std::move(listing)) {}
  const std::string& name() const override { return name_; }
  const std::vector<types::DataField>& fields() const override { return listing_.fields; }

  Result<std::shared_ptr<arrow::RecordBatchReader>> Read(
      const std::vector<std::string>& columns) override {
    std::vector<types::DataField> chosen;
    arrow::ArrayVector arrays;
    for (const std::string& column : columns) {
      const int index = types::FieldIndex(listing_.fields, column);
      if (index < 0) return InternalError(611, "No such column:", V("column", column));
      chosen.push_back(listing_.fields[static_cast<size_t>(index)]);
      ARROW_ASSIGN_OR_RAISE(auto array, listing_.Column(static_cast<size_t>(index)));
      arrays.push_back(std::move(array));
    }
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(chosen));
    auto batch = arrow::RecordBatch::Make(
        schema, static_cast<int64_t>(listing_.rows.size()), std::move(arrays));
    return arrow::RecordBatchReader::Make({batch}, schema);
  }

 private:
  std::string name_;
  Listing listing_;
};

// Java shows stored instants in its own zone.
int64_t Local(const Table& table, int64_t epoch_millis) {
  return epoch_millis + table.context().clock->LocalOffsetMillis(epoch_millis);
}

template <typename T>
Listing::Cell Maybe(const std::optional<T>& value) {
  if (!value) return std::monostate();
  return Listing::Cell(*value);
}

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
                Local(table, s.time_millis), s.base_manifest_list, s.delta_manifest_list,
                Maybe(s.changelog_manifest_list), s.total_record_count,
                s.delta_record_count, Maybe(s.changelog_record_count), Maybe(s.watermark),
                Maybe(s.next_row_id), Maybe(s.operation)});
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
                Local(table, tag.snapshot.time_millis), tag.snapshot.total_record_count,
                created, std::monostate()});
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
  if (kind == "schemas" || kind == "files" || kind == "manifests" ||
      kind == "partitions" || kind == "buckets" || kind == "ro") {
    return Unsupported(6611, "System table is not supported yet:",
                       V("table", table->name() + "$" + kind));
  }
  if (make == nullptr) return std::shared_ptr<SystemTable>();
  ARROW_ASSIGN_OR_RAISE(Listing listing, make(*table));
  return std::make_shared<MetadataTable>(table->name() + "$" + kind, std::move(listing));
}

}  // namespace tarn::table

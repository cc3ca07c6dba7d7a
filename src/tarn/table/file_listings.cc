// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "tarn/meta/manifest_list.h"
#include "tarn/options/options.h"
#include "tarn/table/listing.h"
#include "tarn/table/listing_rows.h"
#include "tarn/types/instant.h"
#include "tarn/types/java_text.h"
#include "tarn/types/partition_path.h"

namespace tarn::table {
namespace {

using types::DataType;
using types::TypeRoot;

// `Object.toString` of Paimon's internal values, which is what keys and bounds show.
Result<std::string> ObjectText(const arrow::Array& value, const DataType& type) {
  if (value.IsNull(0)) return std::string("null");
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return std::string(
          static_cast<const arrow::BooleanArray&>(value).Value(0) ? "true" : "false");
    case TypeRoot::kTinyInt:
      return std::to_string(static_cast<const arrow::Int8Array&>(value).Value(0));
    case TypeRoot::kSmallInt:
      return std::to_string(static_cast<const arrow::Int16Array&>(value).Value(0));
    case TypeRoot::kInt:
      return std::to_string(static_cast<const arrow::Int32Array&>(value).Value(0));
    case TypeRoot::kBigInt:
      return std::to_string(static_cast<const arrow::Int64Array&>(value).Value(0));
    case TypeRoot::kDate:
      return std::to_string(static_cast<const arrow::Date32Array&>(value).Value(0));
    case TypeRoot::kTime:
      return std::to_string(static_cast<const arrow::Time32Array&>(value).Value(0));
    case TypeRoot::kFloat:
      return types::JavaFloat(static_cast<const arrow::FloatArray&>(value).Value(0));
    case TypeRoot::kDouble:
      return types::JavaDouble(static_cast<const arrow::DoubleArray&>(value).Value(0));
    case TypeRoot::kDecimal:
      return types::PlainDecimal(
          arrow::Decimal128(
              static_cast<const arrow::Decimal128Array&>(value).GetValue(0)),
          type.scale());
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return static_cast<const arrow::StringArray&>(value).GetString(0);
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return types::FormatLocalDateTime(types::InstantAt(value, 0));
    default:
      return Unsupported(
          6613, "Statistics of this type are not shown yet:", V("type", type.ToString()));
  }
}

/// Bounds and null counts of one file by column of the table, as text.
class StatsTexts {
 public:
  StatsTexts(const Table& table, const meta::DataFileMeta& file)
      : table_(table), file_(file) {}

  Status Read() {
    ARROW_ASSIGN_OR_RAISE(const auto schema, table_.schemas()->Get(file_.schema_id));
    std::vector<types::DataField> stored = schema->fields;
    if (file_.value_stats_cols) {
      ARROW_ASSIGN_OR_RAISE(stored, schema->FieldsOf(*file_.value_stats_cols));
    }
    ARROW_ASSIGN_OR_RAISE(const auto min,
                          DecodeRow(table_, file_.value_stats.min_values, stored));
    ARROW_ASSIGN_OR_RAISE(const auto max,
                          DecodeRow(table_, file_.value_stats.max_values, stored));
    for (const types::DataField& field : table_.schema()->fields) {
      size_t i = 0;
      while (i < stored.size() && stored[i].id != field.id) ++i;
      if (i == stored.size()) {
        // A column that the file's schema lacks is NULL in every row.
        const bool lacks = std::none_of(
            schema->fields.begin(), schema->fields.end(),
            [&](const types::DataField& other) { return other.id == field.id; });
        Add(field.name, "null", "null", lacks ? std::to_string(file_.row_count) : "null");
        continue;
      }
      if (!stored[i].type.EqualsIgnoringNullable(field.type)) {
        return Unsupported(6614, "Statistics of a column of another type:",
                           V("file", file_.file_name), V("column", field.name));
      }
      ARROW_ASSIGN_OR_RAISE(const std::string low, ObjectText(*min[i], field.type));
      ARROW_ASSIGN_OR_RAISE(const std::string high, ObjectText(*max[i], field.type));
      std::string nulls = "null";
      if (i < file_.value_stats.null_counts.size() && file_.value_stats.null_counts[i]) {
        nulls = std::to_string(*file_.value_stats.null_counts[i]);
      }
      Add(field.name, low, high, nulls);
    }
    return Status::OK();
  }

  // Java sorts these maps by name.
  static std::string Text(const std::map<std::string, std::string>& values) {
    std::string out = "{";
    for (const auto& [name, value] : values) {
      out += (out.size() > 1 ? ", " : "") + name + "=" + value;
    }
    return out + "}";
  }

  std::map<std::string, std::string> min, max, nulls;

 private:
  void Add(const std::string& name, std::string low, std::string high,
           std::string null_count) {
    min[name] = std::move(low);
    max[name] = std::move(high);
    nulls[name] = std::move(null_count);
  }

  const Table& table_;
  const meta::DataFileMeta& file_;
};

// "[1, a]"; absent for a table without a key.
Result<Listing::Cell> KeyText(const Table& table, const std::string& key,
                              const std::vector<types::DataField>& fields) {
  if (fields.empty()) return Listing::Cell();
  ARROW_ASSIGN_OR_RAISE(const auto values, DecodeRow(table, key, fields));
  std::string out = "[";
  for (size_t i = 0; i < values.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const std::string text, ObjectText(*values[i], fields[i].type));
    out += (i > 0 ? ", " : "") + text;
  }
  return Listing::Cell(out + "]");
}

}  // namespace

Result<Listing> ListFiles(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("partition", DataType::String());
  out.AddColumn("bucket", DataType::Int().NotNull());
  out.AddColumn("file_path", DataType::String().NotNull());
  out.AddColumn("file_format", DataType::String().NotNull());
  out.AddColumn("schema_id", DataType::BigInt().NotNull());
  out.AddColumn("level", DataType::Int().NotNull());
  out.AddColumn("record_count", DataType::BigInt().NotNull());
  out.AddColumn("file_size_in_bytes", DataType::BigInt().NotNull());
  out.AddColumn("min_key", DataType::String());
  out.AddColumn("max_key", DataType::String());
  out.AddColumn("null_value_counts", DataType::String().NotNull());
  out.AddColumn("min_value_stats", DataType::String().NotNull());
  out.AddColumn("max_value_stats", DataType::String().NotNull());
  out.AddColumn("min_sequence_number", DataType::BigInt());
  out.AddColumn("max_sequence_number", DataType::BigInt());
  out.AddColumn("creation_time", DataType::Timestamp(3));
  out.AddColumn("deleteRowCount", DataType::BigInt());
  out.AddColumn("file_source", DataType::String());
  out.AddColumn("first_row_id", DataType::BigInt());
  out.AddColumn("write_cols", DataType::Array(DataType::String()));
  const types::TableSchema& schema = *table.schema();
  ARROW_ASSIGN_OR_RAISE(const auto partition_fields, PartitionFields(schema));
  std::vector<types::DataField> key_fields;
  if (schema.has_primary_key()) {
    ARROW_ASSIGN_OR_RAISE(key_fields, schema.FieldsOf(schema.TrimmedPrimaryKey()));
  }
  ARROW_ASSIGN_OR_RAISE(const auto paths,
                        types::PartitionPaths::Make(schema, table.context().clock.get()));
  ARROW_ASSIGN_OR_RAISE(const ListedFiles files, LiveFiles(table));
  for (const meta::ManifestEntry& entry : files.entries) {
    const meta::DataFileMeta& file = entry.file;
    if (file.write_cols) {
      return Unsupported(6615,
                         "$files of a table with column files is not supported yet:",
                         V("table", table.name()));
    }
    ARROW_ASSIGN_OR_RAISE(const std::string partition,
                          RowText(table, entry.partition, partition_fields));
    ARROW_ASSIGN_OR_RAISE(const std::string folder, paths.PathOf(entry.partition));
    ARROW_ASSIGN_OR_RAISE(
        const std::string path,
        table.snapshot_files().paths().DataFile(folder, entry.bucket, file.file_name));
    StatsTexts stats(table, file);
    ARROW_RETURN_NOT_OK(stats.Read());
    ARROW_ASSIGN_OR_RAISE(auto min_key, KeyText(table, file.min_key, key_fields));
    ARROW_ASSIGN_OR_RAISE(auto max_key, KeyText(table, file.max_key, key_fields));
    Listing::Cell source;
    if (file.file_source) {
      source = std::string(*file.file_source == meta::FileSource::kAppend ? "APPEND"
                                                                          : "COMPACT");
    }
    const size_t dot = file.file_name.rfind('.');
    out.AddRow({partition,
                int64_t{entry.bucket},
                file.external_path.value_or(path),
                dot == std::string::npos ? "" : file.file_name.substr(dot + 1),
                file.schema_id,
                int64_t{file.level},
                file.row_count,
                file.file_size,
                std::move(min_key),
                std::move(max_key),
                StatsTexts::Text(stats.nulls),
                StatsTexts::Text(stats.min),
                StatsTexts::Text(stats.max),
                file.min_sequence_number,
                file.max_sequence_number,
                CellOf(file.creation_time_millis),
                CellOf(file.delete_row_count),
                std::move(source),
                CellOf(file.first_row_id),
                std::monostate()});
  }
  return out;
}

Result<Listing> ListFileKeyRanges(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("partition", DataType::String());
  out.AddColumn("bucket", DataType::Int().NotNull());
  for (const char* name : {"file_path", "file_format"}) {
    out.AddColumn(name, DataType::String().NotNull());
  }
  out.AddColumn("schema_id", DataType::BigInt().NotNull());
  out.AddColumn("level", DataType::Int().NotNull());
  for (const char* name : {"record_count", "file_size_in_bytes"}) {
    out.AddColumn(name, DataType::BigInt().NotNull());
  }
  for (const char* name : {"min_key", "max_key"}) out.AddColumn(name, DataType::String());
  out.AddColumn("first_row_id", DataType::BigInt());
  const types::TableSchema& schema = *table.schema();
  ARROW_ASSIGN_OR_RAISE(const auto partition_fields, PartitionFields(schema));
  ARROW_ASSIGN_OR_RAISE(const auto paths,
                        types::PartitionPaths::Make(schema, table.context().clock.get()));
  ARROW_ASSIGN_OR_RAISE(const ListedFiles files, LiveFiles(table));
  for (const meta::ManifestEntry& entry : files.entries) {
    const meta::DataFileMeta& file = entry.file;
    // Keys have the types of the schema that the file was written with.
    ARROW_ASSIGN_OR_RAISE(const auto file_schema, table.schemas()->Get(file.schema_id));
    std::vector<types::DataField> keys;
    if (file_schema->has_primary_key()) {
      ARROW_ASSIGN_OR_RAISE(keys,
                            file_schema->FieldsOf(file_schema->TrimmedPrimaryKey()));
    }
    ARROW_ASSIGN_OR_RAISE(const std::string partition,
                          RowText(table, entry.partition, partition_fields));
    ARROW_ASSIGN_OR_RAISE(const std::string folder, paths.PathOf(entry.partition));
    ARROW_ASSIGN_OR_RAISE(
        const std::string path,
        table.snapshot_files().paths().DataFile(folder, entry.bucket, file.file_name));
    ARROW_ASSIGN_OR_RAISE(auto min_key, KeyText(table, file.min_key, keys));
    ARROW_ASSIGN_OR_RAISE(auto max_key, KeyText(table, file.max_key, keys));
    const size_t dot = file.file_name.rfind('.');
    out.AddRow({partition, int64_t{entry.bucket}, file.external_path.value_or(path),
                dot == std::string::npos ? "" : file.file_name.substr(dot + 1),
                file.schema_id, int64_t{file.level}, file.row_count, file.file_size,
                std::move(min_key), std::move(max_key), CellOf(file.first_row_id)});
  }
  return out;
}

Result<Listing> ListManifests(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("file_name", DataType::String().NotNull());
  for (const char* name :
       {"file_size", "num_added_files", "num_deleted_files", "schema_id"}) {
    out.AddColumn(name, DataType::BigInt().NotNull());
  }
  out.AddColumn("min_partition_stats", DataType::String());
  out.AddColumn("max_partition_stats", DataType::String());
  out.AddColumn("min_row_id", DataType::BigInt());
  out.AddColumn("max_row_id", DataType::BigInt());
  ARROW_ASSIGN_OR_RAISE(const auto fields, PartitionFields(*table.schema()));
  ARROW_ASSIGN_OR_RAISE(
      const TimeTravel at,
      TimeTravel::FromOptions(table.schema()->options, table.context()));
  ARROW_ASSIGN_OR_RAISE(const auto snapshot, FindSnapshot(table.snapshot_files(), at));
  if (!snapshot) return out;
  const io::TablePaths& paths = table.snapshot_files().paths();
  ARROW_ASSIGN_OR_RAISE(auto manifests,
                        meta::ReadDataManifests(table.context(), paths, *snapshot));
  ARROW_ASSIGN_OR_RAISE(const auto changelog,
                        meta::ReadChangelogManifests(table.context(), paths, *snapshot));
  manifests.insert(manifests.end(), changelog.begin(), changelog.end());
  for (const meta::ManifestFileMeta& manifest : manifests) {
    ARROW_ASSIGN_OR_RAISE(const std::string min,
                          RowText(table, manifest.partition_stats.min_values, fields));
    ARROW_ASSIGN_OR_RAISE(const std::string max,
                          RowText(table, manifest.partition_stats.max_values, fields));
    out.AddRow({manifest.file_name, manifest.file_size, manifest.num_added_files,
                manifest.num_deleted_files, manifest.schema_id, min, max,
                CellOf(manifest.min_row_id), CellOf(manifest.max_row_id)});
  }
  return out;
}

}  // namespace tarn::table

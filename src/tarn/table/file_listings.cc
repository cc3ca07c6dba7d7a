// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "tarn/meta/live_files.h"
#include "tarn/meta/manifest_list.h"
#include "tarn/options/options.h"
#include "tarn/table/listing.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/cast.h"
#include "tarn/types/instant.h"
#include "tarn/types/java_text.h"
#include "tarn/types/partition_path.h"

namespace tarn::table {
namespace {

using types::DataType;
using types::TypeRoot;

/// Columns of one row, each an array of one value.
Result<arrow::ArrayVector> Decode(const Table& table, std::string_view serialized,
                                  const std::vector<types::DataField>& fields) {
  ARROW_ASSIGN_OR_RAISE(const auto parsed, types::ParseSerializedRow(serialized));
  if (parsed.arity != static_cast<int32_t>(fields.size())) {
    return Corruption(7610, "Stored row has another width:", V("fields", fields.size()),
                      V("stored", parsed.arity));
  }
  std::vector<DataType> types;
  for (const auto& field : fields) types.push_back(field.type);
  return types::DecodeBinaryRow(table.context().pool, parsed.row, types);
}

// The text of a value cast to STRING; "null" for NULL.
Result<std::string> CastText(const Table& table,
                             const std::shared_ptr<arrow::Array>& value,
                             const DataType& type) {
  if (value->IsNull(0)) return std::string("null");
  types::CastContext cast;
  cast.pool = table.context().pool;
  cast.clock = table.context().clock.get();
  ARROW_ASSIGN_OR_RAISE(
      auto text, types::Cast(cast, value, type.WithNullable(true), DataType::String()));
  return static_cast<const arrow::StringArray&>(*text).GetString(0);
}

// "{d1, 3}" (Paimon `RowToStringCastRule`).
Result<std::string> RowText(const Table& table, std::string_view serialized,
                            const std::vector<types::DataField>& fields) {
  ARROW_ASSIGN_OR_RAISE(const auto values, Decode(table, serialized, fields));
  std::string out = "{";
  for (size_t i = 0; i < values.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const std::string text,
                          CastText(table, values[i], fields[i].type));
    out += (i > 0 ? ", " : "") + text;
  }
  return out + "}";
}

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

Result<std::vector<types::DataField>> PartitionFields(const types::TableSchema& schema) {
  return schema.FieldsOf(schema.partition_keys);
}

/// The live files of the snapshot that a read would see, and its schema.
struct Files {
  std::optional<meta::Snapshot> snapshot;
  std::vector<meta::ManifestEntry> entries;
};

Result<Files> LiveFiles(const Table& table) {
  Files out;
  ARROW_ASSIGN_OR_RAISE(BatchStart start, table.StartAt({}));
  if (start.kind != BatchStart::Kind::kState || start.created_from_millis) {
    return Unsupported(6605,
                       "A listing of files of a stretch of history is not there yet:",
                       V("table", table.name()));
  }
  out.snapshot = std::move(start.snapshot);
  if (!out.snapshot) return out;
  ARROW_ASSIGN_OR_RAISE(
      out.entries, meta::ReadLiveFiles(table.context(), table.snapshot_files().paths(),
                                       *out.snapshot));
  return out;
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
                          Decode(table_, file_.value_stats.min_values, stored));
    ARROW_ASSIGN_OR_RAISE(const auto max,
                          Decode(table_, file_.value_stats.max_values, stored));
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
  ARROW_ASSIGN_OR_RAISE(const auto values, Decode(table, key, fields));
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
  ARROW_ASSIGN_OR_RAISE(const Files files, LiveFiles(table));
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
  ARROW_ASSIGN_OR_RAISE(const Files files, LiveFiles(table));
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

namespace {

struct Sums {
  int64_t rows = 0, bytes = 0, files = 0, total_buckets = 0;
  std::optional<int64_t> updated;

  void Add(const meta::ManifestEntry& entry) {
    rows += entry.file.row_count;
    bytes += entry.file.file_size;
    ++files;
    total_buckets = entry.total_buckets;
    if (entry.file.creation_time_millis) {
      updated = std::max(updated.value_or(INT64_MIN), *entry.file.creation_time_millis);
    }
  }
};

}  // namespace

Result<Listing> ListPartitions(const Table& table) {
  ARROW_ASSIGN_OR_RAISE(
      const bool vectors,
      options::Options(table.schema()->options).Get(options::kDeletionVectorsEnabled));
  if (vectors) {
    return Unsupported(
        6616, "$partitions of a table with deletion vectors:", V("table", table.name()));
  }
  Listing out(table.context().pool);
  out.AddColumn("partition", DataType::String());
  for (const char* name : {"record_count", "file_size_in_bytes", "file_count"}) {
    out.AddColumn(name, DataType::BigInt().NotNull());
  }
  out.AddColumn("last_update_time", DataType::Timestamp(3));
  out.AddColumn("created_at", DataType::Timestamp(3));
  for (const char* name : {"created_by", "updated_by", "options"}) {
    out.AddColumn(name, DataType::String());
  }
  out.AddColumn("total_buckets", DataType::Int().NotNull());
  out.AddColumn("done", DataType::Boolean().NotNull());
  out.AddColumn("deleted_record_count", DataType::BigInt());
  const types::TableSchema& schema = *table.schema();
  ARROW_ASSIGN_OR_RAISE(const auto fields, PartitionFields(schema));
  ARROW_ASSIGN_OR_RAISE(
      const std::string default_name,
      options::Options(schema.options).Get(options::kPartitionDefaultName));
  ARROW_ASSIGN_OR_RAISE(const Files files, LiveFiles(table));
  std::map<std::string, Sums> sums;
  for (const meta::ManifestEntry& entry : files.entries) {
    ARROW_ASSIGN_OR_RAISE(const auto values, Decode(table, entry.partition, fields));
    std::string name;
    for (size_t i = 0; i < values.size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(std::string text, CastText(table, values[i], fields[i].type));
      if (values[i]->IsNull(0)) text = default_name;
      name += (i > 0 ? "/" : "") + fields[i].name + "=" + text;
    }
    sums[name].Add(entry);
  }
  for (const auto& [name, sum] : sums) {
    out.AddRow({name, sum.rows, sum.bytes, sum.files, CellOf(sum.updated),
                std::monostate(), std::monostate(), std::monostate(), std::monostate(),
                sum.total_buckets, int64_t{0}, int64_t{0}});
  }
  return out;
}

Result<Listing> ListBuckets(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("partition", DataType::String());
  out.AddColumn("bucket", DataType::Int().NotNull());
  for (const char* name : {"record_count", "file_size_in_bytes", "file_count"}) {
    out.AddColumn(name, DataType::BigInt().NotNull());
  }
  out.AddColumn("last_update_time", DataType::Timestamp(3));
  ARROW_ASSIGN_OR_RAISE(const auto fields, PartitionFields(*table.schema()));
  ARROW_ASSIGN_OR_RAISE(const Files files, LiveFiles(table));
  std::map<std::pair<std::string, int32_t>, Sums> sums;
  for (const meta::ManifestEntry& entry : files.entries) {
    ARROW_ASSIGN_OR_RAISE(const std::string partition,
                          RowText(table, entry.partition, fields));
    sums[{partition, entry.bucket}].Add(entry);
  }
  for (const auto& [place, sum] : sums) {
    out.AddRow({place.first, int64_t{place.second}, sum.rows, sum.bytes, sum.files,
                CellOf(sum.updated)});
  }
  return out;
}

}  // namespace tarn::table

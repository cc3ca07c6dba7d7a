// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/dump.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/base/bytes.h"
#include "tarn/meta/stored_rows.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/canonical_json.h"
#include "tarn/types/canonical_text.h"

namespace tarn::meta {
namespace {

using types::DataField;

/// Members of one compact JSON object.
class ObjectLine {
 public:
  void Raw(std::string_view name, std::string_view json) {
    text_.append(text_.size() == 1 ? "" : ",");
    types::AppendJsonString(name, &text_);
    text_.append(":").append(json);
  }
  void Add(std::string_view name, std::string_view text) {
    std::string json;
    types::AppendJsonString(text, &json);
    Raw(name, json);
  }
  void Add(std::string_view name, int64_t value) { Raw(name, std::to_string(value)); }
  template <typename T>
  void Add(std::string_view name, const std::optional<T>& value) {
    if (value) {
      Add(name, *value);
    } else {
      Raw(name, "null");
    }
  }
  void Add(std::string_view name, const std::vector<std::string>& texts) {
    std::string json = "[";
    for (const std::string& text : texts) {
      if (json.size() > 1) json.push_back(',');
      types::AppendJsonString(text, &json);
    }
    Raw(name, json + "]");
  }
  std::string Finish() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

Result<std::string> DecodeRow(std::string_view bytes, std::vector<DataField> fields) {
  for (DataField& field : fields) field.type = field.type.WithNullable(true);
  if (fields.empty()) {
    ARROW_RETURN_NOT_OK(DecodeStoredRows({bytes}, fields).status());
    return std::string("{}");
  }
  ARROW_ASSIGN_OR_RAISE(auto columns, DecodeStoredRows({bytes}, fields));
  ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(fields));
  const auto batch = arrow::RecordBatch::Make(schema, 1, std::move(columns));
  return types::CanonicalRow(*batch, 0, fields);
}

/// A stored row as JSON object, or as text of its bytes. `fields` may be nullptr.
std::string RowJson(std::string_view bytes, const std::vector<DataField>* fields) {
  if (fields != nullptr) {
    auto decoded = DecodeRow(bytes, *fields);
    if (decoded.ok()) return *std::move(decoded);
  }
  return "\"hex:" + base::ToHex(bytes) + "\"";
}

std::string StatsJson(const SimpleStats& stats, const std::vector<DataField>* fields) {
  ObjectLine out;
  out.Raw("min", RowJson(stats.min_values, fields));
  out.Raw("max", RowJson(stats.max_values, fields));
  std::string counts = "[";
  for (const auto& count : stats.null_counts) {
    if (counts.size() > 1) counts.push_back(',');
    counts += count ? std::to_string(*count) : "null";
  }
  out.Raw("nullCounts", counts + "]");
  return out.Finish();
}

/// As java.time.LocalDateTime prints it: seconds and fraction only where there are any.
std::string LocalTimeText(int64_t millis) {
  std::string text;
  types::AppendTimestamp(millis, 1000, 3, &text);
  std::erase(text, '"');
  if (text.ends_with(".000")) text.resize(text.size() - 4);
  return text.ends_with(":00") ? text.substr(0, text.size() - 3) : text;
}

/// Fields of one table that rows are decoded with; absent where no schema is known.
struct TableFields {
  std::optional<std::vector<DataField>> partition;
  bool keyed = true;

  explicit TableFields(const DumpSchemas& schemas) {
    if (schemas.latest == nullptr) return;
    auto fields = schemas.latest->FieldsOf(schemas.latest->partition_keys);
    if (fields.ok()) partition = *std::move(fields);
    keyed = schemas.latest->has_primary_key();
  }
  const std::vector<DataField>* partition_fields() const {
    return partition ? &*partition : nullptr;
  }
};

std::string FileJson(const DataFileMeta& file, bool keyed, const DumpSchemas& schemas) {
  std::shared_ptr<const types::TableSchema> schema;
  if (schemas.of) {
    auto found = schemas.of(file.schema_id);
    if (found.ok()) schema = *found;
  }
  std::optional<std::vector<DataField>> keys, values;
  if (schema != nullptr) {
    auto fields = schema->FieldsOf(schema->TrimmedPrimaryKey());
    if (fields.ok()) keys = *std::move(fields);
    fields = file.value_stats_cols ? schema->FieldsOf(*file.value_stats_cols)
                                   : Result<std::vector<DataField>>(schema->fields);
    if (!file.value_stats_cols && file.write_cols) {
      fields = schema->FieldsOf(*file.write_cols);
    }
    if (fields.ok()) values = *std::move(fields);
  }

  ObjectLine out;
  out.Add("fileName", file.file_name);
  out.Add("fileSize", file.file_size);
  out.Add("rowCount", file.row_count);
  out.Add("level", file.level);
  out.Add("schemaId", file.schema_id);
  out.Add("minSequenceNumber", file.min_sequence_number);
  out.Add("maxSequenceNumber", file.max_sequence_number);
  out.Add("deleteRowCount", file.delete_row_count);
  if (file.file_source) {
    out.Add("fileSource", *file.file_source == FileSource::kAppend
                              ? std::string_view("APPEND")
                              : std::string_view("COMPACT"));
  } else {
    out.Raw("fileSource", "null");
  }
  out.Add("extraFiles", file.extra_files);
  std::optional<int64_t> index_bytes;
  if (file.embedded_file_index) {
    index_bytes = static_cast<int64_t>(file.embedded_file_index->size());
  }
  out.Add("embeddedIndexBytes", index_bytes);
  out.Add("valueStatsCols", file.value_stats_cols);
  out.Add("writeCols", file.write_cols);
  out.Add("firstRowId", file.first_row_id);
  out.Add("externalPath", file.external_path);
  std::optional<std::string> created;
  if (file.creation_time_millis) created = LocalTimeText(*file.creation_time_millis);
  out.Add("creationTime", created);
  if (keyed) {
    const auto* key_fields = keys ? &*keys : nullptr;
    out.Raw("minKey", RowJson(file.min_key, key_fields));
    out.Raw("maxKey", RowJson(file.max_key, key_fields));
    out.Raw("keyStats", StatsJson(file.key_stats, key_fields));
  }
  out.Raw("valueStats", StatsJson(file.value_stats, values ? &*values : nullptr));
  return out.Finish();
}

std::string_view KindName(FileKind kind) {
  return kind == FileKind::kAdd ? "ADD" : "DELETE";
}

}  // namespace

std::vector<std::string> DumpManifestList(const std::vector<ManifestFileMeta>& manifests,
                                          const DumpSchemas& schemas) {
  const TableFields fields(schemas);
  std::vector<std::string> out;
  for (const ManifestFileMeta& meta : manifests) {
    ObjectLine line;
    line.Add("fileName", meta.file_name);
    line.Add("fileSize", meta.file_size);
    line.Add("numAddedFiles", meta.num_added_files);
    line.Add("numDeletedFiles", meta.num_deleted_files);
    line.Add("schemaId", meta.schema_id);
    line.Add("minBucket", meta.min_bucket);
    line.Add("maxBucket", meta.max_bucket);
    line.Add("minLevel", meta.min_level);
    line.Add("maxLevel", meta.max_level);
    line.Add("minRowId", meta.min_row_id);
    line.Add("maxRowId", meta.max_row_id);
    line.Raw("partitionStats",
             StatsJson(meta.partition_stats, fields.partition_fields()));
    out.push_back(line.Finish());
  }
  return out;
}

std::vector<std::string> DumpManifest(const std::vector<ManifestEntry>& entries,
                                      const DumpSchemas& schemas) {
  const TableFields fields(schemas);
  std::vector<std::string> out;
  for (const ManifestEntry& entry : entries) {
    ObjectLine line;
    line.Add("kind", KindName(entry.kind));
    line.Raw("partition", RowJson(entry.partition, fields.partition_fields()));
    line.Add("bucket", entry.bucket);
    line.Add("totalBuckets", entry.total_buckets);
    line.Raw("file", FileJson(entry.file, fields.keyed, schemas));
    out.push_back(line.Finish());
  }
  return out;
}

std::vector<std::string> DumpIndexManifest(const std::vector<IndexManifestEntry>& entries,
                                           const DumpSchemas& schemas) {
  const TableFields fields(schemas);
  std::vector<std::string> out;
  for (const IndexManifestEntry& entry : entries) {
    ObjectLine line;
    line.Add("kind", KindName(entry.kind));
    line.Raw("partition", RowJson(entry.partition, fields.partition_fields()));
    line.Add("bucket", entry.bucket);
    line.Add("indexType", entry.index_type);
    line.Add("fileName", entry.file_name);
    line.Add("fileSize", entry.file_size);
    line.Add("rowCount", entry.row_count);
    if (entry.deletion_vectors) {
      std::string ranges = "[";
      for (const DeletionVectorRange& range : *entry.deletion_vectors) {
        ObjectLine item;
        item.Add("dataFile", range.data_file);
        item.Add("offset", range.offset);
        item.Add("length", range.length);
        item.Add("cardinality", range.cardinality);
        if (ranges.size() > 1) ranges.push_back(',');
        ranges += item.Finish();
      }
      line.Raw("dvRanges", ranges + "]");
    } else {
      line.Raw("dvRanges", "null");
    }
    out.push_back(line.Finish());
  }
  return out;
}

}  // namespace tarn::meta

// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/listing_rows.h"

#include <utility>

#include <arrow/array.h>

#include "tarn/meta/live_files.h"
#include "tarn/meta/manifest_list.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/cast.h"

namespace tarn::table {

using types::DataType;

Result<arrow::ArrayVector> DecodeRow(const Table& table, std::string_view serialized,
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

Result<std::string> RowText(const Table& table, std::string_view serialized,
                            const std::vector<types::DataField>& fields) {
  ARROW_ASSIGN_OR_RAISE(const auto values, DecodeRow(table, serialized, fields));
  std::string out = "{";
  for (size_t i = 0; i < values.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const std::string text,
                          CastText(table, values[i], fields[i].type));
    out += (i > 0 ? ", " : "") + text;
  }
  return out + "}";
}

Result<std::vector<types::DataField>> PartitionFields(const types::TableSchema& schema) {
  return schema.FieldsOf(schema.partition_keys);
}

namespace {

Result<std::optional<meta::Snapshot>> ListedSnapshot(const Table& table) {
  ARROW_ASSIGN_OR_RAISE(BatchStart start, table.StartAt({}));
  if (start.kind != BatchStart::Kind::kState || start.created_from_millis) {
    return Unsupported(6605,
                       "A listing of files of a stretch of history is not there yet:",
                       V("table", table.name()));
  }
  return std::move(start.snapshot);
}

}  // namespace

Result<ListedFiles> LiveFiles(const Table& table) {
  ListedFiles out;
  ARROW_ASSIGN_OR_RAISE(out.snapshot, ListedSnapshot(table));
  if (!out.snapshot) return out;
  ARROW_ASSIGN_OR_RAISE(
      out.entries, meta::ReadLiveFiles(table.context(), table.snapshot_files().paths(),
                                       *out.snapshot));
  return out;
}

Result<ListedFiles> FileEntries(const Table& table) {
  ListedFiles out;
  ARROW_ASSIGN_OR_RAISE(out.snapshot, ListedSnapshot(table));
  if (!out.snapshot) return out;
  const io::TablePaths& paths = table.snapshot_files().paths();
  ARROW_ASSIGN_OR_RAISE(const auto manifests,
                        meta::ReadDataManifests(table.context(), paths, *out.snapshot));
  ARROW_ASSIGN_OR_RAISE(out.entries,
                        meta::ReadEntries(table.context(), paths, manifests));
  return out;
}

}  // namespace tarn::table

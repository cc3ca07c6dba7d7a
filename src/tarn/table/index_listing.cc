// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/type.h>

#include "tarn/meta/index_manifest.h"
#include "tarn/table/listing.h"
#include "tarn/table/listing_rows.h"
#include "tarn/types/arrow_types.h"

namespace tarn::table {
namespace {

using types::DataType;

constexpr size_t kRangesColumn = 6;

/// Ranges of deletion vectors as Paimon stores them (`DeletionVectorMeta.SCHEMA`).
DataType RangesType() {
  return DataType::Array(DataType::Row({
      {.id = 0, .name = "f0", .type = DataType::String().NotNull()},
      {.id = 1, .name = "f1", .type = DataType::Int().NotNull()},
      {.id = 2, .name = "f2", .type = DataType::Int().NotNull()},
      {.id = 3, .name = "_CARDINALITY", .type = DataType::BigInt()},
  }));
}

Result<std::shared_ptr<arrow::Array>> RangesOf(
    arrow::MemoryPool* pool, const std::vector<meta::IndexManifestEntry>& entries) {
  ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(RangesType()));
  ARROW_ASSIGN_OR_RAISE(const auto made, arrow::MakeBuilder(type, pool));
  auto& lists = static_cast<arrow::ListBuilder&>(*made);
  auto& rows = static_cast<arrow::StructBuilder&>(*lists.value_builder());
  auto& file = static_cast<arrow::StringBuilder&>(*rows.field_builder(0));
  auto& offset = static_cast<arrow::Int32Builder&>(*rows.field_builder(1));
  auto& length = static_cast<arrow::Int32Builder&>(*rows.field_builder(2));
  auto& cardinality = static_cast<arrow::Int64Builder&>(*rows.field_builder(3));
  for (const meta::IndexManifestEntry& entry : entries) {
    if (!entry.deletion_vectors) {
      ARROW_RETURN_NOT_OK(lists.AppendNull());
      continue;
    }
    ARROW_RETURN_NOT_OK(lists.Append());
    for (const meta::DeletionVectorRange& range : *entry.deletion_vectors) {
      ARROW_RETURN_NOT_OK(rows.Append());
      ARROW_RETURN_NOT_OK(file.Append(range.data_file));
      ARROW_RETURN_NOT_OK(offset.Append(range.offset));
      ARROW_RETURN_NOT_OK(length.Append(range.length));
      ARROW_RETURN_NOT_OK(range.cardinality ? cardinality.Append(*range.cardinality)
                                            : cardinality.AppendNull());
    }
  }
  return lists.Finish();
}

/// Names of the columns of a global index; absent when one of them is gone.
Listing::Cell IndexedColumns(const types::TableSchema& schema,
                             const meta::GlobalIndexRange& index) {
  std::vector<int32_t> ids = {index.index_field_id};
  if (index.extra_field_ids) {
    ids.insert(ids.end(), index.extra_field_ids->begin(), index.extra_field_ids->end());
  }
  std::string names;
  for (const int32_t id : ids) {
    const types::DataField* found = nullptr;
    for (const types::DataField& field : schema.fields) {
      if (field.id == id) found = &field;
    }
    if (found == nullptr) return std::monostate();
    names += (names.empty() ? "" : ",") + found->name;
  }
  return names;
}

}  // namespace

Result<Listing> ListIndexes(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("partition", DataType::String());
  out.AddColumn("bucket", DataType::Int().NotNull());
  out.AddColumn("index_type", DataType::String().NotNull());
  out.AddColumn("file_name", DataType::String().NotNull());
  out.AddColumn("file_size", DataType::BigInt().NotNull());
  out.AddColumn("row_count", DataType::BigInt().NotNull());
  out.AddColumn("dv_ranges", RangesType());
  out.AddColumn("row_range_start", DataType::BigInt());
  out.AddColumn("row_range_end", DataType::BigInt());
  out.AddColumn("index_field_id", DataType::Int());
  out.AddColumn("index_field_name", DataType::String());
  ARROW_ASSIGN_OR_RAISE(const auto fields, PartitionFields(*table.schema()));
  ARROW_ASSIGN_OR_RAISE(
      const TimeTravel at,
      TimeTravel::FromOptions(table.schema()->options, table.context()));
  ARROW_ASSIGN_OR_RAISE(const auto snapshot, FindSnapshot(table.snapshot_files(), at));
  std::vector<meta::IndexManifestEntry> entries;
  if (snapshot && snapshot->index_manifest) {
    ARROW_ASSIGN_OR_RAISE(
        const std::string path,
        table.snapshot_files().paths().ManifestFile(*snapshot->index_manifest));
    ARROW_ASSIGN_OR_RAISE(entries, meta::ReadIndexManifest(table.context(), path));
  }
  for (const meta::IndexManifestEntry& entry : entries) {
    ARROW_ASSIGN_OR_RAISE(const std::string partition,
                          RowText(table, entry.partition, fields));
    std::vector<Listing::Cell> row = {
        partition,       int64_t{entry.bucket}, entry.index_type, entry.file_name,
        entry.file_size, entry.row_count,       std::monostate()};
    if (const auto& index = entry.global_index) {
      row.insert(row.end(), {index->row_range_start, index->row_range_end,
                             int64_t{index->index_field_id},
                             IndexedColumns(*table.schema(), *index)});
    } else {
      row.resize(out.fields().size());
    }
    out.AddRow(std::move(row));
  }
  ARROW_ASSIGN_OR_RAISE(auto ranges, RangesOf(table.context().pool, entries));
  out.SetColumn(kRangesColumn, std::move(ranges));
  return out;
}

}  // namespace tarn::table

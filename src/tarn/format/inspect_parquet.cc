// SPDX-License-Identifier: Apache-2.0
#include <arrow/io/interfaces.h>
#include <arrow/util/compression.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>
#include <parquet/types.h>

#include "tarn/format/inspect_parts.h"
#include "tarn/format/parquet_guard.h"

namespace tarn::format {
namespace {

constexpr size_t kValueBytesMax = 60;

std::string Shortened(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  if (text.size() > kValueBytesMax) text = text.substr(0, kValueBytesMax) + "...";
  return text;
}

std::string Bound(const parquet::ColumnDescriptor& column, const std::string& plain) {
  return Shortened(
      parquet::FormatStatValue(column.physical_type(), plain, column.logical_type()));
}

std::string Statistics(const parquet::ColumnDescriptor& column,
                       const parquet::ColumnChunkMetaData& chunk) {
  const auto statistics = chunk.statistics();
  if (statistics == nullptr) return "no statistics";
  std::string out;
  if (statistics->HasNullCount())
    out += fmt::format("{} nulls", statistics->null_count());
  if (statistics->HasMinMax()) {
    out += fmt::format(", {} .. {}", Bound(column, statistics->EncodeMin()),
                       Bound(column, statistics->EncodeMax()));
  }
  return out;
}

std::string Encodings(const parquet::ColumnChunkMetaData& chunk) {
  std::string out;
  for (const auto& stats : chunk.encoding_stats()) {
    if (!out.empty()) out += '+';
    out += parquet::EncodingToString(stats.encoding);
  }
  return out;
}

void AppendRowGroup(const parquet::FileMetaData& metadata, int group, std::string* out) {
  const auto row_group = metadata.RowGroup(group);
  *out += fmt::format("row group {}: {} rows, {} bytes\n", group, row_group->num_rows(),
                      row_group->total_byte_size());
  for (int i = 0; i < row_group->num_columns(); ++i) {
    const auto chunk = row_group->ColumnChunk(i);
    const parquet::ColumnDescriptor& column = *metadata.schema()->Column(i);
    *out += fmt::format(
        "  {}  {} bytes of {}, {}, {}, {} values, {}\n", column.path()->ToDotString(),
        chunk->total_compressed_size(), chunk->total_uncompressed_size(),
        arrow::util::Codec::GetCodecAsString(chunk->compression()), Encodings(*chunk),
        chunk->num_values(), Statistics(column, *chunk));
  }
}

}  // namespace

Result<std::string> InspectParquet(const base::Context& context,
                                   const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto input, context.files->OpenInput(path));
  std::string out;
  ARROW_RETURN_NOT_OK(GuardParquet(path, [&]() -> Status {
    const auto file = parquet::ParquetFileReader::Open(std::move(input));
    const auto metadata = file->metadata();
    out +=
        fmt::format("parquet file, {} rows, {} row groups, {} columns, created by {}\n",
                    metadata->num_rows(), metadata->num_row_groups(),
                    metadata->num_columns(), metadata->created_by());
    out += metadata->schema()->ToString();
    if (!out.ends_with('\n')) out += '\n';
    for (int i = 0; i < metadata->num_row_groups(); ++i)
      AppendRowGroup(*metadata, i, &out);
    return Status::OK();
  }));
  return out;
}

}  // namespace tarn::format

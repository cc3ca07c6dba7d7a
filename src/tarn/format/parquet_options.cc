// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_options.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include <arrow/api.h>
#include <arrow/util/compression.h>
#include <parquet/properties.h>

namespace tarn::format {
namespace {

using types::TypeRoot;

constexpr int64_t kSampleRows = 4096;
// Below this many rows a sample says nothing and a dictionary costs nothing.
constexpr int64_t kSampleRowsMin = 512;

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return out;
}

Result<parquet::Compression::type> CodecOf(const std::string& compression) {
  const std::string name = Lower(compression);
  if (name == "zstd") return parquet::Compression::ZSTD;
  if (name == "none" || name == "uncompressed" || name.empty()) {
    return parquet::Compression::UNCOMPRESSED;
  }
  if (name == "snappy") return parquet::Compression::SNAPPY;
  if (name == "gzip") return parquet::Compression::GZIP;
  if (name == "lz4") return parquet::Compression::LZ4_HADOOP;
  if (name == "lz4_raw") return parquet::Compression::LZ4;
  return Unsupported(
      6432, "Compression is not supported for Parquet:", V("compression", compression));
}

/// Bytes of a fixed-width value in Arrow, 0 for others.
int WidthOf(const arrow::DataType& type) {
  if (!arrow::is_fixed_width(type.id()) || type.id() == arrow::Type::BOOL) return 0;
  return type.byte_width();
}

/// Whether values of the sample repeat enough for a dictionary to pay.
bool Repeats(const arrow::Array& array) {
  const int64_t rows = std::min(array.length(), kSampleRows);
  if (rows < kSampleRowsMin) return true;
  const bool bytes = arrow::is_base_binary_like(array.type_id());
  const int width = WidthOf(*array.type());
  if (!bytes && width == 0) return true;
  std::unordered_set<std::string_view> seen;
  int64_t values = 0;
  for (int64_t i = 0; i < rows; ++i) {
    if (array.IsNull(i)) continue;
    ++values;
    if (bytes) {
      seen.insert(static_cast<const arrow::BinaryArray&>(array).GetView(i));
    } else {
      const auto* data = array.data()->buffers[1]->data();
      const auto at = static_cast<size_t>((array.offset() + i) * width);
      seen.insert({reinterpret_cast<const char*>(data) + at, static_cast<size_t>(width)});
    }
  }
  return static_cast<int64_t>(seen.size()) * 2 <= values;
}

bool IsInteger(TypeRoot root) {
  return root == TypeRoot::kInt || root == TypeRoot::kBigInt || root == TypeRoot::kDate;
}

}  // namespace

Result<std::shared_ptr<parquet::WriterProperties>> ParquetPropertiesOf(
    const std::vector<types::DataField>& fields, const WriterOptions& options,
    const arrow::RecordBatch* sample, arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(const parquet::Compression::type codec,
                        CodecOf(options.compression));
  parquet::WriterProperties::Builder builder;
  builder.memory_pool(pool);
  builder.compression(codec);
  if (codec == parquet::Compression::ZSTD) builder.compression_level(options.zstd_level);
  builder.data_pagesize(options.parquet_page_bytes);
  builder.max_rows_per_page(options.parquet_page_rows);
  builder.enable_write_page_index();
  builder.enable_page_checksum();
  if (!options.dictionary) builder.disable_dictionary();
  for (size_t i = 0; i < fields.size(); ++i) {
    const types::DataField& field = fields[i];
    if (field.type.IsNested()) continue;
    const bool ascending = std::find(options.ascending.begin(), options.ascending.end(),
                                     field.name) != options.ascending.end();
    const auto path = std::make_shared<parquet::schema::ColumnPath>(
        std::vector<std::string>{field.name});
    if (ascending && IsInteger(field.type.root())) {
      builder.disable_dictionary(path);
      builder.encoding(path, parquet::Encoding::DELTA_BINARY_PACKED);
      builder.compression(path, parquet::Compression::UNCOMPRESSED);
      builder.compression_level(path, arrow::util::kUseDefaultCompressionLevel);
    } else if (options.dictionary && sample != nullptr &&
               !Repeats(*sample->column(static_cast<int>(i)))) {
      builder.disable_dictionary(path);
    }
  }
  return builder.build();
}

}  // namespace tarn::format

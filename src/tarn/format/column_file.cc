// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/column_file.h"

#include <utility>

#include <arrow/record_batch.h>

#include "tarn/format/avro_reader.h"
#include "tarn/format/avro_writer.h"
#include "tarn/format/orc_reader.h"
#include "tarn/format/orc_writer.h"
#include "tarn/format/parquet_reader.h"
#include "tarn/format/parquet_writer.h"
#include "tarn/format/text_reader.h"
#include "tarn/io/table_paths.h"

namespace tarn::format {

Result<std::vector<PartStatistics>> FileReader::RowGroupParts(
    int row_group, const std::string& name, const types::DataType& type) {
  ARROW_ASSIGN_OR_RAISE(auto statistics, RowGroupStatistics(row_group, name, type));
  return std::vector<PartStatistics>{
      {row_groups()[static_cast<size_t>(row_group)], std::move(statistics)}};
}

Status FileWriter::WriteColumns(int64_t rows, const arrow::RecordBatch& sample,
                                const MakeColumn& make) {
  arrow::ArrayVector columns(static_cast<size_t>(sample.num_columns()));
  for (size_t i = 0; i < columns.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(columns[i], make(static_cast<int>(i)));
  }
  return Write(*arrow::RecordBatch::Make(sample.schema(), rows, std::move(columns)));
}

Result<std::unique_ptr<FileReader>> OpenFile(const base::Context& context,
                                             const std::string& path, int64_t bytes,
                                             const ReaderOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const std::string format,
                        io::FormatOfFileName(path.substr(path.rfind('/') + 1)));
  if (format == "parquet") return OpenParquet(context, path, bytes);
  if (format == "avro") return OpenAvro(context, path, bytes);
  if (format == "orc") return OpenOrc(context, path, bytes, options);
  if ((format == "csv" || format == "json") && options.shape != nullptr) {
    return OpenText(context, format, path, bytes, *options.shape);
  }
  return Unsupported(6420, "File format is not implemented yet:", V("format", format),
                     V("file", path));
}

Result<std::unique_ptr<FileWriter>> CreateFile(
    const base::Context& context, const std::string& path, const std::string& format,
    const std::vector<types::DataField>& fields, const WriterOptions& options) {
  if (format == "parquet") return CreateParquet(context, path, fields, options);
  if (format == "avro") return CreateAvro(context, path, fields, options);
  if (format == "orc") return CreateOrc(context, path, fields, options);
  return Unsupported(6420, "File format is not implemented yet:", V("format", format),
                     V("file", path));
}

}  // namespace tarn::format

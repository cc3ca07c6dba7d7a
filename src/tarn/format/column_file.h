// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: format, one file of one format.
///
/// Columns of one immutable file behind two small interfaces: `FileReader` opens column
/// cursors, `FileWriter` takes record batches and answers statistics. Parquet
/// (`parquet_reader.h`, `parquet_writer.h`) stands on Arrow's library, Avro containers
/// (`avro_container.h`) are our own codec, since manifests need zstd and Java's exact
/// schemas; `avro_reader.h` and `avro_writer.h` turn their records into columns and back.
/// ORC is read through ORC's library, with a tail and timestamps of our own
/// (`orc_reader.h`), and written by our own encoder (`orc_writer.h`). Lines of CSV and
/// JSON are read alone (`text_reader.h`). What holds whole rows is decoded by blocks that
/// its cursors share (`row_file.h`). Nothing here knows tables, levels or merging.
///
/// Invariant: a reader never trusts a length or an offset that a file states.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/sorted_run.h"
#include "tarn/types/data_type.h"

namespace tarn::format {

/// Rows [begin, end) of a file.
struct RowRange {
  int64_t begin = 0;
  int64_t end = 0;
};

/// Minimum, maximum and null count of one column over a file or a part of it. `min` and
/// `max` are one-row arrays of the column's engine type, nullptr = unknown.
struct ColumnStatistics {
  std::shared_ptr<arrow::Array> min;
  std::shared_ptr<arrow::Array> max;
  std::optional<int64_t> null_count;
};

/// Statistics of a part of a row group.
struct PartStatistics {
  RowRange rows;
  ColumnStatistics statistics;
};

/// One open file. Thread-safe for opening cursors; each cursor is for one caller at a
/// time.
class FileReader {
 public:
  virtual ~FileReader() = default;
  virtual int64_t num_rows() const = 0;
  /// Names of the file's top-level columns, in file order.
  virtual const std::vector<std::string>& column_names() const = 0;
  /// A cursor at row 0 over the column called `name`, decoded as `type` (which must be
  /// the type that the file was written with). A column that the file lacks is kNotFound.
  /// Memory is bounded by pages, not by the file.
  virtual Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(
      const std::string& name, const types::DataType& type) = 0;
  /// Row ranges that the format can skip as a whole (row groups), in file order, and
  /// their statistics for a column; empty statistics where the file has none.
  virtual std::vector<RowRange> row_groups() const = 0;
  virtual Result<ColumnStatistics> RowGroupStatistics(int row_group,
                                                      const std::string& name,
                                                      const types::DataType& type) = 0;
  /// The same for the parts of a row group that the format can skip (pages), in file
  /// order; together they are all of its rows. One part where there are no smaller ones.
  virtual Result<std::vector<PartStatistics>> RowGroupParts(int row_group,
                                                            const std::string& name,
                                                            const types::DataType& type);
};

struct WriterOptions {
  std::string compression = "zstd";              ///< value of `file.compression`
  int zstd_level = 1;                            ///< `file.compression.zstd-level`
  int64_t row_group_bytes = int64_t{128} << 20;  ///< `file.block-size`; also of a stripe
  bool dictionary = true;                        ///< where values repeat
  std::optional<std::string> avro_codec;  ///< `avro.codec`, which wins over `compression`
  /// Integer columns whose values ascend (keys, sequence numbers): stored so that reading
  /// them is cheap, since every merge does.
  std::vector<std::string> ascending;
  int64_t parquet_page_bytes = int64_t{1} << 20;  ///< `parquet.page.size`
  int64_t parquet_page_rows = 20000;              ///< `parquet.page.row.count.limit`
  int64_t orc_block_bytes = int64_t{256} << 10;   ///< `orc.compress.size`
  bool orc_legacy_instants = true;                ///< `orc.timestamp-ltz.legacy.type`
};

/// Makes the column of a field: type[rows of the group].
using MakeColumn = std::function<Result<std::shared_ptr<arrow::Array>>(int field)>;

/// Writes one new file. `Finish` makes it whole; destroyed without it, the file is
/// removed. One caller at a time.
class FileWriter {
 public:
  virtual ~FileWriter() = default;
  /// Append rows in the order and types of the fields given at `Make`.
  virtual Status Write(const arrow::RecordBatch& batch) = 0;
  /// Append a group of `rows` rows whose columns are made when it is their turn, in the
  /// order of the fields. None is held for longer where `LaysOutColumns`; other formats
  /// gather the group first.
  /// \param sample  some rows of the file, from which encodings are chosen
  virtual Status WriteColumns(int64_t rows, const arrow::RecordBatch& sample,
                              const MakeColumn& make);
  /// Bytes written and buffered so far (an estimate that decides about rolling).
  virtual Result<int64_t> bytes_estimate() = 0;
  /// Bytes in memory that `Flush` would put into the file; 0 for a format that cannot.
  virtual int64_t buffered_bytes() const { return 0; }
  virtual Status Flush() { return Status::OK(); }
  struct Finished {
    int64_t bytes = 0;
    int64_t rows = 0;
    std::vector<ColumnStatistics> columns;  ///< one per field, as the footer states them
  };
  virtual Result<Finished> Finish() = 0;
};

/// Whether files of `format` hold one column after the other, so that they need not be
/// made at the same time.
inline bool LaysOutColumns(const std::string& format) {
  return format == "parquet";
}

/// What a reader must be told of files that state no schema of their own.
struct FileShape {
  std::vector<types::DataField> fields;        ///< all physical columns, in file order
  std::map<std::string, std::string> options;  ///< the table's: `csv.*`, `json.*`
};

/// What a table says about reading its files.
struct ReaderOptions {
  /// `orc.timestamp-ltz.legacy.type`: instants in ORC files passed through the wall clock
  /// of the writer's time zone.
  bool orc_legacy_instants = true;
  const FileShape* shape = nullptr;  ///< needed for "csv" and "json"; read at the opening
};

/// Open a file by the format that its name's extension states ("parquet", "avro", "orc",
/// "csv", "json"; others are kUnsupported naming the format).
/// \param bytes  size known from metadata, or -1
Result<std::unique_ptr<FileReader>> OpenFile(const base::Context& context,
                                             const std::string& path, int64_t bytes = -1,
                                             const ReaderOptions& options = {});

/// Create a file of `format` ("parquet", "avro", "orc"). `fields` carry names, ids and
/// types of all physical columns. Errors: kUnsupported naming format, codec or type.
Result<std::unique_ptr<FileWriter>> CreateFile(
    const base::Context& context, const std::string& path, const std::string& format,
    const std::vector<types::DataField>& fields, const WriterOptions& options);

}  // namespace tarn::format

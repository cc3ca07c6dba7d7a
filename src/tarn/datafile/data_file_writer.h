// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/format/column_file.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/data_file_meta.h"
#include "tarn/types/table_schema.h"

namespace tarn::datafile {

/// Where and how files of one bucket are written. A value; shares immutable parts.
struct WriteBucket {
  std::shared_ptr<const base::Context> context;
  io::TablePaths paths;
  /// Fields, keys and options (`file.format`, `file.compression`, `target-file-size`,
  /// `metadata.stats-mode`, ... and their `.per.level` forms).
  std::shared_ptr<const types::TableSchema> schema;
  std::string partition_path;  ///< escaped, "" without partitions
  int32_t bucket = 0;
};

enum class FileUse : uint8_t { kData, kChangelog };

/// Writes rows into one or more files of one level, rolling at the target size (Paimon
/// `KeyValueDataFileWriter`, `RowDataFileWriter`, `RollingFileWriter`). Rows of a table
/// with a primary key come in key order, except those for the postponed bucket. One
/// caller at a time; destroyed without `Finish`, all its files are removed.
class DataFileWriter {
 public:
  /// \param level   level that the files are recorded at
  /// \param source  kAppend for flushes and changelog files, kCompact for rewritten files
  /// Errors: kUnsupported naming format, codec, type or option.
  static Result<std::unique_ptr<DataFileWriter>> Make(WriteBucket bucket, int32_t level,
                                                      meta::FileSource source,
                                                      FileUse use = FileUse::kData);
  virtual ~DataFileWriter() = default;

  /// Append rows.
  /// \param values     all columns of the table, engine types
  /// \param sequences  int64[rows]
  /// \param kinds      uint8[rows], values of types::RowKind; nullptr = all +I. Files of
  ///   a table without a primary key do not keep them.
  virtual Status Write(const arrow::RecordBatch& values, const int64_t* sequences,
                       const uint8_t* kinds) = 0;
  /// Whether `WriteColumns` can be used: the format lays out one column after the other,
  /// no index is built over whole rows, and files are far larger than a group.
  virtual bool takes_columns() const = 0;
  /// Bytes of a group of rows that `WriteColumns` best gets.
  virtual int64_t group_bytes() const = 0;
  /// Append a group of rows whose columns are made when it is their turn: nothing of the
  /// group is held but the column at hand.
  /// \param sample  some rows of the table, from which encodings are chosen
  /// \param make    the i-th column of the table, asked for once
  virtual Status WriteColumns(int64_t rows, const arrow::RecordBatch& sample,
                              const format::MakeColumn& make, const int64_t* sequences,
                              const uint8_t* kinds) = 0;
  /// Bytes of the open file that are in memory only.
  virtual Result<int64_t> buffered_bytes() const = 0;
  /// Put them into the file, which stays open. A new row group may begin.
  virtual Status Flush() = 0;
  /// Close the last file. No rows, no files.
  virtual Result<std::vector<meta::DataFileMeta>> Finish() = 0;
};

/// Remove files that were certainly not committed, with their extra files.
Status DeleteFiles(const WriteBucket& bucket,
                   const std::vector<meta::DataFileMeta>& files);

}  // namespace tarn::datafile

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/datafile/data_file_writer.h"
#include "tarn/datafile/file_statistics.h"
#include "tarn/format/column_file.h"
#include "tarn/index/file_index_builder.h"

namespace tarn::datafile {

/// How one writer writes: what the table's options say for a level and a use (Paimon
/// `KeyValueFileWriterFactory`). A value.
struct WriteSettings {
  std::string format;
  std::string name_prefix;     ///< "data-"
  std::string name_extension;  ///< ".parquet"
  format::WriterOptions writer;
  int64_t file_bytes = 0;  ///< a file is closed once it has that many
  int64_t file_rows = 0;   ///< or that many rows
  bool dense_statistics = true;
  /// Trimmed primary key, in key order; empty without a primary key.
  std::vector<types::DataField> key_fields;
  std::vector<int> key_columns;  ///< their positions among the value columns
  bool has_key_columns = false;  ///< files hold `_KEY_` columns (not in thin mode)
  std::vector<types::DataField> physical;   ///< all columns of a file, in order
  std::vector<StatsMode> key_modes;         ///< one per key field
  std::vector<StatsMode> value_modes;       ///< one per value column
  std::vector<index::WantedIndex> indexes;  ///< of data files; changelog files have none
  int64_t index_in_manifest_bytes = 0;      ///< a larger index gets a file of its own

  /// Errors: kInvalidInput (a value that an option cannot have), kUnsupported naming what
  /// cannot be written here (BLOB columns, external paths).
  static Result<WriteSettings> Make(const types::TableSchema& schema, int32_t level,
                                    meta::FileSource source, FileUse use);
};

/// The value for `level` in a list such as "0:avro,3:parquet", or `otherwise`.
/// Errors: kInvalidInput for a list of another form.
Result<std::string> ValueAtLevel(std::string_view list, int32_t level,
                                 std::string_view otherwise);

}  // namespace tarn::datafile

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/index/column_index.h"
#include "tarn/index/index_key.h"
#include "tarn/types/table_schema.h"

namespace tarn::index {

/// One index that a table's options ask for.
struct WantedIndex {
  std::string type;
  std::string column;
  int position = 0;  ///< of the column
  // Parameters `file-index.<type>.<column>.<name>`:
  int64_t items = 1'000'000;  ///< bloom-filter
  double fpp = 0.1;
  int32_t version = 2;             ///< bitmap
  int64_t block_bytes = 16 << 10;  ///< bitmap: `index-block-size`
  int64_t chunk_bytes = -1;        ///< range-bitmap: `chunk-size`, -1 = by type
};

/// The indexes that `file-index.<type>.columns` name, in the order in which Java writes
/// them: indexes of a column together (Paimon `FileIndexOptions`).
/// Errors: kInvalidInput (no such column, index type or parameter, or a type of column
/// that the index cannot hold), kUnsupported for values of a map.
Result<std::vector<WantedIndex>> WantedIndexes(const types::TableSchema& schema);

/// Builds the container of one data file (Paimon `DataFileIndexWriter`). One caller at a
/// time.
class FileIndexBuilder {
 public:
  static Result<std::unique_ptr<FileIndexBuilder>> Make(
      const types::TableSchema& schema, const std::vector<WantedIndex>& wanted);
  /// The next rows of the file. \param values  all columns of the table, engine types
  /// Errors: kUnsupported naming the column for a value that has no key.
  Status Add(const arrow::RecordBatch& values);
  /// The container. Errors: kInvalidInput naming column and index for a value that an
  /// index cannot hold.
  Result<std::string> Finish();

 private:
  struct Part {
    WantedIndex wanted;
    std::optional<KeyForm> form;
    std::unique_ptr<ColumnIndexBuilder> builder;
  };
  std::vector<Part> parts_;
};

}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>
#include <parquet/type_fwd.h>

#include "tarn/types/data_type.h"

namespace parquet {
class ParquetFileReader;
}

namespace tarn::format {

/// An open Parquet file as its columns share it. Immutable.
struct ParquetFile {
  std::string name;
  std::shared_ptr<parquet::ParquetFileReader> reader;
  std::vector<int64_t> group_rows;  ///< rows of each row group
  arrow::MemoryPool* pool = nullptr;
};

/// One top-level column of a file, flat or nested, read forward without buffering more
/// than pages: a tree of leaves (one per stored column) with lists, maps and rows above
/// them.
///
/// All calls may throw what Parquet's library throws; `ParquetCursor` catches it.
class ParquetColumn {
 public:
  /// Errors: kCorruption (the file's shape is not the one of `type`), kUnsupported.
  static Result<std::unique_ptr<ParquetColumn>> Make(
      std::shared_ptr<const ParquetFile> file, int field, const types::DataType& type);
  ~ParquetColumn();
  /// type[rows]. REQUIRES: that many rows remain.
  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows);
  /// Pass over rows. Whole row groups are never opened, and pages of flat columns are not
  /// even decompressed.
  Status Skip(int64_t rows);

  class Node;

 private:
  explicit ParquetColumn(std::unique_ptr<Node> root);
  std::unique_ptr<Node> root_;
};

}  // namespace tarn::format

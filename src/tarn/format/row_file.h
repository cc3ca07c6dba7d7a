// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/format/column_file.h"

namespace tarn::format {

/// A column that is read of a file of rows.
struct RowColumn {
  int field = 0;  ///< index among the names
  types::DataType type;
  bool operator==(const RowColumn& other) const = default;
};

/// Whole rows in blocks, as Avro and text files hold them. One caller at a time.
class RowBlocks {
 public:
  virtual ~RowBlocks() = default;
  virtual const std::vector<std::string>& names() const = 0;
  /// Row at which each block begins, and behind them the number of rows:
  /// starts[blocks + 1], ascending.
  virtual const std::vector<int64_t>& starts() const = 0;
  /// Whether a column can be read so, before anything is.
  virtual Status Check(const RowColumn& column) = 0;
  /// All values of some columns in a block: type[columns], each of the block's length.
  /// \param bytes  set to what the block weighs when it is kept
  virtual Result<arrow::ArrayVector> Decode(size_t block,
                                            const std::vector<RowColumn>& columns,
                                            int64_t* bytes) = 0;
};

/// A reader over rows: a block is decoded for all columns that have a cursor at once, and
/// blocks that cursors stand in are kept, up to 8 MiB of their bytes for the file and at
/// least one. Cursors further apart than that decode blocks again. No statistics, one row
/// group.
/// \param name  what error messages call the file
std::unique_ptr<FileReader> MakeRowFileReader(std::string name, arrow::MemoryPool* pool,
                                              std::unique_ptr<RowBlocks> blocks);

}  // namespace tarn::format

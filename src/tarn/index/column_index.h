// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/type_fwd.h>
#include <roaring/roaring.hh>

#include "tarn/expr/predicate.h"
#include "tarn/index/index_key.h"
#include "tarn/types/data_type.h"

namespace tarn::index {

/// One index of one column of a file, asked about rows (Paimon `FileIndexReader`).
/// Answers no value where the index cannot tell: any row may be meant. One caller at a
/// time. Errors: kCorruption.
class ColumnIndex {
 public:
  virtual ~ColumnIndex() = default;
  /// Rows whose key compares to `key` so, NULLs never among them.
  /// REQUIRES: op is one of =, <, <=, >, >=.
  virtual Result<std::optional<Roaring>> Compare(expr::CompareOp op,
                                                 const IndexKey& key) = 0;
  /// Rows with a value.
  virtual Result<std::optional<Roaring>> Values() { return std::nullopt; }
  /// Rows without one.
  virtual Result<std::optional<Roaring>> Nulls() { return std::nullopt; }
  /// Whether it knows rows: a bloom filter only knows that there is none.
  virtual bool knows_rows() const { return true; }
};

/// Open the bytes of an index, borrowed. nullptr for a type of index that is not known,
/// and for columns whose values it cannot hold.
/// \param type  type of the column when the file was written
/// \param rows  rows of the file
Result<std::unique_ptr<ColumnIndex>> OpenColumnIndex(std::string_view index_type,
                                                     std::string_view bytes,
                                                     const types::DataType& type,
                                                     int64_t rows);

/// Builds one index of one column while a file is written (Paimon `FileIndexWriter`). One
/// caller at a time.
class ColumnIndexBuilder {
 public:
  virtual ~ColumnIndexBuilder() = default;
  /// The next rows. REQUIRES: the engine type of the column.
  virtual Status Add(const arrow::Array& column) = 0;
  /// Errors: kInvalidInput for a value that the index cannot hold.
  virtual Result<std::string> Finish() = 0;
};

}  // namespace tarn::index

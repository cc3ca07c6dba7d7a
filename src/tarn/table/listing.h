// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/table/table.h"
#include "tarn/types/data_type.h"

namespace tarn::table {

/// Columns of a small listing of metadata, filled by row.
class Listing {
 public:
  explicit Listing(arrow::MemoryPool* pool) : pool_(pool) {}

  void AddColumn(std::string name, types::DataType type);
  /// Absent, a number (integers, booleans, milliseconds of a TIMESTAMP(3)), or text.
  using Cell = std::variant<std::monostate, int64_t, std::string>;
  void AddRow(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  /// Give a column of nested values whole, one per row; its cells then do not count.
  void SetColumn(size_t index, std::shared_ptr<arrow::Array> array) {
    whole_[index] = std::move(array);
  }

  const std::vector<types::DataField>& fields() const { return fields_; }
  int64_t rows() const { return static_cast<int64_t>(rows_.size()); }
  Result<std::shared_ptr<arrow::Array>> Column(size_t index) const;

 private:
  arrow::MemoryPool* pool_;
  std::vector<types::DataField> fields_;
  std::vector<std::vector<Cell>> rows_;
  std::map<size_t, std::shared_ptr<arrow::Array>> whole_;
};

template <typename T>
Listing::Cell CellOf(const std::optional<T>& value) {
  if (!value) return std::monostate();
  return Listing::Cell(*value);
}

/// An instant as Java shows it: in the zone of the process.
int64_t LocalMillis(const Table& table, int64_t epoch_millis);

/// Listings of data files and manifests of the snapshot that is read.
Result<Listing> ListFiles(const Table& table);
Result<Listing> ListFileKeyRanges(const Table& table);
Result<Listing> ListManifests(const Table& table);
Result<Listing> ListPartitionSums(const Table& table);
Result<Listing> ListBuckets(const Table& table);
/// Index files of the snapshot that is read (Paimon `TableIndexesTable`).
Result<Listing> ListIndexes(const Table& table);

/// One partition of the snapshot that is read, summed up.
struct PartitionTotal {
  std::string name;  ///< "dt=2024-01-01/hh=3", by the names of its folders, unescaped
  std::string partition;  ///< serialized row
  int64_t rows = 0, bytes = 0, files = 0;
  std::optional<int64_t> updated_millis;  ///< epoch; of its newest file
};
Result<std::vector<PartitionTotal>> ListPartitionTotals(const Table& table);

}  // namespace tarn::table

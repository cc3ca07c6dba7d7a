// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/row_router.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include "tarn/types/binary_row.h"

namespace tarn::write {
namespace {

arrow::ArrayVector ColumnsOf(const arrow::RecordBatch& batch,
                             const std::vector<int>& which) {
  arrow::ArrayVector columns;
  columns.reserve(which.size());
  for (int column : which) columns.push_back(batch.column(column));
  return columns;
}

/// Places of a batch, numbered as they first appear: ids int32[rows].
struct Places {
  std::vector<int32_t> id_of_row;
  std::vector<std::pair<std::string, int32_t>> places;  ///< partition, bucket
};

/// Partition numbers of the rows (int32[rows]) and the distinct serialized partitions.
Result<std::vector<int32_t>> NumberPartitions(arrow::MemoryPool* pool,
                                              const arrow::ArrayVector& columns,
                                              const std::vector<types::DataType>& types,
                                              int64_t rows,
                                              std::vector<std::string>* partitions) {
  std::vector<int32_t> numbers(static_cast<size_t>(rows), 0);
  if (columns.empty()) {
    partitions->push_back(types::SerializeBinaryRow(0, types::EmptyBinaryRow()));
    return numbers;
  }
  ARROW_ASSIGN_OR_RAISE(auto encoded, types::EncodeBinaryRows(pool, columns, types));
  std::unordered_map<std::string_view, int32_t> known;
  std::string_view previous;
  int32_t number = -1;
  for (int64_t i = 0; i < rows; ++i) {
    const std::string_view row = encoded.Row(i);
    if (number < 0 || row != previous) {
      const auto [at, is_new] =
          known.try_emplace(row, static_cast<int32_t>(known.size()));
      if (is_new) {
        partitions->push_back(
            types::SerializeBinaryRow(static_cast<int32_t>(types.size()), row));
      }
      number = at->second;
      previous = row;
    }
    numbers[static_cast<size_t>(i)] = number;
  }
  return numbers;
}

Places NumberPlaces(const std::vector<int32_t>& partition_of_row,
                    const std::vector<int32_t>& bucket_of_row,
                    const std::vector<std::string>& partitions) {
  Places out;
  out.id_of_row.resize(bucket_of_row.size());
  const auto [min, max] = std::minmax_element(bucket_of_row.begin(), bucket_of_row.end());
  const auto buckets = static_cast<size_t>(*max - *min) + 1;
  std::vector<int32_t> id_of_place(partitions.size() * buckets, -1);
  for (size_t i = 0; i < bucket_of_row.size(); ++i) {
    const size_t place = static_cast<size_t>(partition_of_row[i]) * buckets +
                         static_cast<size_t>(bucket_of_row[i] - *min);
    if (id_of_place[place] < 0) {
      id_of_place[place] = static_cast<int32_t>(out.places.size());
      out.places.emplace_back(partitions[static_cast<size_t>(partition_of_row[i])],
                              bucket_of_row[i]);
    }
    out.id_of_row[i] = id_of_place[place];
  }
  return out;
}

Result<types::ChangeBatch> TakeRows(arrow::MemoryPool* pool,
                                    const types::ChangeBatch& batch,
                                    const std::shared_ptr<arrow::Array>& indices) {
  arrow::compute::ExecContext exec(pool);
  types::ChangeBatch out;
  ARROW_ASSIGN_OR_RAISE(
      auto rows,
      arrow::compute::Take(batch.rows, indices,
                           arrow::compute::TakeOptions::NoBoundsCheck(), &exec));
  out.rows = rows.record_batch();
  if (const uint8_t* kinds = batch.kinds_data()) {
    const auto& typed = static_cast<const arrow::Int32Array&>(*indices);
    ARROW_ASSIGN_OR_RAISE(auto taken, arrow::AllocateBuffer(typed.length(), pool));
    for (int64_t i = 0; i < typed.length(); ++i) {
      taken->mutable_data()[i] = kinds[typed.Value(i)];
    }
    out.kinds = std::move(taken);
  }
  return out;
}

}  // namespace

Result<RowRouter> RowRouter::Make(arrow::MemoryPool* pool,
                                  const types::TableSchema& schema,
                                  std::unique_ptr<BucketChooser> buckets) {
  RowRouter router;
  router.pool_ = pool;
  router.buckets_ = std::move(buckets);
  ARROW_ASSIGN_OR_RAISE(router.partition_columns_,
                        schema.IndexesOf(schema.partition_keys));
  for (int column : router.partition_columns_) {
    router.partition_types_.push_back(schema.fields[static_cast<size_t>(column)].type);
  }
  return router;
}

Result<std::vector<RoutedRows>> RowRouter::Route(const types::ChangeBatch& batch) const {
  std::vector<RoutedRows> out;
  const int64_t rows = batch.num_rows();
  if (rows == 0) return out;
  std::vector<std::string> partitions;
  ARROW_ASSIGN_OR_RAISE(
      auto partition_of_row,
      NumberPartitions(pool_, ColumnsOf(*batch.rows, partition_columns_),
                       partition_types_, rows, &partitions));
  ARROW_ASSIGN_OR_RAISE(auto bucket_of_row,
                        buckets_->Choose(*batch.rows, partition_of_row, partitions));
  Places places = NumberPlaces(partition_of_row, bucket_of_row, partitions);
  if (places.places.size() == 1) {
    out.push_back({std::move(places.places[0].first), places.places[0].second, batch});
    return out;
  }
  std::vector<arrow::Int32Builder> indices;
  indices.reserve(places.places.size());
  for (size_t i = 0; i < places.places.size(); ++i) indices.emplace_back(pool_);
  for (size_t i = 0; i < places.id_of_row.size(); ++i) {
    ARROW_RETURN_NOT_OK(indices[static_cast<size_t>(places.id_of_row[i])].Append(
        static_cast<int32_t>(i)));
  }
  for (size_t place = 0; place < places.places.size(); ++place) {
    ARROW_ASSIGN_OR_RAISE(auto rows_of_place, indices[place].Finish());
    ARROW_ASSIGN_OR_RAISE(auto taken, TakeRows(pool_, batch, rows_of_place));
    out.push_back({std::move(places.places[place].first), places.places[place].second,
                   std::move(taken)});
  }
  return out;
}

}  // namespace tarn::write

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/data_type.h"

namespace tarn::types {

/// How a bucket key becomes a bucket (option `bucket-function.type`).
enum class BucketFunction : uint8_t { kDefault, kMod, kHive };

/// Errors: kInvalidInput naming the known functions.
Result<BucketFunction> ParseBucketFunction(std::string_view text);

/// Routes rows to the buckets of a table with a fixed number of them, bit for bit as Java
/// does (Paimon `DefaultBucketFunction`, `ModBucketFunction`, `HiveBucketFunction`).
/// Immutable.
class BucketAssigner {
 public:
  /// \param key_types    types of the bucket key, in the order of `bucket-key`
  /// \param num_buckets  above 0
  /// Errors: kInvalidInput: `mod` needs exactly one INT or BIGINT, and what `hive` cannot
  /// hash.
  static Result<BucketAssigner> Make(BucketFunction function,
                                     std::vector<DataType> key_types,
                                     int32_t num_buckets);

  /// Bucket of every row: int32[rows] in [0, num_buckets).
  /// \param keys  the bucket key columns, in the Arrow form of the types
  /// Errors: kResource.
  Result<std::vector<int32_t>> Assign(arrow::MemoryPool* pool,
                                      const arrow::ArrayVector& keys) const;

  int32_t num_buckets() const { return num_buckets_; }

 private:
  BucketAssigner(BucketFunction function, std::vector<DataType> key_types,
                 int32_t num_buckets)
      : function_(function), types_(std::move(key_types)), num_buckets_(num_buckets) {}

  BucketFunction function_;
  std::vector<DataType> types_;
  int32_t num_buckets_;
};

/// Hashes of the rows as binary rows: int32[rows]; `default` buckets and the bucket index
/// of dynamic buckets are made of them.
Result<std::vector<int32_t>> HashRows(arrow::MemoryPool* pool,
                                      const arrow::ArrayVector& columns,
                                      const std::vector<DataType>& types);

/// `default`: Java's `Math.abs(hash % buckets)`.
constexpr int32_t DefaultBucket(int32_t hash, int32_t num_buckets) {
  const int32_t rest = hash % num_buckets;
  return rest < 0 ? -rest : rest;
}

}  // namespace tarn::types

// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/bucket.h"

#include <cmath>
#include <numeric>

#include <arrow/array.h>
#include <arrow/util/decimal.h>

#include "tarn/base/bytes.h"
#include "tarn/base/units.h"
#include "tarn/types/binary_row.h"

namespace tarn::types {
namespace {

/// Java's `Long.hashCode`.
uint32_t FoldLong(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  return static_cast<uint32_t>(bits ^ (bits >> 32));
}

uint32_t HashFloat(float value) {
  if (value == 0) return 0;
  if (std::isnan(value)) return 0x7FC00000U;
  return base::LoadLittle<uint32_t>(&value);
}

uint32_t HashDouble(double value) {
  if (value == 0) return 0;
  if (std::isnan(value)) return FoldLong(0x7FF8000000000000);
  return FoldLong(base::LoadLittle<int64_t>(&value));
}

uint32_t HashBytes(std::string_view bytes) {
  uint32_t hash = 0;
  for (char c : bytes) {
    hash = hash * 31 + static_cast<uint32_t>(static_cast<int8_t>(c));
  }
  return hash;
}

/// `BigDecimal.hashCode` of the value without trailing zeros: 31 * unscaled + scale.
uint32_t HashDecimal(arrow::Decimal128 value, int32_t scale) {
  const arrow::Decimal128 ten(10);
  if (value == arrow::Decimal128(0)) return 0;
  while (scale > 0) {
    auto divided = value.Divide(ten);
    if (!divided.ok() || divided->second != arrow::Decimal128(0)) break;
    value = divided->first;
    --scale;
  }
  const bool negative = value.IsNegative();
  arrow::Decimal128 magnitude = value;
  if (negative) magnitude.Negate();
  const auto high = static_cast<uint64_t>(magnitude.high_bits());
  const uint64_t low = magnitude.low_bits();
  // Words of the magnitude, most significant first; leading zero words add nothing.
  uint32_t hash = 0;
  for (uint32_t word : {static_cast<uint32_t>(high >> 32), static_cast<uint32_t>(high),
                        static_cast<uint32_t>(low >> 32), static_cast<uint32_t>(low)}) {
    hash = hash * 31 + word;
  }
  if (negative) hash = ~hash + 1;
  return hash * 31 + static_cast<uint32_t>(scale);
}

/// hashes[i] = 31 * hashes[i] + hash(i), 0 for NULL.
template <typename Hash>
void Mix(const arrow::Array& array, Hash&& hash, std::vector<uint32_t>* hashes) {
  for (int64_t i = 0; i < array.length(); ++i) {
    uint32_t& at = (*hashes)[static_cast<size_t>(i)];
    at = at * 31 + (array.IsNull(i) ? 0U : hash(i));
  }
}

template <typename ArrayType>
const ArrayType& As(const arrow::Array& array) {
  return static_cast<const ArrayType&>(array);
}

Status MixHive(const arrow::Array& array, const DataType& type,
               std::vector<uint32_t>* hashes) {
  auto number = [&]<typename T>(T) {
    const T* values = array.data()->GetValues<T>(1);
    Mix(array, [&](int64_t i) { return static_cast<uint32_t>(values[i]); }, hashes);
  };
  switch (type.root()) {
    case TypeRoot::kBoolean:
      Mix(
          array, [&](int64_t i) { return As<arrow::BooleanArray>(array).Value(i); },
          hashes);
      return Status::OK();
    case TypeRoot::kTinyInt:
      number(int8_t{});
      return Status::OK();
    case TypeRoot::kSmallInt:
      number(int16_t{});
      return Status::OK();
    case TypeRoot::kInt:
    case TypeRoot::kDate:
    case TypeRoot::kTime:
      number(int32_t{});
      return Status::OK();
    case TypeRoot::kBigInt:
      Mix(
          array,
          [&](int64_t i) { return FoldLong(As<arrow::Int64Array>(array).Value(i)); },
          hashes);
      return Status::OK();
    case TypeRoot::kFloat:
      Mix(
          array,
          [&](int64_t i) { return HashFloat(As<arrow::FloatArray>(array).Value(i)); },
          hashes);
      return Status::OK();
    case TypeRoot::kDouble:
      Mix(
          array,
          [&](int64_t i) { return HashDouble(As<arrow::DoubleArray>(array).Value(i)); },
          hashes);
      return Status::OK();
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
      Mix(
          array,
          [&](int64_t i) { return HashBytes(As<arrow::BinaryArray>(array).GetView(i)); },
          hashes);
      return Status::OK();
    case TypeRoot::kDecimal:
      Mix(
          array,
          [&](int64_t i) {
            return HashDecimal(
                arrow::Decimal128(As<arrow::Decimal128Array>(array).GetValue(i)),
                type.scale());
          },
          hashes);
      return Status::OK();
    default:
      break;
  }
  if (array.null_count() < array.length()) {
    return InvalidInput(
        1043, "Bucket function hive cannot hash this type:", V("type", type.ToString()));
  }
  Mix(array, [](int64_t) { return 0U; }, hashes);
  return Status::OK();
}

/// Java's `Math.floorMod`, NULL counting as 0.
template <typename T>
void FloorMod(const arrow::Array& array, int32_t num_buckets, int32_t* out) {
  const T* values = array.data()->GetValues<T>(1);
  for (int64_t i = 0; i < array.length(); ++i) {
    const int64_t rest = (array.IsNull(i) ? 0 : int64_t{values[i]}) % num_buckets;
    out[i] = static_cast<int32_t>(rest < 0 ? rest + num_buckets : rest);
  }
}

}  // namespace

Result<BucketFunction> ParseBucketFunction(std::string_view text) {
  const std::string name = base::ToLower(text);
  if (name == "default") return BucketFunction::kDefault;
  if (name == "mod") return BucketFunction::kMod;
  if (name == "hive") return BucketFunction::kHive;
  return InvalidInput(1044, "Option bucket-function.type must be default, mod or hive:",
                      V("value", text));
}

Result<BucketAssigner> BucketAssigner::Make(BucketFunction function,
                                            std::vector<DataType> key_types,
                                            int32_t num_buckets) {
  if (num_buckets <= 0) {
    return InvalidInput(1045,
                        "Number of buckets must be above 0:", V("buckets", num_buckets));
  }
  if (function == BucketFunction::kMod) {
    if (key_types.size() != 1) {
      return InvalidInput(1046, "Bucket function mod needs exactly one key column:",
                          V("columns", key_types.size()));
    }
    const TypeRoot root = key_types[0].root();
    if (root != TypeRoot::kInt && root != TypeRoot::kBigInt) {
      return InvalidInput(1047, "Bucket function mod needs an INT or BIGINT key:",
                          V("type", key_types[0].ToString()));
    }
  }
  return BucketAssigner(function, std::move(key_types), num_buckets);
}

Result<std::vector<int32_t>> BucketAssigner::Assign(
    arrow::MemoryPool* pool, const arrow::ArrayVector& keys) const {
  TARN_CHECK(keys.size() == types_.size(), V("columns", keys.size()));
  if (function_ == BucketFunction::kDefault) {
    ARROW_ASSIGN_OR_RAISE(std::vector<int32_t> buckets, HashRows(pool, keys, types_));
    for (int32_t& bucket : buckets) bucket = DefaultBucket(bucket, num_buckets_);
    return buckets;
  }
  const int64_t rows = keys.empty() ? 1 : keys[0]->length();
  std::vector<int32_t> buckets(static_cast<size_t>(rows));
  if (function_ == BucketFunction::kMod) {
    if (types_[0].root() == TypeRoot::kInt) {
      FloorMod<int32_t>(*keys[0], num_buckets_, buckets.data());
    } else {
      FloorMod<int64_t>(*keys[0], num_buckets_, buckets.data());
    }
    return buckets;
  }
  std::vector<uint32_t> hashes(static_cast<size_t>(rows), 0);
  for (size_t c = 0; c < keys.size(); ++c) {
    ARROW_RETURN_NOT_OK(MixHive(*keys[c], types_[c], &hashes));
  }
  for (size_t i = 0; i < hashes.size(); ++i) {
    buckets[i] = static_cast<int32_t>((hashes[i] & 0x7FFFFFFFU) %
                                      static_cast<uint32_t>(num_buckets_));
  }
  return buckets;
}

Result<std::vector<int32_t>> HashRows(arrow::MemoryPool* pool,
                                      const arrow::ArrayVector& columns,
                                      const std::vector<DataType>& types) {
  const int64_t rows = columns.empty() ? 1 : columns[0]->length();
  std::vector<int32_t> hashes(static_cast<size_t>(rows));
  // Blocks whose binary rows stay in the cache.
  constexpr int64_t kBlockRows = 4096;
  for (int64_t begin = 0; begin < rows; begin += kBlockRows) {
    arrow::ArrayVector block;
    for (const auto& column : columns) block.push_back(column->Slice(begin, kBlockRows));
    ARROW_ASSIGN_OR_RAISE(BinaryRows encoded, EncodeBinaryRows(pool, block, types));
    HashBinaryRows(encoded, hashes.data() + begin);
  }
  return hashes;
}

}  // namespace tarn::types

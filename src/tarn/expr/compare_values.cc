// SPDX-License-Identifier: Apache-2.0
#include "tarn/expr/compare_values.h"

#include <cmath>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

namespace tarn::expr {
namespace {

template <typename T>
int Order(T a, T b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

/// Java's Double.compare.
template <typename T>
int OrderFloating(T a, T b) {
  if (a < b) return -1;
  if (b < a) return 1;
  if (std::isnan(a) || std::isnan(b)) return Order(std::isnan(a), std::isnan(b));
  return Order(std::signbit(b), std::signbit(a));
}

template <typename ArrayType>
auto At(const arrow::Array& array, int64_t index) {
  return static_cast<const ArrayType&>(array).GetView(index);
}

}  // namespace

int CompareValues(const arrow::Array& a, int64_t i, const arrow::Array& b, int64_t j) {
#define TARN_COMPARE(ArrayType) Order(At<ArrayType>(a, i), At<ArrayType>(b, j))
  switch (a.type_id()) {
    case arrow::Type::BOOL:
      return TARN_COMPARE(arrow::BooleanArray);
    case arrow::Type::INT8:
      return TARN_COMPARE(arrow::Int8Array);
    case arrow::Type::INT16:
      return TARN_COMPARE(arrow::Int16Array);
    case arrow::Type::INT32:
      return TARN_COMPARE(arrow::Int32Array);
    case arrow::Type::INT64:
      return TARN_COMPARE(arrow::Int64Array);
    case arrow::Type::DATE32:
      return TARN_COMPARE(arrow::Date32Array);
    case arrow::Type::TIME32:
      return TARN_COMPARE(arrow::Time32Array);
    case arrow::Type::TIMESTAMP:
      return TARN_COMPARE(arrow::TimestampArray);
    case arrow::Type::FLOAT:
      return OrderFloating(At<arrow::FloatArray>(a, i), At<arrow::FloatArray>(b, j));
    case arrow::Type::DOUBLE:
      return OrderFloating(At<arrow::DoubleArray>(a, i), At<arrow::DoubleArray>(b, j));
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return At<arrow::BinaryArray>(a, i).compare(At<arrow::BinaryArray>(b, j));
    case arrow::Type::DECIMAL128: {
      const auto* left = static_cast<const arrow::Decimal128Array&>(a).Value(i);
      const auto* right = static_cast<const arrow::Decimal128Array&>(b).Value(j);
      return Order(arrow::Decimal128(left), arrow::Decimal128(right));
    }
    default:
      return 0;
  }
#undef TARN_COMPARE
}

int CompareNullable(const arrow::Array& a, int64_t i, const arrow::Array& b, int64_t j) {
  if (a.IsNull(i) || b.IsNull(j)) return Order(!a.IsNull(i), !b.IsNull(j));
  return CompareValues(a, i, b, j);
}

bool IsComparable(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::DATE32:
    case arrow::Type::TIME32:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
    case arrow::Type::DECIMAL128:
      return true;
    default:
      return false;
  }
}

}  // namespace tarn::expr

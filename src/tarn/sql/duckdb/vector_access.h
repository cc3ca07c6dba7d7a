// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/exception/conversion_exception.hpp>
#include <duckdb/common/types/decimal.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>

namespace tarn::sql {

/// One argument of a scalar function, read by row: flat, constant and dictionary vectors
/// alike. Valid while the chunk lives.
template <typename T>
class ArgumentColumn {
 public:
  ArgumentColumn(duckdb::Vector& vector, duckdb::idx_t rows) {
    vector.ToUnifiedFormat(rows, format_);
    data_ = duckdb::UnifiedVectorFormat::GetData<T>(format_);
  }
  bool IsNull(duckdb::idx_t row) const {
    return !format_.validity.RowIsValid(format_.sel->get_index(row));
  }
  const T& operator[](duckdb::idx_t row) const {
    return data_[format_.sel->get_index(row)];
  }

 private:
  duckdb::UnifiedVectorFormat format_;
  const T* data_ = nullptr;
};

/// A flat result vector of `rows` rows, without nulls yet.
template <typename T>
T* FlatResult(duckdb::Vector& result) {
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  return duckdb::FlatVector::GetData<T>(result);
}

/// Store an unscaled decimal in a result vector of any width.
inline void StoreDecimal(duckdb::Vector& result, duckdb::idx_t row,
                         duckdb::hugeint_t value) {
  switch (result.GetType().InternalType()) {
    case duckdb::PhysicalType::INT16:
      duckdb::FlatVector::GetData<int16_t>(result)[row] =
          duckdb::Hugeint::Cast<int16_t>(value);
      break;
    case duckdb::PhysicalType::INT32:
      duckdb::FlatVector::GetData<int32_t>(result)[row] =
          duckdb::Hugeint::Cast<int32_t>(value);
      break;
    case duckdb::PhysicalType::INT64:
      duckdb::FlatVector::GetData<int64_t>(result)[row] =
          duckdb::Hugeint::Cast<int64_t>(value);
      break;
    default:
      duckdb::FlatVector::GetData<duckdb::hugeint_t>(result)[row] = value;
      break;
  }
}

/// Apply `body(row)` to each row; a constant result for constant arguments.
template <typename Body>
void ForEachRow(duckdb::DataChunk& arguments, duckdb::Vector& result, Body body) {
  const bool constant = arguments.AllConstant();
  const duckdb::idx_t rows = constant ? 1 : arguments.size();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (duckdb::idx_t row = 0; row < rows; ++row) body(row);
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

inline bool IsIntegerType(const duckdb::LogicalType& type) {
  return type.id() == duckdb::LogicalTypeId::TINYINT ||
         type.id() == duckdb::LogicalTypeId::SMALLINT ||
         type.id() == duckdb::LogicalTypeId::INTEGER ||
         type.id() == duckdb::LogicalTypeId::BIGINT;
}

/// DECIMAL(precision, scale) that holds every value of an integer type; Flink's widths.
inline duckdb::LogicalType DecimalOfInteger(const duckdb::LogicalType& type) {
  switch (type.id()) {
    case duckdb::LogicalTypeId::TINYINT:
      return duckdb::LogicalType::DECIMAL(3, 0);
    case duckdb::LogicalTypeId::SMALLINT:
      return duckdb::LogicalType::DECIMAL(5, 0);
    case duckdb::LogicalTypeId::INTEGER:
      return duckdb::LogicalType::DECIMAL(10, 0);
    default:
      return duckdb::LogicalType::DECIMAL(19, 0);
  }
}

}  // namespace tarn::sql

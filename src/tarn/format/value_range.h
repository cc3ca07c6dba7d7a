// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>
#include <arrow/util/decimal.h>

#include "tarn/types/data_type.h"

namespace tarn::format {

/// Minimum and maximum of a column, as Java finds them where no footer states them:
/// formats without statistics, and FLOAT and DOUBLE (Java orders with `Double.compare`:
/// -0.0 below 0.0, NaN above all; footers leave NaN out) and bytes (footers leave long
/// values out) of the others. One caller at a time.
class ValueRange {
 public:
  explicit ValueRange(const types::DataType& type);

  /// Whether values of `type` have an order (Paimon `FullSimpleColStatsCollector`).
  static bool Orders(const types::DataType& type);
  /// Whether columns of `type` are followed here although there is a footer.
  static bool Follows(const types::DataType& type);
  /// Take in the values of an array of the engine type.
  void Add(const arrow::Array& array);
  /// One-row arrays; nullptr when there was no value.
  Result<std::shared_ptr<arrow::Array>> Min(arrow::MemoryPool* pool) const;
  Result<std::shared_ptr<arrow::Array>> Max(arrow::MemoryPool* pool) const;

 private:
  template <typename Float, typename Bits>
  void AddFloats(const arrow::Array& array);
  void AddBytes(const arrow::Array& array);
  void AddCode(int64_t code);
  template <typename Array>
  void AddIntegers(const arrow::Array& array);
  void AddDecimals(const arrow::Array& array);
  Result<std::shared_ptr<arrow::Array>> IntegerOf(int64_t code,
                                                  arrow::MemoryPool* pool) const;
  Result<std::shared_ptr<arrow::Array>> DecimalOf(const arrow::Decimal128& value,
                                                  arrow::MemoryPool* pool) const;
  Result<std::shared_ptr<arrow::Array>> FloatOf(int64_t code,
                                                arrow::MemoryPool* pool) const;
  Result<std::shared_ptr<arrow::Array>> BytesOf(const std::string& bytes,
                                                arrow::MemoryPool* pool) const;

  types::DataType type_;
  bool is_decimal_;  ///< DECIMAL, and fine timestamps, which have its Arrow form
  bool any_ = false;
  int64_t min_code_ = 0;  ///< of floats: integers in the order of Double.compare
  int64_t max_code_ = 0;
  arrow::Decimal128 min_decimal_;
  arrow::Decimal128 max_decimal_;
  std::string min_bytes_;
  std::string max_bytes_;
  uint64_t min_prefix_ = 0;  ///< first eight bytes, big-endian, zero-padded
  uint64_t max_prefix_ = 0;
};

}  // namespace tarn::format

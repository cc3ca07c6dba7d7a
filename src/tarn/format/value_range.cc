// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/value_range.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

#include <arrow/api.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/instant.h"

namespace tarn::format {
namespace {

using types::TypeRoot;

/// Integers that compare as Java's Double.compare (Float.compare) does; its own inverse
/// apart from the one NaN that all NaN become.
template <typename Bits, typename Float>
Bits CodeOf(Float value) {
  if (std::isnan(value)) value = std::numeric_limits<Float>::quiet_NaN();
  const Bits bits = std::bit_cast<Bits>(value);
  return bits < 0 ? bits ^ std::numeric_limits<Bits>::max() : bits;
}

template <typename Float, typename Bits>
Float ValueOf(Bits code) {
  return std::bit_cast<Float>(code < 0 ? code ^ std::numeric_limits<Bits>::max() : code);
}

uint64_t PrefixOf(std::string_view bytes) {
  uint64_t prefix = 0;
  std::memcpy(&prefix, bytes.data(), bytes.size() < 8 ? bytes.size() : 8);
  return __builtin_bswap64(prefix);
}

}  // namespace

ValueRange::ValueRange(const types::DataType& type)
    : type_(type),
      is_decimal_(type.root() == TypeRoot::kDecimal || types::IsFineTimestamp(type)) {}

bool ValueRange::Orders(const types::DataType& type) {
  switch (type.root()) {
    case TypeRoot::kBlob:
    case TypeRoot::kVariant:
      return false;
    default:
      return !type.IsNested();
  }
}

bool ValueRange::Follows(const types::DataType& type) {
  return type.root() == TypeRoot::kFloat || type.root() == TypeRoot::kDouble ||
         type.IsString() || type.IsBytes();
}

template <typename Float, typename Bits>
void ValueRange::AddFloats(const arrow::Array& array) {
  const auto* values = array.data()->GetValues<Float>(1);
  const bool nulls = array.null_count() > 0;
  for (int64_t i = 0; i < array.length(); ++i) {
    if (nulls && array.IsNull(i)) continue;
    AddCode(CodeOf<Bits>(values[i]));
  }
}

template <typename Array>
void ValueRange::AddIntegers(const arrow::Array& array) {
  const auto& typed = static_cast<const Array&>(array);
  const bool nulls = array.null_count() > 0;
  for (int64_t i = 0; i < array.length(); ++i) {
    if (!nulls || array.IsValid(i)) AddCode(typed.Value(i));
  }
}

void ValueRange::AddDecimals(const arrow::Array& array) {
  const auto& typed = static_cast<const arrow::Decimal128Array&>(array);
  const bool nulls = array.null_count() > 0;
  for (int64_t i = 0; i < array.length(); ++i) {
    if (nulls && array.IsNull(i)) continue;
    const arrow::Decimal128 value(typed.GetValue(i));
    if (!any_ || value < min_decimal_) min_decimal_ = value;
    if (!any_ || value > max_decimal_) max_decimal_ = value;
    any_ = true;
  }
}

void ValueRange::AddCode(int64_t code) {
  if (!any_ || code < min_code_) min_code_ = code;
  if (!any_ || code > max_code_) max_code_ = code;
  any_ = true;
}

void ValueRange::AddBytes(const arrow::Array& array) {
  const auto& bytes = static_cast<const arrow::BinaryArray&>(array);
  const bool nulls = array.null_count() > 0;
  for (int64_t i = 0; i < bytes.length(); ++i) {
    if (nulls && bytes.IsNull(i)) continue;
    const std::string_view value = bytes.GetView(i);
    const uint64_t prefix = PrefixOf(value);
    // Most values lie strictly inside by their first bytes.
    if (any_ && prefix > min_prefix_ && prefix < max_prefix_) continue;
    if (!any_ || value < min_bytes_) {
      min_bytes_ = value;
      min_prefix_ = prefix;
    }
    if (!any_ || value > max_bytes_) {
      max_bytes_ = value;
      max_prefix_ = prefix;
    }
    any_ = true;
  }
}

void ValueRange::Add(const arrow::Array& array) {
  switch (type_.root()) {
    case TypeRoot::kFloat:
      return AddFloats<float, int32_t>(array);
    case TypeRoot::kDouble:
      return AddFloats<double, int64_t>(array);
    case TypeRoot::kBoolean:
      return AddIntegers<arrow::BooleanArray>(array);
    case TypeRoot::kTinyInt:
      return AddIntegers<arrow::Int8Array>(array);
    case TypeRoot::kSmallInt:
      return AddIntegers<arrow::Int16Array>(array);
    case TypeRoot::kInt:
      return AddIntegers<arrow::Int32Array>(array);
    case TypeRoot::kBigInt:
      return AddIntegers<arrow::Int64Array>(array);
    case TypeRoot::kDate:
      return AddIntegers<arrow::Date32Array>(array);
    case TypeRoot::kTime:
      return AddIntegers<arrow::Time32Array>(array);
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      if (is_decimal_) return AddDecimals(array);
      return AddIntegers<arrow::TimestampArray>(array);
    case TypeRoot::kDecimal:
      return AddDecimals(array);
    default:
      return AddBytes(array);
  }
}

Result<std::shared_ptr<arrow::Array>> ValueRange::FloatOf(int64_t code,
                                                          arrow::MemoryPool* pool) const {
  if (type_.root() == TypeRoot::kFloat) {
    arrow::FloatBuilder builder(pool);
    ARROW_RETURN_NOT_OK(
        builder.Append(ValueOf<float, int32_t>(static_cast<int32_t>(code))));
    return builder.Finish();
  }
  arrow::DoubleBuilder builder(pool);
  ARROW_RETURN_NOT_OK(builder.Append(ValueOf<double, int64_t>(code)));
  return builder.Finish();
}

Result<std::shared_ptr<arrow::Array>> ValueRange::IntegerOf(
    int64_t code, arrow::MemoryPool* pool) const {
  ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::DataType> type,
                        types::ToArrow(type_));
  std::shared_ptr<arrow::Scalar> scalar;
  if (type_.root() == TypeRoot::kBoolean) {
    scalar = arrow::MakeScalar(code != 0);
  } else {
    ARROW_ASSIGN_OR_RAISE(scalar, arrow::MakeScalar(type, code));
  }
  return arrow::MakeArrayFromScalar(*scalar, 1, pool);
}

Result<std::shared_ptr<arrow::Array>> ValueRange::DecimalOf(
    const arrow::Decimal128& value, arrow::MemoryPool* pool) const {
  ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::DataType> type,
                        types::ToArrow(type_));
  return arrow::MakeArrayFromScalar(arrow::Decimal128Scalar(value, type), 1, pool);
}

Result<std::shared_ptr<arrow::Array>> ValueRange::BytesOf(const std::string& bytes,
                                                          arrow::MemoryPool* pool) const {
  arrow::BinaryBuilder builder(pool);
  ARROW_RETURN_NOT_OK(builder.Append(bytes));
  ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::Array> array, builder.Finish());
  ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::DataType> type,
                        types::ToArrow(type_));
  return array->View(type);
}

Result<std::shared_ptr<arrow::Array>> ValueRange::Min(arrow::MemoryPool* pool) const {
  if (!any_) return std::shared_ptr<arrow::Array>();
  if (type_.IsString() || type_.IsBytes()) return BytesOf(min_bytes_, pool);
  if (is_decimal_) return DecimalOf(min_decimal_, pool);
  if (Follows(type_)) return FloatOf(min_code_, pool);
  return IntegerOf(min_code_, pool);
}

Result<std::shared_ptr<arrow::Array>> ValueRange::Max(arrow::MemoryPool* pool) const {
  if (!any_) return std::shared_ptr<arrow::Array>();
  if (type_.IsString() || type_.IsBytes()) return BytesOf(max_bytes_, pool);
  if (is_decimal_) return DecimalOf(max_decimal_, pool);
  if (Follows(type_)) return FloatOf(max_code_, pool);
  return IntegerOf(max_code_, pool);
}

}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/index_key.h"

#include <bit>
#include <cmath>
#include <limits>

#include <arrow/array.h>
#include <arrow/type.h>

#include "tarn/index/java_hash.h"
#include "tarn/types/instant.h"

namespace tarn::index {
namespace {

using types::TypeRoot;

constexpr int32_t kDecimalDigitsMax = 18;
constexpr int64_t kNanosPerMicro = 1000;

/// Bits of a floating number, one NaN only, and back: as a signed number the code has the
/// order of `Double.compare`.
template <typename Float, typename Int>
Int FloatCode(Float value) {
  if (std::isnan(value)) value = std::numeric_limits<Float>::quiet_NaN();
  const Int bits = std::bit_cast<Int>(value);
  return bits < 0 ? static_cast<Int>(bits ^ std::numeric_limits<Int>::max()) : bits;
}
template <typename Int>
Int FloatBits(int64_t code) {
  const auto narrow = static_cast<Int>(code);
  return narrow < 0 ? static_cast<Int>(narrow ^ std::numeric_limits<Int>::max()) : narrow;
}

/// Microseconds since the epoch, cut towards the past.
types::FineNanos MicrosAt(const arrow::Array& array, int64_t row) {
  const types::FineNanos nanos = types::FineNanosAt(array, row);
  return nanos / kNanosPerMicro - (nanos % kNanosPerMicro < 0 ? 1 : 0);
}

}  // namespace

std::optional<KeyForm> KeyForm::Of(const types::DataType& type) {
  KeyForm form(0);
  switch (type.root()) {
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return form;
    case TypeRoot::kBoolean:
      form.width_ = 1;
      form.boolean_ = true;
      return form;
    case TypeRoot::kTinyInt:
      form.width_ = 1;
      return form;
    case TypeRoot::kSmallInt:
      form.width_ = 2;
      return form;
    case TypeRoot::kInt:
    case TypeRoot::kDate:
    case TypeRoot::kTime:
      form.width_ = 4;
      return form;
    case TypeRoot::kBigInt:
      form.width_ = 8;
      return form;
    case TypeRoot::kFloat:
    case TypeRoot::kDouble:
      form.width_ = type.root() == TypeRoot::kFloat ? 4 : 8;
      form.floating_ = true;
      return form;
    case TypeRoot::kDecimal:
      if (type.precision() > kDecimalDigitsMax) return std::nullopt;
      form.width_ = 8;
      form.decimal_ = true;
      return form;
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      form.width_ = 8;
      form.fine_ = types::IsFineTimestamp(type);
      return form;
    default:
      return std::nullopt;
  }
}

bool KeyForm::HasKey(const arrow::Array& array, int64_t row) const {
  if (!fine_) return true;
  const types::FineNanos micros = MicrosAt(array, row);
  return micros == static_cast<int64_t>(micros);
}

Status KeyForm::CheckKeys(const arrow::Array& column) const {
  if (!fine_) return Status::OK();
  for (int64_t row = 0; row < column.length(); ++row) {
    if (column.IsNull(row) || HasKey(column, row)) continue;
    return Unsupported(6715, "Timestamp does not fit the microseconds of an index:",
                       V("millis", types::InstantAt(column, row).millis));
  }
  return Status::OK();
}

IndexKey KeyForm::KeyOf(const arrow::Array& array, int64_t row) const {
  switch (array.type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return {0, static_cast<const arrow::BinaryArray&>(array).GetView(row)};
    case arrow::Type::BOOL:
      return {static_cast<const arrow::BooleanArray&>(array).Value(row) ? 1 : 0, {}};
    case arrow::Type::INT8:
      return {static_cast<const arrow::Int8Array&>(array).Value(row), {}};
    case arrow::Type::INT16:
      return {static_cast<const arrow::Int16Array&>(array).Value(row), {}};
    case arrow::Type::INT32:
      return {static_cast<const arrow::Int32Array&>(array).Value(row), {}};
    case arrow::Type::DATE32:
      return {static_cast<const arrow::Date32Array&>(array).Value(row), {}};
    case arrow::Type::TIME32:
      return {static_cast<const arrow::Time32Array&>(array).Value(row), {}};
    case arrow::Type::INT64:
      return {static_cast<const arrow::Int64Array&>(array).Value(row), {}};
    case arrow::Type::FLOAT:
      return {FloatCode<float, int32_t>(
                  static_cast<const arrow::FloatArray&>(array).Value(row)),
              {}};
    case arrow::Type::DOUBLE:
      return {FloatCode<double, int64_t>(
                  static_cast<const arrow::DoubleArray&>(array).Value(row)),
              {}};
    case arrow::Type::TIMESTAMP:
      return {static_cast<const arrow::TimestampArray&>(array).Value(row), {}};
    case arrow::Type::DECIMAL128: {
      if (fine_) return {static_cast<int64_t>(MicrosAt(array, row)), {}};
      const uint8_t* value = static_cast<const arrow::Decimal128Array&>(array).Value(row);
      return {base::LoadLittle<int64_t>(value), {}};
    }
    default:
      return {};
  }
}

void KeyForm::Append(const IndexKey& key, std::string* out) const {
  if (is_text()) {
    base::AppendBig(out, static_cast<int32_t>(key.text.size()));
    out->append(key.text);
  } else if (width_ == 1) {
    base::AppendBig(out, static_cast<int8_t>(key.number));
  } else if (width_ == 2) {
    base::AppendBig(out, static_cast<int16_t>(key.number));
  } else if (width_ == 4) {
    base::AppendBig(out, floating_ ? FloatBits<int32_t>(key.number)
                                   : static_cast<int32_t>(key.number));
  } else {
    base::AppendBig(out, floating_ ? FloatBits<int64_t>(key.number) : key.number);
  }
}

Result<IndexKey> KeyForm::Read(base::ByteReader* in) const {
  IndexKey key;
  if (is_text()) {
    ARROW_ASSIGN_OR_RAISE(const auto length, in->ReadBig<uint32_t>());
    ARROW_ASSIGN_OR_RAISE(key.text, in->ReadBytes(length));
  } else if (width_ == 1) {
    ARROW_ASSIGN_OR_RAISE(key.number, in->ReadBig<int8_t>());
    if (boolean_) key.number = key.number != 0 ? 1 : 0;
  } else if (width_ == 2) {
    ARROW_ASSIGN_OR_RAISE(key.number, in->ReadBig<int16_t>());
  } else if (width_ == 4) {
    ARROW_ASSIGN_OR_RAISE(const auto bits, in->ReadBig<int32_t>());
    key.number = floating_ ? FloatCode<float, int32_t>(std::bit_cast<float>(bits)) : bits;
  } else {
    ARROW_ASSIGN_OR_RAISE(const auto bits, in->ReadBig<int64_t>());
    key.number =
        floating_ ? FloatCode<double, int64_t>(std::bit_cast<double>(bits)) : bits;
  }
  return key;
}

int32_t KeyForm::JavaHash(const IndexKey& key) const {
  if (is_text()) return HashJavaBytes(key.text);
  if (boolean_) return key.number != 0 ? 1231 : 1237;
  if (width_ < 8) {
    return floating_ ? FloatBits<int32_t>(key.number) : static_cast<int32_t>(key.number);
  }
  const auto bits =
      static_cast<uint64_t>(floating_ ? FloatBits<int64_t>(key.number) : key.number);
  return static_cast<int32_t>(bits ^ (bits >> 32));
}

int64_t KeyForm::BloomNumber(const IndexKey& key) const {
  if (!floating_) return key.number;
  return width_ == 4 ? FloatBits<int32_t>(key.number) : FloatBits<int64_t>(key.number);
}

}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/key_codes.h"

#include <bit>
#include <limits>
#include <type_traits>
#include <utility>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/decimal.h>

namespace tarn::merge {
namespace {

template <typename T>
uint64_t OrderedBits(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    using U = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
    constexpr U kSign = U{1} << (sizeof(U) * 8 - 1);
    if (value != value) value = std::numeric_limits<T>::quiet_NaN();
    const U bits = std::bit_cast<U>(value);
    return (bits & kSign) ? static_cast<U>(~bits) : (bits | kSign);
  } else {
    using U = std::make_unsigned_t<T>;
    return static_cast<U>(static_cast<U>(value) ^ (U{1} << (sizeof(U) * 8 - 1)));
  }
}

template <typename T>
void EncodeFixed(const arrow::Array& column, ColumnCodes* out) {
  const T* values = column.data()->GetValues<T>(1);
  out->bits = sizeof(T) * 8;
  for (int64_t i = 0; i < column.length(); ++i) out->codes[i] = OrderedBits(values[i]);
}

void EncodeBool(const arrow::Array& column, ColumnCodes* out) {
  const auto& values = static_cast<const arrow::BooleanArray&>(column);
  out->bits = 8;
  for (int64_t i = 0; i < column.length(); ++i) out->codes[i] = values.Value(i);
}

void EncodeBinary(const std::shared_ptr<arrow::Array>& column, ColumnCodes* out) {
  const auto& values = static_cast<const arrow::BinaryArray&>(*column);
  out->exact = false;
  out->owner = column;
  out->views.resize(column->length());
  for (int64_t i = 0; i < column->length(); ++i) {
    out->views[i] = values.GetView(i);
    out->codes[i] = CodeOfBytes(out->views[i]);
  }
}

void EncodeDecimal(const arrow::Array& column, ColumnCodes* out) {
  const auto& type = static_cast<const arrow::Decimal128Type&>(*column.type());
  const auto& values = static_cast<const arrow::Decimal128Array&>(column);
  const int64_t rows = column.length();
  if (type.precision() <= 18) {
    for (int64_t i = 0; i < rows; ++i) {
      out->codes[i] = OrderedBits(
          static_cast<int64_t>(arrow::Decimal128(values.GetValue(i)).low_bits()));
    }
    return;
  }
  out->exact = false;
  auto bytes = std::make_shared<std::string>(rows * 16, '\0');
  out->views.resize(rows);
  for (int64_t i = 0; i < rows; ++i) {
    const arrow::Decimal128 value(values.GetValue(i));
    out->codes[i] = OrderedBits(value.high_bits());
    const uint64_t words[2] = {__builtin_bswap64(out->codes[i]),
                               __builtin_bswap64(value.low_bits())};
    std::memcpy(bytes->data() + i * 16, words, 16);
    out->views[i] = std::string_view(bytes->data() + i * 16, 16);
  }
  out->owner = std::move(bytes);
}

void AppendFixed(uint64_t code, int bits, bool invert, std::string* out) {
  if (invert) code = ~code;
  for (int shift = bits - 8; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(code >> shift));
  }
}

/// Zero bytes are escaped and an end is marked, so that columns behind do not shift the
/// order.
void AppendEscaped(std::string_view value, bool invert, std::string* out) {
  const size_t begin = out->size();
  for (char c : value) {
    out->push_back(c);
    if (c == '\0') out->push_back('\xff');
  }
  out->push_back('\0');
  out->push_back('\0');
  if (!invert) return;
  for (size_t i = begin; i < out->size(); ++i) (*out)[i] = ~(*out)[i];
}

/// One column of a packed key and whether its values descend.
struct PackedColumn {
  ColumnCodes codes;
  bool invert = false;
};

RowKeys PackFixed(const std::vector<PackedColumn>& columns, int64_t rows) {
  RowKeys keys;
  keys.codes.assign(rows, 0);
  int shift = 64;
  for (const auto& [column, invert] : columns) {
    shift -= column.bits;
    const uint64_t mask =
        column.bits == 64 ? ~uint64_t{0} : (uint64_t{1} << column.bits) - 1;
    const uint64_t flip = invert ? mask : 0;
    for (int64_t i = 0; i < rows; ++i) {
      keys.codes[i] |= ((column.codes[i] & mask) ^ flip) << shift;
    }
  }
  return keys;
}

ColumnCodes ValidityFlag(const ColumnCodes& column, int64_t rows) {
  ColumnCodes flag;
  flag.bits = 8;
  flag.codes.resize(rows);
  for (int64_t i = 0; i < rows; ++i) flag.codes[i] = column.IsValid(i);
  return flag;
}

RowKeys PackBytes(const std::vector<ColumnCodes>& columns, int64_t rows,
                  KeyEncoding encoding) {
  auto bytes = std::make_shared<std::string>();
  std::vector<size_t> ends(rows);
  for (int64_t i = 0; i < rows; ++i) {
    for (size_t c = 0; c < columns.size(); ++c) {
      const ColumnCodes& column = columns[c];
      const bool valid = column.IsValid(i);
      if (encoding.nullable) bytes->push_back(valid ? '\1' : '\0');
      if (!valid) continue;
      if (column.exact) {
        AppendFixed(column.codes[i], column.bits, encoding.descending, bytes.get());
      } else if (c + 1 == columns.size() && !encoding.descending) {
        bytes->append(column.views[i]);
      } else {
        AppendEscaped(column.views[i], encoding.descending, bytes.get());
      }
    }
    ends[i] = bytes->size();
  }
  RowKeys keys;
  keys.exact = false;
  keys.codes.resize(rows);
  keys.views.resize(rows);
  size_t begin = 0;
  for (int64_t i = 0; i < rows; ++i) {
    keys.views[i] = std::string_view(bytes->data() + begin, ends[i] - begin);
    keys.codes[i] = CodeOfBytes(keys.views[i]);
    begin = ends[i];
  }
  keys.owner = std::move(bytes);
  return keys;
}

}  // namespace

Result<ColumnCodes> EncodeColumn(const std::shared_ptr<arrow::Array>& column) {
  ColumnCodes out;
  out.codes.resize(column->length());
  switch (column->type_id()) {
    case arrow::Type::BOOL:
      EncodeBool(*column, &out);
      break;
    case arrow::Type::INT8:
      EncodeFixed<int8_t>(*column, &out);
      break;
    case arrow::Type::INT16:
      EncodeFixed<int16_t>(*column, &out);
      break;
    case arrow::Type::INT32:
    case arrow::Type::DATE32:
    case arrow::Type::TIME32:
      EncodeFixed<int32_t>(*column, &out);
      break;
    case arrow::Type::INT64:
    case arrow::Type::TIMESTAMP:
      EncodeFixed<int64_t>(*column, &out);
      break;
    case arrow::Type::FLOAT:
      EncodeFixed<float>(*column, &out);
      break;
    case arrow::Type::DOUBLE:
      EncodeFixed<double>(*column, &out);
      break;
    case arrow::Type::DECIMAL128:
      EncodeDecimal(*column, &out);
      break;
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      EncodeBinary(column, &out);
      break;
    default:
      return Unsupported(6202, "Ordering by a column of this type is not implemented:",
                         V("type", column->type()->ToString()));
  }
  if (column->null_count() > 0) {
    out.valid.resize(column->length());
    for (int64_t i = 0; i < column->length(); ++i) {
      out.valid[i] = column->IsValid(i);
      if (out.valid[i]) continue;
      out.codes[i] = 0;
      if (!out.exact) out.views[i] = {};
    }
  }
  return out;
}

Result<RowKeys> EncodeKeys(const std::vector<std::shared_ptr<arrow::Array>>& columns,
                           KeyEncoding encoding) {
  TARN_CHECK(!columns.empty());
  const int64_t rows = columns[0]->length();
  std::vector<ColumnCodes> encoded;
  int bits = 0;
  bool exact = true;
  for (const auto& column : columns) {
    TARN_CHECK(column->length() == rows);
    if (!encoding.nullable && column->null_count() > 0) {
      return Corruption(7201, "A key column holds NULL:", V("rows", rows));
    }
    ARROW_ASSIGN_OR_RAISE(ColumnCodes codes, EncodeColumn(column));
    exact &= codes.exact;
    bits += codes.bits + (encoding.nullable ? 8 : 0);
    encoded.push_back(std::move(codes));
  }
  if (exact && bits <= 64) {
    std::vector<PackedColumn> packed;
    for (ColumnCodes& column : encoded) {
      if (encoding.nullable) packed.push_back({ValidityFlag(column, rows), false});
      packed.push_back({std::move(column), encoding.descending});
    }
    return PackFixed(packed, rows);
  }
  if (encoded.size() == 1 && !encoding.nullable && !encoding.descending) {
    RowKeys keys;
    keys.exact = false;
    keys.codes = std::move(encoded[0].codes);
    keys.views = std::move(encoded[0].views);
    keys.owner = std::move(encoded[0].owner);
    return keys;
  }
  return PackBytes(encoded, rows, encoding);
}

}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "tarn/base/bytes.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/instant.h"

namespace tarn::types {
namespace {

using base::StoreLittle;
using internal::NullBitsBytes;
using internal::RoundUp8;

/// A cell knows how the values of one column become slots. All cells have:
///   ArrayBytes            width of the slot in an array
///   VarBytes(i)           bytes of value i in the variable part, a multiple of 8
///   NullVarBytes          bytes that a NULL reserves in a row (Java does so for long
///   decimals
///                         and timestamps, and the hash sees it)
///   Put(i, slot, base, at)  write slot and variable part; `at` is relative to `base`
/// Slots and variable parts are zero beforehand.

uint64_t OffsetAndSize(int64_t offset, int64_t bytes) {
  return static_cast<uint64_t>(offset) << 32 | static_cast<uint64_t>(bytes);
}

template <typename T>
struct FixedCell {
  static constexpr int kArrayBytes = sizeof(T);
  static constexpr int64_t kNullVarBytes = 0;
  const T* values;
  int64_t VarBytes(int64_t) const { return 0; }
  void Put(int64_t i, uint8_t* slot, uint8_t*, int64_t) const {
    StoreLittle<T>(slot, values[i]);
  }
};

struct BoolCell {
  static constexpr int kArrayBytes = 1;
  static constexpr int64_t kNullVarBytes = 0;
  const arrow::BooleanArray* array;
  int64_t VarBytes(int64_t) const { return 0; }
  void Put(int64_t i, uint8_t* slot, uint8_t*, int64_t) const {
    *slot = array->Value(i) ? 1 : 0;
  }
};

void PutBytes(std::string_view value, uint8_t* slot, uint8_t* base, int64_t at) {
  if (value.size() <= 7) {
    if (!value.empty()) std::memcpy(slot, value.data(), value.size());
    slot[7] = static_cast<uint8_t>(0x80 | value.size());
  } else {
    StoreLittle(slot, OffsetAndSize(at, static_cast<int64_t>(value.size())));
    std::memcpy(base + at, value.data(), value.size());
  }
}

struct BytesCell {
  static constexpr int kArrayBytes = 8;
  static constexpr int64_t kNullVarBytes = 0;
  const arrow::BinaryArray* array;
  int64_t VarBytes(int64_t i) const {
    const int64_t bytes = array->value_length(i);
    return bytes <= 7 ? 0 : RoundUp8(bytes);
  }
  void Put(int64_t i, uint8_t* slot, uint8_t* base, int64_t at) const {
    PutBytes(array->GetView(i), slot, base, at);
  }
};

/// DECIMAL with at most 18 digits: the unscaled value.
struct ShortDecimalCell {
  static constexpr int kArrayBytes = 8;
  static constexpr int64_t kNullVarBytes = 0;
  const arrow::Decimal128Array* array;
  int64_t VarBytes(int64_t) const { return 0; }
  void Put(int64_t i, uint8_t* slot, uint8_t*, int64_t) const {
    std::memcpy(slot, array->GetValue(i), 8);
  }
};

/// Longer ones: the shortest big-endian two's complement, in 16 reserved bytes.
struct LongDecimalCell {
  static constexpr int kArrayBytes = 8;
  static constexpr int64_t kNullVarBytes = 16;
  const arrow::Decimal128Array* array;
  int64_t VarBytes(int64_t) const { return 16; }
  void Put(int64_t i, uint8_t* slot, uint8_t* base, int64_t at) const {
    const uint8_t* little = array->GetValue(i);
    const uint8_t sign = (little[15] & 0x80) != 0 ? 0xFF : 0;
    int bytes = 16;
    while (bytes > 1 && little[bytes - 1] == sign &&
           ((little[bytes - 2] ^ sign) & 0x80) == 0) {
      --bytes;
    }
    for (int k = 0; k < bytes; ++k) base[at + k] = little[bytes - 1 - k];
    StoreLittle(slot, OffsetAndSize(at, bytes));
  }
};

/// TIMESTAMP finer than milliseconds: milliseconds in the variable part, the nanoseconds
/// within the millisecond in the slot.
struct MicrosCell {
  static constexpr int kArrayBytes = 8;
  static constexpr int64_t kNullVarBytes = 8;
  const int64_t* values;
  int64_t VarBytes(int64_t) const { return 8; }
  void Put(int64_t i, uint8_t* slot, uint8_t* base, int64_t at) const {
    int64_t millis = values[i] / 1000;
    int64_t rest = values[i] % 1000;
    if (rest < 0) {
      --millis;
      rest += 1000;
    }
    StoreLittle(base + at, millis);
    StoreLittle(slot, OffsetAndSize(at, rest * 1000));
  }
};

struct FineTimestampCell {
  static constexpr int kArrayBytes = 8;
  static constexpr int64_t kNullVarBytes = 8;
  const arrow::Array* array;
  int64_t VarBytes(int64_t) const { return 8; }
  void Put(int64_t i, uint8_t* slot, uint8_t* base, int64_t at) const {
    const MillisAndNanos instant = ToInstant(FineNanosAt(*array, i));
    StoreLittle(base + at, instant.millis);
    StoreLittle(slot, OffsetAndSize(at, instant.nanos));
  }
};

/// ARRAY, MAP, MULTISET, ROW: values that were encoded before.
struct NestedCell {
  static constexpr int kArrayBytes = 8;
  static constexpr int64_t kNullVarBytes = 0;
  const std::vector<std::string>* values;
  int64_t VarBytes(int64_t i) const {
    return RoundUp8(static_cast<int64_t>((*values)[static_cast<size_t>(i)].size()));
  }
  void Put(int64_t i, uint8_t* slot, uint8_t* base, int64_t at) const {
    const std::string& value = (*values)[static_cast<size_t>(i)];
    StoreLittle(slot, OffsetAndSize(at, static_cast<int64_t>(value.size())));
    std::memcpy(base + at, value.data(), value.size());
  }
};

Result<std::vector<std::string>> EncodeNested(const arrow::Array& array,
                                              const DataType& type);

/// Call `visit(cell)` with the cell of a column: one switch per column, none per value.
template <typename Visit>
Status WithCell(const arrow::Array& array, const DataType& type, Visit&& visit) {
  ARROW_ASSIGN_OR_RAISE(auto expected, ToArrow(type));
  TARN_CHECK(array.type_id() == expected->id(), V("expected", expected->ToString()),
             V("actual", array.type()->ToString()));
  auto fixed = [&]<typename T>(T) {
    return visit(FixedCell<T>{array.data()->GetValues<T>(1)});
  };
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return visit(BoolCell{static_cast<const arrow::BooleanArray*>(&array)});
    case TypeRoot::kTinyInt:
      return fixed(int8_t{});
    case TypeRoot::kSmallInt:
      return fixed(int16_t{});
    case TypeRoot::kInt:
    case TypeRoot::kDate:
    case TypeRoot::kTime:
    case TypeRoot::kFloat:
      return fixed(int32_t{});  // bits of floats are kept
    case TypeRoot::kBigInt:
    case TypeRoot::kDouble:
      return fixed(int64_t{});
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
    case TypeRoot::kBlob:
      return visit(BytesCell{static_cast<const arrow::BinaryArray*>(&array)});
    case TypeRoot::kDecimal: {
      const auto* decimals = static_cast<const arrow::Decimal128Array*>(&array);
      if (type.precision() <= 18) return visit(ShortDecimalCell{decimals});
      return visit(LongDecimalCell{decimals});
    }
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp: {
      if (IsFineTimestamp(type)) return visit(FineTimestampCell{&array});
      const auto unit = static_cast<const arrow::TimestampType&>(*array.type()).unit();
      TARN_CHECK(unit == static_cast<const arrow::TimestampType&>(*expected).unit(),
                 V("expected", expected->ToString()),
                 V("actual", array.type()->ToString()));
      if (unit == arrow::TimeUnit::MILLI) return fixed(int64_t{});
      return visit(MicrosCell{array.data()->GetValues<int64_t>(1)});
    }
    case TypeRoot::kArray:
    case TypeRoot::kMultiset:
    case TypeRoot::kMap:
    case TypeRoot::kRow: {
      ARROW_ASSIGN_OR_RAISE(auto values, EncodeNested(array, type));
      return visit(NestedCell{&values});
    }
    case TypeRoot::kVariant:
    case TypeRoot::kVector:
      break;
  }
  return internal::NoBinaryForm(type);
}

/// One binary array from `length` values of `values`. The slice keeps what is nested
/// below from being encoded once per list.
Result<std::string> EncodeArray(const arrow::Array& values, int64_t begin, int64_t length,
                                const DataType& element) {
  const std::shared_ptr<arrow::Array> slice = values.Slice(begin, length);
  const arrow::Array& array = *slice;
  std::string out;
  Status status = WithCell(array, element, [&](const auto& cell) -> Status {
    using Cell = std::decay_t<decltype(cell)>;
    const int64_t header = 4 + (length + 31) / 32 * 4;
    const int64_t fixed = RoundUp8(header + length * Cell::kArrayBytes);
    int64_t total = fixed;
    for (int64_t i = 0; i < length; ++i) {
      if (array.IsValid(i)) total += cell.VarBytes(i);
    }
    if (total > INT32_MAX) {
      return ResourceExhausted(
          9040, "Nested value is too large for a binary row:", V("bytes", total));
    }
    out.assign(static_cast<size_t>(total), '\0');
    auto* base = reinterpret_cast<uint8_t*>(out.data());
    StoreLittle(base, static_cast<int32_t>(length));
    int64_t at = fixed;
    for (int64_t i = 0; i < length; ++i) {
      if (array.IsNull(i)) {
        base[4 + i / 8] |= static_cast<uint8_t>(1 << (i % 8));
        continue;
      }
      cell.Put(i, base + header + i * Cell::kArrayBytes, base, at);
      at += cell.VarBytes(i);
    }
    return Status::OK();
  });
  ARROW_RETURN_NOT_OK(status);
  return out;
}

Result<std::string> EncodeMap(const arrow::MapArray& map, int64_t i,
                              const DataType& key_type, const DataType& value_type) {
  const int64_t begin = map.value_offset(i);
  const int64_t length = map.value_length(i);
  ARROW_ASSIGN_OR_RAISE(std::string keys,
                        EncodeArray(*map.keys(), begin, length, key_type));
  ARROW_ASSIGN_OR_RAISE(std::string values,
                        EncodeArray(*map.items(), begin, length, value_type));
  std::string out;
  base::AppendLittle(&out, static_cast<int32_t>(keys.size()));
  return out + keys + values;
}

/// Values of a nested column, "" for NULL. Nested columns are never keys: this path may
/// allocate per value.
Result<std::vector<std::string>> EncodeNested(const arrow::Array& array,
                                              const DataType& type) {
  std::vector<std::string> out(static_cast<size_t>(array.length()));
  if (type.root() == TypeRoot::kRow) {
    const auto& rows = static_cast<const arrow::StructArray&>(array);
    TARN_CHECK(static_cast<size_t>(rows.num_fields()) == type.fields().size());
    std::vector<DataType> types;
    arrow::ArrayVector columns;
    for (int f = 0; f < rows.num_fields(); ++f) {
      columns.push_back(rows.field(f));
      types.push_back(type.fields()[static_cast<size_t>(f)].type);
    }
    ARROW_ASSIGN_OR_RAISE(BinaryRows encoded,
                          EncodeBinaryRows(arrow::default_memory_pool(), columns, types));
    for (int64_t i = 0; i < array.length() && !columns.empty(); ++i) {
      if (array.IsValid(i)) out[static_cast<size_t>(i)] = encoded.Row(i);
    }
    return out;
  }
  for (int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) continue;
    std::string& value = out[static_cast<size_t>(i)];
    if (type.root() == TypeRoot::kArray) {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      ARROW_ASSIGN_OR_RAISE(value, EncodeArray(*list.values(), list.value_offset(i),
                                               list.value_length(i), type.element()));
    } else {
      const bool multiset = type.root() == TypeRoot::kMultiset;
      ARROW_ASSIGN_OR_RAISE(value,
                            EncodeMap(static_cast<const arrow::MapArray&>(array), i,
                                      multiset ? type.element() : type.key(),
                                      multiset ? DataType::Int() : type.element()));
    }
  }
  return out;
}

/// Add what each row needs in its variable part to sizes int64[rows].
template <typename Cell>
void AddSizes(const arrow::Array& array, const Cell& cell, int64_t* sizes) {
  const int64_t rows = array.length();
  if (array.null_count() == 0) {
    for (int64_t i = 0; i < rows; ++i) sizes[i] += cell.VarBytes(i);
  } else {
    for (int64_t i = 0; i < rows; ++i) {
      sizes[i] += array.IsValid(i) ? cell.VarBytes(i) : Cell::kNullVarBytes;
    }
  }
}

/// Write the slots of field `field`; at int64[rows] is each row's next free variable
/// byte.
template <typename Cell>
void WriteColumn(const arrow::Array& array, const Cell& cell, int64_t field,
                 int64_t slot_offset, const int64_t* offsets, uint8_t* bytes,
                 int64_t* at) {
  const int64_t rows = array.length();
  const bool has_nulls = array.null_count() != 0;
  for (int64_t i = 0; i < rows; ++i) {
    uint8_t* base = bytes + offsets[i];
    if (has_nulls && array.IsNull(i)) {
      base[(field + 8) / 8] |= static_cast<uint8_t>(1 << ((field + 8) % 8));
      if constexpr (Cell::kNullVarBytes != 0) {
        StoreLittle(base + slot_offset, OffsetAndSize(at[i], 0));
        at[i] += Cell::kNullVarBytes;
      }
      continue;
    }
    cell.Put(i, base + slot_offset, base, at[i]);
    at[i] += cell.VarBytes(i);
  }
}

}  // namespace

Result<BinaryRows> EncodeBinaryRows(arrow::MemoryPool* pool,
                                    const arrow::ArrayVector& columns,
                                    const std::vector<DataType>& types) {
  TARN_CHECK(columns.size() == types.size(), V("columns", columns.size()),
             V("types", types.size()));
  const int64_t rows = columns.empty() ? 1 : columns[0]->length();
  const auto arity = static_cast<int64_t>(columns.size());
  const int64_t fixed = NullBitsBytes(arity) + 8 * arity;

  std::vector<int64_t> sizes(static_cast<size_t>(rows), fixed);
  for (size_t c = 0; c < columns.size(); ++c) {
    TARN_CHECK(columns[c]->length() == rows, V("column", c));
    ARROW_RETURN_NOT_OK(WithCell(*columns[c], types[c], [&](const auto& cell) {
      AddSizes(*columns[c], cell, sizes.data());
      return Status::OK();
    }));
  }

  BinaryRows out;
  out.rows = rows;
  ARROW_ASSIGN_OR_RAISE(auto offsets_buffer, arrow::AllocateBuffer((rows + 1) * 8, pool));
  auto* offsets = offsets_buffer->mutable_data_as<int64_t>();
  offsets[0] = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t size = sizes[static_cast<size_t>(i)];
    if (size > INT32_MAX) {
      return ResourceExhausted(9041, "Row is too large for a binary row:", V("row", i),
                               V("bytes", size));
    }
    offsets[i + 1] = offsets[i] + size;
  }
  ARROW_ASSIGN_OR_RAISE(auto bytes_buffer, arrow::AllocateBuffer(offsets[rows], pool));
  uint8_t* bytes = bytes_buffer->mutable_data();
  if (offsets[rows] > 0) std::memset(bytes, 0, static_cast<size_t>(offsets[rows]));

  std::vector<int64_t> at(static_cast<size_t>(rows), fixed);
  for (size_t c = 0; c < columns.size(); ++c) {
    const auto field = static_cast<int64_t>(c);
    ARROW_RETURN_NOT_OK(WithCell(*columns[c], types[c], [&](const auto& cell) {
      WriteColumn(*columns[c], cell, field, NullBitsBytes(arity) + 8 * field, offsets,
                  bytes, at.data());
      return Status::OK();
    }));
  }
  out.offsets = std::move(offsets_buffer);
  out.bytes = std::move(bytes_buffer);
  return out;
}

Result<std::string> EncodeBinaryRow(
    const std::vector<std::shared_ptr<arrow::Scalar>>& values,
    const std::vector<DataType>& types) {
  TARN_CHECK(values.size() == types.size(), V("values", values.size()),
             V("types", types.size()));
  arrow::ArrayVector columns;
  for (size_t i = 0; i < values.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto expected, ToArrow(types[i]));
    std::shared_ptr<arrow::Array> column;
    if (values[i] == nullptr || !values[i]->is_valid) {
      ARROW_ASSIGN_OR_RAISE(column, arrow::MakeArrayOfNull(expected, 1));
    } else {
      ARROW_ASSIGN_OR_RAISE(column, arrow::MakeArrayFromScalar(*values[i], 1));
    }
    columns.push_back(std::move(column));
  }
  ARROW_ASSIGN_OR_RAISE(BinaryRows rows,
                        EncodeBinaryRows(arrow::default_memory_pool(), columns, types));
  return std::string(rows.Row(0));
}

Result<std::string> EncodeBinaryRow(const arrow::ArrayVector& columns, int64_t index,
                                    const std::vector<DataType>& types) {
  arrow::ArrayVector sliced;
  for (const auto& column : columns) sliced.push_back(column->Slice(index, 1));
  ARROW_ASSIGN_OR_RAISE(BinaryRows rows,
                        EncodeBinaryRows(arrow::default_memory_pool(), sliced, types));
  return std::string(rows.Row(0));
}

}  // namespace tarn::types

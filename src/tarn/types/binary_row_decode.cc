// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/buffer.h>
#include <arrow/buffer_builder.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "tarn/base/bytes.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/instant.h"

namespace tarn::types {
namespace {

using base::LoadLittle;
using internal::NullBitsBytes;

/// Where one stored value lies: its slot, and the row or array that its offsets count
/// from. A null slot is NULL.
struct Cell {
  const uint8_t* slot;
  std::string_view region;
};

Status OutsideRow(const DataType& type, uint64_t offset, uint64_t size, size_t region) {
  return Corruption(7046,
                    "Stored row points outside its bytes:", V("type", type.ToString()),
                    V("offset", offset), V("size", size), V("bytes", region));
}

/// The variable part that a slot points to. Sizes above the bound never get here from our
/// own rows; they are what hostile bytes hold.
Result<std::string_view> VariablePart(const Cell& cell, const DataType& type) {
  const auto word = LoadLittle<uint64_t>(cell.slot);
  const uint64_t offset = word >> 32;
  const uint64_t size = word & 0xFFFFFFFF;
  if (offset > cell.region.size() || size > cell.region.size() - offset) {
    return OutsideRow(type, offset, size, cell.region.size());
  }
  return cell.region.substr(offset, size);
}

Result<std::string_view> BytesOf(const Cell& cell, const DataType& type) {
  const uint8_t mark = cell.slot[7];
  if ((mark & 0x80) == 0) return VariablePart(cell, type);
  const uint8_t size = mark & 0x7F;
  if (size > 7) return OutsideRow(type, 0, size, 7);
  return std::string_view(reinterpret_cast<const char*>(cell.slot), size);
}

Result<std::shared_ptr<arrow::Array>> DecodeColumn(arrow::MemoryPool* pool,
                                                   const std::vector<Cell>& cells,
                                                   const DataType& type);

Result<std::shared_ptr<arrow::Buffer>> ValidityOf(arrow::MemoryPool* pool,
                                                  const std::vector<Cell>& cells,
                                                  int64_t* nulls) {
  arrow::TypedBufferBuilder<bool> builder(pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<int64_t>(cells.size())));
  for (const Cell& cell : cells) builder.UnsafeAppend(cell.slot != nullptr);
  *nulls = builder.false_count();
  return builder.Finish();
}

template <typename T>
Result<std::shared_ptr<arrow::Array>> DecodeFixed(
    arrow::MemoryPool* pool, const std::vector<Cell>& cells,
    const std::shared_ptr<arrow::DataType>& type) {
  int64_t nulls = 0;
  ARROW_ASSIGN_OR_RAISE(auto validity, ValidityOf(pool, cells, &nulls));
  const auto count = static_cast<int64_t>(cells.size());
  ARROW_ASSIGN_OR_RAISE(auto values,
                        arrow::AllocateBuffer(count * int64_t{sizeof(T)}, pool));
  T* out = values->mutable_data_as<T>();
  for (const Cell& cell : cells) {
    *out++ = cell.slot == nullptr ? T{} : LoadLittle<T>(cell.slot);
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, count, {std::move(validity), std::move(values)}, nulls));
}

Result<std::shared_ptr<arrow::Array>> DecodeBool(arrow::MemoryPool* pool,
                                                 const std::vector<Cell>& cells) {
  arrow::BooleanBuilder builder(pool);
  for (const Cell& cell : cells) {
    if (cell.slot == nullptr) {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
    } else {
      ARROW_RETURN_NOT_OK(builder.Append(*cell.slot != 0));
    }
  }
  return builder.Finish();
}

template <typename Builder>
Result<std::shared_ptr<arrow::Array>> DecodeBytes(arrow::MemoryPool* pool,
                                                  const std::vector<Cell>& cells,
                                                  const DataType& type) {
  Builder builder(pool);
  for (const Cell& cell : cells) {
    if (cell.slot == nullptr) {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(std::string_view value, BytesOf(cell, type));
    ARROW_RETURN_NOT_OK(builder.Append(value));
  }
  return builder.Finish();
}

Result<std::shared_ptr<arrow::Array>> DecodeDecimal(
    arrow::MemoryPool* pool, const std::vector<Cell>& cells, const DataType& type,
    const std::shared_ptr<arrow::DataType>& arrow_type) {
  arrow::Decimal128Builder builder(arrow_type, pool);
  for (const Cell& cell : cells) {
    if (cell.slot == nullptr) {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
      continue;
    }
    arrow::Decimal128 value;
    if (type.precision() <= 18) {
      value = arrow::Decimal128(LoadLittle<int64_t>(cell.slot));
    } else {
      ARROW_ASSIGN_OR_RAISE(std::string_view bytes, VariablePart(cell, type));
      if (bytes.empty() || bytes.size() > 16) {
        return Corruption(7047, "Stored decimal has a wrong length:",
                          V("type", type.ToString()), V("bytes", bytes.size()));
      }
      ARROW_ASSIGN_OR_RAISE(value, arrow::Decimal128::FromBigEndian(
                                       reinterpret_cast<const uint8_t*>(bytes.data()),
                                       static_cast<int32_t>(bytes.size())));
    }
    if (!value.FitsInPrecision(type.precision())) {
      return Corruption(
          7048, "Stored decimal has too many digits:", V("type", type.ToString()));
    }
    ARROW_RETURN_NOT_OK(builder.Append(value));
  }
  return builder.Finish();
}

/// Milliseconds and the nanoseconds within one. REQUIRES: the cell is not null.
Result<MillisAndNanos> LongTimestamp(const Cell& cell, const DataType& type) {
  const auto word = LoadLittle<uint64_t>(cell.slot);
  const uint64_t offset = word >> 32;
  const auto nanos = static_cast<int64_t>(word & 0xFFFFFFFF);
  if (offset + 8 > cell.region.size()) {
    return OutsideRow(type, offset, 8, cell.region.size());
  }
  if (nanos > 999999) {
    return Corruption(7049, "Stored timestamp has wrong nanoseconds:",
                      V("type", type.ToString()), V("nanos", nanos));
  }
  return MillisAndNanos{LoadLittle<int64_t>(cell.region.data() + offset),
                        static_cast<int32_t>(nanos)};
}

Result<std::shared_ptr<arrow::Array>> DecodeFineTimestamp(
    arrow::MemoryPool* pool, const std::vector<Cell>& cells, const DataType& type,
    const std::shared_ptr<arrow::DataType>& arrow_type) {
  arrow::Decimal128Builder builder(arrow_type, pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(std::ssize(cells)));
  for (const Cell& cell : cells) {
    if (cell.slot == nullptr) {
      builder.UnsafeAppendNull();
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(const MillisAndNanos at, LongTimestamp(cell, type));
    builder.UnsafeAppend(ToDecimal(ToFineNanos(at)));
  }
  return builder.Finish();
}

Result<std::shared_ptr<arrow::Array>> DecodeMicros(
    arrow::MemoryPool* pool, const std::vector<Cell>& cells, const DataType& type,
    const std::shared_ptr<arrow::DataType>& arrow_type) {
  arrow::TimestampBuilder builder(arrow_type, pool);
  for (const Cell& cell : cells) {
    if (cell.slot == nullptr) {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(const MillisAndNanos at, LongTimestamp(cell, type));
    int64_t value = 0;
    if (__builtin_mul_overflow(at.millis, int64_t{1000}, &value) ||
        __builtin_add_overflow(value, at.nanos / 1000, &value)) {
      return Unsupported(6043,
                         "Timestamp does not fit its unit:", V("type", type.ToString()),
                         V("millis", at.millis));
    }
    ARROW_RETURN_NOT_OK(builder.Append(value));
  }
  return builder.Finish();
}

Result<std::shared_ptr<arrow::Array>> DecodeRowColumn(
    arrow::MemoryPool* pool, const std::vector<Cell>& cells, const DataType& type,
    const std::shared_ptr<arrow::DataType>& arrow_type) {
  std::vector<DataType> types;
  for (const DataField& field : type.fields()) types.push_back(field.type);
  // A NULL row has NULL fields below it.
  std::string nulls(static_cast<size_t>(NullBitsBytes(std::ssize(types))), '\xFF');
  nulls.resize(nulls.size() + 8 * types.size());
  std::vector<std::string_view> rows;
  for (const Cell& cell : cells) {
    if (cell.slot == nullptr) {
      rows.push_back(nulls);
    } else {
      ARROW_ASSIGN_OR_RAISE(std::string_view row, VariablePart(cell, type));
      rows.push_back(row);
    }
  }
  ARROW_ASSIGN_OR_RAISE(arrow::ArrayVector children, DecodeBinaryRows(pool, rows, types));
  int64_t null_count = 0;
  ARROW_ASSIGN_OR_RAISE(auto validity, ValidityOf(pool, cells, &null_count));
  return std::make_shared<arrow::StructArray>(arrow_type, std::ssize(cells),
                                              std::move(children), std::move(validity),
                                              null_count);
}

/// Elements of binary arrays: their cells appended, and where each array's begin.
struct Elements {
  std::vector<Cell> cells;
  std::vector<int32_t> offsets{0};
};

Status AppendElements(std::string_view array, const DataType& element, Elements* out) {
  if (array.size() < 4) return OutsideRow(element, 0, 4, array.size());
  const auto count = LoadLittle<int32_t>(array.data());
  const auto width = static_cast<int64_t>(internal::ArrayElementBytes(element));
  const int64_t header = 4 + (int64_t{count} + 31) / 32 * 4;
  if (count < 0 || header + count * width > std::ssize(array)) {
    return Corruption(7050,
                      "Stored array is shorter than its elements:", V("elements", count),
                      V("bytes", array.size()));
  }
  const auto* base = reinterpret_cast<const uint8_t*>(array.data());
  for (int32_t i = 0; i < count; ++i) {
    const bool null = (base[4 + i / 8] >> (i % 8) & 1) != 0;
    out->cells.push_back({null ? nullptr : base + header + i * width, array});
  }
  if (std::ssize(out->cells) > INT32_MAX) {
    return ResourceExhausted(9042, "Nested column has too many elements");
  }
  out->offsets.push_back(static_cast<int32_t>(out->cells.size()));
  return Status::OK();
}

std::shared_ptr<arrow::Buffer> OffsetsBuffer(const std::vector<int32_t>& offsets) {
  return arrow::Buffer::FromVector(offsets);
}

Result<std::shared_ptr<arrow::Array>> DecodeList(
    arrow::MemoryPool* pool, const std::vector<Cell>& cells, const DataType& type,
    const std::shared_ptr<arrow::DataType>& arrow_type) {
  Elements elements;
  for (const Cell& cell : cells) {
    if (cell.slot == nullptr) {
      elements.offsets.push_back(elements.offsets.back());
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(std::string_view array, VariablePart(cell, type));
    ARROW_RETURN_NOT_OK(AppendElements(array, type.element(), &elements));
  }
  ARROW_ASSIGN_OR_RAISE(auto values, DecodeColumn(pool, elements.cells, type.element()));
  int64_t nulls = 0;
  ARROW_ASSIGN_OR_RAISE(auto validity, ValidityOf(pool, cells, &nulls));
  return std::make_shared<arrow::ListArray>(
      arrow_type, std::ssize(cells), OffsetsBuffer(elements.offsets), std::move(values),
      std::move(validity), nulls);
}

Result<std::shared_ptr<arrow::Array>> DecodeMap(
    arrow::MemoryPool* pool, const std::vector<Cell>& cells, const DataType& type,
    const std::shared_ptr<arrow::DataType>& arrow_type) {
  const bool multiset = type.root() == TypeRoot::kMultiset;
  const DataType& key_type = multiset ? type.element() : type.key();
  const DataType value_type = multiset ? DataType::Int() : type.element();
  Elements keys;
  Elements values;
  for (const Cell& cell : cells) {
    if (cell.slot == nullptr) {
      keys.offsets.push_back(keys.offsets.back());
      values.offsets.push_back(values.offsets.back());
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(std::string_view map, VariablePart(cell, type));
    if (map.size() < 4) return OutsideRow(type, 0, 4, map.size());
    const auto key_bytes = LoadLittle<int32_t>(map.data());
    if (key_bytes < 0 || key_bytes > std::ssize(map) - 4) {
      return OutsideRow(type, 4, static_cast<uint32_t>(key_bytes), map.size());
    }
    const auto split = static_cast<size_t>(key_bytes) + 4;
    ARROW_RETURN_NOT_OK(AppendElements(map.substr(4, split - 4), key_type, &keys));
    ARROW_RETURN_NOT_OK(AppendElements(map.substr(split), value_type, &values));
    if (keys.offsets.back() != values.offsets.back()) {
      return Corruption(7051, "Stored map has not as many values as keys:",
                        V("keys", keys.offsets.back()),
                        V("values", values.offsets.back()));
    }
  }
  for (const Cell& key : keys.cells) {
    if (key.slot == nullptr) {
      return Unsupported(
          6044, "Map with a NULL key is not implemented:", V("type", type.ToString()));
    }
  }
  ARROW_ASSIGN_OR_RAISE(auto key_array, DecodeColumn(pool, keys.cells, key_type));
  ARROW_ASSIGN_OR_RAISE(auto value_array, DecodeColumn(pool, values.cells, value_type));
  int64_t nulls = 0;
  ARROW_ASSIGN_OR_RAISE(auto validity, ValidityOf(pool, cells, &nulls));
  const auto& map_type = static_cast<const arrow::MapType&>(*arrow_type);
  const int64_t pairs = key_array->length();
  auto entries = std::make_shared<arrow::StructArray>(
      map_type.value_type(), pairs,
      arrow::ArrayVector{std::move(key_array), std::move(value_array)});
  return std::make_shared<arrow::MapArray>(arrow::ArrayData::Make(
      arrow_type, std::ssize(cells), {std::move(validity), OffsetsBuffer(keys.offsets)},
      {entries->data()}, nulls));
}

Result<std::shared_ptr<arrow::Array>> DecodeColumn(arrow::MemoryPool* pool,
                                                   const std::vector<Cell>& cells,
                                                   const DataType& type) {
  ARROW_ASSIGN_OR_RAISE(auto arrow_type, ToArrow(type));
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return DecodeBool(pool, cells);
    case TypeRoot::kTinyInt:
      return DecodeFixed<int8_t>(pool, cells, arrow_type);
    case TypeRoot::kSmallInt:
      return DecodeFixed<int16_t>(pool, cells, arrow_type);
    case TypeRoot::kInt:
    case TypeRoot::kDate:
    case TypeRoot::kTime:
    case TypeRoot::kFloat:
      return DecodeFixed<int32_t>(pool, cells, arrow_type);
    case TypeRoot::kBigInt:
    case TypeRoot::kDouble:
      return DecodeFixed<int64_t>(pool, cells, arrow_type);
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return DecodeBytes<arrow::StringBuilder>(pool, cells, type);
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
    case TypeRoot::kBlob:
      return DecodeBytes<arrow::BinaryBuilder>(pool, cells, type);
    case TypeRoot::kDecimal:
      return DecodeDecimal(pool, cells, type, arrow_type);
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      if (type.precision() <= 3) return DecodeFixed<int64_t>(pool, cells, arrow_type);
      if (IsFineTimestamp(type)) {
        return DecodeFineTimestamp(pool, cells, type, arrow_type);
      }
      return DecodeMicros(pool, cells, type, arrow_type);
    case TypeRoot::kRow:
      return DecodeRowColumn(pool, cells, type, arrow_type);
    case TypeRoot::kArray:
      return DecodeList(pool, cells, type, arrow_type);
    case TypeRoot::kMultiset:
    case TypeRoot::kMap:
      return DecodeMap(pool, cells, type, arrow_type);
    case TypeRoot::kVariant:
    case TypeRoot::kVector:
      break;
  }
  return internal::NoBinaryForm(type);
}

}  // namespace

Result<arrow::ArrayVector> DecodeBinaryRows(arrow::MemoryPool* pool,
                                            std::span<const std::string_view> rows,
                                            const std::vector<DataType>& types) {
  const auto arity = std::ssize(types);
  const int64_t null_bits = NullBitsBytes(arity);
  for (std::string_view row : rows) {
    if (std::ssize(row) < null_bits + 8 * arity) {
      return Corruption(7045,
                        "Stored row is shorter than its fields:", V("fields", arity),
                        V("bytes", row.size()));
    }
  }
  arrow::ArrayVector out;
  std::vector<Cell> cells(rows.size());
  for (int64_t f = 0; f < arity; ++f) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto* base = reinterpret_cast<const uint8_t*>(rows[i].data());
      const bool null = (base[(f + 8) / 8] >> ((f + 8) % 8) & 1) != 0;
      cells[i] = {null ? nullptr : base + null_bits + 8 * f, rows[i]};
    }
    ARROW_ASSIGN_OR_RAISE(auto column,
                          DecodeColumn(pool, cells, types[static_cast<size_t>(f)]));
    out.push_back(std::move(column));
  }
  return out;
}

Result<arrow::ArrayVector> DecodeBinaryRow(arrow::MemoryPool* pool, std::string_view row,
                                           const std::vector<DataType>& types) {
  return DecodeBinaryRows(pool, std::span<const std::string_view>(&row, 1), types);
}

}  // namespace tarn::types

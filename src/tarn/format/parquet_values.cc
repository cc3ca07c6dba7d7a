// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_values.h"

#include <algorithm>

#include <arrow/api.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/bitmap_ops.h>
#include <arrow/util/decimal.h>
#include <parquet/column_reader.h>
#include <parquet/schema.h>
#include <parquet/types.h>

#include "tarn/format/parquet_int96.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/instant.h"

namespace tarn::format {
namespace {

using types::DataType;
using types::TypeRoot;

/// What a stored column holds, apart from its values.
struct Slots {
  int64_t length = 0;
  int64_t null_count = 0;
  std::shared_ptr<arrow::Buffer> validity;  ///< nullptr = no NULL

  bool IsNull(int64_t i) const {
    return validity != nullptr && !arrow::bit_util::GetBit(validity->data(), i);
  }
};

bool IsTimestamp(const DataType& type) {
  return type.root() == TypeRoot::kTimestamp ||
         type.root() == TypeRoot::kLocalZonedTimestamp;
}

bool IsInt32Root(TypeRoot root) {
  return root == TypeRoot::kTinyInt || root == TypeRoot::kSmallInt ||
         root == TypeRoot::kInt || root == TypeRoot::kDate || root == TypeRoot::kTime;
}

bool IsBytesRoot(const DataType& type) {
  return type.IsString() || type.IsBytes() || type.root() == TypeRoot::kBlob;
}

/// Ticks per second of a stored INT64 timestamp; 0 where the column does not say.
int64_t StoredTicks(const parquet::ColumnDescriptor& column) {
  const auto& logical = column.logical_type();
  if (logical == nullptr || !logical->is_timestamp()) return 0;
  const auto& timestamp = static_cast<const parquet::TimestampLogicalType&>(*logical);
  switch (timestamp.time_unit()) {
    case parquet::LogicalType::TimeUnit::MILLIS:
      return 1000;
    case parquet::LogicalType::TimeUnit::MICROS:
      return 1000000;
    case parquet::LogicalType::TimeUnit::NANOS:
      return 1000000000;
    default:
      return 0;
  }
}

int64_t EngineTicks(const DataType& type) {
  if (type.precision() <= 3) return 1000;
  return type.precision() <= 6 ? 1000000 : 1000000000;
}

/// Scale of a stored decimal; -1 where the column does not say.
int32_t StoredScale(const parquet::ColumnDescriptor& column) {
  const auto& logical = column.logical_type();
  if (logical == nullptr || !logical->is_decimal()) return -1;
  return static_cast<const parquet::DecimalLogicalType&>(*logical).scale();
}

Status OutOfRange(const parquet::ColumnDescriptor& column) {
  return Unsupported(6411, "Timestamp lies outside what its type's ticks can hold:",
                     V("column", column.path()->ToDotString()));
}

Status BadDecimal(const parquet::ColumnDescriptor& column) {
  return Corruption(
      7412, "Decimal is wider than its type:", V("column", column.path()->ToDotString()));
}

std::shared_ptr<arrow::Array> MakeFixed(const std::shared_ptr<arrow::DataType>& type,
                                        const Slots& slots,
                                        std::shared_ptr<arrow::Buffer> values) {
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, slots.length, {slots.validity, std::move(values)}, slots.null_count));
}

/// Convert every value, NULL slots (whose bytes mean nothing) to zero.
template <typename From, typename To, typename Convert>
Result<std::shared_ptr<arrow::Buffer>> ConvertValues(const uint8_t* stored,
                                                     const Slots& slots,
                                                     arrow::MemoryPool* pool,
                                                     Convert&& convert) {
  ARROW_ASSIGN_OR_RAISE(
      std::shared_ptr<arrow::Buffer> out,
      arrow::AllocateBuffer(slots.length * static_cast<int64_t>(sizeof(To)), pool));
  const auto* in = reinterpret_cast<const From*>(stored);
  auto* to = reinterpret_cast<To*>(out->mutable_data());
  for (int64_t i = 0; i < slots.length; ++i) {
    if (slots.IsNull(i)) {
      to[i] = To();
      continue;
    }
    ARROW_RETURN_NOT_OK(convert(in[i], &to[i]));
  }
  return out;
}

template <typename To>
Result<std::shared_ptr<arrow::Buffer>> Narrow(const uint8_t* stored, const Slots& slots,
                                              arrow::MemoryPool* pool) {
  return ConvertValues<int32_t, To>(stored, slots, pool, [](int32_t value, To* out) {
    *out = static_cast<To>(value);
    return Status::OK();
  });
}

template <typename From>
Result<std::shared_ptr<arrow::Buffer>> Widen(const parquet::ColumnDescriptor& column,
                                             const DataType& type, const uint8_t* stored,
                                             const Slots& slots,
                                             arrow::MemoryPool* pool) {
  return ConvertValues<From, arrow::Decimal128>(
      stored, slots, pool, [&](From value, arrow::Decimal128* out) {
        *out = arrow::Decimal128(static_cast<int64_t>(value));
        return out->FitsInPrecision(type.precision()) ? Status::OK() : BadDecimal(column);
      });
}

Result<std::shared_ptr<arrow::Buffer>> Int96Values(
    const parquet::ColumnDescriptor& column, const DataType& type, const uint8_t* stored,
    const Slots& slots, arrow::MemoryPool* pool) {
  if (types::IsFineTimestamp(type)) {
    return ConvertValues<parquet::Int96, arrow::Decimal128>(
        stored, slots, pool, [](const parquet::Int96& value, arrow::Decimal128* out) {
          *out = types::ToDecimal(FineNanosOf(value));
          return Status::OK();
        });
  }
  const int64_t per_milli = type.precision() <= 3 ? 1 : 1000;
  return ConvertValues<parquet::Int96, int64_t>(
      stored, slots, pool, [&](const parquet::Int96& value, int64_t* out) {
        const types::MillisAndNanos at = types::ToInstant(FineNanosOf(value));
        const bool beyond =
            __builtin_mul_overflow(at.millis, per_milli, out) ||
            __builtin_add_overflow(*out, at.nanos / (1'000'000 / per_milli), out);
        return beyond ? OutOfRange(column) : Status::OK();
      });
}

/// INT64 values of a timestamp column as a fine one.
Result<std::shared_ptr<arrow::Buffer>> FineTicks(int64_t factor, const uint8_t* stored,
                                                 const Slots& slots,
                                                 arrow::MemoryPool* pool) {
  return ConvertValues<int64_t, arrow::Decimal128>(
      stored, slots, pool, [&](int64_t value, arrow::Decimal128* out) {
        *out = types::ToDecimal(types::FineNanos{value} * factor);
        return Status::OK();
      });
}

/// INT64 values of a timestamp column whose unit is coarser than the engine's.
Result<std::shared_ptr<arrow::Buffer>> FinerTicks(const parquet::ColumnDescriptor& column,
                                                  int64_t factor, const uint8_t* stored,
                                                  const Slots& slots,
                                                  arrow::MemoryPool* pool) {
  return ConvertValues<int64_t, int64_t>(
      stored, slots, pool, [&](int64_t value, int64_t* out) {
        return __builtin_mul_overflow(value, factor, out) ? OutOfRange(column)
                                                          : Status::OK();
      });
}

/// `stored` itself where it holds what the engine does.
Result<std::shared_ptr<arrow::Buffer>> Int64Timestamps(
    const parquet::ColumnDescriptor& column, const DataType& type,
    const std::shared_ptr<arrow::Buffer>& stored, const Slots& slots,
    arrow::MemoryPool* pool) {
  const int64_t factor = EngineTicks(type) / StoredTicks(column);
  if (types::IsFineTimestamp(type)) {
    return FineTicks(factor, stored->data(), slots, pool);
  }
  if (factor == 1) return stored;
  return FinerTicks(column, factor, stored->data(), slots, pool);
}

Result<std::shared_ptr<arrow::Buffer>> PackBooleans(const uint8_t* stored,
                                                    const Slots& slots,
                                                    arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> out,
                        arrow::AllocateEmptyBitmap(slots.length, pool));
  uint8_t* bits = out->mutable_data();
  for (int64_t i = 0; i < slots.length; ++i) {
    if (stored[i] != 0) arrow::bit_util::SetBit(bits, i);
  }
  return out;
}

Status DecimalFromBytes(const parquet::ColumnDescriptor& column, const DataType& type,
                        std::string_view bytes, arrow::Decimal128* out) {
  // Longer than 16 bytes is legal for BYTE_ARRAY when the value is only sign-extended.
  while (bytes.size() > 16 && (bytes[0] == 0 || bytes[0] == '\xff')) {
    if ((bytes[0] < 0) != (bytes[1] < 0)) break;
    bytes.remove_prefix(1);
  }
  if (bytes.size() > 16) return BadDecimal(column);
  if (bytes.empty()) {
    *out = arrow::Decimal128();
    return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(*out, arrow::Decimal128::FromBigEndian(
                                  reinterpret_cast<const uint8_t*>(bytes.data()),
                                  static_cast<int32_t>(bytes.size())));
  return out->FitsInPrecision(type.precision()) ? Status::OK() : BadDecimal(column);
}

template <typename BytesArray>
Result<std::shared_ptr<arrow::Array>> DecimalsFromBytes(
    const parquet::ColumnDescriptor& column, const DataType& type,
    const std::shared_ptr<arrow::DataType>& arrow_type, const BytesArray& bytes,
    arrow::MemoryPool* pool) {
  arrow::Decimal128Builder builder(arrow_type, pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(bytes.length()));
  for (int64_t i = 0; i < bytes.length(); ++i) {
    if (bytes.IsNull(i)) {
      builder.UnsafeAppendNull();
      continue;
    }
    arrow::Decimal128 value;
    ARROW_RETURN_NOT_OK(DecimalFromBytes(column, type, bytes.GetView(i), &value));
    builder.UnsafeAppend(value);
  }
  return builder.Finish();
}

Result<std::shared_ptr<arrow::Array>> OneChunk(
    arrow::ArrayVector chunks, const std::shared_ptr<arrow::DataType>& type,
    arrow::MemoryPool* pool) {
  if (chunks.size() == 1) return chunks[0];
  if (chunks.empty()) return arrow::MakeEmptyArray(type, pool);
  return arrow::Concatenate(chunks, pool);
}

Result<std::shared_ptr<arrow::Array>> TakeBytes(
    parquet::internal::RecordReader* reader, const DataType& type,
    const std::shared_ptr<arrow::DataType>& arrow_type, arrow::MemoryPool* pool) {
  auto* binary = dynamic_cast<parquet::internal::BinaryRecordReader*>(reader);
  TARN_CHECK(binary != nullptr);
  const parquet::ColumnDescriptor& column = *reader->descr();
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Array> bytes,
                        OneChunk(binary->GetBuilderChunks(), arrow_type, pool));
  if (type.root() == TypeRoot::kDecimal) {
    if (bytes->type_id() == arrow::Type::FIXED_SIZE_BINARY) {
      return DecimalsFromBytes(column, type, arrow_type,
                               static_cast<const arrow::FixedSizeBinaryArray&>(*bytes),
                               pool);
    }
    if (bytes->type_id() != arrow::Type::BINARY) {
      ARROW_ASSIGN_OR_RAISE(bytes, bytes->View(arrow::binary()));
    }
    return DecimalsFromBytes(column, type, arrow_type,
                             static_cast<const arrow::BinaryArray&>(*bytes), pool);
  }
  if (bytes->type()->Equals(*arrow_type)) return bytes;
  return bytes->View(arrow_type);
}

}  // namespace

Status CheckPhysicalType(const parquet::ColumnDescriptor& column, const DataType& type) {
  const TypeRoot root = type.root();
  bool fits = false;
  switch (column.physical_type()) {
    case parquet::Type::BOOLEAN:
      fits = root == TypeRoot::kBoolean;
      break;
    case parquet::Type::INT32:
      fits = IsInt32Root(root);
      break;
    case parquet::Type::INT64:
      fits = root == TypeRoot::kBigInt || (IsTimestamp(type) && StoredTicks(column) > 0 &&
                                           StoredTicks(column) <= EngineTicks(type));
      break;
    case parquet::Type::INT96:
      fits = IsTimestamp(type);
      break;
    case parquet::Type::FLOAT:
      fits = root == TypeRoot::kFloat;
      break;
    case parquet::Type::DOUBLE:
      fits = root == TypeRoot::kDouble;
      break;
    case parquet::Type::BYTE_ARRAY:
      fits = IsBytesRoot(type);
      break;
    default:
      break;
  }
  if (root == TypeRoot::kDecimal) {
    const bool number = column.physical_type() == parquet::Type::INT32 ||
                        column.physical_type() == parquet::Type::INT64 ||
                        column.physical_type() == parquet::Type::FIXED_LEN_BYTE_ARRAY ||
                        column.physical_type() == parquet::Type::BYTE_ARRAY;
    fits = number && StoredScale(column) == type.scale();
  }
  if (fits) return Status::OK();
  return Corruption(7411, "Column is stored with a type that its schema does not have:",
                    V("column", column.path()->ToDotString()),
                    V("stored", parquet::TypeToString(column.physical_type())),
                    V("annotation", column.logical_type() == nullptr
                                        ? std::string("None")
                                        : column.logical_type()->ToString()),
                    V("schema", type.ToString()));
}

Result<std::shared_ptr<arrow::Array>> TakeValues(parquet::internal::RecordReader* reader,
                                                 const DataType& type,
                                                 arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::DataType> arrow_type,
                        types::ToArrow(type));
  const parquet::ColumnDescriptor& column = *reader->descr();
  const parquet::Type::type physical = column.physical_type();
  if (physical == parquet::Type::BYTE_ARRAY ||
      physical == parquet::Type::FIXED_LEN_BYTE_ARRAY) {
    return TakeBytes(reader, type, arrow_type, pool);
  }
  Slots slots{reader->values_written(), reader->null_count(), nullptr};
  if (reader->nullable_values()) {
    slots.validity = reader->ReleaseIsValid();
    if (slots.null_count == 0) slots.validity = nullptr;
  }
  const std::shared_ptr<arrow::Buffer> stored = reader->ReleaseValues();
  const uint8_t* data = stored->data();
  std::shared_ptr<arrow::Buffer> values = stored;
  const TypeRoot root = type.root();
  if (physical == parquet::Type::BOOLEAN) {
    ARROW_ASSIGN_OR_RAISE(values, PackBooleans(data, slots, pool));
  } else if (physical == parquet::Type::INT96) {
    ARROW_ASSIGN_OR_RAISE(values, Int96Values(column, type, data, slots, pool));
  } else if (root == TypeRoot::kTinyInt) {
    ARROW_ASSIGN_OR_RAISE(values, Narrow<int8_t>(data, slots, pool));
  } else if (root == TypeRoot::kSmallInt) {
    ARROW_ASSIGN_OR_RAISE(values, Narrow<int16_t>(data, slots, pool));
  } else if (root == TypeRoot::kDecimal) {
    ARROW_ASSIGN_OR_RAISE(values, physical == parquet::Type::INT32
                                      ? Widen<int32_t>(column, type, data, slots, pool)
                                      : Widen<int64_t>(column, type, data, slots, pool));
  } else if (IsTimestamp(type)) {
    ARROW_ASSIGN_OR_RAISE(values, Int64Timestamps(column, type, values, slots, pool));
  }
  return MakeFixed(arrow_type, slots, std::move(values));
}

Result<std::shared_ptr<arrow::Array>> StatisticsValue(
    const parquet::ColumnDescriptor& column, const DataType& type,
    const std::string& encoded, arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::DataType> arrow_type,
                        types::ToArrow(type));
  const Slots one{1, 0, nullptr};
  const parquet::Type::type physical = column.physical_type();
  if (physical == parquet::Type::BYTE_ARRAY ||
      physical == parquet::Type::FIXED_LEN_BYTE_ARRAY) {
    arrow::BinaryBuilder builder(pool);
    ARROW_RETURN_NOT_OK(builder.Append(encoded));
    ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::Array> bytes, builder.Finish());
    if (type.root() != TypeRoot::kDecimal) return bytes->View(arrow_type);
    return DecimalsFromBytes(column, type, arrow_type,
                             static_cast<const arrow::BinaryArray&>(*bytes), pool);
  }
  const size_t width =
      physical == parquet::Type::BOOLEAN                                     ? 1
      : physical == parquet::Type::INT32 || physical == parquet::Type::FLOAT ? 4
                                                                             : 8;
  if (encoded.size() != width || physical == parquet::Type::INT96) {
    return std::shared_ptr<arrow::Array>();
  }
  const auto* data = reinterpret_cast<const uint8_t*>(encoded.data());
  std::shared_ptr<arrow::Buffer> values = arrow::Buffer::FromString(encoded);
  if (physical == parquet::Type::BOOLEAN) {
    ARROW_ASSIGN_OR_RAISE(values, PackBooleans(data, one, pool));
  } else if (type.root() == TypeRoot::kTinyInt) {
    ARROW_ASSIGN_OR_RAISE(values, Narrow<int8_t>(data, one, pool));
  } else if (type.root() == TypeRoot::kSmallInt) {
    ARROW_ASSIGN_OR_RAISE(values, Narrow<int16_t>(data, one, pool));
  } else if (type.root() == TypeRoot::kDecimal) {
    ARROW_ASSIGN_OR_RAISE(values, physical == parquet::Type::INT32
                                      ? Widen<int32_t>(column, type, data, one, pool)
                                      : Widen<int64_t>(column, type, data, one, pool));
  } else if (IsTimestamp(type)) {
    ARROW_ASSIGN_OR_RAISE(values, Int64Timestamps(column, type, values, one, pool));
  }
  return MakeFixed(arrow_type, one, std::move(values));
}

}  // namespace tarn::format

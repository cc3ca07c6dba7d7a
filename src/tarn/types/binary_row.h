// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/data_type.h"

namespace tarn::types {

/// Rows in Paimon's `BinaryRow` layout, the form in which keys, partitions and statistics
/// are stored and hashed. Immutable.
///
/// Shapes: offsets int64[rows + 1] into `bytes`; row i is bytes [offsets[i], offsets[i +
/// 1]), its length a multiple of 8. Byte 0 of every row (its row kind) is 0.
struct BinaryRows {
  std::shared_ptr<arrow::Buffer> offsets;
  std::shared_ptr<arrow::Buffer> bytes;
  int64_t rows = 0;

  std::string_view Row(int64_t index) const;
  const int64_t* raw_offsets() const;
  const uint8_t* raw_bytes() const;
};

/// Encode rows, column by column. All types are taken, nested ones included.
///
/// \param columns  arrays of one length in the Arrow form of `types` (arrow_types.h)
/// Errors: kUnsupported (VARIANT, VECTOR), kResource (a row of 2 GiB, pool exhausted),
/// kInternal when an array does not hold its type.
Result<BinaryRows> EncodeBinaryRows(arrow::MemoryPool* pool,
                                    const arrow::ArrayVector& columns,
                                    const std::vector<DataType>& types);

/// The same for one row of scalars; a null scalar of any type is NULL.
Result<std::string> EncodeBinaryRow(
    const std::vector<std::shared_ptr<arrow::Scalar>>& values,
    const std::vector<DataType>& types);

/// Row `index` of `columns`.
Result<std::string> EncodeBinaryRow(const arrow::ArrayVector& columns, int64_t index,
                                    const std::vector<DataType>& types);

/// Decode rows of the same types into arrays of rows.size() values.
/// Errors: kCorruption where a slot points outside its row, kUnsupported (VARIANT,
/// VECTOR).
Result<arrow::ArrayVector> DecodeBinaryRows(arrow::MemoryPool* pool,
                                            std::span<const std::string_view> rows,
                                            const std::vector<DataType>& types);
/// One row: arrays of one value.
Result<arrow::ArrayVector> DecodeBinaryRow(arrow::MemoryPool* pool, std::string_view row,
                                           const std::vector<DataType>& types);

/// A row as manifests hold it: four bytes big-endian field count, then the row (Paimon
/// `SerializationUtils.serializeBinaryRow`).
std::string SerializeBinaryRow(int32_t arity, std::string_view row);

/// The parts of a serialized row, borrowed from its bytes.
struct SerializedRow {
  int32_t arity = 0;
  std::string_view row;
};
/// Errors: kCorruption for a count below 0 or fixed slots that do not fit.
Result<SerializedRow> ParseSerializedRow(std::string_view bytes);

/// The row without fields: empty partition, empty statistics.
std::string_view EmptyBinaryRow();

/// Hash of a row's bytes (Paimon `BinaryRow.hashCode`): murmur3 x86 32-bit, seed 42. The
/// length must be a multiple of 4.
int32_t HashBinaryRow(std::string_view row);

/// int32[rows.rows] hashes into `out`.
void HashBinaryRows(const BinaryRows& rows, int32_t* out);

namespace internal {
/// Bytes of the row kind and null bits of a row of `arity` fields.
constexpr int64_t NullBitsBytes(int64_t arity) {
  return (arity + 63 + 8) / 64 * 8;
}
constexpr int64_t RoundUp8(int64_t bytes) {
  return (bytes + 7) & ~int64_t{7};
}
/// Bytes of an element of `type` in a binary array: 1, 2, 4 or 8.
int ArrayElementBytes(const DataType& type);
/// kUnsupported naming the type.
Status NoBinaryForm(const DataType& type);
}  // namespace internal

}  // namespace tarn::types

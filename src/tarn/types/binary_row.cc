// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/binary_row.h"

#include <bit>

#include <arrow/buffer.h>

#include "tarn/base/bytes.h"

namespace tarn::types {

std::string_view BinaryRows::Row(int64_t index) const {
  const int64_t* at = raw_offsets() + index;
  return {reinterpret_cast<const char*>(raw_bytes()) + at[0],
          static_cast<size_t>(at[1] - at[0])};
}

const int64_t* BinaryRows::raw_offsets() const {
  return offsets->data_as<int64_t>();
}

const uint8_t* BinaryRows::raw_bytes() const {
  return bytes->data();
}

std::string SerializeBinaryRow(int32_t arity, std::string_view row) {
  std::string out;
  out.reserve(row.size() + 4);
  base::AppendBig(&out, arity);
  out.append(row);
  return out;
}

Result<SerializedRow> ParseSerializedRow(std::string_view bytes) {
  base::ByteReader reader(bytes, "serialized row");
  SerializedRow out;
  ARROW_ASSIGN_OR_RAISE(out.arity, reader.ReadBig<int32_t>());
  ARROW_ASSIGN_OR_RAISE(out.row, reader.ReadBytes(reader.remaining()));
  const int64_t fixed =
      internal::NullBitsBytes(out.arity) + int64_t{8} * int64_t{out.arity};
  if (out.arity < 0 || fixed > static_cast<int64_t>(out.row.size())) {
    return Corruption(7045,
                      "Stored row is shorter than its fields:", V("fields", out.arity),
                      V("bytes", out.row.size()));
  }
  return out;
}

std::string_view EmptyBinaryRow() {
  return {"\0\0\0\0\0\0\0\0", 8};
}

int32_t HashBinaryRow(std::string_view row) {
  uint32_t hash = 42;
  for (size_t at = 0; at + 4 <= row.size(); at += 4) {
    uint32_t word = base::LoadLittle<uint32_t>(row.data() + at);
    word = std::rotl(word * 0xCC9E2D51U, 15) * 0x1B873593U;
    hash = std::rotl(hash ^ word, 13) * 5 + 0xE6546B64U;
  }
  hash ^= static_cast<uint32_t>(row.size());
  hash = (hash ^ (hash >> 16)) * 0x85EBCA6BU;
  hash = (hash ^ (hash >> 13)) * 0xC2B2AE35U;
  return static_cast<int32_t>(hash ^ (hash >> 16));
}

void HashBinaryRows(const BinaryRows& rows, int32_t* out) {
  for (int64_t i = 0; i < rows.rows; ++i) out[i] = HashBinaryRow(rows.Row(i));
}

namespace internal {

int ArrayElementBytes(const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
    case TypeRoot::kTinyInt:
      return 1;
    case TypeRoot::kSmallInt:
      return 2;
    case TypeRoot::kInt:
    case TypeRoot::kDate:
    case TypeRoot::kTime:
    case TypeRoot::kFloat:
      return 4;
    default:
      return 8;
  }
}

Status NoBinaryForm(const DataType& type) {
  return Unsupported(
      6042, "Type cannot be written to a binary row yet:", V("type", type.ToString()));
}

}  // namespace internal

}  // namespace tarn::types

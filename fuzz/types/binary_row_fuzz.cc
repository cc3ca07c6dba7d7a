// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>

#include <arrow/array.h>
#include <arrow/memory_pool.h>

#include "tarn/types/binary_row.h"

/// A stored row: one byte chooses its types, the rest is what a manifest holds. What is
/// taken can be encoded again and then reads as the same values.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using tarn::types::DataField;
  using tarn::types::DataType;
  static const auto* kTypes = new std::vector<std::vector<DataType>>{
      {DataType::Int()},
      {DataType::String(), DataType::Bytes()},
      {DataType::Decimal(20, 2), DataType::Timestamp(6), DataType::Boolean()},
      {DataType::Timestamp(9), DataType::LocalZonedTimestamp(3), DataType::Time(3)},
      {DataType::Array(DataType::String())},
      {DataType::Map(DataType::Int(), DataType::Array(DataType::BigInt()))},
      {DataType::Row({DataField{0, "x", DataType::Decimal(38, 0), {}, {}},
                      DataField{1, "y", DataType::String(), {}, {}}})},
      std::vector<DataType>(60, DataType::TinyInt()),
  };
  if (size == 0) return 0;
  const auto& types = (*kTypes)[data[0] % kTypes->size()];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto serialized = tarn::types::ParseSerializedRow(bytes);
  const std::string_view row = serialized.ok() ? serialized->row : bytes;
  arrow::MemoryPool* pool = arrow::default_memory_pool();
  auto decoded = tarn::types::DecodeBinaryRow(pool, row, types);
  if (!decoded.ok()) return 0;
  for (const auto& column : *decoded) {
    if (!column->Validate().ok()) std::abort();
  }
  auto encoded = tarn::types::EncodeBinaryRows(pool, *decoded, types);
  if (!encoded.ok()) return 0;
  auto again = tarn::types::DecodeBinaryRow(pool, encoded->Row(0), types);
  if (!again.ok()) std::abort();
  for (size_t i = 0; i < types.size(); ++i) {
    if (!(*again)[i]->Equals(*(*decoded)[i], arrow::EqualOptions().nans_equal(true))) {
      std::abort();
    }
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// An Avro data file of any bytes, read as the columns of the seeds: block heads, unions,
// nested values, skips.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "tarn/format/avro_blocks.h"
#include "tarn/format/avro_column.h"

namespace {

using tarn::types::DataField;
using tarn::types::DataType;

const std::vector<DataField>& Fields() {
  static const std::vector<DataField> fields = {
      {0, "id", DataType::Int()},
      {1, "ti", DataType::TinyInt()},
      {2, "st", DataType::String()},
      {3, "bo", DataType::Boolean()},
      {4, "d38", DataType::Decimal(38, 18)},
      {5, "ts6", DataType::Timestamp(6)},
      {6, "aa", DataType::Array(DataType::Array(DataType::BigInt()))},
      {7, "mp", DataType::Map(DataType::String(), DataType::Double())},
      {8, "mm",
       DataType::Map(DataType::Int(),
                     DataType::Map(DataType::String(), DataType::Decimal(10, 2)))},
      {9, "rr",
       DataType::Row(
           {{10, "a",
             DataType::Array(DataType::Row({{11, "p", DataType::Timestamp(6)},
                                            {12, "q", DataType::Decimal(20, 5)}}))},
            {13, "m",
             DataType::Map(DataType::String(), DataType::Array(DataType::Int()))}})}};
  return fields;
}

/// Decode one column of a block, passing over the others.
void ReadColumn(const tarn::format::AvroBlocks& blocks, size_t block,
                std::string_view bytes, int field, const DataType& type) {
  using namespace tarn::format;  // NOLINT
  const AvroNode& root = blocks.schema().root();
  auto column = AvroColumn::Make("c", *root.fields[static_cast<size_t>(field)].type, type,
                                 arrow::default_memory_pool());
  if (!column.ok()) return;
  AvroDecoder decoder(bytes);
  for (int64_t i = 0; i < blocks.places()[block].records && decoder.ok(); ++i) {
    for (size_t at = 0; at < root.fields.size(); ++at) {
      if (static_cast<int>(at) != field) {
        decoder.Skip(*root.fields[at].type);
      } else if (!(*column)->Append(&decoder).ok()) {
        return;
      }
    }
  }
  if (!decoder.Finish().ok()) return;
  const auto array = (*column)->Finish();
  if (!array.ok() || !(*array)->Validate().ok()) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tarn::format;  // NOLINT
  auto file = std::make_shared<arrow::io::BufferReader>(
      std::make_shared<arrow::Buffer>(data, static_cast<int64_t>(size)));
  auto blocks = AvroBlocks::Open(file, "fuzz", {.block_bytes_max = int64_t{1} << 20});
  if (!blocks.ok()) return 0;
  const AvroNode& root = (*blocks)->schema().root();
  if (root.kind != AvroKind::kRecord) return 0;
  for (size_t block = 0; block < std::min<size_t>((*blocks)->places().size(), 8);
       ++block) {
    std::string bytes;
    if (!(*blocks)->Read(block, &bytes).ok()) continue;
    for (const DataField& field : Fields()) {
      const int at = root.FieldIndex(field.name);
      if (at >= 0) ReadColumn(**blocks, block, bytes, at, field.type);
    }
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// An Avro container of any bytes: header, schema, codecs, blocks, and every value
// skipped.
#include <cstddef>
#include <cstdint>
#include <memory>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "tarn/format/avro_container.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tarn::format;  // NOLINT
  auto file = std::make_shared<arrow::io::BufferReader>(
      std::make_shared<arrow::Buffer>(data, static_cast<int64_t>(size)));
  auto reader = AvroReader::Open(file, "fuzz", {.block_bytes_max = int64_t{1} << 20});
  if (!reader.ok()) return 0;
  while (true) {
    auto block = (*reader)->NextBlock();
    if (!block.ok() || !block->has_value()) return 0;
    AvroDecoder decoder((*block)->bytes);
    for (int64_t i = 0; i < (*block)->records && decoder.ok(); ++i) {
      decoder.Skip((*reader)->schema().root());
    }
  }
}

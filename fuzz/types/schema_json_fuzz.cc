// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>

#include "tarn/types/table_schema.h"

/// A schema file. What is taken is written as text that reads as the same schema.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto schema = tarn::types::TableSchema::FromJson(bytes);
  if (!schema.ok()) return 0;
  const std::string written = schema->ToJson();
  auto again = tarn::types::TableSchema::FromJson(written);
  if (!again.ok() || again->ToJson() != written || again->fields != schema->fields) {
    std::abort();
  }
  return 0;
}

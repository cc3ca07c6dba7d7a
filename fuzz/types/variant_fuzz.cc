// SPDX-License-Identifier: Apache-2.0
// A variant of any bytes printed as JSON: one byte with the length of its metadata, the
// metadata, the value.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tarn/types/variant.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  const size_t metadata = std::min<size_t>(data[0], size - 1);
  std::string out;
  (void)tarn::types::AppendVariantJson(bytes.substr(1 + metadata),
                                       bytes.substr(1, metadata), &out);
  return 0;
}

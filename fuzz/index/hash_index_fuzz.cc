// SPDX-License-Identifier: Apache-2.0
// Hostile hash indexes: whole numbers are read and written back, anything else is
// refused.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tarn/index/hash_index_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto hashes = tarn::index::internal::DecodeHashIndex(bytes);
  if (hashes.ok() != (size % 4 == 0)) std::abort();
  if (hashes.ok() && tarn::index::internal::EncodeHashIndex(*hashes) != bytes) {
    std::abort();
  }
  return 0;
}

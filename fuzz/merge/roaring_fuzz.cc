// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tarn/merge/roaring.h"

/// Two serialized bitmaps: one byte chooses the form, one says where the second begins.
/// What is taken joins to bytes that are taken again; in the 32-bit form, joined with
/// themselves they stay.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto join =
      data[0] % 2 == 0 ? tarn::merge::UnionBitmaps32 : tarn::merge::UnionBitmaps64;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const size_t cut = bytes.size() * data[1] / 256;
  const auto joined = join(bytes.substr(0, cut), bytes.substr(cut));
  const auto alone = join(bytes, bytes);
  for (const auto& made : {joined, alone}) {
    if (!made.ok()) continue;
    const auto again = join(*made, *made);
    if (!again.ok() || (data[0] % 2 == 0 && *again != *made)) std::abort();
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tarn/merge/sketches.h"

/// Two serialized sketches: one byte chooses the kind, one says where the second begins.
/// What is taken joins to bytes that are taken again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto join =
      data[0] % 2 == 0 ? tarn::merge::UnionHllSketches : tarn::merge::UnionThetaSketches;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const size_t cut = bytes.size() * data[1] / 256;
  const auto joined = join(bytes.substr(0, cut), bytes.substr(cut));
  const auto alone = join(bytes, bytes);
  for (const auto& made : {joined, alone}) {
    if (made.ok() && !join(*made, *made).ok()) std::abort();
  }
  return 0;
}

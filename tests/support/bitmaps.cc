// SPDX-License-Identifier: Apache-2.0
#include "tests/support/bitmaps.h"

#include "tarn/base/bytes.h"

namespace tarn::support {
namespace {

using base::AppendLittle;

void AppendContainer(uint64_t first, uint64_t last, std::string* out) {
  if (first == last) {
    AppendLittle(out, static_cast<uint16_t>(first));
    return;
  }
  AppendLittle(out, uint16_t{1});
  AppendLittle(out, static_cast<uint16_t>(first));
  AppendLittle(out, static_cast<uint16_t>(last - first));
}

}  // namespace

std::string Bitmap32(uint32_t first, uint32_t last) {
  std::string out;
  const bool runs = first != last;
  if (runs) {
    AppendLittle(&out, uint32_t{12347});
    out += '\1';
  } else {
    AppendLittle(&out, uint32_t{12346});
    AppendLittle(&out, uint32_t{1});
  }
  AppendLittle(&out, static_cast<uint16_t>(first >> 16));
  AppendLittle(&out, static_cast<uint16_t>(last - first));
  if (!runs) AppendLittle(&out, uint32_t{16});
  AppendContainer(first, last, &out);
  return out;
}

std::string Bitmap64(uint64_t first, uint64_t last) {
  std::string out(1, '\1');
  AppendLittle(&out, int64_t{1});
  out += std::string("\4\0\0\0", 4);
  for (int shift = 56; shift >= 16; shift -= 8) {
    out += static_cast<char>(first >> shift);
  }
  AppendLittle(&out, int64_t{0});
  AppendLittle(&out, int32_t{1});
  AppendLittle(&out, int8_t{-2});
  AppendLittle(&out, int32_t{1});
  out += '\1';
  out += first == last ? '\2' : '\0';
  AppendLittle(&out, static_cast<int32_t>(last - first + 1));
  AppendContainer(first, last, &out);
  AppendLittle(&out, int64_t{1});
  AppendLittle(&out, int32_t{0});
  AppendLittle(&out, int32_t{0});
  return out;
}

}  // namespace tarn::support

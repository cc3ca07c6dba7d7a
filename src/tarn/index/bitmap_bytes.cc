// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/bitmap_bytes.h"

#include "tarn/index/roaring_bytes.h"

namespace tarn::index {

Result<Roaring> ReadRoaring(std::string_view bytes, std::string_view what, size_t* used) {
  const auto checked = CheckRoaringBytes(bytes);
  if (!checked.ok()) return Prefixed(checked.status(), std::string(what) + ": ");
  if (used != nullptr) *used = *checked;
  roaring_bitmap_t* bitmap =
      roaring_bitmap_portable_deserialize_safe(bytes.data(), *checked);
  if (bitmap == nullptr) {
    return ResourceExhausted(9710, "Bitmap does not fit into memory:", V("bytes", what));
  }
  return Roaring(bitmap);
}

void AppendRoaring(Roaring* bitmap, std::string* out) {
  bitmap->runOptimize();
  const size_t begin = out->size();
  out->resize(begin + bitmap->getSizeInBytes());
  bitmap->write(out->data() + begin);
}

}  // namespace tarn::index

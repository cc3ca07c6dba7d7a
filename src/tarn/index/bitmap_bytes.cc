// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/bitmap_bytes.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tarn/base/bytes.h"
#include "tarn/index/roaring_bytes.h"

namespace tarn::index {
namespace {

constexpr uint32_t kCookieWithRuns = 12347;
constexpr uint32_t kCookieWithoutRuns = 12346;
/// Fewer containers than these have no table of offsets when some have runs.
constexpr uint32_t kOffsetsFrom = 4;
constexpr size_t kArrayMax = 4096;
constexpr size_t kBitsetBytes = 8192;

/// Rows that share their upper 16 bits, by their lower ones.
struct Container {
  uint16_t key = 0;
  std::vector<uint16_t> rows;
  size_t runs = 0;

  size_t plain_bytes() const {
    return rows.size() <= kArrayMax ? 2 * rows.size() : kBitsetBytes;
  }
  size_t run_bytes() const { return 2 + 4 * runs; }
  bool as_runs() const { return run_bytes() < plain_bytes(); }
  size_t bytes() const { return as_runs() ? run_bytes() : plain_bytes(); }
};

std::vector<Container> ContainersOf(const Roaring& bitmap) {
  std::vector<Container> out;
  for (const uint32_t row : bitmap) {
    const auto key = static_cast<uint16_t>(row >> 16);
    const auto low = static_cast<uint16_t>(row);
    if (out.empty() || out.back().key != key) {
      out.emplace_back();
      out.back().key = key;
    }
    Container& container = out.back();
    if (container.rows.empty() || container.rows.back() + 1 != low) ++container.runs;
    container.rows.push_back(low);
  }
  return out;
}

void AppendContainer(const Container& container, std::string* out) {
  if (container.as_runs()) {
    base::AppendLittle(out, static_cast<uint16_t>(container.runs));
    for (size_t i = 0; i < container.rows.size();) {
      size_t end = i + 1;
      while (end < container.rows.size() &&
             container.rows[end] == container.rows[end - 1] + 1) {
        ++end;
      }
      base::AppendLittle(out, container.rows[i]);
      base::AppendLittle(out, static_cast<uint16_t>(end - i - 1));
      i = end;
    }
  } else if (container.rows.size() <= kArrayMax) {
    for (const uint16_t row : container.rows) base::AppendLittle(out, row);
  } else {
    std::string bits(kBitsetBytes, '\0');
    for (const uint16_t row : container.rows) {
      bits[row >> 3] |= static_cast<char>(1 << (row & 7));
    }
    *out += bits;
  }
}

}  // namespace

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

void AppendRoaring(const Roaring& bitmap, std::string* out) {
  const std::vector<Container> containers = ContainersOf(bitmap);
  const auto count = static_cast<uint32_t>(containers.size());
  const bool any_runs = std::any_of(containers.begin(), containers.end(),
                                    [](const Container& c) { return c.as_runs(); });
  const size_t begin = out->size();
  if (any_runs) {
    base::AppendLittle(out, kCookieWithRuns | ((count - 1) << 16));
    std::string flags((count + 7) / 8, '\0');
    for (uint32_t i = 0; i < count; ++i) {
      if (containers[i].as_runs()) flags[i / 8] |= static_cast<char>(1 << (i % 8));
    }
    *out += flags;
  } else {
    base::AppendLittle(out, kCookieWithoutRuns);
    base::AppendLittle(out, count);
  }
  for (const Container& container : containers) {
    base::AppendLittle(out, container.key);
    base::AppendLittle(out, static_cast<uint16_t>(container.rows.size() - 1));
  }
  if (!any_runs || count >= kOffsetsFrom) {
    size_t offset = out->size() - begin + size_t{4} * count;
    for (const Container& container : containers) {
      base::AppendLittle(out, static_cast<uint32_t>(offset));
      offset += container.bytes();
    }
  }
  for (const Container& container : containers) AppendContainer(container, out);
}

}  // namespace tarn::index

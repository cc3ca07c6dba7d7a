// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/java_hash.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "tarn/base/bytes.h"

namespace tarn::index {
namespace {

uint32_t Mix(uint32_t hash, uint32_t word) {
  word *= 0xcc9e2d51u;
  word = std::rotl(word, 15);
  word *= 0x1b873593u;
  hash ^= word;
  hash = std::rotl(hash, 13);
  return hash * 5 + 0xe6546b64u;
}

}  // namespace

int32_t HashJavaBytes(std::string_view bytes) {
  uint32_t hash = 42;
  size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    hash = Mix(hash, base::LoadLittle<uint32_t>(bytes.data() + at));
  }
  for (; at < bytes.size(); ++at) {
    hash = Mix(hash, static_cast<uint32_t>(
                         static_cast<int32_t>(static_cast<signed char>(bytes[at]))));
  }
  hash ^= static_cast<uint32_t>(bytes.size());
  hash ^= hash >> 16;
  hash *= 0x85ebca6bu;
  hash ^= hash >> 13;
  hash *= 0xc2b2ae35u;
  hash ^= hash >> 16;
  return static_cast<int32_t>(hash);
}

int32_t HashJavaText(std::string_view text) {
  uint32_t hash = 0;
  const auto add = [&](uint32_t unit) { hash = hash * 31 + unit; };
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    uint32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
    for (size_t k = 1; k < length && i + k < text.size(); ++k) {
      point = (point << 6) | (static_cast<uint8_t>(text[i + k]) & 0x3Fu);
    }
    if (point < 0x10000) {
      add(point);
    } else {
      add(0xD800 + ((point - 0x10000) >> 10));
      add(0xDC00 + ((point - 0x10000) & 0x3FF));
    }
    i += length;
  }
  return static_cast<int32_t>(hash);
}

std::vector<int32_t> JavaMapOrder::Walk() const {
  std::vector<int32_t> order(hashes_.size());
  std::iota(order.begin(), order.end(), 0);
  const auto slot = [&](int32_t entry) {
    const auto hash = static_cast<uint32_t>(hashes_[static_cast<size_t>(entry)]);
    return (hash ^ (hash >> 16)) & static_cast<uint32_t>(capacity_ - 1);
  };
  std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    const uint32_t left = slot(a), right = slot(b);
    if (left != right) return left < right;
    return growth_ == Growth::kPut ? a < b : a > b;
  });
  return order;
}

}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/java_key_order.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace tarn::types {
namespace {

constexpr size_t kDefaultSlots = 16;

/// A map grows once three quarters of its slots' number are in it.
size_t Threshold(size_t slots) {
  return slots * 3 / 4;
}

/// The code point at `*at`, which is moved behind it. Stored text is valid UTF-8; other
/// bytes stand for themselves, which cannot matter to an order.
uint32_t NextCodePoint(std::string_view text, size_t* at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte((*at)++);
  const int following = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  uint32_t point = following == 0 ? first : first & (0x3fu >> following);
  for (int i = 0; i < following && *at < text.size(); ++i) {
    point = point << 6 | (byte((*at)++) & 0x3fu);
  }
  return point;
}

}  // namespace

int32_t JavaHash(std::string_view text) {
  uint32_t hash = 0;
  for (size_t at = 0; at < text.size();) {
    const uint32_t point = NextCodePoint(text, &at);
    if (point < 0x10000) {
      hash = hash * 31 + point;
      continue;
    }
    hash = hash * 31 + (0xd800 + ((point - 0x10000) >> 10));
    hash = hash * 31 + (0xdc00 + ((point - 0x10000) & 0x3ff));
  }
  return static_cast<int32_t>(hash);
}

size_t JavaKeyOrder::SlotOf(std::string_view key) const {
  const auto hash = static_cast<uint32_t>(JavaHash(key));
  return (hash ^ (hash >> 16)) & (slots_.size() - 1);
}

void JavaKeyOrder::Resize(size_t slots) {
  std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
  for (Slot& slot : old) {
    for (std::string& key : slot) slots_[SlotOf(key)].push_back(std::move(key));
  }
}

JavaKeyOrder JavaKeyOrder::Copy() const {
  JavaKeyOrder out;
  if (count_ == 0) return out;
  // (float) count / 0.75f + 1, cut to a whole number, up to a power of two.
  const auto wanted = static_cast<size_t>(static_cast<float>(count_) / 0.75f + 1.0f);
  out.Resize(std::bit_ceil(wanted));
  for (const std::string& key : Keys()) out.Put(key);
  return out;
}

void JavaKeyOrder::Put(const std::string& key) {
  if (slots_.empty()) Resize(kDefaultSlots);
  Slot& slot = slots_[SlotOf(key)];
  if (std::find(slot.begin(), slot.end(), key) != slot.end()) return;
  slot.push_back(key);
  if (++count_ > Threshold(slots_.size())) Resize(slots_.size() * 2);
}

void JavaKeyOrder::Remove(const std::string& key) {
  if (slots_.empty()) return;
  count_ -= std::erase(slots_[SlotOf(key)], key);
}

std::vector<std::string> JavaKeyOrder::Keys() const {
  std::vector<std::string> out;
  for (const Slot& slot : slots_) out.insert(out.end(), slot.begin(), slot.end());
  return out;
}

}  // namespace tarn::types

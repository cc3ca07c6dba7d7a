// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tarn::index {

/// `BinaryString.hashCode`: murmur3 x86 32-bit, seed 42, bytes behind the last whole word
/// mixed in one by one.
int32_t HashJavaBytes(std::string_view bytes);

/// `String.hashCode` of UTF-8 text.
int32_t HashJavaText(std::string_view text);

/// The order in which a `java.util.HashMap` is walked: by slot; in a slot the latest
/// entry first where `computeIfAbsent` added it, last where `put` did. Bodies of bitmap
/// indexes and the columns of a container stand in it. (Where eight entries meet in one
/// slot Java makes a tree of them; their order is then another, which no reader sees.)
class JavaMapOrder {
 public:
  enum class Growth : uint8_t { kComputeIfAbsent, kPut };
  explicit JavaMapOrder(Growth growth = Growth::kComputeIfAbsent) : growth_(growth) {}

  /// Called for every `computeIfAbsent`, before it is known whether the key is new: Java
  /// looks after the size of the table then.
  void Access() {
    if (growth_ == Growth::kComputeIfAbsent) GrowWhenFull();
  }
  /// A new key: it is entry `size()`.
  void Insert(int32_t hash) {
    hashes_.push_back(hash);
    if (growth_ == Growth::kPut) GrowWhenFull();
  }
  /// Numbers of the entries in the order of a walk.
  std::vector<int32_t> Walk() const;

 private:
  void GrowWhenFull() {
    if (static_cast<int64_t>(hashes_.size()) > capacity_ / 4 * 3) capacity_ *= 2;
  }

  const Growth growth_;
  std::vector<int32_t> hashes_;
  int64_t capacity_ = 16;
};

}  // namespace tarn::index

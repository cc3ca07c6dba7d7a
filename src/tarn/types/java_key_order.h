// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::types {

/// The order in which a Java `HashMap` with text keys lists them.
///
/// Java writes the options of a schema in that order. It follows from the keys' hashes,
/// the number of slots, and, within a slot, from who came first; so a map is played
/// through the same steps: keys are put and removed, and a map is copied into a new one.
/// Slots never become trees here: Java needs eight keys in one slot for that. One caller
/// at a time.
class JavaKeyOrder {
 public:
  JavaKeyOrder() = default;

  /// `new HashMap<>(other)`: as many slots as `other`'s keys need.
  JavaKeyOrder Copy() const;
  /// At the end of its slot; nothing for a key that is there.
  void Put(const std::string& key);
  void Remove(const std::string& key);
  std::vector<std::string> Keys() const;

 private:
  using Slot = std::vector<std::string>;
  size_t SlotOf(std::string_view key) const;
  void Resize(size_t slots);

  size_t count_ = 0;
  std::vector<Slot> slots_;
};

/// `String.hashCode` of the UTF-16 form of `text`, which is UTF-8.
int32_t JavaHash(std::string_view text);

}  // namespace tarn::types

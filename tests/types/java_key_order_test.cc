// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/java_key_order.h"

#include <gtest/gtest.h>

namespace tarn::types {
namespace {

using Keys = std::vector<std::string>;

JavaKeyOrder Of(const Keys& keys) {
  JavaKeyOrder order;
  for (const std::string& key : keys) order.Put(key);
  return order;
}

TEST(JavaKeyOrder, HashesAsStringDoes) {
  EXPECT_EQ(JavaHash(""), 0);
  EXPECT_EQ(JavaHash("bucket"), -1378203158);
  EXPECT_EQ(JavaHash("ünï✓"), 7630454);
  // Two UTF-16 units.
  EXPECT_EQ(JavaHash("😀"), 1772899);
}

TEST(JavaKeyOrder, ListsKeysBySlotThenByComing) {
  // "Aa" and "BB" have one hash.
  EXPECT_EQ(Of({"BB", "Aa"}).Keys(), (Keys{"BB", "Aa"}));
  EXPECT_EQ(Of({"Aa", "BB"}).Keys(), (Keys{"Aa", "BB"}));
  // 'a' is 97, slot 1 of 16; 'q' is 113, slot 1 too; 'b' has slot 2.
  EXPECT_EQ(Of({"q", "b", "a"}).Keys(), (Keys{"q", "a", "b"}));
}

TEST(JavaKeyOrder, GrowsAtThreeQuarters) {
  Keys keys;
  for (char c = 'a'; c < 'm'; ++c) keys.emplace_back(1, c);  // twelve: slots 1 to 12
  JavaKeyOrder order = Of(keys);
  order.Put("q");  // the thirteenth: 32 slots, so that "q" lies behind the others
  EXPECT_EQ(order.Keys().back(), "q");
  order.Remove("q");
  order.Put("q");
  EXPECT_EQ(order.Keys().size(), 13u);
}

TEST(JavaKeyOrder, ACopyHasAsManySlotsAsItsKeysNeed) {
  // One key: two slots, and so on; 'b' (98) comes before 'a' (97) among two slots.
  EXPECT_EQ(Of({"a"}).Copy().Keys(), Keys{"a"});
  EXPECT_EQ(Of({"a", "b"}).Copy().Keys(), (Keys{"a", "b"}));
  // Three keys need 3 / 0.75 + 1 = 5, so 8 slots: 'i' (105) shares slot 1 with 'a' (97).
  EXPECT_EQ(Of({"a", "b", "i"}).Copy().Keys(), (Keys{"a", "i", "b"}));
  EXPECT_EQ(JavaKeyOrder().Copy().Keys(), Keys{});
}

}  // namespace
}  // namespace tarn::types

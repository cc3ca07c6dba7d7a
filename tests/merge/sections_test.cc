// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/sections.h"

#include <gtest/gtest.h>

namespace tarn::merge {
namespace {

std::vector<IntervalSection> Cut(
    std::vector<std::pair<const char*, const char*>> intervals) {
  std::vector<KeyInterval> keyed;
  for (const auto& [min, max] : intervals) {
    keyed.push_back({min, max, static_cast<int32_t>(keyed.size())});
  }
  return PartitionIntervals(std::move(keyed));
}

using Sections = std::vector<IntervalSection>;

TEST(Sections, NothingGivesNothing) {
  EXPECT_TRUE(Cut({}).empty());
}

TEST(Sections, RangesApartAreSectionsOfTheirOwn) {
  EXPECT_EQ(Cut({{"d", "f"}, {"a", "b"}}), (Sections{{{1}}, {{0}}}));
}

TEST(Sections, RangesThatTouchInOneKeyHangTogether) {
  EXPECT_EQ(Cut({{"a", "c"}, {"c", "e"}}), (Sections{{{0}, {1}}}));
}

TEST(Sections, ALongRangeHoldsASectionTogether) {
  EXPECT_EQ(Cut({{"a", "z"}, {"b", "c"}, {"d", "e"}, {"zz", "zzz"}}),
            (Sections{{{0}, {1, 2}}, {{3}}}));
}

TEST(Sections, AFileContinuesTheRunThatEndsFirst) {
  EXPECT_EQ(Cut({{"a", "d"}, {"b", "c"}, {"d", "h"}, {"e", "f"}}),
            (Sections{{{0, 3}, {1, 2}}}));
}

TEST(Sections, EqualRangesNeedARunEach) {
  EXPECT_EQ(Cut({{"a", "b"}, {"a", "b"}, {"a", "b"}}), (Sections{{{0}, {1}, {2}}}));
}

TEST(Sections, BytesCompareUnsigned) {
  EXPECT_EQ(Cut({{"\x80", "\x81"}, {"\x01", "\x02"}}), (Sections{{{1}}, {{0}}}));
}

}  // namespace
}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/roaring.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/bitmaps.h"
#include "tests/support/random_merge.h"

namespace tarn::merge {
namespace {

using support::Bitmap32;
using support::Bitmap64;

TEST(Roaring, TwoNeighboursStayAnArray) {
  // 4 bytes as values, 6 as a run.
  const std::string joined = UnionBitmaps32(Bitmap32(1, 1), Bitmap32(2, 2)).ValueOrDie();
  EXPECT_EQ(base::ToHex(joined),
            "3a300000010000000000010010000000"
            "01000200");
  // Runs that tie with an array stay runs.
  const std::string runs = UnionBitmaps32(Bitmap32(1, 2), Bitmap32(2, 2)).ValueOrDie();
  EXPECT_EQ(base::ToHex(runs),
            "3b3000000100000100"
            "010001000100");
}

TEST(Roaring, ManyValuesBecomeABitmapAndAllOfThemARun) {
  std::string odd = Bitmap32(1, 1);
  for (uint32_t value = 3; value < 9001; value += 2) {
    odd = UnionBitmaps32(odd, Bitmap32(value, value)).ValueOrDie();
  }
  EXPECT_EQ(odd.size(), 16u + 8192u);
  const std::string all = UnionBitmaps32(odd, Bitmap32(0, 65535)).ValueOrDie();
  EXPECT_EQ(base::ToHex(all),
            "3b300000010000ffff"
            "01000000ffff");
}

TEST(Roaring, WhatIsNoBitmapIsCorrupt) {
  const std::string good32 = Bitmap32(5, 900);
  const std::string good64 = Bitmap64(5, 900);
  for (size_t cut = 0; cut < good32.size(); ++cut) {
    EXPECT_EQ(KindOf(UnionBitmaps32(good32.substr(0, cut), good32).status()),
              ErrorKind::kCorruption);
  }
  for (size_t cut = 0; cut < good64.size(); ++cut) {
    EXPECT_EQ(KindOf(UnionBitmaps64(good64, good64.substr(0, cut)).status()),
              ErrorKind::kCorruption);
  }
  std::string unsorted = UnionBitmaps32(Bitmap32(1, 1), Bitmap32(9, 9)).ValueOrDie();
  std::swap(unsorted[16], unsorted[18]);
  EXPECT_EQ(KindOf(UnionBitmaps32(unsorted, good32).status()), ErrorKind::kCorruption);
}

/// Members of a 32-bit bitmap that has arrays and runs of few values.
TEST(Roaring, RandomBytesNeverHarm) {
  support::Dice dice(3);
  const std::string a = Bitmap32(5, 900), b = Bitmap64(1ULL << 40, (1ULL << 40) + 5);
  for (int round = 0; round < 3000; ++round) {
    std::string x = a, y = b;
    x[dice.Below(static_cast<int64_t>(x.size()))] = static_cast<char>(dice.Below(256));
    y[dice.Below(static_cast<int64_t>(y.size()))] = static_cast<char>(dice.Below(256));
    for (const auto& joined : {UnionBitmaps32(x, a), UnionBitmaps64(b, y)}) {
      if (joined.ok()) continue;
      const ErrorKind kind = KindOf(joined.status());
      EXPECT_TRUE(kind == ErrorKind::kCorruption || kind == ErrorKind::kUnsupported);
    }
  }
}

TEST(Roaring64, ATreeGrowsThroughAllSizesOfBranches) {
  // A union with what is in it already says the same again.
  std::string joined = Bitmap64(0, 0);
  for (uint64_t key = 1; key < 80; ++key) {
    const uint64_t value = (key * 37 % 256) << 24 | key << 50;
    joined = UnionBitmaps64(joined, Bitmap64(value, value)).ValueOrDie();
    const std::string again = UnionBitmaps64(joined, Bitmap64(value, value)).ValueOrDie();
    ASSERT_EQ(base::ToHex(again), base::ToHex(joined)) << key;
  }
}

}  // namespace
}  // namespace tarn::merge

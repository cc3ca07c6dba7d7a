// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/sketches.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tarn/base/bytes.h"
#include "tests/support/java_oracle.h"
#include "tests/support/random_merge.h"

namespace tarn::merge {
namespace {

using nlohmann::json;
using support::Dice;
using support::JavaOracle;

std::string Bytes(std::string_view hex) {
  return base::FromHex(hex).ValueOrDie();
}

// Of the numbers 1 and 2, and of 3.
const char* kList =
    "0201070c03080200"
    "2bf2fb06862ff90d";
const char* kOther =
    "0201070c03080100"
    "75816607";
const char* kNoHll = "0201070c030c0000";

TEST(HllSketches, ListsAreJoinedInTheOrderOfTheirComing) {
  const auto joined = UnionHllSketches(Bytes(kList), Bytes(kOther));
  ASSERT_TRUE(joined.ok()) << joined.status();
  // The second is the union's own, the first is put to it.
  EXPECT_EQ(base::ToHex(*joined),
            "0201070c03080300"
            "75816607"
            "2bf2fb06862ff90d");
  const auto empty = UnionHllSketches(Bytes(kNoHll), Bytes(kNoHll));
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(base::ToHex(*empty), kNoHll);
}

TEST(HllSketches, WhatIsNoSketchIsCorrupt) {
  const std::string good = Bytes(kList);
  for (size_t cut = 0; cut < good.size(); ++cut) {
    EXPECT_EQ(KindOf(UnionHllSketches(good.substr(0, cut), good).status()),
              ErrorKind::kCorruption);
    EXPECT_EQ(KindOf(UnionHllSketches(good, good.substr(0, cut)).status()),
              ErrorKind::kCorruption);
  }
  for (const char* bad : {
           "0201070c03080800",  // more coupons than a list takes
           "0201070303080000",  // a precision of 3
           "0201071603080000",  // and of 22
           "0301070c05080001"
           "ffffffff",  // a set of four billion
           "0a01070c00080008"
           "0000000000000000"  // slots cut off
       }) {
    EXPECT_EQ(KindOf(UnionHllSketches(Bytes(bad), good).status()), ErrorKind::kCorruption)
        << bad;
  }
}

TEST(ThetaSketches, FewerThanSixteenBytesAreEmpty) {
  const char* empty =
      "0103030000"
      "1e0000";
  for (const char* few : {"", "00", empty}) {
    EXPECT_EQ(base::ToHex(UnionThetaSketches(Bytes(few), Bytes(few)).ValueOrDie()),
              empty);
  }
}

TEST(ThetaSketches, WhatIsNoSketchIsCorrupt) {
  const std::string two = Bytes(
      "02030300001acc93"
      "02000000"
      "0000803f"
      "0100000000000000"
      "0200000000000000");
  EXPECT_EQ(UnionThetaSketches(two, two).ValueOrDie(), two);
  for (size_t cut = 16; cut < two.size(); ++cut) {
    EXPECT_EQ(KindOf(UnionThetaSketches(two, two.substr(0, cut)).status()),
              ErrorKind::kCorruption);
  }
  std::string seed = two;
  seed[6] = 0;
  EXPECT_EQ(KindOf(UnionThetaSketches(seed, two).status()), ErrorKind::kCorruption);
  std::string old = two;
  old[1] = 2;
  EXPECT_EQ(KindOf(UnionThetaSketches(old, two).status()), ErrorKind::kUnsupported);
}

/// A sketch of any form, or the union of two.
json RandomSketch(bool hll, Dice* dice, int depth = 0) {
  if (depth < 2 && dice->OneIn(3)) {
    return {{"union", json::array({RandomSketch(hll, dice, depth + 1),
                                   RandomSketch(hll, dice, depth + 1)})}};
  }
  const int64_t count =
      dice->Pick<int64_t>({0, 1, 2, 7, 8, 9, 25, 200, 500, 5000, 40000});
  json spec = {{"from", dice->Below(3) * 1000}, {"count", dice->Below(count + 1)}};
  // Around the precision at which sets begin, and others than the default.
  spec["lg-k"] = dice->Pick<int64_t>({4, 6, 7, 8, 9, 11, 12, 12, 12, 13, 15});
  if (hll) {
    spec["type"] = dice->Pick<std::string>({"HLL_4", "HLL_6", "HLL_8"});
    spec["form"] = dice->Pick<std::string>({"compact", "updatable"});
  } else {
    spec["form"] = dice->Pick<std::string>({"compact", "unordered", "table", "packed"});
    if (dice->OneIn(4)) spec["p"] = "0.5";
  }
  return spec;
}

void CompareUnions(bool hll, uint64_t seed) {
  Dice dice(seed);
  json pairs = json::array();
  for (int i = 0; i < 400; ++i) {
    pairs.push_back(json::array({RandomSketch(hll, &dice), RandomSketch(hll, &dice)}));
  }
  const auto answer =
      JavaOracle::Core().Ask({{"cmd", "sketch-unions"},
                              {"function", hll ? "hll_sketch" : "theta_sketch"},
                              {"pairs", pairs}});
  ASSERT_TRUE(answer.ok()) << answer.status();
  for (size_t i = 0; i < pairs.size(); ++i) {
    SCOPED_TRACE(pairs[i].dump());
    const json& made = (*answer)["rows"][i];
    ASSERT_TRUE(made["union"].is_string()) << made["error"];
    const auto joined = (hll ? UnionHllSketches : UnionThetaSketches)(
        Bytes(made["a"].get<std::string>()), Bytes(made["b"].get<std::string>()));
    ASSERT_TRUE(joined.ok()) << joined.status();
    ASSERT_TRUE(base::ToHex(*joined) == made["union"]);
  }
}

TEST(JavaSketches, HllUnionsAreJavasByteForByte) {
  TARN_SKIP_WITHOUT_JAVA();
  CompareUnions(/*hll=*/true, 5);
}

TEST(JavaSketches, ThetaUnionsAreJavasByteForByte) {
  TARN_SKIP_WITHOUT_JAVA();
  CompareUnions(/*hll=*/false, 6);
}

/// Many slots whose exceptions collide in their table while the lowest value grows.
TEST(JavaSketches, ExceptionsStandInJavasOrder) {
  TARN_SKIP_WITHOUT_JAVA();
  json pairs = json::array();
  for (int i = 0; i < 3; ++i) {
    pairs.push_back(
        json::array({json{{"lg-k", 16}, {"from", i * 7}, {"count", 900000}},
                     json{{"lg-k", 16}, {"from", 500000}, {"count", 400000 * i + 20}}}));
  }
  const auto answer = JavaOracle::Core().Ask(
      {{"cmd", "sketch-unions"}, {"function", "hll_sketch"}, {"pairs", pairs}});
  ASSERT_TRUE(answer.ok()) << answer.status();
  for (const json& made : (*answer)["rows"]) {
    const std::string joined = UnionHllSketches(Bytes(made["a"].get<std::string>()),
                                                Bytes(made["b"].get<std::string>()))
                                   .ValueOrDie();
    EXPECT_TRUE(base::ToHex(joined) == made["union"]);
    EXPECT_GT(base::LoadLittle<uint32_t>(joined.data() + 36), 5u) << "exceptions";
    EXPECT_GT(joined[6], 0) << "lowest value";
  }
}

TEST(JavaSketches, DamagedBytesNeverHarm) {
  TARN_SKIP_WITHOUT_JAVA();
  Dice dice(8);
  for (const bool hll : {true, false}) {
    json pairs = json::array();
    for (int i = 0; i < 60; ++i) {
      pairs.push_back(json::array({RandomSketch(hll, &dice), RandomSketch(hll, &dice)}));
    }
    const auto answer =
        JavaOracle::Core().Ask({{"cmd", "sketch-unions"},
                                {"function", hll ? "hll_sketch" : "theta_sketch"},
                                {"pairs", pairs}});
    ASSERT_TRUE(answer.ok()) << answer.status();
    const auto join = hll ? UnionHllSketches : UnionThetaSketches;
    for (const json& made : (*answer)["rows"]) {
      const std::string a = Bytes(made["a"].get<std::string>());
      const std::string b = Bytes(made["b"].get<std::string>());
      for (int round = 0; round < 40; ++round) {
        std::string x = a;
        for (int64_t hits = dice.Below(3); hits >= 0; --hits) {
          const auto size = static_cast<int64_t>(x.size());
          const int64_t at =
              dice.Below(dice.OneIn(2) ? std::min<int64_t>(size, 40) : size);
          x[at] = static_cast<char>(dice.Below(256));
        }
        for (const auto& joined : {join(x, b), join(b, x)}) {
          if (joined.ok()) continue;
          const ErrorKind kind = KindOf(joined.status());
          EXPECT_TRUE(kind == ErrorKind::kCorruption || kind == ErrorKind::kUnsupported)
              << joined.status();
        }
      }
    }
  }
}

}  // namespace
}  // namespace tarn::merge

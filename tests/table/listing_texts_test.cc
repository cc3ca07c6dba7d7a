// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/listing_texts.h"

#include <gtest/gtest.h>

#include "tarn/table/auto_tag.h"

namespace tarn::table {
namespace {

TEST(ListingTexts, DurationsReadAsJavaPrintsThem) {
  constexpr int64_t kSecond = 1000000000;
  EXPECT_EQ(JavaDuration(0), "PT0S");
  EXPECT_EQ(JavaDuration(24 * 3600 * kSecond), "PT24H");
  EXPECT_EQ(JavaDuration(90 * kSecond), "PT1M30S");
  EXPECT_EQ(JavaDuration(kSecond / 2), "PT0.5S");
  EXPECT_EQ(JavaDuration(3661 * kSecond + 1), "PT1H1M1.000000001S");
}

TEST(ListingTexts, KeysComeInTheOrderOfAHashMap) {
  // "Aa" and "BB" have one hash: they stay in the order in which they came.
  EXPECT_EQ(HashMapOrder({"b", "a"}), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(HashMapOrder({"BB", "Aa"}), (std::vector<std::string>{"BB", "Aa"}));
}

TEST(AutoTagNames, OnlyNamesOfThePeriodHaveATime) {
  const auto daily = AutoTagNames::Make({});
  ASSERT_TRUE(daily.ok());
  EXPECT_EQ(daily->TimeOf("1970-01-02"), 24 * 60);
  EXPECT_EQ(daily->TimeOf("2024-02-29 and more"), daily->TimeOf("2024-02-29"));
  EXPECT_FALSE(daily->TimeOf("2023-02-29"));
  EXPECT_FALSE(daily->TimeOf("20240229"));
  const auto hourly = AutoTagNames::Make(
      {{"tag.creation-period", "hourly"}, {"tag.period-formatter", "without_dashes"}});
  ASSERT_TRUE(hourly.ok());
  EXPECT_EQ(hourly->TimeOf("19700101 03"), 180);
  EXPECT_FALSE(hourly->TimeOf("1970-01-01 03"));
  EXPECT_FALSE(AutoTagNames::Make({{"tag.creation-period", "weekly"}}).ok());
}

}  // namespace
}  // namespace tarn::table

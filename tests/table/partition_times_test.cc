// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/partition_times.h"

#include <gtest/gtest.h>

namespace tarn::table {
namespace {

constexpr int64_t kDay = 24 * 3600;

std::optional<int64_t> Read(const std::string& formatter, const std::string& text) {
  types::TableSchema schema;
  if (!formatter.empty()) schema.options["partition.timestamp-formatter"] = formatter;
  return PartitionTimes::Make(schema).ValueOrDie().SecondsOf({{"dt", text}});
}

TEST(PartitionTimes, WithoutAFormatterPartsMayBeShortAndCarryOver) {
  EXPECT_EQ(Read("", "1970-01-02"), kDay);
  EXPECT_EQ(Read("", "1970-1-2 0:00:07.5"), kDay + 7);
  EXPECT_EQ(Read("", "1969-14-01"), 31 * kDay);
  EXPECT_EQ(Read("", "1970-01-00"), -kDay);
  for (const char* none : {"", "19700102", "1970-01-02 ", "1970-01-02 10:00", "x"}) {
    EXPECT_EQ(Read("", none), std::nullopt) << none;
  }
}

TEST(PartitionTimes, AFormatterIsJavas) {
  EXPECT_EQ(Read("yyyyMMdd", "19700102"), kDay);
  EXPECT_EQ(Read("yyyyMMddHH", "1970010203"), kDay + 3 * 3600);
  EXPECT_EQ(Read("y-M-d'T'H", "1970-1-2T24"), 2 * kDay);
  EXPECT_EQ(Read("yMMdd", "19700102"), kDay);
  EXPECT_EQ(Read("yyyy-MM-dd", "1970-02-31"), 58 * kDay);  // the 28th
  EXPECT_EQ(Read("yyyy-MM-dd", "1970-13-01"), std::nullopt);
  EXPECT_EQ(Read("yyyy-MM-dd", "0000-01-01"), std::nullopt);
  EXPECT_EQ(Read("yyyy-MM", "1970-01"), std::nullopt);
  types::TableSchema schema;
  schema.options["partition.timestamp-formatter"] = "dd MMM yyyy";
  EXPECT_EQ(KindOf(PartitionTimes::Make(schema).status()), ErrorKind::kUnsupported);
  schema.options["partition.timestamp-formatter"] = "yyyy'";
  EXPECT_EQ(KindOf(PartitionTimes::Make(schema).status()), ErrorKind::kInvalidInput);
}

TEST(PartitionTimes, APatternPutsColumnsTogether) {
  types::TableSchema schema;
  schema.options["partition.timestamp-pattern"] = "$dt $hour:00:00";
  const auto times = PartitionTimes::Make(schema).ValueOrDie();
  EXPECT_EQ(times.SecondsOf({{"dt", "1970-01-02"}, {"hour", "5"}}), kDay + 5 * 3600);
  EXPECT_EQ(times.SecondsOf({{"dt", "1970-01-02"}}), std::nullopt);
}

}  // namespace
}  // namespace tarn::table

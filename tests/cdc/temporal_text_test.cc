// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/temporal_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace tarn::cdc {
namespace {

constexpr int64_t kNone = std::numeric_limits<int64_t>::min();

int64_t Date(std::string_view text) {
  int32_t days;
  return DateFromText(text, &days) ? days : kNone;
}

int64_t Time(std::string_view text) {
  int64_t nanos;
  return TimeFromText(text, &nanos) ? nanos : kNone;
}

int64_t Micros(std::string_view text) {
  Moment moment;
  int64_t value;
  if (!MomentFromText(text, &moment) ||
      !MomentTo(moment, TemporalUnit::kMicros, &value)) {
    return kNone;
  }
  return value;
}

TEST(DateFromText, ReadsIsoDatesWithAndWithoutZ) {
  EXPECT_EQ(Date("1970-01-01"), 0);
  EXPECT_EQ(Date("1969-12-31Z"), -1);
  EXPECT_EQ(Date("0001-01-01"), kDateMin);
  EXPECT_EQ(Date("9999-12-31Z"), kDateMax);
  EXPECT_EQ(Date("2024-02-29"), 19782);
  EXPECT_EQ(Date("1000-01-01"), -354285);
  for (const char* bad :
       {"", "2024", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-01-32",
        "10000-01-01", "-001-01-01", "0000-01-01", "2024-1-01", "2024/01/01",
        "2024-01-01T", "2024-01-01ZZ"}) {
    EXPECT_EQ(Date(bad), kNone) << bad;
  }
}

TEST(TimeFromText, ReadsTrimmedFractions) {
  EXPECT_EQ(Time("00:00:00Z"), 0);
  EXPECT_EQ(Time("13:25:09.4Z"), 48309400000000);
  EXPECT_EQ(Time("23:59:59.999999999"), 86399999999999);
  EXPECT_EQ(Time("13:25"), 48300000000000);
  for (const char* bad : {"", "24:00:00", "12:60:00", "12:00:60", "1:00:00", "12:00:00.",
                          "12:00:00.1234567890", "12:00:00+01:00", "-1:00:00", "12"}) {
    EXPECT_EQ(Time(bad), kNone) << bad;
  }
}

TEST(MomentFromText, ReadsIsoAndSqlWithAndWithoutZone) {
  EXPECT_EQ(Micros("1970-01-01 00:00:00"), 0);
  EXPECT_EQ(Micros("2026-05-02T05:25:29.297279Z"), 1777699529297279);
  EXPECT_EQ(Micros("2026-05-02 05:25:29.297279"), 1777699529297279);
  EXPECT_EQ(Micros("2026-05-02T07:25:29.297279+02:00"), 1777699529297279);
  EXPECT_EQ(Micros("2026-05-02T03:55:29.297279-0130"), 1777699529297279);
  EXPECT_EQ(Micros("2026-05-02T03:25:29.297279-02"), 1777699529297279);
  EXPECT_EQ(Micros("1969-12-31T23:59:59Z"), -1000000);
  EXPECT_EQ(Micros("1969-12-31T23:59:59.9999Z"), -100);
  EXPECT_EQ(Micros("2024-01-01"), 1704067200000000);
  for (const char* bad :
       {"", "2024-01-01T", "2024-01-01 25:00:00", "2024-01-01T00:00:00 Z",
        "2024-01-01T00:00:00+19:00", "2024-01-01T00:00:00+1", "infinity",
        "+294247-01-10T04:00:54.775Z", "9999-12-31T23:59:59-01:00"}) {
    EXPECT_EQ(Micros(bad), kNone) << bad;
  }
}

TEST(MomentFromNumber, KeepsToTheRangeOfSql) {
  Moment moment;
  int64_t value;
  ASSERT_TRUE(MomentFromNumber(-1000000, TemporalUnit::kMicros, &moment));
  EXPECT_EQ(moment.seconds, -1);
  ASSERT_TRUE(MomentFromNumber(-1, TemporalUnit::kNanos, &moment));
  EXPECT_EQ(moment.seconds, -1);
  EXPECT_EQ(moment.nanos, 999999999);
  ASSERT_TRUE(MomentTo(moment, TemporalUnit::kMillis, &value));
  EXPECT_EQ(value, -1);  // cut towards the past
  ASSERT_TRUE(MomentFromNumber(19782, TemporalUnit::kDays, &moment));
  EXPECT_EQ(moment.seconds, int64_t{19782} * 86400);
  // PostgreSQL's infinity, as Debezium sends it.
  EXPECT_FALSE(MomentFromNumber(9223372036825200000, TemporalUnit::kMicros, &moment));
  EXPECT_FALSE(MomentFromNumber(std::numeric_limits<int64_t>::min(),
                                TemporalUnit::kMillis, &moment));
  EXPECT_FALSE(MomentFromNumber(kDateMax + 1, TemporalUnit::kDays, &moment));
  EXPECT_FALSE(MomentFromNumber(0, TemporalUnit::kNone, &moment));
}

TEST(MomentTo, RefusesWhatNeedsMoreThan64Bits) {
  Moment moment;
  int64_t value;
  ASSERT_TRUE(MomentFromText("0001-01-01T00:00:00Z", &moment));
  EXPECT_FALSE(MomentTo(moment, TemporalUnit::kNanos, &value));
  EXPECT_TRUE(MomentTo(moment, TemporalUnit::kMicros, &value));
  ASSERT_TRUE(MomentFromText("2262-04-12T00:00:00Z", &moment));
  EXPECT_FALSE(MomentTo(moment, TemporalUnit::kNanos, &value));
}

}  // namespace
}  // namespace tarn::cdc

// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/units.h"

#include <gtest/gtest.h>

namespace tarn::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

TEST(MemorySize, IsReadInAllSpellingsOfPaimon) {
  EXPECT_EQ(MemorySize::Parse("256 mb")->bytes, 256LL << 20);
  EXPECT_EQ(MemorySize::Parse("256MB")->bytes, 256LL << 20);
  EXPECT_EQ(MemorySize::Parse(" 1 g ")->bytes, 1LL << 30);
  EXPECT_EQ(MemorySize::Parse("3 tebibytes")->bytes, 3LL << 40);
  EXPECT_EQ(MemorySize::Parse("64k")->bytes, 64 << 10);
  EXPECT_EQ(MemorySize::Parse("500")->bytes, 500);
  EXPECT_EQ(MemorySize::Parse("9223372036854775807 bytes")->bytes, INT64_MAX);
}

TEST(MemorySize, RefusesWhatIsNoSize) {
  for (const char* text : {"", "mb", "-1", "1.5 gb", "1 pb", "99999999999999999999",
                           "9223372036854775807 kb", "1 mb x"}) {
    EXPECT_EQ(KindOf(MemorySize::Parse(text).status()), ErrorKind::kInvalidInput) << text;
  }
}

TEST(MemorySize, IsPrintedWithTheLargestUnitThatDividesIt) {
  EXPECT_EQ(MemorySize::MiB(256).ToString(), "256 mb");
  EXPECT_EQ(MemorySize{500}.ToString(), "500 bytes");
  EXPECT_EQ(MemorySize::KiB(4).ToString(), "4 kb");
  EXPECT_EQ(MemorySize::GiB(1).ToString(), "1 gb");
  EXPECT_EQ((MemorySize{1537}).ToString(), "1537 bytes");
  // Paimon answers bytes where every unit divides.
  EXPECT_EQ(MemorySize{0}.ToString(), "0 bytes");
  EXPECT_EQ(MemorySize::GiB(1024).ToString(), "1099511627776 bytes");
}

TEST(Duration, IsReadInAllSpellingsOfPaimon) {
  EXPECT_EQ(*ParseDuration("1 h"), hours(1));
  EXPECT_EQ(*ParseDuration("7d"), hours(7 * 24));
  EXPECT_EQ(*ParseDuration("10 min"), minutes(10));
  EXPECT_EQ(*ParseDuration("10m"), minutes(10));
  EXPECT_EQ(*ParseDuration("250"), milliseconds(250));
  EXPECT_EQ(*ParseDuration("5 Seconds"), milliseconds(5000));
  EXPECT_EQ(*ParseDuration("3 \xC2\xB5s"), std::chrono::microseconds(3));
  EXPECT_EQ(ToMillis(*ParseDuration("2 s")), 2000);
}

TEST(Duration, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "h", "1 year", "-1 s", "1.5 h", "999999999999 d"}) {
    EXPECT_EQ(KindOf(ParseDuration(text).status()), ErrorKind::kInvalidInput) << text;
  }
}

TEST(Duration, IsPrintedWithTheLargestUnitThatDividesIt) {
  EXPECT_EQ(FormatDuration(hours(1)), "1 h");
  EXPECT_EQ(FormatDuration(minutes(30)), "30 min");
  EXPECT_EQ(FormatDuration(milliseconds(10)), "10 ms");
  EXPECT_EQ(FormatDuration(Duration(0)), "0 ms");
  EXPECT_EQ(FormatDuration(Duration(1)), "1 ns");
}

}  // namespace
}  // namespace tarn::base

// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/decimal_text.h"

#include <arrow/util/decimal.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tarn::cdc {
namespace {

std::string Text(Unscaled value) {
  return arrow::Decimal128(static_cast<int64_t>(value >> 64),
                           static_cast<uint64_t>(value))
      .ToIntegerString();
}

std::string FromText(std::string_view text, int precision, int scale) {
  Unscaled value;
  switch (DecimalFromText(text, precision, scale, &value)) {
    case DecimalOutcome::kGood:
      return Text(value);
    case DecimalOutcome::kNotANumber:
      return "not a number";
    case DecimalOutcome::kOutOfRange:
      return "out of range";
  }
  return "";
}

std::string FromBytes(const std::string& bytes, int wire, int precision, int scale) {
  Unscaled value;
  switch (DecimalFromBytes(bytes, wire, precision, scale, &value)) {
    case DecimalOutcome::kGood:
      return Text(value);
    case DecimalOutcome::kNotANumber:
      return "not a number";
    case DecimalOutcome::kOutOfRange:
      return "out of range";
  }
  return "";
}

TEST(DecimalFromText, ReadsEverySpelling) {
  EXPECT_EQ(FromText("12.34", 10, 2), "1234");
  EXPECT_EQ(FromText("-12.3", 10, 2), "-1230");
  EXPECT_EQ(FromText("+5", 10, 2), "500");
  EXPECT_EQ(FromText(".5", 10, 2), "50");
  EXPECT_EQ(FromText("5.", 10, 2), "500");
  EXPECT_EQ(FromText("1.2345678901225E11", 20, 2), "12345678901225");
  EXPECT_EQ(FromText("1E+3", 10, 0), "1000");
  EXPECT_EQ(FromText("0.000000000001", 38, 18), "1000000");
  EXPECT_EQ(FromText("0e999999999999", 10, 2), "0");
  EXPECT_EQ(FromText("-0.000", 10, 2), "0");
  EXPECT_EQ(FromText("00012", 2, 0), "12");
}

TEST(DecimalFromText, RoundsHalfUpAsFlinkDoes) {
  EXPECT_EQ(FromText("1.005", 10, 2), "101");
  EXPECT_EQ(FromText("1.004999999999999999999999999999999999999999", 10, 2), "100");
  EXPECT_EQ(FromText("-1.005", 10, 2), "-101");
  EXPECT_EQ(FromText("0.005", 10, 2), "1");
  EXPECT_EQ(FromText("0.0049", 10, 2), "0");
  EXPECT_EQ(FromText("5e-400", 10, 2), "0");
  EXPECT_EQ(FromText("99999999.995", 10, 2), "out of range");
}

TEST(DecimalFromText, RefusesWhatDoesNotFit) {
  EXPECT_EQ(FromText("99999999.99", 10, 2), "9999999999");
  EXPECT_EQ(FromText("100000000", 10, 2), "out of range");
  EXPECT_EQ(FromText("-100000000", 10, 2), "out of range");
  EXPECT_EQ(FromText("1e400", 38, 0), "out of range");
  EXPECT_EQ(FromText(std::string(1000, '9'), 38, 0), "out of range");
  EXPECT_EQ(FromText(std::string(38, '9'), 38, 0), std::string(38, '9'));
}

TEST(DecimalFromText, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "-", ".", "abc", "1,5", "1.2.3", "1e", "1e+", "NaN",
                           "0x10", "1 ", "--1", "Infinity"}) {
    EXPECT_EQ(FromText(text, 10, 2), "not a number") << text;
  }
}

TEST(DecimalFromBytes, ReadsTwosComplement) {
  EXPECT_EQ(FromBytes(std::string("\x00\x80\x9f", 3), 2, 10, 2), "32927");
  EXPECT_EQ(FromBytes("\xfb", 1, 10, 2), "-50");
  EXPECT_EQ(FromBytes(std::string(1, '\0'), 2, 10, 2), "0");
  EXPECT_EQ(FromBytes("\xff\xff\xff", 0, 10, 0), "-1");
  EXPECT_EQ(FromBytes("\x05\xeb\x5c", 5, 38, 18), "3879320000000000000");
  EXPECT_EQ(FromBytes("", 0, 10, 0), "not a number");
  EXPECT_EQ(FromBytes("\x7f\xff", 3, 10, 2), "3277");  // 32.767
}

TEST(DecimalFromBytes, ReadsNumbersOfAnyLength) {
  // 10^40 with scale 38 is 100.
  const std::string big(
      "\x1d\x63\x29\xf1\xc3\x5c\xa4\xbf\xab\xb9\xf5\x61\x00\x00\x00\x00\x00", 17);
  EXPECT_EQ(FromBytes(big, 38, 10, 2), "10000");
  EXPECT_EQ(FromBytes(big, 0, 38, 0), "out of range");
  EXPECT_EQ(FromBytes(std::string(40, '\xff'), 0, 38, 0), "-1");
  EXPECT_EQ(FromBytes("\x7f" + std::string(70, '\xff'), 0, 38, 0), "out of range");
}

TEST(DecimalFromBytes, AgreesWithArrowOnRandomNumbers) {
  EXPECT_TRUE(rc::check("as Arrow", [] {
    const auto high = *rc::gen::arbitrary<int64_t>();
    const auto low = *rc::gen::arbitrary<uint64_t>();
    const int bytes = *rc::gen::inRange(1, 17);
    const int wire = *rc::gen::inRange(0, 20);
    const int scale = *rc::gen::inRange(0, 20);
    const arrow::Decimal128 number(high >> (8 * std::min(7, 16 - bytes)), low);
    std::array<uint8_t, 16> little = number.ToBytes();
    std::string big(little.rbegin(), little.rend());
    std::string expected = "out of range";
    // Exactly, over 256 bits.
    arrow::Decimal256 wide(number);
    if (scale >= wire) {
      wide =
          wide * arrow::Decimal256(arrow::Decimal128::GetScaleMultiplier(scale - wire));
    } else {
      wide = arrow::Decimal256(wide.ReduceScaleBy(wire - scale, /*round=*/true));
    }
    if (wide.FitsInPrecision(38)) expected = wide.ToIntegerString();
    RC_ASSERT(FromBytes(big, wire, 38, scale) == expected);
    RC_ASSERT(FromText(number.ToString(wire), 38, scale) == expected);
  }));
}

}  // namespace
}  // namespace tarn::cdc

// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tarn::base {
namespace {

TEST(Bytes, BothOrdersAreWrittenAndReadBack) {
  std::string out;
  AppendBig<int32_t>(&out, 0x01020304);
  AppendLittle<int32_t>(&out, 0x01020304);
  EXPECT_EQ(ToHex(out), "0102030404030201");
  ByteReader reader(out, "test");
  EXPECT_EQ(*reader.ReadBig<int32_t>(), 0x01020304);
  EXPECT_EQ(*reader.ReadLittle<int32_t>(), 0x01020304);
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(ByteSwap<uint16_t>(0x0102), 0x0201);
  EXPECT_EQ(ByteSwap<int8_t>(-3), -3);
}

TEST(ByteReader, NeverReadsBehindTheEnd) {
  ByteReader reader("abc", "three bytes");
  EXPECT_EQ(*reader.ReadBytes(2), "ab");
  const Status status = reader.ReadLittle<uint32_t>().status();
  EXPECT_EQ(KindOf(status), ErrorKind::kCorruption);
  EXPECT_NE(MessageOf(status).find("three bytes"), std::string::npos);
  EXPECT_EQ(KindOf(reader.ReadBytes(UINT64_MAX).status()), ErrorKind::kCorruption);
  EXPECT_EQ(reader.remaining(), 1U);
  EXPECT_TRUE(reader.Skip(1).ok());
  EXPECT_FALSE(reader.Skip(1).ok());
}

TEST(ByteReader, VariableLengthNumbersReadBack) {
  const bool held = rc::check("zig-zag", [](int64_t value) {
    std::string out;
    AppendZigZag(&out, value);
    AppendVarint(&out, static_cast<uint64_t>(value));
    ByteReader reader(out, "test");
    RC_ASSERT(reader.ReadZigZag().ValueOrDie() == value);
    RC_ASSERT(reader.ReadVarint().ValueOrDie() == static_cast<uint64_t>(value));
    RC_ASSERT(reader.at_end());
  });
  EXPECT_TRUE(held);
}

TEST(ByteReader, NumbersThatAreTooLongAreCorruption) {
  const std::string eleven(11, '\xFF');
  EXPECT_EQ(KindOf(ByteReader(eleven, "x").ReadVarint().status()),
            ErrorKind::kCorruption);
  std::string five(4, '\xFF');
  five += '\x1F';  // 33 bits
  EXPECT_EQ(KindOf(ByteReader(five, "x").ReadVarint(32).status()),
            ErrorKind::kCorruption);
  five.back() = '\x0F';
  EXPECT_EQ(*ByteReader(five, "x").ReadVarint(32), 0xFFFFFFFFU);
}

TEST(Hex, ReadsBothCasesAndRefusesTheRest) {
  EXPECT_EQ(*FromHex("00fFaB"), std::string("\0\xFF\xAB", 3));
  EXPECT_EQ(KindOf(FromHex("0").status()), ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(FromHex("0g").status()), ErrorKind::kInvalidInput);
}

}  // namespace
}  // namespace tarn::base

// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/variant_builder.h"

#include <limits>

#include <gtest/gtest.h>

#include <arrow/util/decimal.h>

#include "tarn/types/variant.h"

namespace tarn::types {
namespace {

using namespace std::string_literals;  // NOLINT

std::string JsonOf(const VariantBuilder& builder) {
  std::string out;
  const Status status =
      AppendVariantJson(builder.value(), builder.Metadata().ValueOrDie(), &out);
  return status.ok() ? out : CodeOf(status);
}

TEST(VariantBuilder, NumbersAreAsNarrowAsTheyCanBe) {
  VariantBuilder builder;
  const auto bytes = [&](auto&& append) {
    builder.Clear();
    append();
    return builder.value();
  };
  EXPECT_EQ(bytes([&] { builder.AppendInteger(-128); }), "\x0c\x80"s);
  EXPECT_EQ(bytes([&] { builder.AppendInteger(128); }), "\x10\x80\x00"s);
  EXPECT_EQ(bytes([&] { builder.AppendInteger(-32769); }), "\x14\xff\x7f\xff\xff"s);
  EXPECT_EQ(bytes([&] { builder.AppendInteger(1LL << 31); }),
            "\x18\x00\x00\x00\x80\x00\x00\x00\x00"s);
  EXPECT_EQ(bytes([&] { builder.AppendDecimal(arrow::Decimal128(999999999), 2); }),
            "\x20\x02\xff\xc9\x9a\x3b"s);
  EXPECT_EQ(bytes([&] { builder.AppendDecimal(arrow::Decimal128(-1), 10); }),
            "\x24\x0a\xff\xff\xff\xff\xff\xff\xff\xff"s);
  EXPECT_EQ(bytes([&] { builder.AppendDecimal(arrow::Decimal128(-1), 19); }),
            "\x28\x13"s + std::string(16, '\xff'));
  EXPECT_EQ(bytes([&] { builder.AppendFloat(-std::numeric_limits<float>::quiet_NaN()); }),
            "\x38\x00\x00\xc0\x7f"s);
  EXPECT_EQ(bytes([&] { builder.AppendBoolean(false); }), "\x08"s);
  EXPECT_EQ(bytes([&] { builder.AppendDate(-1); }), "\x2c\xff\xff\xff\xff"s);
}

TEST(VariantBuilder, MembersStandInTheOrderOfTheirNames) {
  // U+FF5E is above the surrogates that U+1F600 consists of.
  VariantBuilder builder;
  std::vector<VariantBuilder::Field> fields;
  for (const char* name : {"b", "\xef\xbd\x9e", "\xf0\x9f\x98\x80", "a"}) {
    fields.push_back(builder.Member(name, 0).ValueOrDie());
    builder.AppendInteger(static_cast<int64_t>(fields.size()));
  }
  ASSERT_TRUE(builder.FinishObject(0, &fields).ok());
  EXPECT_EQ(JsonOf(builder),
            "{\"a\":4,\"b\":1,\"\xf0\x9f\x98\x80\":3,\"\xef\xbd\x9e\":2}");
  EXPECT_EQ(builder.Metadata().ValueOrDie(),
            "\x01\x04\x00\x01\x04\x08\x09"
            "b\xef\xbd\x9e\xf0\x9f\x98\x80"
            "a"s);
}

TEST(VariantBuilder, LargeContainersHaveWideCounts) {
  VariantBuilder builder;
  std::vector<uint32_t> offsets;
  for (int i = 0; i < 300; ++i) {
    offsets.push_back(builder.position());
    builder.AppendInteger(i % 100);
  }
  ASSERT_TRUE(builder.FinishArray(0, offsets).ok());
  // Two bytes of offsets, four of the count.
  EXPECT_EQ(builder.value().substr(0, 5), "\x17\x2c\x01\x00\x00"s);
  EXPECT_EQ(builder.value().size(), 5u + 301u * 2 + 600u);
}

TEST(VariantBuilder, VariantsAreCopiedWithTheNamesOfThisOne) {
  // {"bc": [], "a": [null, true]}, names "a", "bc"; unsorted.
  const std::string value =
      "\x02\x02\x01\x00\x00\x03\x0a\x03\x00\x00"
      "\x03\x02\x00\x01\x02\x00\x04"s;
  const std::string names =
      "\x01\x02\x00\x01\x03"
      "abc"s;
  VariantBuilder builder;
  ASSERT_TRUE(builder.AppendVariant(VariantBytes(value, names), 0).ok());
  EXPECT_EQ(JsonOf(builder), R"({"a":[null,true],"bc":[]})");
  EXPECT_EQ(builder.Metadata().ValueOrDie(),
            "\x01\x02\x00\x02\x03"
            "bca"s);
}

TEST(VariantBuilder, WhatIsNoVariantIsRefused) {
  const auto code = [](const std::string& value, const std::string& names) {
    VariantBuilder builder;
    return CodeOf(builder.AppendVariant(VariantBytes(value, names), 0));
  };
  const std::string none = "\x01\x00\x00"s;
  EXPECT_EQ(code("", none), "TARN-7555");
  EXPECT_EQ(code("\x00"s, ""), "TARN-7555");
  EXPECT_EQ(code("\x54"s, none), "TARN-6556");
  EXPECT_EQ(code("\x40\xff\xff\xff\xff"s, none), "TARN-7555");
  // A name twice.
  EXPECT_EQ(code("\x02\x02\x00\x00\x00\x01\x02\x00\x00"s,
                 "\x01\x01\x00\x01"
                 "a"s),
            "TARN-7555");
  // A name that is not UTF-8.
  EXPECT_EQ(code("\x02\x01\x00\x00\x01\x00"s, "\x01\x01\x00\x01\xff"s), "TARN-7555");
  std::string deep = "\x00"s;
  for (int level = 0; level < 300; ++level) deep = "\x03\x01\x00\x00"s + deep;
  EXPECT_EQ(code(deep, none), "TARN-6555");
  VariantBuilder builder;
  EXPECT_EQ(CodeOf(builder.AppendText("\xff")), "TARN-7555");
}

}  // namespace
}  // namespace tarn::types

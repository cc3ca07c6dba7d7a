// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/variant.h"

#include <string>

#include <gtest/gtest.h>

namespace tarn::types {
namespace {

using namespace std::string_literals;  // NOLINT

const std::string kNoNames = "\x01\x00\x00"s;
// "a", "bc", both sorted.
const std::string kNames =
    "\x11\x02\x00\x01\x03"
    "abc"s;

std::string JsonOf(const std::string& value, const std::string& metadata = kNoNames) {
  std::string out;
  const Status status = AppendVariantJson(value, metadata, &out);
  return status.ok() ? out : CodeOf(status);
}

TEST(VariantJson, ScalarsArePrintedAsJavaPrintsThem) {
  EXPECT_EQ(JsonOf("\x00"s), "null");
  EXPECT_EQ(JsonOf("\x04"s), "true");
  EXPECT_EQ(JsonOf("\x08"s), "false");
  EXPECT_EQ(JsonOf("\x0c\xff"s), "-1");
  EXPECT_EQ(JsonOf("\x10\x39\x30"s), "12345");
  EXPECT_EQ(JsonOf("\x14\x00\x00\x00\x80"s), "-2147483648");
  EXPECT_EQ(JsonOf("\x18\xff\xff\xff\xff\xff\xff\xff\x7f"s), "9223372036854775807");
  EXPECT_EQ(JsonOf("\x1c\x00\x00\x00\x00\x00\x00\xf0\x3f"s), "1.0");
  EXPECT_EQ(JsonOf("\x1c\x00\x00\x00\x00\x00\x00\xf0\x7f"s), "\"Infinity\"");
  EXPECT_EQ(JsonOf("\x38\x00\x00\xc0\x3f"s), "1.5");
  EXPECT_EQ(JsonOf("\x38\x00\x00\xc0\x7f"s), "\"NaN\"");
  EXPECT_EQ(JsonOf("\x20\x02\x39\x30\x00\x00"s), "123.45");
  EXPECT_EQ(JsonOf("\x20\x02\x64\x00\x00\x00"s), "1");
  EXPECT_EQ(JsonOf("\x24\x03\xff\xff\xff\xff\xff\xff\xff\xff"s), "-0.001");
  EXPECT_EQ(JsonOf("\x28\x00"s + std::string(15, '\0') + "\x01"s),
            "1329227995784915872903807060280344576");
  EXPECT_EQ(JsonOf("\x2c\xff\xff\xff\xff"s), "\"1969-12-31\"");
  EXPECT_EQ(JsonOf("\x30\xff\xff\xff\xff\xff\xff\xff\xff"s),
            "\"1969-12-31 23:59:59.999999+00:00\"");
  EXPECT_EQ(JsonOf("\x34\x40\x42\x0f\x00\x00\x00\x00\x00"s), "\"1970-01-01 00:00:01\"");
  EXPECT_EQ(JsonOf("\x34\x20\xa1\x07\x00\x00\x00\x00\x00"s), "\"1970-01-01 00:00:00.5\"");
  EXPECT_EQ(JsonOf("\x3c\x02\x00\x00\x00\x00\xff"s), "\"AP8=\"");
  EXPECT_EQ(JsonOf("\x40\x02\x00\x00\x00hi"s), "\"hi\"");
  EXPECT_EQ(
      JsonOf("\x50\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"s),
      "\"00010203-0405-0607-0809-0a0b0c0d0e0f\"");
}

TEST(VariantJson, TextIsEscapedAsJacksonDoes) {
  EXPECT_EQ(JsonOf("\x01"s), "\"\"");
  EXPECT_EQ(JsonOf("\x25q\"\\\n\x0b\x1f\xc3\xa9/"s), R"("q\"\\\n\u000B\u001Fé/")");
  EXPECT_EQ(JsonOf("\x05\xff"s), "TARN-7555");
}

TEST(VariantJson, ObjectsAndArraysKeepTheirOrder) {
  // {"bc": [], "a": [null, true]}
  const std::string array = "\x03\x02\x00\x01\x02\x00\x04"s;
  EXPECT_EQ(JsonOf(array), "[null,true]");
  EXPECT_EQ(JsonOf("\x03\x00\x00"s), "[]");
  EXPECT_EQ(JsonOf("\x02\x00\x00"s), "{}");
  EXPECT_EQ(JsonOf("\x02\x02\x01\x00\x00\x03\x0a\x03\x00\x00"s + array, kNames),
            R"({"bc":[],"a":[null,true]})");
}

TEST(VariantJson, WhatIsNoVariantIsCorruption) {
  EXPECT_EQ(JsonOf(""), "TARN-7555");
  EXPECT_EQ(JsonOf("\x00"s, ""), "TARN-7555");
  EXPECT_EQ(JsonOf("\x00"s, "\x02\x00\x00"s), "TARN-7555");
  EXPECT_EQ(JsonOf("\x18\x01"s), "TARN-7555");
  EXPECT_EQ(JsonOf("\x40\xff\xff\xff\xff"s), "TARN-7555");
  EXPECT_EQ(JsonOf("\x02\x01\x07\x00\x01\x00"s, kNames), "TARN-7555");
  EXPECT_EQ(JsonOf("\x20\x02\xff\xff\xff\x7f"s), "TARN-7555");
  EXPECT_EQ(JsonOf("\x54"s), "TARN-6556");
}

TEST(VariantJson, ValuesThatShareBytesEndEarly) {
  // Eight levels of 200 elements, each of which is all of the next level.
  std::string value = "\x00"s;
  for (int level = 0; level < 8; ++level) {
    std::string outer = "\x13"s;
    outer += "\xc8\x00\x00\x00"s + std::string(201, '\0') + value;
    value = outer;
  }
  EXPECT_EQ(JsonOf(value), "TARN-7555");
}

TEST(VariantJson, DeepNestingIsRefusedByName) {
  std::string value = "\x00"s;
  for (int level = 0; level < 300; ++level) value = "\x03\x01\x00\x00"s + value;
  EXPECT_EQ(JsonOf(value), "TARN-6555");
}

}  // namespace
}  // namespace tarn::types

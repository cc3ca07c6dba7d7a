// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/json_writer.h"

#include <gtest/gtest.h>

namespace tarn::base {
namespace {

TEST(JsonWriter, LaysOutAsJackson) {
  JsonWriter writer;
  writer.BeginObject();
  writer.Key("a").Int(-1);
  writer.Key("none").BeginArray().EndArray();
  writer.Key("empty").BeginObject().EndObject();
  writer.Key("list").BeginArray().String("x").Int(2).Bool(true).Null().EndArray();
  writer.Key("rows").BeginArray();
  writer.BeginObject().Key("k").Raw("1.50").EndObject();
  writer.BeginObject().Key("k").Int(2).EndObject();
  writer.EndArray();
  writer.EndObject();
  EXPECT_EQ(writer.Take(),
            "{\n"
            "  \"a\" : -1,\n"
            "  \"none\" : [ ],\n"
            "  \"empty\" : { },\n"
            "  \"list\" : [ \"x\", 2, true, null ],\n"
            "  \"rows\" : [ {\n"
            "    \"k\" : 1.50\n"
            "  }, {\n"
            "    \"k\" : 2\n"
            "  } ]\n"
            "}");
}

TEST(JsonWriter, EscapesAsJackson) {
  std::string out;
  AppendJsonString(&out, "a\"\\\b\t\n\f\r\x01\x1F\x7F/\xC3\xBC");
  EXPECT_EQ(out, "\"a\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001F\x7F/\xC3\xBC\"");
}

TEST(JsonIsDeeperThan, CountsListsAndObjectsOutsideOfText) {
  EXPECT_FALSE(JsonIsDeeperThan(R"([{"a":[]}])", 3));
  EXPECT_TRUE(JsonIsDeeperThan(R"([{"a":[]}])", 2));
  EXPECT_FALSE(JsonIsDeeperThan(R"(["[[[[\"[[", []])", 2));
  EXPECT_FALSE(JsonIsDeeperThan("[][][][]", 1));
  EXPECT_TRUE(JsonIsDeeperThan(std::string(1 << 20, '['), 1000));
  EXPECT_FALSE(JsonIsDeeperThan("]]]\"\\", 0));
}

}  // namespace
}  // namespace tarn::base

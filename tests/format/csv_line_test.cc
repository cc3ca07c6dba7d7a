// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/csv_line.h"

#include <string>

#include <gtest/gtest.h>

namespace tarn::format {
namespace {

// Fields with | between them, - for nothing.
std::string Fields(const std::string& line, size_t count = 3, CsvDialect dialect = {}) {
  CsvLine parser(std::move(dialect));
  std::string out;
  for (const auto& field : parser.Parse(line, count)) {
    out += (out.empty() ? "" : "|") + field.value_or("-");
  }
  return out;
}

TEST(CsvLine, TakesFieldsAsPaimonsParserDoes) {
  EXPECT_EQ(Fields("1,a,2"), "1|a|2");
  EXPECT_EQ(Fields("1,\"a,b\",0.5"), "1|a,b|0.5");
  EXPECT_EQ(Fields("2,\"q\\\"uote\","), "2|q\"uote|-");
  EXPECT_EQ(Fields("3,,1"), "3|-|1");
  EXPECT_EQ(Fields("1,\"\"\"x\"\"\",2"), "1|\"x\"|2");
  EXPECT_EQ(Fields("1,bc\"d\"ef,2"), "1|bc\"d\"ef|2");
  EXPECT_EQ(Fields("1, \"x\",2"), "1|x|2");
  EXPECT_EQ(Fields("1"), "1|-|-");
  EXPECT_EQ(Fields("1,2,3,4"), "1|2|3");
  EXPECT_EQ(Fields("a\\b,c"), "ab|c|-");
  EXPECT_EQ(Fields("\xc3\xa4\xc3\xb6,\"\xe2\x9c\x93\",x"),
            "\xc3\xa4\xc3\xb6|\xe2\x9c\x93|x");
}

TEST(CsvLine, ALastFieldWhoseQuotesDoNotEndIsLost) {
  EXPECT_EQ(Fields("1,\"a"), "1|-|-");
  EXPECT_EQ(Fields("1,2,\"a,b"), "1|2|-");
}

TEST(CsvLine, BlankLinesHaveNoFields) {
  EXPECT_EQ(Fields(""), "-|-|-");
  EXPECT_EQ(Fields(" \t"), "-|-|-");
  EXPECT_EQ(Fields("\xe3\x80\x80"), "-|-|-");
  EXPECT_EQ(Fields("\xc2\xa0"), "\xc2\xa0|-|-");
}

TEST(CsvLine, OtherCharactersAndLiterals) {
  EXPECT_EQ(Fields("1;'a;b';NULL", 3, {';', '\'', '^', "NULL"}), "1|a;b|-");
  EXPECT_EQ(Fields("1;;x^'", 3, {';', '\'', '^', "NULL"}), "1||x'");
  // Outside a field an escape is nothing, and this quote never ends.
  EXPECT_EQ(Fields("1;;^'", 3, {';', '\'', '^', "NULL"}), "1||-");
}

}  // namespace
}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/type_parser.h"

#include <gtest/gtest.h>

#include "tarn/sql/parser.h"

namespace tarn::sql {
namespace {

using types::DataType;

std::string TypeOf(const std::string& text) {
  const SourceText source(text);
  auto type = ParseTypeText(source);
  return type.ok() ? type->type.ToString() : MessageOf(type.status());
}

TEST(TypeParser, FillsInFlinksDefaults) {
  EXPECT_EQ(TypeOf("VARCHAR"), DataType::String().ToString());
  EXPECT_EQ(TypeOf("varbinary"), DataType::Bytes().ToString());
  EXPECT_EQ(TypeOf("DECIMAL"), DataType::Decimal(10, 0).ToString());
  EXPECT_EQ(TypeOf("NUMERIC(5)"), DataType::Decimal(5, 0).ToString());
  EXPECT_EQ(TypeOf("CHAR"), DataType::Char(1).ToString());
  EXPECT_EQ(TypeOf("BINARY"), DataType::Binary(1).ToString());
  EXPECT_EQ(TypeOf("TIME"), DataType::Time(0).ToString());
  EXPECT_EQ(TypeOf("TIMESTAMP"), DataType::Timestamp(6).ToString());
  EXPECT_EQ(TypeOf("TIMESTAMP_LTZ"), DataType::LocalZonedTimestamp(6).ToString());
}

TEST(TypeParser, ReadsSynonyms) {
  EXPECT_EQ(TypeOf("INTEGER"), DataType::Int().ToString());
  EXPECT_EQ(TypeOf("DOUBLE PRECISION"), DataType::Double().ToString());
  EXPECT_EQ(TypeOf("TIMESTAMP(3) WITHOUT TIME ZONE"), DataType::Timestamp(3).ToString());
  EXPECT_EQ(TypeOf("TIMESTAMP(3) WITH LOCAL TIME ZONE"),
            DataType::LocalZonedTimestamp(3).ToString());
  EXPECT_EQ(TypeOf("CHARACTER VARYING (7)"), DataType::VarChar(7).ToString());
}

TEST(TypeParser, ReadsNestedTypes) {
  const SourceText source(
      "ROW<a INT NOT NULL 'first', b ARRAY<MAP<STRING, INT NOT NULL>>, c INT ARRAY> NOT "
      "NULL");
  auto type = ParseTypeText(source);
  ASSERT_TRUE(type.ok()) << MessageOf(type.status());
  const DataType& row = type->type;
  EXPECT_FALSE(row.nullable());
  ASSERT_EQ(row.fields().size(), 3u);
  EXPECT_FALSE(row.fields()[0].type.nullable());
  EXPECT_EQ(row.fields()[0].description, "first");
  EXPECT_EQ(row.fields()[1].type.element().root(), types::TypeRoot::kMap);
  EXPECT_FALSE(row.fields()[1].type.element().element().nullable());
  EXPECT_EQ(row.fields()[2].type.root(), types::TypeRoot::kArray);
  EXPECT_EQ(source.At(type->span), source.text());
}

TEST(TypeParser, RefusesWhatDoesNotExist) {
  EXPECT_NE(TypeOf("DECIMAL(39)").find("too large"), std::string::npos);
  EXPECT_NE(TypeOf("DECIMAL(5, 6)").find("does not exist"), std::string::npos);
  EXPECT_NE(TypeOf("TIMESTAMP(10)").find("too large"), std::string::npos);
  EXPECT_NE(TypeOf("VARCHAR(0)").find("at least 1"), std::string::npos);
  EXPECT_NE(TypeOf("TEXT").find("STRING"), std::string::npos);
  EXPECT_NE(TypeOf("TIMESTAMP WITH TIME ZONE").find("not supported"), std::string::npos);
  EXPECT_NE(TypeOf("ROW<a INT, a INT>").find("defined twice"), std::string::npos);
}

}  // namespace
}  // namespace tarn::sql

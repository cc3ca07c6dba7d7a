// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/table_schema.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include "tests/support/files.h"

namespace tarn::types {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(TableSchema, WritesEverySchemaOfJavaByteForByte) {
  int count = 0;
  const std::filesystem::path golden = support::TestFile("golden");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(golden)) {
    const std::string path = entry.path().string();
    if (path.find("/schema/schema-") == std::string::npos) continue;
    const std::string bytes = ReadFile(entry.path());
    auto schema = TableSchema::FromJson(bytes);
    ASSERT_TRUE(schema.ok()) << path << " " << schema.status().ToString();
    EXPECT_EQ(schema->ToJson(), bytes) << path;
    ++count;
  }
  EXPECT_GE(count, 200);
}

TEST(TableSchema, GivesOldVersionsTheDefaultsOfTheirDays) {
  const std::string json =
      R"({"id":3,"fields":[],"highestFieldId":-1,"partitionKeys":[],)"
      R"("primaryKeys":[],"options":{},"more":1})";
  auto schema = TableSchema::FromJson(json);
  ASSERT_TRUE(schema.ok()) << schema.status().ToString();
  EXPECT_EQ(schema->version, 1);
  EXPECT_EQ(schema->options.at("bucket"), "1");
  EXPECT_EQ(schema->options.at("file.format"), "orc");
  EXPECT_EQ(schema->time_millis, 0);
}

TEST(TableSchema, NamesTheWrongPropertyOfBrokenJson) {
  for (const char* text :
       {"", "[]", "{", "{}", R"({"id":"x"})",
        R"({"id":0,"fields":[{"id":0,"name":"a","type":"NOPE"}]})",
        R"({"id":0,"fields":[{"id":-1,"name":"a","type":"INT"}]})",
        R"({"id":99999999999999999999,"fields":[]})",
        R"({"id":0,"fields":[],"highestFieldId":0,"partitionKeys":["p"],)"
        R"("primaryKeys":[],"options":{}})"}) {
    auto schema = TableSchema::FromJson(text);
    ASSERT_FALSE(schema.ok()) << text;
    EXPECT_EQ(KindOf(schema.status()), ErrorKind::kCorruption) << text;
  }
}

TEST(TableSchema, RefusesTypesWithoutABottom) {
  std::string type = "\"INT\"";
  for (int i = 0; i < 5000; ++i) type = R"({"type":"ARRAY","element":)" + type + "}";
  const std::string json = R"({"id":0,"fields":[{"id":0,"name":"a","type":)" + type +
                           R"(}],"highestFieldId":0,"partitionKeys":[],)" +
                           R"("primaryKeys":[],"options":{}})";
  auto schema = TableSchema::FromJson(json);
  EXPECT_EQ(KindOf(schema.status()), ErrorKind::kCorruption);
}

TEST(TableSchema, TrimsPartitionColumnsFromThePrimaryKey) {
  TableSchema schema;
  schema.partition_keys = {"dt"};
  schema.primary_keys = {"b", "dt", "a"};
  EXPECT_EQ(schema.TrimmedPrimaryKey(), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(schema.BucketKeys(), (std::vector<std::string>{"b", "a"}));
  schema.options["bucket-key"] = "a,b,";
  EXPECT_EQ(schema.BucketKeys(), (std::vector<std::string>{"a", "b"}));
  schema.options["bucket-key"] = "  ";
  EXPECT_EQ(schema.BucketKeys(), (std::vector<std::string>{"b", "a"}));
}

TEST(AssignFieldIds, NumbersNestedFieldsBeforeTheirRow) {
  DataField z{.id = 9, .name = "z", .type = DataType::BigInt()};
  DataField y{.id = 9, .name = "y", .type = DataType::Array(DataType::Row({z}))};
  DataField x{.id = 9, .name = "x", .type = DataType::Int()};
  std::vector<DataField> fields;
  fields.push_back({.id = 7, .name = "id", .type = DataType::Int()});
  fields.push_back({.id = 7,
                    .name = "m",
                    .type = DataType::Map(DataType::String(), DataType::Row({x, y}))});
  fields.push_back({.id = 7, .name = "last", .type = DataType::Int()});
  EXPECT_EQ(AssignFieldIds(&fields), 5);
  EXPECT_EQ(fields[0].id, 0);
  EXPECT_EQ(fields[1].id, 1);
  const auto& inner = fields[1].type.element().fields();
  EXPECT_EQ(inner[0].id, 2);
  EXPECT_EQ(inner[1].id, 4);  // its own nested field came first
  EXPECT_EQ(inner[1].type.element().fields()[0].id, 3);
  EXPECT_EQ(fields[2].id, 5);
}

}  // namespace
}  // namespace tarn::types

// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/partition_path.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <arrow/memory_pool.h>

#include "tarn/types/binary_row.h"
#include "tests/types/vectors.h"

namespace tarn::types {
namespace {

CastContext Utc() {
  return {arrow::default_memory_pool(), nullptr};
}

TEST(PartitionPath, NamesFoldersAsJava) {
  int count = 0;
  const std::string path = support::TestFile("golden/vectors/partition_path.jsonl");
  for (const std::string& text : support::ReadLines(path)) {
    if (text.empty()) continue;
    const auto line = nlohmann::ordered_json::parse(text);
    std::vector<DataField> fields;
    arrow::ArrayVector columns;
    for (const auto& [name, type] : line["types"].items()) {
      DataField field;
      field.name = name;
      field.type = TypeOf(nlohmann::json(type));
      const nlohmann::json value = line["row"][name];
      columns.push_back(Column(field.type, nlohmann::json::array({value})));
      fields.push_back(std::move(field));
    }
    PartitionNaming naming;
    naming.legacy_names = line["legacy"];
    auto specs = PartitionSpecs(Utc(), columns, fields, naming);
    ASSERT_TRUE(specs.ok()) << specs.status().ToString() << text;
    ASSERT_EQ(specs->size(), 1U);
    EXPECT_EQ(PartitionPath((*specs)[0]), line["path"].get<std::string>()) << text;
    auto back = ParsePartitionPath(PartitionPath((*specs)[0]));
    ASSERT_TRUE(back.ok()) << text;
    EXPECT_EQ(*back, (*specs)[0]) << text;
    ++count;
  }
  EXPECT_EQ(count, 82);
}

TEST(PartitionPath, ATableWithoutPartitionsHasNoFolder) {
  auto specs = PartitionSpecs(Utc(), {}, {}, {});
  ASSERT_TRUE(specs.ok());
  EXPECT_EQ(PartitionPath((*specs)[0]), "");
  EXPECT_TRUE(ParsePartitionPath("").ValueOrDie().empty());
}

TEST(PartitionPath, EscapingIsUndoneByUnescaping) {
  const bool held = rc::check("escape and back", [](const std::string& text) {
    const std::string escaped = EscapePathName(text);
    RC_ASSERT(UnescapePathName(escaped) == text);
    RC_ASSERT(escaped.find('/') == escaped.npos);
    RC_ASSERT(escaped.find('=') == escaped.npos);
  });
  EXPECT_TRUE(held);
  EXPECT_EQ(UnescapePathName("50%"), "50%");
  EXPECT_EQ(UnescapePathName("%zz%2F%2"), "%zz/%2");
}

TEST(PartitionPath, WideBlanksCountAsNoValueToo) {
  const auto column =
      ColumnOf(DataType::String(), "[\"\\u3000 \\u2003\", \"\\u00A0\", \"\\t\", \"x \"]");
  DataField field;
  field.name = "p";
  field.type = DataType::String();
  PartitionNaming naming;
  naming.default_name = "none";
  auto specs = PartitionSpecs(Utc(), {column}, {field}, naming);
  ASSERT_TRUE(specs.ok());
  EXPECT_EQ((*specs)[0][0].second, "none");
  EXPECT_EQ((*specs)[1][0].second, "\xC2\xA0");
  EXPECT_EQ((*specs)[2][0].second, "none");
  EXPECT_EQ((*specs)[3][0].second, "x ");
}

TEST(PartitionPath, PartsWithoutColumnOrValueAreRefused) {
  for (const char* text : {"a", "=b", "a=", "a=1/b"}) {
    EXPECT_EQ(KindOf(ParsePartitionPath(text).status()), ErrorKind::kInvalidInput)
        << text;
  }
}

TEST(PartitionPath, BytesHaveNoLegacyName) {
  DataField field;
  field.name = "p";
  field.type = DataType::Bytes();
  auto specs =
      PartitionSpecs(Utc(), {ColumnOf(DataType::Bytes(), "[\"YQ==\"]")}, {field}, {});
  EXPECT_EQ(KindOf(specs.status()), ErrorKind::kUnsupported);
}

TEST(PartitionPaths, ReadAStoredPartitionRow) {
  TableSchema schema;
  schema.fields = {{.id = 0, .name = "v", .type = DataType::Int()},
                   {.id = 1, .name = "dt", .type = DataType::Date()},
                   {.id = 2, .name = "p", .type = DataType::String()}};
  schema.partition_keys = {"dt", "p"};
  const std::vector<DataType> types = {DataType::Date(), DataType::String()};
  const std::string row = SerializeBinaryRow(
      2, EncodeBinaryRow(
             {ColumnOf(types[0], "[\"2020-01-01\"]"), ColumnOf(types[1], "[null]")}, 0,
             types)
             .ValueOrDie());
  auto paths = PartitionPaths::Make(schema);
  ASSERT_TRUE(paths.ok());
  EXPECT_EQ(paths->PathOf(row).ValueOrDie(), "dt=18262/p=__DEFAULT_PARTITION__/");
  EXPECT_EQ(paths->ValuesOf(row).ValueOrDie().at("p"), "__DEFAULT_PARTITION__");
  schema.options["partition.legacy-name"] = "false";
  schema.options["partition.default-name"] = "none";
  EXPECT_EQ(PartitionPaths::Make(schema)->PathOf(row).ValueOrDie(),
            "dt=2020-01-01/p=none/");
  EXPECT_EQ(KindOf(paths->PathOf(SerializeBinaryRow(0, EmptyBinaryRow())).status()),
            ErrorKind::kCorruption);
  schema.partition_keys = {};
  EXPECT_EQ(PartitionPaths::Make(schema)->PathOf("").ValueOrDie(), "");
}

}  // namespace
}  // namespace tarn::types

// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/partition_path.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <arrow/memory_pool.h>

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

}  // namespace
}  // namespace tarn::types

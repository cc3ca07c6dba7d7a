// SPDX-License-Identifier: Apache-2.0
// CSV and JSON data files: the values that Java reads, or a refusal by name.
#include <memory>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <arrow/util/compression.h>
#include <gtest/gtest.h>

#include "tarn/format/column_file.h"
#include "tarn/io/local_file_system.h"
#include "tarn/types/arrow_types.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"

namespace tarn::format {
namespace {

using types::DataField;
using types::DataType;

class TextFileTest : public ::testing::Test {
 protected:
  /// The rows of a file in canonical form, or the code of the refusal.
  std::vector<std::string> Read(const std::string& name, const std::string& text,
                                const FileShape& shape) {
    EXPECT_TRUE(context_->files->WriteAtomically(folder_ / name, text).ok());
    const auto rows = Rows(folder_ / name, shape);
    if (!rows.ok()) return {CodeOf(rows.status())};
    return *rows;
  }

  Result<std::vector<std::string>> Rows(const std::string& path, const FileShape& shape) {
    ARROW_ASSIGN_OR_RAISE(const auto reader,
                          OpenFile(*context_, path, -1, {.shape = &shape}));
    arrow::ArrayVector columns;
    for (const DataField& field : shape.fields) {
      ARROW_ASSIGN_OR_RAISE(const auto cursor,
                            reader->OpenColumn(field.name, field.type));
      ARROW_ASSIGN_OR_RAISE(auto column, cursor->Read(reader->num_rows()));
      ARROW_RETURN_NOT_OK(column->ValidateFull());
      columns.push_back(std::move(column));
    }
    ARROW_ASSIGN_OR_RAISE(const auto schema, types::ToArrow(shape.fields));
    const auto batch = arrow::RecordBatch::Make(schema, reader->num_rows(), columns);
    ARROW_ASSIGN_OR_RAISE(const auto source, arrow::RecordBatchReader::Make({batch}));
    return support::SortedLines(source.get(), shape.fields);
  }

  std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  support::TemporaryFolder folder_;
};

const std::vector<DataField>& Scalars() {
  static const std::vector<DataField> fields = {
      {0, "i", DataType::TinyInt()},     {1, "b", DataType::Boolean()},
      {2, "d", DataType::Decimal(5, 2)}, {3, "x", DataType::Double()},
      {4, "y", DataType::Bytes()},       {5, "t", DataType::Timestamp(3)}};
  return fields;
}

TEST_F(TextFileTest, ScalarsOfCsv) {
  EXPECT_EQ(
      Read("a.csv",
           "-128,TRUE,1.5,1.0E300,AP8=,2024-01-31 10:00:00.123\r\n"
           "+7,yes,-0.01,NaN,,1969-12-31 23:59:59.999",
           {Scalars(), {}}),
      (std::vector<std::string>{
          R"({"i":-128,"b":true,"d":"1.50","x":1e+300,"y":"AP8=","t":"2024-01-31T10:00:00.123"})",
          R"({"i":7,"b":false,"d":"-0.01","x":"NaN","y":null,"t":"1969-12-31T23:59:59.999"})"}));
}

TEST_F(TextFileTest, OptionsOfCsv) {
  const std::vector<DataField> fields = {{0, "a", DataType::String()},
                                         {1, "b", DataType::Int()}};
  const FileShape shape = {fields,
                           {{"csv.field-delimiter", ";"},
                            {"csv.quote-character", "'"},
                            {"csv.escape-character", "^"},
                            {"csv.include-header", "true"},
                            {"csv.null-literal", "NULL"},
                            {"csv.line-delimiter", "||"}}};
  EXPECT_EQ(Read("a.csv", "a;b||'x;^'y';1||;NULL||z|;3", shape),
            (std::vector<std::string>{R"({"a":"","b":null})", R"({"a":"x;'y","b":1})",
                                      R"({"a":"z|","b":3})"}));
  EXPECT_EQ(Read("b.csv", "1", {fields, {{"csv.quote-character", ","}}}),
            std::vector<std::string>{"TARN-1558"});
  EXPECT_EQ(Read("c.csv", "1", {fields, {{"csv.field-delimiter", "\xc2\xa6"}}}),
            std::vector<std::string>{"TARN-6566"});
}

TEST_F(TextFileTest, WhatIsNoValueIsRefusedByName) {
  const auto one = [&](const DataType& type, const std::string& text) {
    return Read("a.csv", text, {{{0, "a", type}}, {}})[0];
  };
  EXPECT_EQ(one(DataType::TinyInt(), "128"), "TARN-6559");
  EXPECT_EQ(one(DataType::Int(), "1.0"), "TARN-6559");
  EXPECT_EQ(one(DataType::BigInt(), "9223372036854775808"), "TARN-6559");
  EXPECT_EQ(one(DataType::BigInt(), "-9223372036854775808"),
            R"({"a":-9223372036854775808})");
  EXPECT_EQ(one(DataType::Int(), "-"), "TARN-6559");
  EXPECT_EQ(one(DataType::Double(), "x"), "TARN-6559");
  EXPECT_EQ(one(DataType::Date(), "yesterday"), "TARN-6559");
  EXPECT_EQ(one(DataType::Bytes(), "*"), "TARN-6559");
  EXPECT_EQ(one(DataType::Array(DataType::Int()), "[1]"), "TARN-6564");
}

TEST_F(TextFileTest, NestedValuesOfJson) {
  const std::vector<DataField> fields = {
      {0, "a", DataType::Array(DataType::Int())},
      {1, "m", DataType::Map(DataType::Int(), DataType::String())},
      {2, "r",
       DataType::Row({{3, "x", DataType::Double()}, {4, "y", DataType::Bytes()}})}};
  EXPECT_EQ(
      Read("a.json",
           R"({"a":["1",null,2],"m":{"1":"x","-2":null},"r":{"x":"0.5","y":"AP8="}})"
           "\n"
           R"({"m":null,"a":[],"r":{},"other":1})"
           "\n",
           {fields, {}}),
      (std::vector<std::string>{
          R"({"a":[1,null,2],"m":[[-2,null],[1,"x"]],"r":{"x":0.5,"y":"AP8="}})",
          R"({"a":[],"m":null,"r":{"x":null,"y":null}})"}));
}

TEST_F(TextFileTest, JsonOfAnotherShapeIsRefusedByName) {
  const auto one = [&](const DataType& type, const std::string& text) {
    return Read("a.json", text, {{{0, "a", type}}, {}})[0];
  };
  EXPECT_EQ(one(DataType::Int(), R"({"a":7})"), R"({"a":7})");
  EXPECT_EQ(one(DataType::String(), R"({"a":true})"), R"({"a":"true"})");
  EXPECT_EQ(one(DataType::Double(), R"({"a":0.5})"), "TARN-6561");
  EXPECT_EQ(one(DataType::Array(DataType::Int()), R"({"a":{}})"), "TARN-6561");
  EXPECT_EQ(one(DataType::Map(DataType::Int(), DataType::Int()), R"({"a":{"01":1}})"),
            "TARN-6561");
  EXPECT_EQ(one(DataType::Map(DataType::Double(), DataType::Int()), "{}"), "TARN-6562");
  EXPECT_EQ(one(DataType::Multiset(DataType::Int()), "{}"), "TARN-6563");
  EXPECT_EQ(one(DataType::Int(), "[1]"), "TARN-6565");
  EXPECT_EQ(one(DataType::Int(), "{\"a\":1} {}"), "TARN-6565");
}

TEST_F(TextFileTest, ManyLinesAndCompression) {
  std::string text;
  std::vector<std::string> expected;
  for (int i = 0; i < 10000; ++i) {
    text += std::to_string(i) + "\n";
    expected.push_back(R"({"a":)" + std::to_string(i) + "}");
  }
  std::sort(expected.begin(), expected.end());
  const FileShape shape = {{{0, "a", DataType::Int()}}, {}};
  EXPECT_EQ(Read("a.csv", text, shape), expected);
  for (const auto& [kind, extension] : {std::pair(arrow::Compression::GZIP, "gz"),
                                        std::pair(arrow::Compression::ZSTD, "zst")}) {
    const auto codec = arrow::util::Codec::Create(kind).ValueOrDie();
    const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    const auto size = static_cast<int64_t>(text.size());
    std::string packed(static_cast<size_t>(codec->MaxCompressedLen(size, bytes)), '\0');
    packed.resize(static_cast<size_t>(
        codec
            ->Compress(size, bytes, static_cast<int64_t>(packed.size()),
                       reinterpret_cast<uint8_t*>(packed.data()))
            .ValueOrDie()));
    EXPECT_EQ(Read(std::string("b.csv.") + extension, packed, shape), expected);
  }
  EXPECT_EQ(Read("c.csv.lz4", text, shape), std::vector<std::string>{"TARN-6560"});
}

}  // namespace
}  // namespace tarn::format

// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <gtest/gtest.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include "tarn/format/column_file.h"
#include "tarn/io/local_file_system.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/canonical_json.h"
#include "tarn/types/table_schema.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

namespace tarn::format {
namespace {

using types::DataField;
using types::DataType;

class ParquetFileTest : public ::testing::Test {
 protected:
  std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  support::TemporaryFolder folder_;

  FileWriter::Finished Write(
      const std::string& path, const std::vector<DataField>& fields,
      const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
      const WriterOptions& options = {}) {
    auto writer = CreateFile(*context_, path, "parquet", fields, options).ValueOrDie();
    for (const auto& batch : batches) {
      const Status status = writer->Write(*batch);
      EXPECT_TRUE(status.ok()) << status;
    }
    return writer->Finish().ValueOrDie();
  }

  Result<std::shared_ptr<arrow::RecordBatch>> ReadAll(
      FileReader* reader, const std::vector<DataField>& fields, int64_t batch_rows) {
    arrow::ArrayVector columns;
    for (const DataField& field : fields) {
      ARROW_ASSIGN_OR_RAISE(auto cursor, reader->OpenColumn(field.name, field.type));
      arrow::ArrayVector chunks;
      for (int64_t row = 0; row < reader->num_rows(); row += batch_rows) {
        const int64_t rows = std::min(batch_rows, reader->num_rows() - row);
        ARROW_ASSIGN_OR_RAISE(auto array, cursor->Read(rows));
        EXPECT_EQ(array->length(), rows);
        ARROW_RETURN_NOT_OK(array->ValidateFull());
        chunks.push_back(std::move(array));
      }
      ARROW_ASSIGN_OR_RAISE(auto type, types::ToArrow(field.type));
      if (chunks.empty()) {
        ARROW_ASSIGN_OR_RAISE(chunks.emplace_back(), arrow::MakeEmptyArray(type));
      }
      ARROW_ASSIGN_OR_RAISE(auto column, arrow::Concatenate(chunks));
      columns.push_back(std::move(column));
    }
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(fields));
    return arrow::RecordBatch::Make(schema, reader->num_rows(), columns);
  }

  static std::string SchemaText(const std::string& path) {
    auto file = parquet::ParquetFileReader::OpenFile(path);
    return file->metadata()->schema()->ToString();
  }
};

types::TableSchema SchemaOf(const support::GoldenTable& table, int64_t id) {
  return types::TableSchema::FromJson(
             support::ReadText(table.path + "/schema/schema-" + std::to_string(id)))
      .ValueOrDie();
}

/// Key columns, sequence number, kind, then the table's columns.
std::vector<DataField> KeyValueFields(const types::TableSchema& schema) {
  std::vector<DataField> fields;
  const auto keys = schema.FieldsOf(schema.TrimmedPrimaryKey()).ValueOrDie();
  for (DataField field : keys) {
    field.id += types::kKeyFieldIdStart;
    field.name = std::string(types::kKeyFieldPrefix) + field.name;
    fields.push_back(field);
  }
  fields.push_back({types::kSequenceNumberId, std::string(types::kSequenceNumberName),
                    DataType::BigInt().NotNull()});
  fields.push_back({types::kValueKindId, std::string(types::kValueKindName),
                    DataType::TinyInt().NotNull()});
  for (const DataField& field : schema.fields) fields.push_back(field);
  return fields;
}

/// Every Parquet file of a golden table with the fields it should have.
std::vector<std::pair<std::string, std::vector<DataField>>> DataFilesOf(
    const support::GoldenTable& table) {
  std::vector<std::pair<std::string, std::vector<DataField>>> files;
  const auto dump = table.Dump();
  if (!dump) return files;
  for (const auto& [name, entries] : (*dump)["manifests"].items()) {
    for (const auto& entry : entries) {
      const auto& file = entry["file"];
      const std::string file_name = file["fileName"];
      if (!file_name.ends_with(".parquet")) continue;
      const std::string path = table.path + "/bucket-" +
                               std::to_string(entry["bucket"].get<int>()) + "/" +
                               file_name;
      if (!std::filesystem::exists(path)) continue;
      const auto schema = SchemaOf(table, file["schemaId"]);
      files.emplace_back(
          path, schema.has_primary_key() ? KeyValueFields(schema) : schema.fields);
    }
  }
  return files;
}

/// A table's types decide the schema text: Java's and ours are the same bytes.
class GoldenParquetTest : public ParquetFileTest,
                          public ::testing::WithParamInterface<const char*> {};

TEST_P(GoldenParquetTest, OurFileOfJavasRowsHasJavasSchemaAndRows) {
  const auto table = support::LoadGolden(GetParam());
  const auto files = DataFilesOf(table);
  ASSERT_FALSE(files.empty());
  int number = 0;
  for (const auto& [path, fields] : files) {
    SCOPED_TRACE(path);
    auto java = OpenFile(*context_, path).ValueOrDie();
    auto rows = ReadAll(java.get(), fields, 3);
    ASSERT_TRUE(rows.ok()) << rows.status();
    const std::string copy = folder_ / (std::to_string(number++) + ".parquet");
    const auto finished = Write(copy, fields, {*rows});
    EXPECT_EQ(finished.rows, java->num_rows());
    EXPECT_EQ(SchemaText(copy), SchemaText(path));
    auto ours = OpenFile(*context_, copy, finished.bytes).ValueOrDie();
    auto again = ReadAll(ours.get(), fields, 1000).ValueOrDie();
    EXPECT_TRUE(again->Equals(**rows, arrow::EqualOptions::Defaults().nans_equal(true)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Tables, GoldenParquetTest,
    ::testing::Values("types_pk_parquet", "types_append_parquet", "types_not_null",
                      "pk_nested_values", "int96_pk", "int96_append", "evo_pk",
                      "evo_nested", "big_pk", "wide_300", "long_values",
                      "fmt_parquet_gzip", "fmt_parquet_lz4_raw", "fmt_parquet_none",
                      "fmt_parquet_snappy", "fmt_parquet_zstd", "types_variant"),
    [](const auto& info) { return std::string(info.param); });

TEST_F(ParquetFileTest, JavasAppendFileGivesTheExpectedRows) {
  for (const char* name : {"types_append_parquet", "append_unaware"}) {
    SCOPED_TRACE(name);
    const auto table = support::LoadGolden(name);
    std::vector<std::string> lines;
    std::vector<DataField> fields;
    for (const auto& [path, file_fields] : DataFilesOf(table)) {
      fields = file_fields;
      auto reader = OpenFile(*context_, path).ValueOrDie();
      auto batch = ReadAll(reader.get(), fields, 8192).ValueOrDie();
      auto source = arrow::RecordBatchReader::Make({batch}).ValueOrDie();
      for (std::string& line : support::SortedLines(source.get(), fields).ValueOrDie()) {
        lines.push_back(std::move(line));
      }
    }
    std::sort(lines.begin(), lines.end());
    EXPECT_TRUE(support::SameRows(lines, table.reads[0].lines));
  }
}

/// A few kinds of columns with NULLs, some of them nested.
std::vector<DataField> MixedFields() {
  return {{0, "id", DataType::Int().NotNull()},
          {1, "big", DataType::BigInt()},
          {2, "text", DataType::String()},
          {3, "flag", DataType::Boolean()},
          {4, "price", DataType::Decimal(23, 3)},
          {5, "list", DataType::Array(DataType::Int())},
          {6, "map", DataType::Map(DataType::String().NotNull(), DataType::Double())},
          {7, "row",
           DataType::Row({{8, "a", DataType::Timestamp(9)},
                          {9, "b", DataType::Array(DataType::String())}})},
          {10, "tiny", DataType::TinyInt()}};
}

std::shared_ptr<arrow::RecordBatch> RandomRows(const std::vector<DataField>& fields,
                                               int64_t count, uint32_t seed) {
  std::mt19937 random(seed);
  nlohmann::json rows = nlohmann::json::array();
  for (int64_t i = 0; i < count; ++i) {
    nlohmann::json row;
    row["id"] = i;
    const auto chance = [&](int of) { return random() % of == 0; };
    if (!chance(5)) row["big"] = static_cast<int64_t>(random()) * 2000000000;
    if (!chance(4)) row["text"] = std::string(random() % 20, 'a' + random() % 26);
    if (!chance(3)) row["flag"] = chance(2);
    if (!chance(3)) row["price"] = std::to_string(random() % 100000) + ".125";
    if (!chance(3)) {
      row["list"] = nlohmann::json::array();
      for (uint32_t k = random() % 4; k > 0; --k) {
        row["list"].push_back(chance(3) ? nlohmann::json()
                                        : nlohmann::json(random() % 99));
      }
    }
    if (!chance(3)) {
      row["map"] = nlohmann::json::array();
      for (uint32_t k = random() % 3; k > 0; --k) {
        row["map"].push_back({"k" + std::to_string(k),
                              chance(2) ? nlohmann::json() : nlohmann::json(0.5 * k)});
      }
    }
    if (!chance(3)) {
      row["row"] = {{"a", nullptr}, {"b", nullptr}};
      if (chance(2)) row["row"]["a"] = "1969-12-31T23:59:59.123456789";
      if (chance(2)) row["row"]["b"] = {"x", nullptr, ""};
    }
    if (!chance(9)) row["tiny"] = static_cast<int>(random() % 256) - 128;
    rows.push_back(std::move(row));
  }
  return support::BatchFromCanonical(rows, fields).ValueOrDie();
}

TEST_F(ParquetFileTest, AnyMixOfReadsAndSkipsGivesTheRowsThatAWholeReadGives) {
  const std::vector<DataField> fields = MixedFields();
  const auto rows = RandomRows(fields, 5000, 7);
  WriterOptions options;
  options.row_group_bytes = 20000;
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (int64_t row = 0; row < rows->num_rows(); row += 100) {
    batches.push_back(rows->Slice(row, 100));
  }
  const std::string path = folder_ / "mixed.parquet";
  Write(path, fields, batches, options);
  auto reader = OpenFile(*context_, path).ValueOrDie();
  ASSERT_GT(reader->row_groups().size(), 3U);
  for (uint32_t seed = 0; seed < 12; ++seed) {
    std::mt19937 random(seed);
    const int64_t step = seed % 3 == 0 ? 20 : seed % 3 == 1 ? 700 : 3000;
    for (size_t i = 0; i < fields.size(); ++i) {
      auto cursor = reader->OpenColumn(fields[i].name, fields[i].type).ValueOrDie();
      for (int64_t row = 0; row < rows->num_rows();) {
        const int64_t count = std::min<int64_t>(random() % step, rows->num_rows() - row);
        if (random() % 2 == 0) {
          ASSERT_TRUE(cursor->Skip(count).ok());
        } else {
          auto read = cursor->Read(count);
          ASSERT_TRUE(read.ok()) << read.status();
          ASSERT_TRUE(
              (*read)->Equals(rows->column(static_cast<int>(i))->Slice(row, count)))
              << fields[i].name << " at " << row;
        }
        row += count;
      }
    }
  }
}

/// Pages smaller than a skip are passed by their headers.
TEST_F(ParquetFileTest, SkippingOverManyPagesFindsTheRightRow) {
  const std::vector<DataField> fields = {{0, "required", DataType::BigInt().NotNull()},
                                         {1, "optional", DataType::BigInt()},
                                         {2, "text", DataType::String()}};
  arrow::Int64Builder required;
  arrow::Int64Builder optional;
  arrow::StringBuilder text;
  constexpr int64_t kRows = 300000;
  for (int64_t i = 0; i < kRows; ++i) {
    ASSERT_TRUE(required.Append(i * 7919 % 1000003).ok());
    ASSERT_TRUE((i % 5 == 0 ? optional.AppendNull() : optional.Append(i)).ok());
    ASSERT_TRUE(text.Append("value " + std::to_string(i)).ok());
  }
  auto batch = arrow::RecordBatch::Make(
      types::ToArrow(fields).ValueOrDie(), kRows,
      {required.Finish().ValueOrDie(), optional.Finish().ValueOrDie(),
       text.Finish().ValueOrDie()});
  const std::string path = folder_ / "pages.parquet";
  Write(path, fields, {batch});
  auto reader = OpenFile(*context_, path).ValueOrDie();
  for (size_t i = 0; i < fields.size(); ++i) {
    for (int64_t gap : {1, 19999, 20000, 20001, 40000, 123456}) {
      auto cursor = reader->OpenColumn(fields[i].name, fields[i].type).ValueOrDie();
      for (int64_t row = 0; row + gap + 3 < kRows; row += gap + 3) {
        ASSERT_TRUE(cursor->Skip(gap).ok());
        auto read = cursor->Read(3);
        ASSERT_TRUE(read.ok()) << read.status();
        ASSERT_TRUE(
            (*read)->Equals(batch->column(static_cast<int>(i))->Slice(row + gap, 3)))
            << fields[i].name << " gap " << gap << " row " << row;
      }
    }
  }
}

TEST_F(ParquetFileTest, StatisticsFollowJavasOrderOfFloats) {
  const std::vector<DataField> fields = {{0, "d", DataType::Double()},
                                         {1, "f", DataType::Float()}};
  arrow::DoubleBuilder d;
  arrow::FloatBuilder f;
  ASSERT_TRUE(d.AppendValues({0.0, -0.0, std::nan(""), 5}).ok());
  ASSERT_TRUE(f.AppendValues({1.0F, 0.0F, 2.0F, -0.0F}).ok());
  auto batch =
      arrow::RecordBatch::Make(types::ToArrow(fields).ValueOrDie(), 4,
                               {d.Finish().ValueOrDie(), f.Finish().ValueOrDie()});
  const auto finished = Write(folder_ / "f.parquet", fields, {batch});
  const auto double_at = [&](const std::shared_ptr<arrow::Array>& array) {
    return static_cast<const arrow::DoubleArray&>(*array).Value(0);
  };
  EXPECT_TRUE(std::signbit(double_at(finished.columns[0].min)));
  EXPECT_TRUE(std::isnan(double_at(finished.columns[0].max)));
  const auto& max = static_cast<const arrow::FloatArray&>(*finished.columns[1].max);
  EXPECT_EQ(max.Value(0), 2.0F);
}

TEST_F(ParquetFileTest, LongTextsKeepTheirStatistics) {
  const std::vector<DataField> fields = {{0, "text", DataType::String()}};
  arrow::StringBuilder text;
  ASSERT_TRUE(text.Append(std::string(100000, 'z')).ok());
  ASSERT_TRUE(text.Append(std::string(100000, 'a')).ok());
  ASSERT_TRUE(text.AppendNull().ok());
  auto batch = arrow::RecordBatch::Make(types::ToArrow(fields).ValueOrDie(), 3,
                                        {text.Finish().ValueOrDie()});
  const auto finished = Write(folder_ / "t.parquet", fields, {batch});
  EXPECT_EQ(finished.columns[0].null_count, 1);
  const auto& min = static_cast<const arrow::StringArray&>(*finished.columns[0].min);
  EXPECT_EQ(min.GetView(0), std::string(100000, 'a'));
}

TEST_F(ParquetFileTest, FineTimestampsOfEveryYearComeBack) {
  const std::vector<DataField> fields = {
      {0, "t", DataType::Timestamp(9)},
      {1, "a", DataType::Array(DataType::LocalZonedTimestamp(7))},
      {2, "r",
       DataType::Row({{3, "t", DataType::Timestamp(8).NotNull()}}).WithNullable(true)}};
  const std::vector<std::string> lines = {
      R"({"t":"-5000000-01-01T00:00:00.000000001","a":null,"r":null})",
      R"({"t":"0001-01-01T00:00:00.000000000","a":[],"r":{"t":"1677-09-21T00:12:43.14522419"}})",
      R"({"t":"1969-12-31T00:00:00.000000001","a":[null,"9999-12-31T23:59:59.9999999Z"],"r":null})",
      R"({"t":null,"a":["0001-01-01T00:00:00.0000000Z",null],"r":{"t":"2262-04-11T23:47:16.85477581"}})",
      R"({"t":"+5000000-12-31T23:59:59.999999999","a":[null],"r":null})"};
  const auto rows = support::BatchFromLines(lines, fields).ValueOrDie();
  const std::string path = folder_ / "fine.parquet";
  const auto finished = Write(path, fields, {rows});
  // Java finds no bounds in columns of INT96.
  EXPECT_EQ(finished.columns[0].null_count, 1);
  EXPECT_EQ(finished.columns[0].min, nullptr);
  for (const int64_t step : {1, 2, 100}) {
    auto reader = OpenFile(*context_, path).ValueOrDie();
    const auto again = ReadAll(reader.get(), fields, step).ValueOrDie();
    std::string text;
    ASSERT_TRUE(types::AppendCanonicalRows(*again, fields, &text).ok());
    EXPECT_EQ(support::SplitLines(text), lines);
  }
}

TEST_F(ParquetFileTest, TimestampsThatAFormCannotHoldAreRefusedByName) {
  const std::vector<DataField> fine = {{0, "ts", DataType::Timestamp(9)}};
  const std::string path = folder_ / "fine.parquet";
  const auto rows = [&](const char* line) {
    return support::BatchFromLines({line}, fine).ValueOrDie();
  };
  const auto expect_refused = [](const Status& status) {
    EXPECT_EQ(KindOf(status), ErrorKind::kUnsupported) << status;
    EXPECT_NE(status.message().find("ts"), std::string::npos) << status;
  };
  // A day of INT96 has 32 bits.
  auto writer = CreateFile(*context_, path, "parquet", fine, {}).ValueOrDie();
  expect_refused(writer->Write(*rows(R"({"ts":"+6000000-01-01T00:00:00.000000000"})")));
  writer.reset();
  // Milliseconds of 64 bits hold every day, microseconds do not.
  Write(path, fine, {rows(R"({"ts":"+300000-01-01T00:00:00.000000000"})")});
  auto reader = OpenFile(*context_, path).ValueOrDie();
  EXPECT_TRUE(
      reader->OpenColumn("ts", DataType::Timestamp(3)).ValueOrDie()->Read(1).ok());
  expect_refused(
      reader->OpenColumn("ts", DataType::Timestamp(6)).ValueOrDie()->Read(1).status());
}

TEST_F(ParquetFileTest, RefusalsNameWhatIsWrong) {
  const std::vector<DataField> fields = {{0, "id", DataType::Int().NotNull()}};
  const auto rows = support::BatchFromLines({R"({"id":1})"}, fields).ValueOrDie();
  const std::string path = folder_ / "a.parquet";
  const auto finished = Write(path, fields, {rows});
  auto reader = OpenFile(*context_, path).ValueOrDie();
  EXPECT_EQ(KindOf(reader->OpenColumn("no", DataType::Int()).status()),
            ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(reader->OpenColumn("id", DataType::String()).status()),
            ErrorKind::kCorruption);
  EXPECT_EQ(KindOf(OpenFile(*context_, path, finished.bytes + 1).status()),
            ErrorKind::kCorruption);
  EXPECT_EQ(KindOf(OpenFile(*context_, folder_ / "x.lance").status()),
            ErrorKind::kUnsupported);
  EXPECT_EQ(KindOf(CreateFile(*context_, folder_ / "b.parquet", "parquet", fields,
                              {.compression = "brotli"})
                       .status()),
            ErrorKind::kUnsupported);
  EXPECT_EQ(KindOf(CreateFile(*context_, folder_ / "b.parquet", "parquet",
                              {{0, "v", DataType::Vector(DataType::Float(), 2)}}, {})
                       .status()),
            ErrorKind::kUnsupported);
}

TEST_F(ParquetFileTest, NullInANotNullColumnIsRefusedAndNoFileStays) {
  const std::vector<DataField> fields = {{0, "id", DataType::Int().NotNull()}};
  arrow::Int32Builder builder;
  ASSERT_TRUE(builder.AppendNull().ok());
  auto batch =
      arrow::RecordBatch::Make(arrow::schema({arrow::field("id", arrow::int32())}), 1,
                               {builder.Finish().ValueOrDie()});
  const std::string path = folder_ / "n.parquet";
  {
    auto writer = CreateFile(*context_, path, "parquet", fields, {}).ValueOrDie();
    EXPECT_EQ(KindOf(writer->Write(*batch)), ErrorKind::kInvalidInput);
  }
  EXPECT_FALSE(context_->files->Exists(path).ValueOrDie());
}

TEST_F(ParquetFileTest, ABrokenFileIsCorruptionAndNeverACrash) {
  const std::vector<DataField> fields = MixedFields();
  const auto rows = RandomRows(fields, 200, 3);
  const std::string path = folder_ / "good.parquet";
  Write(path, fields, {rows});
  const std::string bytes = support::ReadText(path);
  std::mt19937 random(1);
  for (int round = 0; round < 400; ++round) {
    std::string changed = bytes;
    if (round % 4 == 0) changed.resize(random() % bytes.size());
    for (int i = 0; i < 3 && !changed.empty(); ++i) {
      changed[random() % changed.size()] = static_cast<char>(random());
    }
    const std::string broken = folder_ / ("b" + std::to_string(round) + ".parquet");
    ASSERT_TRUE(context_->files->WriteAtomically(broken, changed).ok());
    auto reader = OpenFile(*context_, broken);
    if (!reader.ok()) {
      EXPECT_NE(KindOf(reader.status()), ErrorKind::kInternal) << reader.status();
      continue;
    }
    for (const DataField& field : fields) {
      auto cursor = (*reader)->OpenColumn(field.name, field.type);
      if (!cursor.ok()) continue;
      const int64_t rows_there = std::min<int64_t>((*reader)->num_rows(), 1000);
      auto read = (*cursor)->Read(rows_there);
      if (read.ok()) {
        EXPECT_EQ((*read)->length(), rows_there);
      }
    }
  }
}

}  // namespace
}  // namespace tarn::format

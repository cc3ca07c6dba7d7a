// SPDX-License-Identifier: Apache-2.0
// Columns of Avro data files: those that Java wrote, byte for byte again.
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "tarn/format/avro_blocks.h"
#include "tarn/format/avro_row_schema.h"
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

/// Key columns, sequence number, kind, then the table's columns.
std::vector<DataField> PhysicalFields(const types::TableSchema& schema) {
  std::vector<DataField> fields;
  if (schema.has_primary_key()) {
    const auto keys = schema.FieldsOf(schema.TrimmedPrimaryKey()).ValueOrDie();
    for (DataField field : keys) {
      field.name = std::string(types::kKeyFieldPrefix) + field.name;
      fields.push_back(field);
    }
    fields.push_back({types::kSequenceNumberId, std::string(types::kSequenceNumberName),
                      DataType::BigInt().NotNull()});
    fields.push_back({types::kValueKindId, std::string(types::kValueKindName),
                      DataType::TinyInt().NotNull()});
  }
  fields.insert(fields.end(), schema.fields.begin(), schema.fields.end());
  return fields;
}

class AvroFileTest : public ::testing::Test {
 protected:
  struct GoldenFile {
    std::string path;
    std::vector<DataField> fields;
  };

  /// Every Avro data file of the golden tables whose schema never changed.
  static std::vector<GoldenFile> GoldenFiles() {
    std::vector<GoldenFile> out;
    for (const std::string& name : support::GoldenNames(
             {"types_append_avro", "types_pk_avro", "fmt_avro_", "fmt_per_level"})) {
      const support::GoldenTable table = support::LoadGolden(name);
      const auto schema =
          types::TableSchema::FromJson(support::ReadText(table.path + "/schema/schema-0"))
              .ValueOrDie();
      for (const auto& entry :
           std::filesystem::directory_iterator(table.path + "/bucket-0")) {
        if (entry.path().extension() != ".avro") continue;
        out.push_back({entry.path().string(), PhysicalFields(schema)});
      }
    }
    return out;
  }

  std::unique_ptr<AvroBlocks> Blocks(const std::string& path) {
    return AvroBlocks::Open(context_->files->OpenInput(path).ValueOrDie(), path, {})
        .ValueOrDie();
  }

  std::string Bodies(const std::string& path) {
    const auto blocks = Blocks(path);
    std::string out;
    for (size_t i = 0; i < blocks->places().size(); ++i) {
      std::string body;
      const Status status = blocks->Read(i, &body);
      EXPECT_TRUE(status.ok()) << status;
      out += body;
    }
    return out;
  }

  Result<FileWriter::Finished> Write(const std::string& path,
                                     const std::vector<DataField>& fields,
                                     const arrow::RecordBatch& batch,
                                     const WriterOptions& options = {}) {
    ARROW_ASSIGN_OR_RAISE(auto writer,
                          CreateFile(*context_, path, "avro", fields, options));
    ARROW_RETURN_NOT_OK(writer->Write(batch));
    return writer->Finish();
  }

  /// All rows, each column in steps of its own length.
  Result<std::shared_ptr<arrow::RecordBatch>> ReadAll(
      const std::string& path, const std::vector<DataField>& fields, int64_t step) {
    ARROW_ASSIGN_OR_RAISE(auto reader, OpenFile(*context_, path));
    arrow::ArrayVector columns;
    std::vector<std::unique_ptr<merge::ColumnCursor>> cursors;
    for (const DataField& field : fields) {
      ARROW_ASSIGN_OR_RAISE(cursors.emplace_back(),
                            reader->OpenColumn(field.name, field.type));
    }
    for (size_t i = 0; i < fields.size(); ++i) {
      arrow::ArrayVector parts;
      for (int64_t row = 0; row < reader->num_rows(); row += step) {
        const int64_t rows = std::min(step, reader->num_rows() - row);
        ARROW_ASSIGN_OR_RAISE(auto part, cursors[i]->Read(rows));
        EXPECT_EQ(part->length(), rows);
        ARROW_RETURN_NOT_OK(part->ValidateFull());
        parts.push_back(std::move(part));
      }
      ARROW_ASSIGN_OR_RAISE(parts.emplace_back(), cursors[i]->Read(0));
      ARROW_ASSIGN_OR_RAISE(auto column, arrow::Concatenate(parts));
      columns.push_back(std::move(column));
      step = step * 2 + 1;
    }
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(fields));
    return arrow::RecordBatch::Make(schema, reader->num_rows(), columns);
  }

  static std::shared_ptr<arrow::RecordBatch> Batch(const std::vector<DataField>& fields,
                                                   const std::vector<std::string>& rows) {
    return support::BatchFromLines(rows, fields).ValueOrDie();
  }

  void Store(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(context_->files->WriteAtomically(folder_ / name, bytes).ok());
  }

  std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  support::TemporaryFolder folder_;
};

TEST_F(AvroFileTest, TheSchemaIsJavasByteForByte) {
  const auto files = GoldenFiles();
  EXPECT_GT(files.size(), 6u);
  for (const GoldenFile& file : files) {
    EXPECT_EQ(AvroSchemaOf(file.fields).ValueOrDie(), Blocks(file.path)->schema().json())
        << file.path;
  }
}

TEST_F(AvroFileTest, WhatJavaWroteIsWrittenAgainByteForByte) {
  int number = 0;
  for (const GoldenFile& file : GoldenFiles()) {
    SCOPED_TRACE(file.path);
    for (const char* codec : {"zstd", "snappy", "null", "deflate", "zstandard"}) {
      const auto batch = ReadAll(file.path, file.fields, 3);
      ASSERT_TRUE(batch.ok()) << batch.status();
      const std::string path = folder_ / (std::to_string(++number) + ".avro");
      const auto finished = Write(path, file.fields, **batch, {.compression = codec});
      ASSERT_TRUE(finished.ok()) << finished.status();
      EXPECT_EQ(finished->bytes, static_cast<int64_t>(std::filesystem::file_size(path)));
      EXPECT_EQ(finished->rows, (*batch)->num_rows());
      EXPECT_EQ(Bodies(path), Bodies(file.path));
    }
  }
}

TEST_F(AvroFileTest, CursorsApartReadTheSameRowsOverManyBlocks) {
  const std::vector<DataField> fields = {
      {0, "id", DataType::Int().NotNull()},
      {1, "text", DataType::String()},
      {2, "list", DataType::Array(DataType::BigInt().NotNull())}};
  arrow::Int32Builder ids;
  arrow::StringBuilder texts;
  auto values = std::make_shared<arrow::Int64Builder>();
  arrow::ListBuilder lists(arrow::default_memory_pool(), values,
                           arrow::list(arrow::field("element", arrow::int64(), false)));
  constexpr int kRows = 200000;  // about 20 MB, more than is kept
  for (int i = 0; i < kRows; ++i) {
    ASSERT_TRUE(ids.Append(i).ok());
    ASSERT_TRUE(
        (i % 7 == 0 ? texts.AppendNull() : texts.Append(std::string(90, 'a'))).ok());
    ASSERT_TRUE(lists.Append().ok());
    for (int item = 0; item < i % 4; ++item) ASSERT_TRUE(values->Append(i).ok());
  }
  const auto schema = types::ToArrow(fields).ValueOrDie();
  const auto batch =
      arrow::RecordBatch::Make(schema, kRows,
                               {ids.Finish().ValueOrDie(), texts.Finish().ValueOrDie(),
                                lists.Finish().ValueOrDie()});
  const std::string path = folder_ / "many.avro";
  ASSERT_TRUE(Write(path, fields, *batch, {.compression = "snappy"}).ok());
  EXPECT_GT(Blocks(path)->places().size(), 100u);
  const auto read = ReadAll(path, fields, 1000);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE((*read)->Equals(*batch));

  const auto reader = OpenFile(*context_, path).ValueOrDie();
  const auto ahead = reader->OpenColumn("id", fields[0].type).ValueOrDie();
  ASSERT_TRUE(ahead->Skip(kRows - 1).ok());
  EXPECT_TRUE(ahead->Read(1).ValueOrDie()->Equals(batch->column(0)->Slice(kRows - 1, 1)));
  const auto behind = reader->OpenColumn("text", fields[1].type).ValueOrDie();
  ASSERT_TRUE(behind->Skip(123456).ok());
  EXPECT_TRUE(
      behind->Read(5000).ValueOrDie()->Equals(batch->column(1)->Slice(123456, 5000)));
  EXPECT_FALSE(behind->Read(kRows).ok());
}

TEST_F(AvroFileTest, StatisticsAreThoseOfTheValues) {
  const std::vector<DataField> fields = {{0, "b", DataType::Boolean()},
                                         {1, "i", DataType::SmallInt()},
                                         {2, "d", DataType::Decimal(20, 2)},
                                         {3, "f", DataType::Float()},
                                         {4, "t", DataType::Timestamp(6)},
                                         {5, "s", DataType::String()},
                                         {6, "l", DataType::Array(DataType::Int())},
                                         {7, "n", DataType::Date()}};
  const auto batch = Batch(
      fields,
      {R"({"b":true,"i":-3,"d":"-1.50","f":0.0,"t":"1969-12-31T23:59:59.999999","s":"b","l":[1],"n":null})",
       R"({"b":true,"i":null,"d":"99999999999.00","f":"NaN","t":null,"s":"","l":null,"n":null})",
       R"({"b":null,"i":7,"d":null,"f":-0.0,"t":"2020-01-01T00:00:00.000000","s":"ab","l":[],"n":null})"});
  const auto finished = Write(folder_ / "s.avro", fields, *batch).ValueOrDie();
  for (bool max : {false, true}) {
    arrow::ArrayVector columns;
    for (size_t i = 0; i < fields.size(); ++i) {
      const auto& column = finished.columns[i];
      auto value = max ? column.max : column.min;
      if (value == nullptr) {
        value = arrow::MakeArrayOfNull(types::ToArrow(fields[i].type).ValueOrDie(), 1)
                    .ValueOrDie();
      }
      columns.push_back(value);
    }
    const auto row =
        arrow::RecordBatch::Make(types::ToArrow(fields).ValueOrDie(), 1, columns);
    EXPECT_EQ(
        types::CanonicalRow(*row, 0, fields).ValueOrDie(),
        max ? R"({"b":true,"i":7,"d":"99999999999.00","f":"NaN","t":"2020-01-01T00:00:00.000000","s":"b","l":null,"n":null})"
            : R"({"b":true,"i":-3,"d":"-1.50","f":-0.0,"t":"1969-12-31T23:59:59.999999","s":"","l":null,"n":null})");
  }
  std::vector<int64_t> nulls;
  for (const auto& column : finished.columns) nulls.push_back(*column.null_count);
  EXPECT_EQ(nulls, (std::vector<int64_t>{1, 1, 1, 0, 1, 0, 1, 3}));
}

TEST_F(AvroFileTest, MembersAreFoundByNameAndMissingOnesAreNull) {
  const DataType stored = DataType::Row({{1, "a", DataType::Int()},
                                         {2, "b", DataType::String()},
                                         {3, "c", DataType::Array(DataType::Int())}});
  const DataType asked = DataType::Row({{4, "d", DataType::Array(DataType::Int())},
                                        {3, "c", DataType::Array(DataType::Int())},
                                        {1, "a", DataType::Int()}});
  const std::string path = folder_ / "rows.avro";
  ASSERT_TRUE(Write(path, {{0, "r", stored}},
                    *Batch({{0, "r", stored}},
                           {R"({"r":{"a":1,"b":"x","c":[1,null]}})", R"({"r":null})"}))
                  .ok());
  const auto read = ReadAll(path, {{0, "r", asked}}, 10);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(types::CanonicalRow(**read, 0, {{0, "r", asked}}).ValueOrDie(),
            R"({"r":{"d":null,"c":[1,null],"a":1}})");
  EXPECT_EQ(types::CanonicalRow(**read, 1, {{0, "r", asked}}).ValueOrDie(),
            R"({"r":null})");
}

TEST_F(AvroFileTest, WhatAvroCannotHoldIsRefused) {
  struct Case {
    DataType type;
    std::string name;
    std::string code;
  };
  const std::vector<Case> cases = {
      {DataType::Timestamp(9), "a", "TARN-1551"},
      {DataType::LocalZonedTimestamp(7), "a", "TARN-1551"},
      {DataType::Array(DataType::Timestamp(7)), "a", "TARN-1551"},
      {DataType::Time(4), "a", "TARN-1552"},
      {DataType::Multiset(DataType::Int()), "a", "TARN-1552"},
      {DataType::Int(), "a-b", "TARN-1550"},
      {DataType::Int(), "größe", "TARN-6553"}};
  for (const Case& c : cases) {
    EXPECT_EQ(CodeOf(AvroSchemaOf({{0, c.name, c.type}}).status()), c.code)
        << c.type.ToString();
  }
  const DataType row = DataType::Row({{2, "x", DataType::Int()}});
  EXPECT_EQ(
      CodeOf(AvroSchemaOf({{0, "a_b", row}, {1, "a", DataType::Row({{3, "b", row}})}})
                 .status()),
      "TARN-6554");
  EXPECT_EQ(CodeOf(CreateFile(*context_, folder_ / "x.avro", "avro",
                              {{0, "a", DataType::Int()}}, {.compression = "none"})
                       .status()),
            "TARN-1554");
}

TEST_F(AvroFileTest, NullsThatHaveNoPlaceAreRefused) {
  const DataType list = DataType::Array(DataType::Int().NotNull());
  auto values = std::make_shared<arrow::Int32Builder>();
  arrow::ListBuilder lists(arrow::default_memory_pool(), values);
  ASSERT_TRUE(lists.AppendNull().ok());
  ASSERT_TRUE(lists.Append().ok());
  ASSERT_TRUE(values->AppendNull().ok());
  const auto array = lists.Finish().ValueOrDie();
  const auto batch = [&](int64_t first, int64_t rows) {
    return arrow::RecordBatch::Make(types::ToArrow({{0, "l", list}}).ValueOrDie(), rows,
                                    {array->Slice(first, rows)});
  };
  EXPECT_TRUE(Write(folder_ / "a.avro", {{0, "l", list}}, *batch(0, 1)).ok());
  EXPECT_EQ(CodeOf(Write(folder_ / "b.avro", {{0, "l", list}}, *batch(0, 2)).status()),
            "TARN-1553");
  EXPECT_EQ(
      CodeOf(
          Write(folder_ / "c.avro", {{0, "l", list.NotNull()}}, *batch(0, 1)).status()),
      "TARN-1555");
  // Nobody finds half a file.
  EXPECT_FALSE(std::filesystem::exists(folder_ / "b.avro"));
}

TEST_F(AvroFileTest, AnotherTypeOrADamagedFileIsCorruption) {
  const std::vector<DataField> fields = {{0, "a", DataType::Int()},
                                         {1, "d", DataType::Decimal(5, 2)}};
  const std::string path = folder_ / "a.avro";
  ASSERT_TRUE(Write(path, fields, *Batch(fields, {R"({"a":1,"d":"1.00"})"})).ok());
  const auto reader = OpenFile(*context_, path).ValueOrDie();
  EXPECT_EQ(CodeOf(reader->OpenColumn("a", DataType::String()).status()), "TARN-7551");
  EXPECT_EQ(CodeOf(reader->OpenColumn("d", DataType::Decimal(5, 1)).status()),
            "TARN-7551");
  EXPECT_EQ(CodeOf(reader->OpenColumn("b", DataType::Int()).status()), "TARN-4550");
  EXPECT_EQ(CodeOf(OpenFile(*context_, path, 7).status()), "TARN-7553");
  const std::string whole = support::ReadText(path);
  Store("cut.avro", whole.substr(0, whole.size() - 1));
  EXPECT_EQ(KindOf(OpenFile(*context_, folder_ / "cut.avro").status()),
            ErrorKind::kCorruption);
  Store("more.avro", whole + "x");
  EXPECT_EQ(KindOf(OpenFile(*context_, folder_ / "more.avro").status()),
            ErrorKind::kCorruption);
}

TEST_F(AvroFileTest, ABrokenFileIsAnErrorAndNeverACrash) {
  const std::vector<DataField> fields = {
      {0, "id", DataType::Int()},
      {1, "d", DataType::Decimal(30, 2)},
      {2, "m", DataType::Map(DataType::Int(), DataType::Array(DataType::String()))},
      {3, "r",
       DataType::Row({{4, "t", DataType::Timestamp(6)},
                      {5, "f", DataType::Multiset(DataType::String())}})}};
  std::vector<std::string> rows;
  for (int i = 0; i < 60; ++i) {
    rows.push_back(R"({"id":)" + std::to_string(i) +
                   R"(,"d":"-1234567.89","m":[[1,["a",null]],[2,null]],)"
                   R"("r":{"t":"1960-01-01T00:00:00.000001","f":[["x",2]]}})");
  }
  const std::string path = folder_ / "good.avro";
  ASSERT_TRUE(Write(path, fields, *Batch(fields, rows), {.compression = "null"}).ok());
  const std::string bytes = support::ReadText(path);
  std::mt19937 random(1);
  int unreadable = 0;
  for (int round = 0; round < 400; ++round) {
    std::string changed = bytes;
    if (round % 4 == 0) changed.resize(random() % bytes.size());
    for (int i = 0; i < 3 && !changed.empty(); ++i) {
      changed[random() % changed.size()] = static_cast<char>(random());
    }
    const std::string broken = "b" + std::to_string(round) + ".avro";
    Store(broken, changed);
    const auto reader = OpenFile(*context_, folder_ / broken);
    if (!reader.ok()) {
      EXPECT_NE(KindOf(reader.status()), ErrorKind::kInternal) << reader.status();
      ++unreadable;
      continue;
    }
    for (const DataField& field : fields) {
      const auto cursor = (*reader)->OpenColumn(field.name, field.type);
      if (!cursor.ok()) continue;
      const int64_t there = std::min<int64_t>((*reader)->num_rows(), 1000);
      const auto read = (*cursor)->Read(there);
      if (!read.ok()) continue;
      EXPECT_EQ((*read)->length(), there);
      EXPECT_TRUE((*read)->Validate().ok());
    }
  }
  EXPECT_GT(unreadable, 100);
}

}  // namespace
}  // namespace tarn::format

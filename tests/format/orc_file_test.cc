// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tarn/format/column_file.h"
#include "tarn/format/orc_numbers.h"
#include "tarn/format/orc_tail.h"
#include "tarn/format/orc_times.h"
#include "tarn/io/local_file_system.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/canonical_json.h"
#include "tarn/types/table_schema.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

namespace tarn::format {
namespace {

using nlohmann::json;
using types::DataField;
using types::DataType;

class OrcFileTest : public ::testing::Test {
 protected:
  std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  support::TemporaryFolder folder_;
  std::string path_ = folder_ / "t.orc";

  FileWriter::Finished Write(const std::vector<DataField>& fields,
                             const arrow::RecordBatch& batch, int64_t batch_rows,
                             const WriterOptions& options = {}) {
    std::filesystem::remove(path_);
    auto writer = CreateFile(*context_, path_, "orc", fields, options).ValueOrDie();
    for (int64_t row = 0; row < batch.num_rows(); row += batch_rows) {
      const Status status = writer->Write(*batch.Slice(row, batch_rows));
      EXPECT_TRUE(status.ok()) << status;
    }
    return writer->Finish().ValueOrDie();
  }

  Result<std::shared_ptr<arrow::Array>> Column(FileReader* reader, const DataField& field,
                                               int64_t batch_rows) {
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
    if (chunks.empty()) return arrow::MakeEmptyArray(type);
    return arrow::Concatenate(chunks);
  }

  Result<std::shared_ptr<arrow::RecordBatch>> ReadAll(
      const std::vector<DataField>& fields, int64_t batch_rows,
      const ReaderOptions& options = {}) {
    ARROW_ASSIGN_OR_RAISE(auto reader, OpenFile(*context_, path_, -1, options));
    arrow::ArrayVector columns;
    for (const DataField& field : fields) {
      ARROW_ASSIGN_OR_RAISE(columns.emplace_back(),
                            Column(reader.get(), field, batch_rows));
    }
    ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(fields));
    return arrow::RecordBatch::Make(schema, reader->num_rows(), columns);
  }

  /// What a file answers for the rows of `lines`, as canonical JSON.
  std::vector<std::string> RoundTrip(const std::vector<DataField>& fields,
                                     const std::vector<std::string>& lines,
                                     const WriterOptions& options = {}) {
    const auto batch = support::BatchFromLines(lines, fields).ValueOrDie();
    Write(fields, *batch, 3, options);
    ReaderOptions reading;
    reading.orc_legacy_instants = options.orc_legacy_instants;
    const auto back = ReadAll(fields, 2, reading);
    EXPECT_TRUE(back.ok()) << back.status();
    if (!back.ok()) return {};
    auto reader = arrow::RecordBatchReader::Make({*back}).ValueOrDie();
    return support::SortedLines(reader.get(), fields).ValueOrDie();
  }
};

/// Fields of every kind, nested ones three deep.
std::vector<DataField> AllFields() {
  return {
      {0, "id", DataType::Int().NotNull()},
      {1, "bo", DataType::Boolean()},
      {2, "ti", DataType::TinyInt()},
      {3, "si", DataType::SmallInt()},
      {4, "bi", DataType::BigInt()},
      {5, "fl", DataType::Float()},
      {6, "db", DataType::Double()},
      {7, "d38", DataType::Decimal(38, 18)},
      {8, "ch", DataType::Char(5)},
      {9, "vc", DataType::VarChar(4)},
      {10, "st", DataType::String()},
      {11, "vb", DataType::Bytes()},
      {12, "da", DataType::Date()},
      {13, "t3", DataType::Time(3)},
      {14, "ts3", DataType::Timestamp(3)},
      {15, "ts9", DataType::Timestamp(9)},
      {16, "lz6", DataType::LocalZonedTimestamp(6)},
      {17, "li", DataType::Array(DataType::Array(DataType::Timestamp(6)))},
      {18, "ma",
       DataType::Map(DataType::String().NotNull(),
                     DataType::Array(DataType::Decimal(10, 2)))},
      {19, "ro",
       DataType::Row({{30, "a", DataType::Int()},
                      {31, "b",
                       DataType::Array(DataType::Row({{32, "c", DataType::Timestamp(3)},
                                                      {33, "d", DataType::Char(3)}}))}})},
      {20, "mu", DataType::Multiset(DataType::String().NotNull())}};
}

/// Random rows: with NULLs, runs, sequences and large numbers.
std::shared_ptr<arrow::RecordBatch> RandomRows(int64_t rows, uint32_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](uint64_t n) { return random() % n; };
  const auto maybe = [&](json value) { return below(5) == 0 ? json() : value; };
  json out = json::array();
  for (int64_t i = 0; i < rows; ++i) {
    const std::string time =
        fmt::format("{:04}-{:02}-{:02}T{:02}:00:{:02}", 1583 + below(8000), 1 + below(12),
                    1 + below(28), below(24), below(60));
    const std::string millis = fmt::format("{}.{:03}", time, below(1000));
    json row = {
        {"id", i},
        {"bo", maybe(below(2) == 0)},
        {"ti", maybe(static_cast<int>(below(256)) - 128)},
        {"si", maybe(7)},
        {"bi", maybe(static_cast<int64_t>(random() >> below(64)))},
        {"fl", maybe(static_cast<double>(below(1000)) / 8)},
        {"db", maybe(static_cast<double>(random()))},
        {"d38", maybe(fmt::format("-{}.000000000000000001", below(1000000)))},
        {"ch", maybe(std::string(below(6), 'x'))},
        {"vc", maybe(std::string(below(5), 'y'))},
        {"st", maybe(std::string(below(40), static_cast<char>('a' + below(26))))},
        {"vb", maybe("AAEC")},
        {"da", maybe(time.substr(0, 10))},
        {"t3", maybe("12:34:56.789")},
        {"ts3", maybe(millis)},
        {"ts9", maybe(fmt::format("20{:02}-01-01T00:00:00.{:09}", below(100),
                                  below(1000000000)))},
        {"lz6", maybe(millis + "000Z")},
        {"li", maybe(json::array(
                   {json::array({millis + "001", nullptr}), nullptr, json::array()}))},
        {"ma",
         maybe(json::array({{"k", json::array({"1.00", nullptr})}, {"l", nullptr}}))},
        {"ro",
         maybe(
             {{"a", maybe(1)},
              {"b", maybe(json::array({{{"c", maybe(millis)}, {"d", "z"}}, nullptr}))}})},
        {"mu", maybe(json::array({{"m", 2}}))}};
    out.push_back(std::move(row));
  }
  return support::BatchFromCanonical(out, AllFields()).ValueOrDie();
}

TEST_F(OrcFileTest, EveryTypeComesBackInEveryCompression) {
  const auto rows = RandomRows(1500, 1);
  for (const char* compression : {"none", "ZLIB", "snappy", "lz4", "zstd"}) {
    SCOPED_TRACE(compression);
    WriterOptions options;
    options.compression = compression;
    options.orc_block_bytes = 4096;
    options.row_group_bytes = 32 << 10;
    const auto finished = Write(AllFields(), *rows, 377, options);
    EXPECT_EQ(finished.rows, 1500);
    EXPECT_EQ(finished.bytes, static_cast<int64_t>(std::filesystem::file_size(path_)));
    const auto back = ReadAll(AllFields(), 400);
    ASSERT_TRUE(back.ok()) << back.status();
    for (int i = 0; i < rows->num_columns(); ++i) {
      EXPECT_TRUE((*back)->column(i)->Equals(*rows->column(i)))
          << AllFields()[static_cast<size_t>(i)].name;
    }
    const auto reader = OpenFile(*context_, path_, finished.bytes).ValueOrDie();
    EXPECT_GT(reader->row_groups().size(), 3u);
  }
}

TEST_F(OrcFileTest, AnyWalkThroughAColumnSeesTheSameValues) {
  const auto rows = RandomRows(12000, 2);
  WriterOptions options;
  options.row_group_bytes = 1 << 20;
  Write(AllFields(), *rows, 12000, options);
  std::mt19937 random(3);
  for (const DataField& field : AllFields()) {
    SCOPED_TRACE(field.name);
    const auto reader = OpenFile(*context_, path_).ValueOrDie();
    auto cursor = reader->OpenColumn(field.name, field.type).ValueOrDie();
    const auto expected = rows->GetColumnByName(field.name);
    for (int64_t row = 0; row < 12000;) {
      const int64_t step = std::min<int64_t>(random() % 9500, 12000 - row);
      if (random() % 2 == 0) {
        ASSERT_TRUE(cursor->Skip(step).ok());
      } else {
        const auto part = cursor->Read(step);
        ASSERT_TRUE(part.ok()) << part.status();
        ASSERT_TRUE((*part)->Equals(expected->Slice(row, step))) << row;
      }
      row += step;
    }
  }
}

TEST_F(OrcFileTest, AnEmptyFileHasItsColumns) {
  Write(AllFields(), *RandomRows(0, 1), 1);
  const auto reader = OpenFile(*context_, path_).ValueOrDie();
  EXPECT_EQ(reader->num_rows(), 0);
  EXPECT_EQ(reader->column_names().size(), AllFields().size());
  EXPECT_EQ((*reader->OpenColumn("id", DataType::Int()))->Read(0).ValueOrDie()->length(),
            0);
}

TEST_F(OrcFileTest, JavasLossesAreOurs) {
  const std::vector<DataField> fields = {{0, "t", DataType::Timestamp(6)},
                                         {1, "c", DataType::Char(4)},
                                         {2, "v", DataType::VarChar(2)}};
  EXPECT_EQ(
      RoundTrip(fields, {R"({"t":"1969-12-31T23:59:59.000001","c":" a  ","v":"x "})",
                         R"({"t":"1969-12-31T23:59:59.999999","c":"    ","v":""})",
                         R"({"t":"1969-12-31T23:59:58.999999","c":"","v":"  "})",
                         R"({"t":"0001-01-01T00:00:00.000000","c":"üüü ","v":"ü"})",
                         R"({"t":"1582-10-15T00:00:00.500000","c":"abcd","v":"ab"})"}),
      (std::vector<std::string>{
          R"({"t":"0000-12-30T00:00:00.000000","c":"üüü","v":"ü"})",
          R"({"t":"1582-10-15T00:00:00.500000","c":"abcd","v":"ab"})",
          R"({"t":"1969-12-31T23:59:58.999999","c":"","v":"  "})",
          R"({"t":"1969-12-31T23:59:59.000001","c":" a","v":"x "})",
          R"({"t":"1970-01-01T00:00:00.999999","c":"","v":""})"}));
}

TEST_F(OrcFileTest, SpecialNumbersComeBack) {
  const std::vector<DataField> fields = {{0, "f", DataType::Float()},
                                         {1, "d", DataType::Double()},
                                         {2, "m", DataType::Decimal(38, 0)}};
  const std::string nines(38, '9');
  const std::vector<std::string> lines = {
      R"({"f":"-Infinity","d":"Infinity","m":"-)" + nines + R"("})",
      R"({"f":"NaN","d":"NaN","m":")" + nines + R"("})", R"({"f":-0.0,"d":-0.0,"m":"0"})",
      R"({"f":0.0,"d":0.0,"m":null})"};
  auto expected = lines;
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(RoundTrip(fields, lines), expected);
}

/// A clock whose zone is some hours east of UTC.
class EasternClock final : public base::Clock {
 public:
  int64_t NowMillis() override { return 0; }
  int64_t MonotonicNanos() override { return 0; }
  void SleepFor(std::chrono::milliseconds) override {}
  int64_t LocalOffsetMillis(int64_t) override { return int64_t{8} * 3600 * 1000; }
};

TEST_F(OrcFileTest, LegacyInstantsPassThroughTheWallClock) {
  const std::vector<DataField> fields = {{0, "z", DataType::LocalZonedTimestamp(3)},
                                         {1, "t", DataType::Timestamp(3)}};
  const std::string line =
      R"({"z":"2024-01-01T00:00:00.000Z","t":"2024-01-01T00:00:00.000"})";
  context_->clock = std::make_shared<EasternClock>();
  EXPECT_EQ(RoundTrip(fields, {line}), std::vector<std::string>{line});
  WriterOptions as_is;
  as_is.orc_legacy_instants = false;
  EXPECT_EQ(RoundTrip(fields, {line}, as_is), std::vector<std::string>{line});
  // What one form wrote, the other reads eight hours away, as in Java.
  RoundTrip(fields, {line});
  ReaderOptions reading;
  reading.orc_legacy_instants = false;
  const auto shifted = ReadAll(fields, 1, reading).ValueOrDie();
  EXPECT_EQ(static_cast<const arrow::TimestampArray&>(*shifted->column(0)).Value(0),
            1704067200000 - 8 * 3600 * 1000);
}

TEST_F(OrcFileTest, FilesOfAnotherZoneAreReadAsJavaReadsThemOrRefused) {
  const auto read = [&](const std::string& name, const std::vector<DataField>& fields,
                        int64_t rows) -> Result<std::vector<std::string>> {
    ARROW_ASSIGN_OR_RAISE(
        auto reader, OpenFile(*context_, support::TestFile("data/orc_shanghai/" + name)));
    arrow::ArrayVector columns;
    for (const DataField& field : fields) {
      ARROW_ASSIGN_OR_RAISE(auto cursor, reader->OpenColumn(field.name, field.type));
      ARROW_ASSIGN_OR_RAISE(columns.emplace_back(), cursor->Read(rows));
    }
    const auto batch = arrow::RecordBatch::Make(types::ToArrow(fields).ValueOrDie(), rows,
                                                std::move(columns));
    std::string text;
    ARROW_RETURN_NOT_OK(types::AppendCanonicalRows(*batch, fields, &text));
    return support::SplitLines(text);
  };
  const auto plain = read(
      "plain.orc",
      {{0, "t", DataType::Timestamp(9)}, {1, "z", DataType::LocalZonedTimestamp(3)}}, 3);
  EXPECT_EQ(
      plain.ValueOrDie(),
      (std::vector<std::string>{
          R"({"t":"1700-01-01T12:00:00.123456789","z":"2023-12-31T16:00:00.500Z"})",
          R"({"t":"2262-01-01T00:00:00.000000001","z":null})",
          R"({"t":"1970-01-01T00:00:00.000000000","z":"1969-12-31T16:00:00.000Z"})"}));
  const auto far =
      read("far.orc", {{0, "k", DataType::Int()}, {1, "t", DataType::Timestamp(6)}}, 2);
  EXPECT_EQ(CodeOf(far.status()), "TARN-6538") << far.status();
  for (const int32_t precision : {6, 9}) {
    const auto near =
        read("near_1970.orc", {{0, "t", DataType::Timestamp(precision)}}, 2);
    EXPECT_EQ(CodeOf(near.status()), "TARN-6539") << near.status();
  }
}

TEST_F(OrcFileTest, TypesAndIdsAreJavas) {
  // Tables of Java with every type: our file of the same fields has the same types.
  for (const std::string name : {"types_append_orc", "big_append_orc"}) {
    const auto table = support::LoadGolden(name);
    const auto schema =
        types::TableSchema::FromJson(support::ReadText(table.path + "/schema/schema-0"))
            .ValueOrDie();
    auto writer =
        CreateFile(*context_, folder_ / (name + ".orc"), "orc", schema.fields, {})
            .ValueOrDie();
    ASSERT_TRUE(writer->Finish().ok());
    const auto types = [&](const std::string& path) {
      const auto file = context_->files->OpenInput(path).ValueOrDie();
      return ReadOrcTail(file, path).ValueOrDie().types;
    };
    const auto ours = types(folder_ / (name + ".orc"));
    for (const auto& entry :
         std::filesystem::directory_iterator(table.path + "/bucket-0")) {
      const auto javas = types(entry.path());
      ASSERT_EQ(ours.size(), javas.size());
      for (size_t i = 0; i < ours.size(); ++i) {
        SCOPED_TRACE(i);
        EXPECT_EQ(ours[i].kind, javas[i].kind);
        EXPECT_EQ(ours[i].children, javas[i].children);
        EXPECT_EQ(ours[i].names, javas[i].names);
        EXPECT_EQ(ours[i].length, javas[i].length);
        EXPECT_EQ(ours[i].precision, javas[i].precision);
        EXPECT_EQ(ours[i].scale, javas[i].scale);
        EXPECT_EQ(ours[i].field_id, javas[i].field_id);
      }
    }
  }
}

TEST_F(OrcFileTest, OtherTypesThanTheFilesAreCorruption) {
  Write({{0, "a", DataType::Int()}, {1, "b", DataType::Decimal(10, 2)}},
        *support::BatchFromLines(
             {R"({"a":1,"b":"1.00"})"},
             {{0, "a", DataType::Int()}, {1, "b", DataType::Decimal(10, 2)}})
             .ValueOrDie(),
        1);
  const auto reader = OpenFile(*context_, path_).ValueOrDie();
  EXPECT_EQ(KindOf(reader->OpenColumn("a", DataType::BigInt()).status()),
            ErrorKind::kCorruption);
  EXPECT_EQ(KindOf(reader->OpenColumn("b", DataType::Decimal(10, 3)).status()),
            ErrorKind::kCorruption);
  EXPECT_EQ(KindOf(reader->OpenColumn("b", DataType::Array(DataType::Int())).status()),
            ErrorKind::kCorruption);
  EXPECT_EQ(KindOf(reader->OpenColumn("c", DataType::Int()).status()),
            ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(OpenFile(*context_, path_, 5).status()), ErrorKind::kCorruption);
}

TEST_F(OrcFileTest, WhatORCCannotHoldIsRefusedByName) {
  const auto create = [&](const DataType& type, const WriterOptions& options) {
    return CreateFile(*context_, path_, "orc", {{0, "a", type}}, options).status();
  };
  for (const char* codec : {"lzo", "gzip", "brotli"}) {
    WriterOptions options;
    options.compression = codec;
    const Status status = create(DataType::Int(), options);
    EXPECT_EQ(KindOf(status), ErrorKind::kUnsupported);
    EXPECT_NE(status.message().find(codec), std::string::npos) << status;
  }
  EXPECT_EQ(KindOf(create(DataType::Variant(), {})), ErrorKind::kUnsupported);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(OrcFileTest, BrokenBytesAreCorruptionAndNothingElse) {
  Write(AllFields(), *RandomRows(300, 4), 300);
  const std::string whole = support::ReadText(path_);
  std::mt19937 random(5);
  int refused = 0;
  for (int round = 0; round < 150; ++round) {
    std::string broken = whole;
    if (round % 4 == 0) {
      broken.resize(random() % whole.size());
    } else {
      // Near the end lies what everything else depends on.
      const size_t span = round % 2 == 0 ? whole.size() : 900;
      for (int i = 0; i < 3; ++i) {
        broken[whole.size() - 1 - random() % span] = static_cast<char>(random());
      }
    }
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << broken;
    const auto opened = OpenFile(*context_, path_);
    Status status = opened.status();
    for (const DataField& field : AllFields()) {
      if (!status.ok()) break;
      if ((*opened)->num_rows() > 10000) break;
      status = Column(opened->get(), field, 100).status();
    }
    if (status.ok()) continue;
    ++refused;
    EXPECT_TRUE(KindOf(status) == ErrorKind::kCorruption ||
                KindOf(status) == ErrorKind::kUnsupported ||
                KindOf(status) == ErrorKind::kResource ||
                KindOf(status) == ErrorKind::kNotFound)
        << status;
  }
  EXPECT_GT(refused, 40);
}

TEST(OrcTimesTest, JulianDatesAreShifted) {
  EXPECT_EQ(JulianShiftDays(-719162), -2);  // 0001-01-01
  EXPECT_EQ(JulianShiftDays(-141428), 10);  // 1582-10-14
  EXPECT_EQ(JulianShiftDays(-141427), 0);   // 1582-10-15
  EXPECT_EQ(JulianShiftDays(0), 0);
  EXPECT_EQ(JulianShiftDays(-628217),
            0);  // 0250-01-01: both calendars agree in that century
}

}  // namespace
}  // namespace tarn::format

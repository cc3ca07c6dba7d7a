// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "tarn/datafile/data_file_reader.h"
#include "tarn/datafile/data_file_writer.h"
#include "tarn/datafile/schema_mapping.h"
#include "tarn/datafile/write_settings.h"
#include "tarn/io/local_file_system.h"
#include "tarn/meta/stored_rows.h"
#include "tarn/types/arrow_types.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"

namespace tarn::datafile {
namespace {

using types::DataField;
using types::DataType;

class DataFileTest : public ::testing::Test {
 protected:
  std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  support::TemporaryFolder folder_;
  types::TableSchema schema_ = [] {
    types::TableSchema schema;
    schema.fields = {{0, "k", DataType::BigInt().NotNull()},
                     {1, "v", DataType::String()},
                     {2, "n", DataType::Int()}};
    schema.primary_keys = {"k"};
    return schema;
  }();

  WriteBucket Target() {
    return {context_, io::TablePaths::Make(folder_.path()).ValueOrDie(),
            std::make_shared<types::TableSchema>(schema_), "", 0};
  }
  ReadBucket Source(const types::TableSchema& schema) {
    auto paths = io::TablePaths::Make(folder_.path()).ValueOrDie();
    return {context_,
            paths,
            std::make_shared<types::TableSchema>(schema),
            std::make_shared<meta::SchemaFiles>(context_, paths),
            "",
            "",
            0};
  }

  /// Rows `begin` .. `end`, texts that hardly compress.
  std::shared_ptr<arrow::RecordBatch> Rows(int64_t begin, int64_t end) {
    std::mt19937 random(static_cast<uint32_t>(begin));
    arrow::Int64Builder k;
    arrow::StringBuilder v;
    arrow::Int32Builder n;
    for (int64_t i = begin; i < end; ++i) {
      std::string text(50, ' ');
      for (char& c : text) c = static_cast<char>('!' + random() % 90);
      EXPECT_TRUE(k.Append(i).ok());
      EXPECT_TRUE(v.Append(text).ok());
      EXPECT_TRUE((i % 7 == 0 ? n.AppendNull() : n.Append(static_cast<int32_t>(i))).ok());
    }
    return arrow::RecordBatch::Make(
        types::ToArrow(schema_.fields).ValueOrDie(), end - begin,
        {k.Finish().ValueOrDie(), v.Finish().ValueOrDie(), n.Finish().ValueOrDie()});
  }

  std::vector<meta::DataFileMeta> Write(const arrow::RecordBatch& rows,
                                        int64_t sequence) {
    auto writer =
        DataFileWriter::Make(Target(), 1, meta::FileSource::kCompact).ValueOrDie();
    std::vector<int64_t> sequences;
    for (int64_t i = 0; i < rows.num_rows(); ++i) sequences.push_back(sequence + i);
    const Status status = writer->Write(rows, sequences.data(), nullptr);
    EXPECT_TRUE(status.ok()) << status;
    return writer->Finish().ValueOrDie();
  }

  std::vector<std::string> FilesInBucket() {
    std::vector<std::string> names;
    for (const auto& file : context_->files->List(folder_ / "bucket-0").ValueOrDie()) {
      names.emplace_back(file.name());
    }
    return names;
  }
};

TEST_F(DataFileTest, AFileIsClosedNearTheTargetSize) {
  schema_.options["target-file-size"] = "1 mb";
  const auto rows = Rows(0, 100000);
  const auto files = Write(*rows, 10);
  ASSERT_GT(files.size(), 3U);
  int64_t next = 0;
  for (size_t i = 0; i < files.size(); ++i) {
    if (i + 1 < files.size()) {
      // Values that wait for their page count uncompressed.
      EXPECT_GT(files[i].file_size, 600000);
      EXPECT_LT(files[i].file_size, 1500000);
    }
    const auto key =
        meta::DecodeStoredRows({files[i].min_key, files[i].max_key}, {schema_.fields[0]})
            .ValueOrDie();
    const auto& keys = static_cast<const arrow::Int64Array&>(*key[0]);
    EXPECT_EQ(keys.Value(0), next);
    EXPECT_EQ(files[i].min_sequence_number, 10 + next);
    next += files[i].row_count;
    EXPECT_EQ(keys.Value(1), next - 1);
    EXPECT_EQ(files[i].max_sequence_number, 9 + next);
    EXPECT_EQ(files[i].level, 1);
    EXPECT_EQ(files[i].file_source, meta::FileSource::kCompact);
    EXPECT_EQ(context_->files->Stat(folder_ / ("bucket-0/" + files[i].file_name))->bytes,
              files[i].file_size);
  }
  EXPECT_EQ(next, 100000);

  auto run = OpenRun(Source(schema_), files);
  EXPECT_EQ(run->num_rows(), 100000);
  EXPECT_EQ(run->level(), 1);
  for (int column = 0; column < 3; ++column) {
    auto cursor = run->OpenColumn(column).ValueOrDie();
    std::mt19937 random(static_cast<uint32_t>(column));
    for (int64_t row = 0; row < run->num_rows();) {
      const int64_t count = std::min<int64_t>(random() % 30000, run->num_rows() - row);
      if (random() % 3 == 0) {
        ASSERT_TRUE(cursor->Skip(count).ok());
      } else {
        auto read = cursor->Read(count).ValueOrDie();
        ASSERT_TRUE(read->Equals(rows->column(column)->Slice(row, count))) << row;
      }
      row += count;
    }
  }
}

TEST_F(DataFileTest, RowsPerFileAreExactForFlushesOnly) {
  schema_.options["target-file-row-num"] = "1500";
  const auto rows = Rows(0, 4000);
  EXPECT_EQ(Write(*rows, 0).size(), 1U);
  auto writer = DataFileWriter::Make(Target(), 0, meta::FileSource::kAppend).ValueOrDie();
  const std::vector<int64_t> sequences(4000, 1);
  ASSERT_TRUE(writer->Write(*rows, sequences.data(), nullptr).ok());
  const auto files = writer->Finish().ValueOrDie();
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].row_count, 1500);
  EXPECT_EQ(files[2].row_count, 1000);
}

TEST_F(DataFileTest, AWriterThatDoesNotFinishLeavesNothing) {
  schema_.options["target-file-size"] = "100 kb";
  {
    auto writer =
        DataFileWriter::Make(Target(), 0, meta::FileSource::kAppend).ValueOrDie();
    const auto rows = Rows(0, 20000);
    const std::vector<int64_t> sequences(20000, 1);
    ASSERT_TRUE(writer->Write(*rows, sequences.data(), nullptr).ok());
    EXPECT_GT(FilesInBucket().size(), 2U);
  }
  EXPECT_TRUE(FilesInBucket().empty());
}

TEST_F(DataFileTest, NoRowsMakeNoFile) {
  auto writer = DataFileWriter::Make(Target(), 0, meta::FileSource::kAppend).ValueOrDie();
  EXPECT_TRUE(writer->Finish()->empty());
  EXPECT_FALSE(context_->files->Exists(folder_ / "bucket-0").ValueOrDie());
}

TEST_F(DataFileTest, DeletedFilesAreGoneAndMissingOnesDoNotMatter) {
  const auto files = Write(*Rows(0, 10), 0);
  ASSERT_TRUE(DeleteFiles(Target(), files).ok());
  EXPECT_TRUE(FilesInBucket().empty());
  EXPECT_TRUE(DeleteFiles(Target(), files).ok());
}

TEST_F(DataFileTest, RetractionsAreCountedAndKindsComeBack) {
  auto writer = DataFileWriter::Make(Target(), 0, meta::FileSource::kAppend).ValueOrDie();
  const std::vector<int64_t> sequences = {5, 3, 9, 4};
  const std::vector<uint8_t> kinds = {0, 3, 1, 2};
  ASSERT_TRUE(writer->Write(*Rows(0, 4), sequences.data(), kinds.data()).ok());
  const auto files = writer->Finish().ValueOrDie();
  EXPECT_EQ(files[0].delete_row_count, 2);
  EXPECT_EQ(files[0].min_sequence_number, 3);
  EXPECT_EQ(files[0].max_sequence_number, 9);
  auto run = OpenRun(Source(schema_), files);
  auto kind = run->OpenKind().ValueOrDie()->Read(4).ValueOrDie();
  for (int64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(static_cast<const arrow::Int8Array&>(*kind).Value(i),
              static_cast<int8_t>(kinds[static_cast<size_t>(i)]));
  }
  auto sequence = run->OpenSequence().ValueOrDie()->Read(4).ValueOrDie();
  EXPECT_EQ(static_cast<const arrow::Int64Array&>(*sequence).Value(2), 9);
}

TEST_F(DataFileTest, FormatsOfALevelAndOfChangelogsAreChosen) {
  schema_.options["file.format.per.level"] = "0:avro, 5:orc";
  schema_.options["changelog-file.prefix"] = "log-";
  schema_.options["changelog-file.compression"] = "snappy";
  using meta::FileSource;
  const auto at = [&](int32_t level, FileUse use) {
    return WriteSettings::Make(schema_, level, FileSource::kAppend, use).ValueOrDie();
  };
  EXPECT_EQ(at(0, FileUse::kData).format, "avro");
  EXPECT_EQ(at(3, FileUse::kData).format, "parquet");
  EXPECT_EQ(at(5, FileUse::kData).name_extension, ".orc");
  EXPECT_EQ(at(1, FileUse::kChangelog).name_prefix, "log-");
  EXPECT_EQ(at(1, FileUse::kChangelog).writer.compression, "snappy");
  EXPECT_EQ(at(1, FileUse::kData).writer.compression, "zstd");
  // A format that is not written is refused by name, with the first row.
  schema_.options["file.format.per.level"] = "0:csv";
  auto writer = DataFileWriter::Make(Target(), 0, FileSource::kAppend).ValueOrDie();
  const int64_t sequence = 0;
  const Status status = writer->Write(*Rows(0, 1), &sequence, nullptr);
  EXPECT_EQ(KindOf(status), ErrorKind::kUnsupported);
  EXPECT_NE(status.message().find("csv"), std::string::npos);
}

TEST_F(DataFileTest, MetadataThatContradictsTheFileIsCorruption) {
  auto files = Write(*Rows(0, 10), 0);
  files[0].row_count = 11;
  auto run = OpenRun(Source(schema_), files);
  auto cursor = run->OpenColumn(0).ValueOrDie();
  EXPECT_EQ(KindOf(cursor->Read(1).status()), ErrorKind::kCorruption);
  files[0].row_count = 10;
  files[0].file_size += 1;
  cursor = OpenRun(Source(schema_), files)->OpenColumn(0).ValueOrDie();
  EXPECT_EQ(KindOf(cursor->Read(1).status()), ErrorKind::kCorruption);
  files[0].file_name = "../../etc/passwd.parquet";
  cursor = OpenRun(Source(schema_), files)->OpenColumn(0).ValueOrDie();
  EXPECT_EQ(KindOf(cursor->Read(1).status()), ErrorKind::kPermission);
}

TEST_F(DataFileTest, OldFilesShowTheColumnsOfToday) {
  ASSERT_TRUE(
      meta::SchemaFiles(context_, io::TablePaths::Make(folder_.path()).ValueOrDie())
          .Create(schema_, false)
          .ok());
  const auto files = Write(*Rows(0, 5), 0);
  types::TableSchema today = schema_;
  today.id = 1;
  today.fields = {{2, "renamed", DataType::BigInt()},
                  {0, "k", DataType::BigInt().NotNull()},
                  {9, "added", DataType::String()}};
  auto run = OpenRun(Source(today), files);
  auto renamed = run->OpenColumn(0).ValueOrDie()->Read(5).ValueOrDie();
  EXPECT_EQ(renamed->type_id(), arrow::Type::INT64);
  EXPECT_EQ(static_cast<const arrow::Int64Array&>(*renamed).Value(3), 3);
  EXPECT_TRUE(renamed->IsNull(0));
  auto added = run->OpenColumn(2).ValueOrDie()->Read(5).ValueOrDie();
  EXPECT_EQ(added->null_count(), 5);
}

TEST(ColumnMappingTest, NestedRowsAreMappedByFieldId) {
  const DataType from = DataType::Array(
      DataType::Row({{1, "a", DataType::Int()}, {2, "b", DataType::String()}}));
  const DataType to = DataType::Array(DataType::Row({{2, "c", DataType::String()},
                                                     {7, "new", DataType::Double()},
                                                     {1, "a", DataType::BigInt()}}));
  const auto rows = support::BatchFromLines(
                        {R"({"x":[{"a":1,"b":"p"},null,{"a":null,"b":"q"}]})",
                         R"({"x":null})", R"({"x":[]})", R"({"x":[{"a":4,"b":null}]})"},
                        {{0, "x", from}})
                        .ValueOrDie();
  const auto mapping = ColumnMapping::Make("x", from, to).ValueOrDie();
  EXPECT_FALSE(mapping.is_identity());
  for (int64_t offset : {0, 2, 3}) {
    const auto mapped =
        mapping.Apply(rows->column(0)->Slice(offset), {arrow::default_memory_pool()})
            .ValueOrDie();
    ASSERT_TRUE(mapped->ValidateFull().ok());
    const auto expected =
        support::BatchFromLines(
            {R"({"x":[{"c":"p","new":null,"a":1},null,{"c":"q","new":null,"a":null}]})",
             R"({"x":null})", R"({"x":[]})", R"({"x":[{"c":null,"new":null,"a":4}]})"},
            {{0, "x", to}})
            .ValueOrDie();
    EXPECT_TRUE(mapped->Equals(expected->column(0)->Slice(offset))) << offset;
  }
}

TEST(ColumnMappingTest, KeysOfMapsMayNotChangeAndRenamesCostNothing) {
  const DataType from = DataType::Map(DataType::Int(), DataType::Int());
  const DataType to = DataType::Map(DataType::BigInt(), DataType::Int());
  EXPECT_EQ(KindOf(ColumnMapping::Make("m", from, to).status()), ErrorKind::kUnsupported);
  EXPECT_TRUE(ColumnMapping::Make("x", DataType::Int().NotNull(), DataType::Int())
                  ->is_identity());
}

}  // namespace
}  // namespace tarn::datafile

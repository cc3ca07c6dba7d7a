// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_container.h"

#include <string>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>

#include "tarn/io/local_file_system.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

namespace tarn::format {
namespace {

constexpr std::string_view kSchema =
    R"({"type":"record","name":"record","namespace":"a.b","fields":[)"
    R"({"name":"id","type":"long"},)"
    R"({"name":"name","type":["null","string"],"default":null},)"
    R"({"name":"tags","type":["null",{"type":"array","items":"string"}],"default":null}]})";

struct Row {
  int64_t id = 0;
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> tags;
  bool operator==(const Row&) const = default;
};

class AvroContainerTest : public ::testing::Test {
 protected:
  std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  support::TemporaryFolder folder_;

  static std::vector<Row> SomeRows(int64_t count) {
    std::vector<Row> rows;
    for (int64_t i = 0; i < count; ++i) {
      Row row;
      row.id = i * 1000003 - 5000;
      if (i % 3 != 0) row.name = "name " + std::to_string(i);
      if (i % 4 == 1) row.tags.emplace(static_cast<size_t>(i % 5), "tag");
      rows.push_back(std::move(row));
    }
    return rows;
  }

  int64_t Write(const std::string& path, const std::vector<Row>& rows,
                const AvroWriter::Options& options) {
    auto writer = AvroWriter::Create(*context_, path, kSchema, options).ValueOrDie();
    for (const Row& row : rows) {
      AvroEncoder& out = writer->encoder();
      out.WriteLong(row.id);
      out.WriteUnionIndex(row.name ? 1 : 0);
      if (row.name) out.WriteBytes(*row.name);
      out.WriteUnionIndex(row.tags ? 1 : 0);
      if (row.tags) {
        out.WriteCollectionStart(static_cast<int64_t>(row.tags->size()));
        for (const std::string& tag : *row.tags) out.WriteBytes(tag);
        out.WriteCollectionEnd();
      }
      EXPECT_TRUE(writer->EndRecord().ok());
    }
    return writer->Finish().ValueOrDie();
  }

  static Result<std::vector<Row>> ReadRows(AvroReader* reader) {
    std::vector<Row> rows;
    const AvroNode& root = reader->schema().root();
    while (true) {
      ARROW_ASSIGN_OR_RAISE(const auto block, reader->NextBlock());
      if (!block) return rows;
      AvroDecoder decoder(block->bytes);
      for (int64_t i = 0; i < block->records && decoder.ok(); ++i) {
        Row row;
        row.id = decoder.Long(*root.fields[0].type);
        if (auto name = decoder.OptionalBytes(*root.fields[1].type)) row.name = *name;
        std::vector<std::string> tags;
        if (decoder.ForEach(*root.fields[2].type, [&](const AvroNode& item) {
              tags.emplace_back(decoder.Bytes(item));
            })) {
          row.tags = std::move(tags);
        }
        rows.push_back(std::move(row));
      }
      ARROW_RETURN_NOT_OK(decoder.Finish());
    }
  }
};

TEST_F(AvroContainerTest, EveryCodecGivesBackWhatWasWritten) {
  const std::vector<Row> rows = SomeRows(9000);
  for (AvroCodec codec : {AvroCodec::kNull, AvroCodec::kDeflate, AvroCodec::kSnappy,
                          AvroCodec::kZstandard}) {
    const std::string path = folder_ / std::string(AvroCodecName(codec));
    const int64_t bytes = Write(path, rows, {.codec = codec});
    EXPECT_EQ(bytes, static_cast<int64_t>(support::ReadText(path).size()));
    auto reader = AvroReader::Open(*context_, path).ValueOrDie();
    EXPECT_EQ(reader->codec(), codec);
    EXPECT_EQ(reader->schema().json(), kSchema);
    EXPECT_EQ(ReadRows(reader.get()).ValueOrDie(), rows);
  }
}

TEST_F(AvroContainerTest, AFileWithoutRecordsIsReadAsEmpty) {
  Write(folder_ / "empty", {}, {});
  auto reader = AvroReader::Open(*context_, folder_ / "empty").ValueOrDie();
  EXPECT_TRUE(ReadRows(reader.get()).ValueOrDie().empty());
}

TEST_F(AvroContainerTest, AWriterThatDoesNotFinishLeavesNoFile) {
  const std::string path = folder_ / "half";
  {
    AvroWriter::Create(*context_, path, kSchema, {}).ValueOrDie();
  }
  EXPECT_FALSE(context_->files->Exists(path).ValueOrDie());
}

TEST_F(AvroContainerTest, EveryCutFileIsCorruptionOrAShorterWholeOne) {
  const std::string path = folder_ / "whole";
  const std::vector<Row> rows = SomeRows(300);
  Write(path, rows, {.codec = AvroCodec::kZstandard, .block_bytes = 1000});
  const std::string bytes = support::ReadText(path);
  for (size_t size = 0; size < bytes.size(); ++size) {
    auto file = std::make_shared<arrow::io::BufferReader>(
        arrow::Buffer::FromString(bytes.substr(0, size)));
    auto reader = AvroReader::Open(file, "cut", {});
    if (!reader.ok()) {
      EXPECT_EQ(KindOf(reader.status()), ErrorKind::kCorruption) << size;
      continue;
    }
    auto read = ReadRows(reader->get());
    if (!read.ok()) {
      EXPECT_EQ(KindOf(read.status()), ErrorKind::kCorruption) << size;
      continue;
    }
    ASSERT_LT(read->size(), rows.size());
    EXPECT_TRUE(std::equal(read->begin(), read->end(), rows.begin())) << size;
  }
}

TEST_F(AvroContainerTest, AFlippedBitNeverCrashesAndSnappyAlwaysNoticesIt) {
  const std::string path = folder_ / "flip";
  const std::vector<Row> rows = SomeRows(50);
  Write(path, rows, {.codec = AvroCodec::kSnappy});
  const std::string bytes = support::ReadText(path);
  for (size_t bit = bytes.find("avro.codec") * 8; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    auto file =
        std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(changed));
    auto reader = AvroReader::Open(file, "flip", {});
    if (!reader.ok()) continue;
    // Checksum, marker and counts cover the rows: other rows never come out.
    auto read = ReadRows(reader->get());
    if (read.ok()) {
      EXPECT_EQ(*read, rows) << bit;
    }
  }
}

TEST_F(AvroContainerTest, ACompressionBombIsRefusedAtTheLimit) {
  const std::string zeros(size_t{8} << 20, '\0');
  for (AvroCodec codec :
       {AvroCodec::kDeflate, AvroCodec::kZstandard, AvroCodec::kSnappy}) {
    std::string packed;
    ASSERT_TRUE(AvroCompress(codec, 1, zeros, &packed).ok());
    std::string out;
    const Status status = AvroDecompress(codec, packed, int64_t{1} << 20, &out);
    EXPECT_EQ(KindOf(status), ErrorKind::kResource) << AvroCodecName(codec);
    ASSERT_TRUE(AvroDecompress(codec, packed, int64_t{16} << 20, &out).ok());
    EXPECT_EQ(out, zeros);
  }
}

TEST_F(AvroContainerTest, AnUnknownCodecIsUnsupportedByName) {
  const Status status = AvroCodecFromName("bzip2").status();
  EXPECT_EQ(KindOf(status), ErrorKind::kUnsupported);
  EXPECT_NE(status.message().find("bzip2"), std::string::npos);
  EXPECT_EQ(AvroCodecFromOption("zstd").ValueOrDie(), AvroCodec::kZstandard);
}

TEST(AvroSchemaTest, FieldsAreMatchedByName) {
  auto schema = AvroSchema::Parse(kSchema).ValueOrDie();
  const std::string_view names[] = {"tags", "missing", "id"};
  EXPECT_EQ(schema->root().MatchFields(names), (std::vector<int>{2, -1, 0}));
  EXPECT_EQ(schema->root().name, "a.b.record");
}

TEST(AvroSchemaTest, ANameMayRecurAndDeepNestingIsRefused) {
  auto list = AvroSchema::Parse(
      R"({"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]}]})");
  ASSERT_TRUE(list.ok()) << list.status();
  std::string deep(200, '[');
  EXPECT_EQ(KindOf(AvroSchema::Parse(deep).status()), ErrorKind::kCorruption);
  std::string arrays = "\"int\"";
  for (int i = 0; i < 100; ++i) arrays = R"({"type":"array","items":)" + arrays + "}";
  EXPECT_EQ(KindOf(AvroSchema::Parse(arrays).status()), ErrorKind::kCorruption);
}

TEST(AvroDecoderTest, ARecordThatHoldsItselfIsSkippedOnlySoDeep) {
  auto schema = AvroSchema::Parse(
                    R"({"type":"record","name":"R","fields":[{"name":"r","type":"R"}]})")
                    .ValueOrDie();
  AvroDecoder decoder("");
  decoder.Skip(schema->root());
  EXPECT_FALSE(decoder.ok());
}

TEST(AvroDecoderTest, ACountBeyondTheBytesIsRefused) {
  auto schema = AvroSchema::Parse(R"({"type":"array","items":"null"})").ValueOrDie();
  AvroEncoder bytes;
  bytes.WriteLong(int64_t{1} << 60);
  AvroDecoder decoder(bytes.bytes());
  int64_t items = 0;
  decoder.ForEach(schema->root(), [&](const AvroNode&) { ++items; });
  EXPECT_FALSE(decoder.ok());
  EXPECT_EQ(items, 0);
}

TEST(AvroDecoderTest, NumbersOfEveryLengthComeBack) {
  AvroEncoder out;
  std::vector<int64_t> values;
  for (int shift = 0; shift < 64; ++shift) {
    for (int64_t delta : {-1, 0, 1}) {
      values.push_back(static_cast<int64_t>((uint64_t{1} << shift) + delta));
      values.push_back(static_cast<int64_t>(-static_cast<uint64_t>(values.back())));
    }
  }
  for (int64_t value : values) out.WriteLong(value);
  AvroDecoder decoder(out.bytes());
  for (int64_t value : values) EXPECT_EQ(decoder.ReadLong(), value);
  EXPECT_TRUE(decoder.Finish().ok());
}

/// Every manifest that Java wrote can be passed over record by record, exactly to its
/// end.
TEST_F(AvroContainerTest, JavasManifestsAreReadToTheirLastByte) {
  int files = 0;
  for (const std::string& name : support::GoldenNames()) {
    const auto table = support::LoadGolden(name);
    const auto listed = context_->files->List(table.path + "/manifest").ValueOrDie();
    for (const base::FileStatus& file : listed) {
      auto reader = AvroReader::Open(*context_, file.path);
      ASSERT_TRUE(reader.ok()) << reader.status();
      while (true) {
        auto block = (*reader)->NextBlock().ValueOrDie();
        if (!block) break;
        AvroDecoder decoder(block->bytes);
        for (int64_t i = 0; i < block->records && decoder.ok(); ++i) {
          decoder.Skip((*reader)->schema().root());
        }
        ASSERT_TRUE(decoder.Finish().ok()) << file.path << decoder.Finish();
      }
      ++files;
    }
  }
  EXPECT_GT(files, 500);
}

}  // namespace
}  // namespace tarn::format

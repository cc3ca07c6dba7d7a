// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/manifest_file.h"

#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "tarn/base/context.h"
#include "tarn/format/avro_container.h"
#include "tarn/io/local_file_system.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/stored_rows.h"
#include "tests/support/files.h"

namespace tarn::meta {
namespace {

const std::string kNoRow(12, '\0');

ManifestEntry Entry(const std::string& name, FileKind kind = FileKind::kAdd,
                    int32_t level = 0) {
  ManifestEntry entry;
  entry.kind = kind;
  entry.partition = kNoRow;
  entry.total_buckets = 1;
  entry.file.file_name = name;
  entry.file.file_size = 5;
  entry.file.row_count = 2;
  entry.file.min_key = entry.file.max_key = kNoRow;
  entry.file.key_stats = entry.file.value_stats = SimpleStats::Empty();
  entry.file.level = level;
  return entry;
}

class ManifestFileTest : public ::testing::Test {
 protected:
  /// Write one record of an own schema; `write` fills the encoder.
  template <typename Write>
  std::string Container(const std::string& schema, const Write& write) {
    const std::string path = folder_ / ("m" + std::to_string(++files_));
    auto writer = *format::AvroWriter::Create(*context_, path, schema, {});
    write(&writer->encoder());
    EXPECT_TRUE(writer->EndRecord().ok());
    EXPECT_TRUE(writer->Finish().ok());
    return path;
  }
  std::vector<ManifestFileMeta> Write(const std::vector<ManifestEntry>& entries,
                                      const ManifestWriter::Options& options = {}) {
    ManifestWriter writer(*context_, paths_, {}, &names_, options);
    EXPECT_TRUE(writer.WriteAll(entries).ok());
    return *writer.Finish();
  }

  support::TemporaryFolder folder_;
  const std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  const io::TablePaths paths_ = *io::TablePaths::Make(folder_ / "t");
  io::FileNames names_{context_->random.get()};
  int files_ = 0;
};

/// What 0.9 wrote: unions everywhere, and no field after `_FILE_SOURCE`.
constexpr char kOldSchema[] = R"(["null",{"type":"record","name":"record","fields":[
 {"name":"_VERSION","type":["null","int"]},{"name":"_KIND","type":["null","int"]},
 {"name":"_PARTITION","type":["null","bytes"]},{"name":"_BUCKET","type":["null","int"]},
 {"name":"_TOTAL_BUCKETS","type":["null","int"]},
 {"name":"_FILE","type":["null",{"type":"record","name":"record__FILE","fields":[
  {"name":"_FILE_NAME","type":["null","string"]},{"name":"_FILE_SIZE","type":["null","long"]},
  {"name":"_ROW_COUNT","type":["null","long"]},{"name":"_MIN_KEY","type":["null","bytes"]},
  {"name":"_MAX_KEY","type":["null","bytes"]},
  {"name":"_KEY_STATS","type":["null",{"type":"record","name":"ks","fields":[
   {"name":"_MIN_VALUES","type":["null","bytes"]},{"name":"_MAX_VALUES","type":["null","bytes"]},
   {"name":"_NULL_COUNTS","type":["null",{"type":"array","items":["null","long"]}]}]}]},
  {"name":"_VALUE_STATS","type":["null",{"type":"record","name":"vs","fields":[
   {"name":"_MIN_VALUES","type":["null","bytes"]},{"name":"_MAX_VALUES","type":["null","bytes"]},
   {"name":"_NULL_COUNTS","type":["null",{"type":"array","items":["null","long"]}]}]}]},
  {"name":"_MIN_SEQUENCE_NUMBER","type":["null","long"]},
  {"name":"_MAX_SEQUENCE_NUMBER","type":["null","long"]},
  {"name":"_SCHEMA_ID","type":["null","long"]},{"name":"_LEVEL","type":["null","int"]},
  {"name":"_EXTRA_FILES","type":["null",{"type":"array","items":["null","string"]}]},
  {"name":"_CREATION_TIME","type":["null",{"type":"long","logicalType":"timestamp-millis"}]}
 ]}]}]}])";

void WriteOld(format::AvroEncoder* e, const std::string& name, int64_t version = 2) {
  const auto some = [&] { e->WriteUnionIndex(1); };
  const auto number = [&](int64_t value) {
    some();
    e->WriteLong(value);
  };
  const auto bytes = [&](const std::string& value) {
    some();
    e->WriteBytes(value);
  };
  some();
  number(version);
  number(0);
  bytes(kNoRow);
  number(3);
  number(4);
  some();
  bytes(name);
  number(100);
  number(7);
  bytes(kNoRow);
  bytes(kNoRow);
  for (int stats = 0; stats < 2; ++stats) {
    some();
    bytes(kNoRow);
    bytes(kNoRow);
    e->WriteNull();
  }
  number(11);
  number(12);
  number(1);
  number(5);
  e->WriteNull();
  number(99);
}

TEST_F(ManifestFileTest, ReadsWhatOldWritersWrote) {
  const std::string path =
      Container(kOldSchema, [](format::AvroEncoder* e) { WriteOld(e, "data-1.orc"); });
  const auto entries = ReadManifest(*context_, path);
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 1u);
  const ManifestEntry& entry = entries->front();
  EXPECT_EQ(entry.bucket, 3);
  EXPECT_EQ(entry.total_buckets, 4);
  EXPECT_EQ(entry.file.file_name, "data-1.orc");
  EXPECT_EQ(entry.file.max_sequence_number, 12);
  EXPECT_EQ(entry.file.level, 5);
  EXPECT_EQ(entry.file.creation_time_millis, 99);
  EXPECT_TRUE(entry.file.extra_files.empty());
  EXPECT_FALSE(entry.file.delete_row_count || entry.file.file_source ||
               entry.file.value_stats_cols || entry.file.write_cols);
}

TEST_F(ManifestFileTest, RefusesOtherVersionsAndNamesThatLeadElsewhere) {
  const std::string version =
      Container(kOldSchema, [](format::AvroEncoder* e) { WriteOld(e, "data-1.orc", 1); });
  EXPECT_EQ(KindOf(ReadManifest(*context_, version).status()), ErrorKind::kUnsupported);
  for (const std::string name : {"../x", "a/b", "", ".."}) {
    const std::string path =
        Container(kOldSchema, [&](format::AvroEncoder* e) { WriteOld(e, name); });
    EXPECT_EQ(KindOf(ReadManifest(*context_, path).status()), ErrorKind::kPermission);
  }
  const std::string other =
      Container(R"({"type":"record","name":"r","fields":[{"name":"a","type":"int"}]})",
                [](format::AvroEncoder* e) { e->WriteInt(1); });
  EXPECT_EQ(KindOf(ReadManifest(*context_, other).status()), ErrorKind::kCorruption);
  EXPECT_EQ(KindOf(ReadManifest(*context_, folder_ / "none").status()),
            ErrorKind::kNotFound);
}

TEST_F(ManifestFileTest, FiltersByPlaceBeforeTheFileIsDecoded) {
  std::vector<ManifestEntry> entries = {Entry("a"), Entry("b"), Entry("c")};
  entries[1].bucket = 1;
  const auto metas = Write(entries);
  const std::string path = *paths_.ManifestFile(metas[0].file_name);
  EntryFilter filter;
  filter.bucket = [](std::string_view, int32_t bucket, int32_t) { return bucket == 0; };
  filter.entry = [](const ManifestEntry& entry) { return entry.file.file_name != "a"; };
  const auto read = ReadManifest(*context_, path, filter);
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->front(), entries[2]);
}

TEST_F(ManifestFileTest, ANextFileStartsWhenOneIsLargeEnough) {
  std::vector<ManifestEntry> entries;
  for (int i = 0; i < 3500; ++i) entries.push_back(Entry("f" + std::to_string(i)));
  ManifestWriter::Options options;
  options.target_bytes = 1;
  const auto metas = Write(entries, options);
  ASSERT_EQ(metas.size(), 4u);
  EXPECT_EQ(metas[0].num_added_files, 1000);
  EXPECT_EQ(metas[3].num_added_files, 500);
  EXPECT_EQ(ReadEntries(*context_, paths_, metas)->size(), entries.size());
}

TEST_F(ManifestFileTest, AWriterThatIsNotFinishedLeavesNothing) {
  {
    ManifestWriter::Options options;
    options.target_bytes = 1;
    ManifestWriter writer(*context_, paths_, {}, &names_, options);
    for (int i = 0; i < 1500; ++i) {
      ASSERT_TRUE(writer.Write(Entry("f" + std::to_string(i))).ok());
    }
  }
  EXPECT_TRUE(context_->files->List(folder_ / "t/manifest")->empty());
}

TEST_F(ManifestFileTest, NoEntriesMakeNoFile) {
  EXPECT_TRUE(Write({}).empty());
}

TEST(MergeEntries, CancelsPairsAndKeepsDeletesOfUnknownFiles) {
  const auto merged = MergeEntries({Entry("a"), Entry("b"), Entry("a", FileKind::kDelete),
                                    Entry("c", FileKind::kDelete)});
  ASSERT_TRUE(merged.ok());
  ASSERT_EQ(merged->size(), 2u);
  EXPECT_EQ((*merged)[0].file.file_name, "b");
  EXPECT_EQ((*merged)[1].kind, FileKind::kDelete);
  EXPECT_EQ(KindOf(MergeEntries({Entry("a"), Entry("a")}).status()),
            ErrorKind::kCorruption);
  // An upgrade deletes at one level and adds at another.
  EXPECT_EQ(MergeEntries({Entry("a"), Entry("a", FileKind::kDelete),
                          Entry("a", FileKind::kAdd, 5)})
                ->size(),
            1u);
}

TEST(IdentifierOf, DependsOnEverythingThatADeleteRepeats) {
  const ManifestEntry base = Entry("a");
  std::vector<ManifestEntry> others(6, base);
  others[0].partition += "x";
  others[1].bucket = 9;
  others[2].file.level = 3;
  others[3].file.extra_files = {""};
  others[4].file.embedded_file_index = "";
  others[5].file.external_path = "";
  for (const ManifestEntry& other : others) {
    EXPECT_NE(IdentifierOf(other), IdentifierOf(base));
  }
  ManifestEntry same = base;
  same.kind = FileKind::kDelete;
  same.total_buckets = 7;
  same.file.value_stats.min_values = "dropped";
  EXPECT_EQ(IdentifierOf(same), IdentifierOf(base));
}

}  // namespace
}  // namespace tarn::meta

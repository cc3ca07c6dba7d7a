// SPDX-License-Identifier: Apache-2.0
// Every golden table's metadata is read as Java reads it, and written back byte for byte.
#include <algorithm>
#include <map>
#include <memory>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tarn/base/context.h"
#include "tarn/format/avro_container.h"
#include "tarn/io/local_file_system.h"
#include "tarn/meta/dump.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/manifest_file.h"
#include "tarn/meta/manifest_list.h"
#include "tarn/meta/schema_file.h"
#include "tarn/meta/snapshot_files.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

namespace tarn::meta {
namespace {

using nlohmann::json;

/// One golden table with what reads it.
struct Golden {
  Golden(std::shared_ptr<base::Context> shared_context, const std::string& name)
      : context(std::move(shared_context)),
        table(support::LoadGolden(name)),
        dump(table.Dump().value_or(json::object())),
        paths(*io::TablePaths::Make(table.path)),
        schemas(context, paths),
        snapshots(context, paths) {
    dump_schemas.of = [this](int64_t id) { return schemas.Get(id); };
    dump_schemas.latest = *schemas.Latest();
  }
  Golden(const Golden&) = delete;

  /// Names of the files in a folder of the table that begin with `prefix`.
  std::vector<std::string> Names(const std::string& folder,
                                 const std::string& prefix) const {
    std::vector<std::string> out;
    const auto listed = context->files->List(table.path + "/" + folder);
    for (const base::FileStatus& file : *listed) {
      if (file.is_directory || !file.name().starts_with(prefix)) continue;
      out.emplace_back(file.name());
    }
    return out;
  }
  /// A member of the dump, empty where there is none.
  json Dumped(const char* member) const { return dump.value(member, json::object()); }
  std::string ManifestPath(const std::string& name) const {
    return *paths.ManifestFile(name);
  }

  const std::shared_ptr<base::Context> context;
  const support::GoldenTable table;
  const json dump;
  const io::TablePaths paths;
  const SchemaFiles schemas;
  const SnapshotFiles snapshots;
  DumpSchemas dump_schemas;
};

/// All golden tables, loaded once.
const std::vector<std::unique_ptr<Golden>>& Goldens() {
  static const auto* goldens = [] {
    const auto context = base::MakeSystemContext(io::MakeLocalFileSystem());
    auto* out = new std::vector<std::unique_ptr<Golden>>();
    for (const std::string& name : support::GoldenNames()) {
      // What older releases wrote is read, but not written like them.
      if (name.starts_with("old_") || name.starts_with("pair_")) continue;
      out->push_back(std::make_unique<Golden>(context, name));
    }
    return out;
  }();
  EXPECT_GT(goldens->size(), 100u);
  return *goldens;
}

/// In one order: the dump lists entries of a manifest in that of a hash map.
std::vector<json> Sorted(std::vector<json> records) {
  std::sort(records.begin(), records.end(),
            [](const json& a, const json& b) { return a.dump() < b.dump(); });
  return records;
}

std::vector<json> Parsed(const std::vector<std::string>& lines) {
  std::vector<json> out;
  for (const std::string& line : lines) out.push_back(json::parse(line));
  return Sorted(std::move(out));
}

TEST(GoldenMetadata, SnapshotsAreWrittenBackByteForByte) {
  for (const auto& golden : Goldens()) {
    for (const std::string folder : {"snapshot", "changelog"}) {
      for (const std::string& name : golden->Names(folder, folder + "-")) {
        SCOPED_TRACE(golden->table.name + " " + name);
        const std::string text =
            support::ReadText(golden->table.path + "/" + folder + "/" + name);
        const auto snapshot = Snapshot::FromJson(text);
        ASSERT_TRUE(snapshot.ok()) << snapshot.status();
        EXPECT_EQ(snapshot->ToJson(), text);
      }
    }
  }
}

TEST(GoldenMetadata, TagsAreWrittenBackByteForByte) {
  int with_retention = 0;
  for (const auto& golden : Goldens()) {
    for (const std::string& name : golden->Names("tag", "tag-")) {
      SCOPED_TRACE(golden->table.name + " " + name);
      const std::string text = support::ReadText(golden->table.path + "/tag/" + name);
      const auto tag = Tag::FromJson(text);
      ASSERT_TRUE(tag.ok()) << tag.status();
      EXPECT_EQ(tag->ToJson(), text);
      if (tag->time_retained_nanos) ++with_retention;
    }
    const auto tags = golden->snapshots.ListTags();
    ASSERT_TRUE(tags.ok()) << tags.status();
    EXPECT_EQ(tags->size(), golden->Names("tag", "tag-").size());
  }
  EXPECT_GT(with_retention, 0);
}

TEST(GoldenMetadata, SchemasAreWrittenBackMemberForMember) {
  for (const auto& golden : Goldens()) {
    const auto ids = golden->schemas.ListIds();
    ASSERT_TRUE(ids.ok()) << ids.status();
    ASSERT_FALSE(ids->empty());
    EXPECT_EQ(*golden->schemas.LatestId(), ids->back());
    for (const int64_t id : *ids) {
      SCOPED_TRACE(golden->table.name + " schema " + std::to_string(id));
      const auto schema = golden->schemas.Get(id);
      ASSERT_TRUE(schema.ok()) << schema.status();
      // Options stand in the order of a Java hash map, so members are compared.
      const std::string text = support::ReadText(golden->paths.SchemaFile(id));
      EXPECT_EQ(json::parse((*schema)->ToJson()), json::parse(text));
    }
  }
}

TEST(GoldenMetadata, LatestAndEarliestAreTheEndsOfTheList) {
  for (const auto& golden : Goldens()) {
    SCOPED_TRACE(golden->table.name);
    const auto ids = golden->snapshots.ListIds();
    const auto latest = golden->snapshots.LatestId();
    ASSERT_TRUE(ids.ok() && latest.ok()) << latest.status();
    ASSERT_EQ(latest->has_value(), !ids->empty());
    if (ids->empty()) continue;
    EXPECT_EQ(**latest, ids->back());
    EXPECT_EQ(*golden->snapshots.EarliestId(), ids->front());
  }
}

TEST(GoldenMetadata, ManifestListsReadAsJavaReadsThem) {
  for (const auto& golden : Goldens()) {
    const json dumped = golden->Dumped("manifestLists");
    for (const auto& [name, expected] : dumped.items()) {
      SCOPED_TRACE(golden->table.name + " " + name);
      const auto read = ReadManifestList(*golden->context, golden->ManifestPath(name));
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(Parsed(DumpManifestList(*read, golden->dump_schemas)), Sorted(expected));
    }
  }
}

TEST(GoldenMetadata, ManifestsReadAsJavaReadsThem) {
  for (const auto& golden : Goldens()) {
    const json dumped = golden->Dumped("manifests");
    for (const auto& [name, expected] : dumped.items()) {
      SCOPED_TRACE(golden->table.name + " " + name);
      const auto read = ReadManifest(*golden->context, golden->ManifestPath(name));
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(Parsed(DumpManifest(*read, golden->dump_schemas)), Sorted(expected));
    }
  }
}

TEST(GoldenMetadata, IndexManifestsReadAsJavaReadsThem) {
  int read_entries = 0;
  for (const auto& golden : Goldens()) {
    const json dumped = golden->Dumped("indexManifests");
    for (const auto& [name, expected] : dumped.items()) {
      SCOPED_TRACE(golden->table.name + " " + name);
      const auto read = ReadIndexManifest(*golden->context, golden->ManifestPath(name));
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(Parsed(DumpIndexManifest(*read, golden->dump_schemas)), Sorted(expected));
      read_entries += static_cast<int>(read->size());
    }
  }
  EXPECT_GT(read_entries, 10);
}

/// The decompressed records of a container.
std::string RecordBytes(const base::Context& context, const std::string& path) {
  auto reader = *format::AvroReader::Open(context, path);
  std::string out;
  while (true) {
    auto block = *reader->NextBlock();
    if (!block) return out;
    out.append(block->bytes);
  }
}

std::string StoredSchema(const base::Context& context, const std::string& path) {
  return (*format::AvroReader::Open(context, path))->schema().json();
}

TEST(GoldenMetadata, ManifestListsAreWrittenBackAsJavaWroteThem) {
  support::TemporaryFolder folder;
  for (const auto& golden : Goldens()) {
    for (const std::string& name : golden->Names("manifest", "manifest-list-")) {
      SCOPED_TRACE(golden->table.name + " " + name);
      const std::string path = golden->ManifestPath(name);
      const auto manifests = ReadManifestList(*golden->context, path);
      ASSERT_TRUE(manifests.ok()) << manifests.status();
      EXPECT_EQ(StoredSchema(*golden->context, path), ManifestListAvroSchema());
      const std::string copy = folder / name;
      const auto bytes = WriteManifestList(*golden->context, copy, *manifests, {});
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      EXPECT_EQ(*bytes, golden->context->files->Stat(copy)->bytes);
      EXPECT_EQ(RecordBytes(*golden->context, copy), RecordBytes(*golden->context, path));
    }
  }
}

TEST(GoldenMetadata, IndexManifestsAreWrittenBackAsJavaWroteThem) {
  support::TemporaryFolder folder;
  int written = 0;
  for (const auto& golden : Goldens()) {
    for (const std::string& name : golden->Names("manifest", "index-manifest-")) {
      SCOPED_TRACE(golden->table.name + " " + name);
      const std::string path = golden->ManifestPath(name);
      const auto entries = ReadIndexManifest(*golden->context, path);
      ASSERT_TRUE(entries.ok()) << entries.status();
      const std::string copy = folder / name;
      const Status status = WriteIndexManifest(*golden->context, copy, *entries, {});
      ASSERT_TRUE(status.ok()) << status;
      EXPECT_EQ(StoredSchema(*golden->context, copy),
                StoredSchema(*golden->context, path));
      EXPECT_EQ(RecordBytes(*golden->context, copy), RecordBytes(*golden->context, path));
      ++written;
    }
  }
  EXPECT_GT(written, 10);
}

IndexManifestEntry HashOf(FileKind kind, int32_t bucket, const std::string& file,
                          const std::string& type = "HASH") {
  IndexManifestEntry entry;
  entry.kind = kind;
  entry.bucket = bucket;
  entry.index_type = type;
  entry.file_name = file;
  return entry;
}

std::vector<std::string> NamesOf(const std::vector<IndexManifestEntry>& entries) {
  std::vector<std::string> out;
  for (const auto& entry : entries) out.push_back(entry.file_name);
  return out;
}

TEST(CombineIndexEntries, GivesABucketOneFileOfAType) {
  const auto combined = CombineIndexEntries(
      {HashOf(FileKind::kAdd, 0, "a"), HashOf(FileKind::kAdd, 1, "b"),
       HashOf(FileKind::kAdd, 1, "dv", "DELETION_VECTORS")},
      {HashOf(FileKind::kAdd, 1, "c"), HashOf(FileKind::kDelete, 0, "a"),
       HashOf(FileKind::kAdd, 2, "d")},
      /*unaware=*/false);
  ASSERT_TRUE(combined.ok()) << combined.status();
  EXPECT_EQ(NamesOf(*combined), (std::vector<std::string>{"c", "dv", "d"}));
}

TEST(CombineIndexEntries, TellsVectorsApartByFileWithoutBuckets) {
  const auto combined =
      CombineIndexEntries({HashOf(FileKind::kAdd, 0, "a", "DELETION_VECTORS")},
                          {HashOf(FileKind::kAdd, 0, "b", "DELETION_VECTORS")},
                          /*unaware=*/true);
  ASSERT_TRUE(combined.ok()) << combined.status();
  EXPECT_EQ(NamesOf(*combined), (std::vector<std::string>{"a", "b"}));
}

TEST(CombineIndexEntries, FindsThatSomebodyReplacedAFileFirst) {
  const auto combined =
      CombineIndexEntries({HashOf(FileKind::kAdd, 0, "b")},
                          {HashOf(FileKind::kDelete, 0, "a")}, /*unaware=*/false);
  EXPECT_EQ(KindOf(combined.status()), ErrorKind::kConflict);
}

/// Write the entries of a manifest again; answers what a list says about the copy.
ManifestFileMeta Rewrite(const Golden& golden, const std::string& name,
                         const io::TablePaths& to, io::FileNames* names) {
  const auto entries = ReadManifest(*golden.context, golden.ManifestPath(name));
  const auto& schema = *golden.dump_schemas.latest;
  ManifestWriter writer(*golden.context, to, *schema.FieldsOf(schema.partition_keys),
                        names, {});
  EXPECT_TRUE(writer.WriteAll(*entries).ok());
  const auto metas = writer.Finish();
  EXPECT_TRUE(metas.ok()) << metas.status();
  EXPECT_EQ(metas->size(), 1u);
  return metas->front();
}

TEST(GoldenMetadata, ManifestsAreWrittenBackAsJavaWroteThem) {
  support::TemporaryFolder folder;
  const io::TablePaths to = *io::TablePaths::Make(folder / "t");
  int compared = 0;
  for (const auto& golden : Goldens()) {
    io::FileNames names(golden->context->random.get());
    std::map<std::string, ManifestFileMeta> written;
    for (const std::string& name : golden->Names("manifest", "manifest-")) {
      if (name.starts_with("manifest-list-")) continue;
      SCOPED_TRACE(golden->table.name + " " + name);
      const std::string path = golden->ManifestPath(name);
      EXPECT_EQ(StoredSchema(*golden->context, path), ManifestAvroSchema());
      const ManifestFileMeta meta = Rewrite(*golden, name, to, &names);
      const std::string copy = *to.ManifestFile(meta.file_name);
      EXPECT_EQ(RecordBytes(*golden->context, copy), RecordBytes(*golden->context, path));
      EXPECT_EQ(meta.file_size, golden->context->files->Stat(copy)->bytes);
      written[name] = meta;
    }
    // What is computed about a manifest equals what Java's lists say about it.
    for (const std::string& list : golden->Names("manifest", "manifest-list-")) {
      const auto manifests =
          ReadManifestList(*golden->context, golden->ManifestPath(list));
      for (const ManifestFileMeta& expected : *manifests) {
        const auto at = written.find(expected.file_name);
        if (at == written.end()) continue;
        SCOPED_TRACE(golden->table.name + " " + expected.file_name);
        ManifestFileMeta actual = at->second;
        actual.file_name = expected.file_name;
        actual.file_size = expected.file_size;
        EXPECT_EQ(actual, expected);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 1000);
}

TEST(GoldenMetadata, LiveFilesHoldTheRecordsThatTheSnapshotCounts) {
  for (const auto& golden : Goldens()) {
    for (const int64_t id : *golden->snapshots.ListIds()) {
      SCOPED_TRACE(golden->table.name + " snapshot " + std::to_string(id));
      const auto snapshot = golden->snapshots.Get(id);
      ASSERT_TRUE(snapshot.ok()) << snapshot.status();
      const auto live = ReadLiveFiles(*golden->context, golden->paths, *snapshot);
      ASSERT_TRUE(live.ok()) << live.status();
      int64_t rows = 0;
      for (const ManifestEntry& entry : *live) rows += entry.file.row_count;
      EXPECT_EQ(rows, snapshot->total_record_count);
    }
  }
}

}  // namespace
}  // namespace tarn::meta

// SPDX-License-Identifier: Apache-2.0
#include "tarn/io/table_paths.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include "tests/support/files.h"

namespace tarn::io {
namespace {

TEST(TablePaths, NameTheFilesOfATable) {
  auto paths = TablePaths::Make("/w/db.db/t/");
  ASSERT_TRUE(paths.ok());
  EXPECT_EQ(paths->root(), "/w/db.db/t");
  EXPECT_EQ(paths->SchemaFile(3), "/w/db.db/t/schema/schema-3");
  EXPECT_EQ(paths->SnapshotFile(17), "/w/db.db/t/snapshot/snapshot-17");
  EXPECT_EQ(paths->SnapshotLatestHint(), "/w/db.db/t/snapshot/LATEST");
  EXPECT_EQ(*paths->ManifestFile("manifest-x-0"), "/w/db.db/t/manifest/manifest-x-0");
  EXPECT_EQ(*paths->IndexFile("index-x-0"), "/w/db.db/t/index/index-x-0");
  EXPECT_EQ(*paths->TagFile("v1"), "/w/db.db/t/tag/tag-v1");
  EXPECT_EQ(paths->BucketDirectory("", 0), "/w/db.db/t/bucket-0");
  EXPECT_EQ(paths->BucketDirectory("dt=1/hh=2/", 3), "/w/db.db/t/dt=1/hh=2/bucket-3");
  EXPECT_EQ(paths->BucketDirectory("dt=1", kPostponeBucket),
            "/w/db.db/t/dt=1/bucket-postpone");
  EXPECT_EQ(*paths->DataFile("", 1, "data-x-0.parquet"),
            "/w/db.db/t/bucket-1/data-x-0.parquet");
}

TEST(TablePaths, BranchesHaveTheirOwnMetadataAndTheTablesData) {
  auto paths = TablePaths::Make("t", {{"branch", "b1"}});
  ASSERT_TRUE(paths.ok());
  EXPECT_EQ(paths->SnapshotFile(1), "t/branch/branch-b1/snapshot/snapshot-1");
  EXPECT_EQ(paths->SchemaFile(0), "t/branch/branch-b1/schema/schema-0");
  EXPECT_EQ(*paths->ManifestFile("m"), "t/manifest/m");
  EXPECT_EQ(paths->BucketDirectory("", 0), "t/bucket-0");
  EXPECT_EQ(TablePaths::Make("t", {{"branch", "main"}})->branch(), "main");
  EXPECT_FALSE(TablePaths::Make("t", {{"branch", "../x"}}).ok());
}

TEST(TablePaths, DataMayLieInAFolderOfItsOwn) {
  auto paths = TablePaths::Make("t", {{"data-file.path-directory", "data/x/"}});
  ASSERT_TRUE(paths.ok());
  EXPECT_EQ(paths->BucketDirectory("p=1/", 0), "t/data/x/p=1/bucket-0");
  for (const char* directory : {"/etc", "../x", "a/../../b"}) {
    EXPECT_EQ(
        KindOf(TablePaths::Make("t", {{"data-file.path-directory", directory}}).status()),
        ErrorKind::kPermission)
        << directory;
  }
}

TEST(TablePaths, StoredPathsLeadOutOnlyToWhereTheOptionLeads) {
  const auto paths = TablePaths::Make(
      "t", {{"data-file.external-paths", "file:///ext/a/, /ext/b,s3://bucket/c,file:/"}});
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_EQ(*paths->ExternalFile("file:/ext/a/bucket-0/f"), "/ext/a/bucket-0/f");
  EXPECT_EQ(*paths->ExternalFile("file:///ext/b/p=1/bucket-0/f"),
            "/ext/b/p=1/bucket-0/f");
  EXPECT_EQ(*paths->ExternalFile("/ext/b/f"), "/ext/b/f");
  for (const char* path :
       {"/etc/passwd", "file:/ext/f", "/ext/ab/f", "/ext/a/../f",
        "/ext/a/x/../../../etc/passwd", "/ext/a/", "/ext/a", "/ext/b//f"}) {
    EXPECT_EQ(KindOf(paths->ExternalFile(path).status()), ErrorKind::kPermission) << path;
  }
  for (const char* path :
       {"s3://bucket/c/f", "hdfs:/ext/a/f", "file://host/ext/a/f", "ext/a/f", ""}) {
    EXPECT_EQ(KindOf(paths->ExternalFile(path).status()), ErrorKind::kUnsupported)
        << path;
  }
  // A table that names no folder keeps its files.
  EXPECT_EQ(KindOf(TablePaths::Make("t")->ExternalFile("/ext/a/f").status()),
            ErrorKind::kPermission);
}

TEST(TablePaths, NamesFromMetadataStayInTheirFolder) {
  auto paths = TablePaths::Make("t");
  for (const char* name : {"", "../x", "/etc/passwd", "a/b", "..", "."}) {
    EXPECT_EQ(KindOf(paths->ManifestFile(name).status()), ErrorKind::kPermission) << name;
    EXPECT_EQ(KindOf(paths->DataFile("", 0, name).status()), ErrorKind::kPermission);
    EXPECT_EQ(KindOf(paths->StatisticsFile(name).status()), ErrorKind::kPermission);
  }
  EXPECT_EQ(KindOf(paths->TagFile("../x").status()), ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(TableDirectory("w", "db", "../t").status()), ErrorKind::kInvalidInput);
  EXPECT_EQ(*TableDirectory("w", "db", "t"), "w/db.db/t");
}

TEST(TablePaths, FindEveryFileOfAGoldenTable) {
  const std::filesystem::path root = support::TestFile("golden/names/warehouse/db.db/t");
  auto paths = TablePaths::Make(root.string(), {{"data-file.path-directory", "data"}});
  EXPECT_TRUE(std::filesystem::exists(paths->SchemaFile(0)));
  EXPECT_TRUE(std::filesystem::exists(paths->SnapshotFile(3)));
  EXPECT_TRUE(std::filesystem::is_directory(paths->BucketDirectory("", 0)));
}

TEST(VersionOf, TakesPlainNumbersOnly) {
  EXPECT_EQ(VersionOf("snapshot-17", "snapshot-"), 17);
  for (const char* name : {"snapshot-", "snapshot-1.tmp", ".snapshot-1", "snapshot--1",
                           "LATEST", "snapshot-99999999999999999999"}) {
    EXPECT_EQ(VersionOf(name, "snapshot-"), std::nullopt) << name;
  }
}

TEST(FileNames, ShareOneUuidAndOneCounter) {
  auto random = base::MakeSeededRandom(1);
  FileNames names(random.get());
  const std::string first = names.Next("data-", ".parquet");
  const std::string second = names.Next("changelog-", ".parquet");
  EXPECT_TRUE(first.starts_with("data-") && first.ends_with("-0.parquet")) << first;
  EXPECT_EQ(second, "changelog-" + first.substr(5, 36) + "-1.parquet");
  EXPECT_NE(FileNames(random.get()).Next("data-").substr(0, 41), first.substr(0, 41));
}

TEST(DataFileExtension, FollowsFormatAndCompression) {
  EXPECT_EQ(DataFileExtension("parquet", "zstd", false), ".parquet");
  EXPECT_EQ(DataFileExtension("parquet", "zstd", true), ".zst.parquet");
  EXPECT_EQ(DataFileExtension("orc", "none", true), ".orc");
  EXPECT_EQ(DataFileExtension("json", "gzip", false), ".json.gz");
  EXPECT_EQ(DataFileExtension("csv", "none", false), ".csv");
}

TEST(FormatOfFileName, IsTheLastExtensionThatIsNoCompression) {
  EXPECT_EQ(*FormatOfFileName("data-x-0.parquet"), "parquet");
  EXPECT_EQ(*FormatOfFileName("data-x-0.zst.parquet"), "parquet");
  EXPECT_EQ(*FormatOfFileName("data-x-0.json.gz"), "json");
  for (const char* name : {"data", "data.", "gz", ".gz", "data.gz"}) {
    EXPECT_EQ(KindOf(FormatOfFileName(name).status()), ErrorKind::kCorruption) << name;
  }
}

}  // namespace
}  // namespace tarn::io

// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/index_file_path.h"

#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "tarn/types/binary_row.h"

namespace tarn::meta {
namespace {

class IndexFilePathsTest : public ::testing::Test {
 protected:
  static IndexManifestEntry Entry(const std::string& name) {
    IndexManifestEntry entry;
    entry.file_name = name;
    entry.bucket = 3;
    const auto row = types::EncodeBinaryRow(
        {std::make_shared<arrow::StringScalar>("a b")}, {types::DataType::String()});
    entry.partition = types::SerializeBinaryRow(1, *row);
    return entry;
  }

  Result<std::string> PathOf(std::map<std::string, std::string> options,
                             const IndexManifestEntry& entry) {
    types::TableSchema schema;
    schema.fields = {{0, "k", types::DataType::Int().NotNull(), {}, {}},
                     {1, "p", types::DataType::String().NotNull(), {}, {}}};
    schema.primary_keys = {"k", "p"};
    schema.partition_keys = {"p"};
    schema.options = std::move(options);
    ARROW_ASSIGN_OR_RAISE(const auto paths,
                          io::TablePaths::Make("/w/db.db/t", schema.options));
    ARROW_ASSIGN_OR_RAISE(const auto made, IndexFilePaths::Make(paths, schema));
    return made.PathOf(entry);
  }
};

TEST_F(IndexFilePathsTest, LieInOneFolderUnlessTheyLieWithTheirData) {
  EXPECT_EQ(PathOf({}, Entry("index-1")).ValueOrDie(), "/w/db.db/t/index/index-1");
  EXPECT_EQ(
      PathOf({{"index-file-in-data-file-dir", "true"}}, Entry("index-1")).ValueOrDie(),
      "/w/db.db/t/p=a b/bucket-3/index-1");
}

TEST_F(IndexFilePathsTest, APathOfTheirOwnCountsOnlyWhereTheTableKeepsFiles) {
  IndexManifestEntry entry = Entry("index-1");
  entry.external_path = "file:/elsewhere/index-1";
  EXPECT_EQ(KindOf(PathOf({}, entry).status()), ErrorKind::kPermission);
  EXPECT_EQ(
      PathOf({{"data-file.external-paths", "file:///elsewhere"}}, entry).ValueOrDie(),
      "/elsewhere/index-1");
}

TEST_F(IndexFilePathsTest, ANameThatLeadsElsewhereAndABrokenPartitionAreRefused) {
  EXPECT_EQ(KindOf(PathOf({}, Entry("../../secret")).status()), ErrorKind::kPermission);
  IndexManifestEntry entry = Entry("index-1");
  entry.partition = "no row";
  EXPECT_TRUE(PathOf({}, entry).ok());
  EXPECT_EQ(KindOf(PathOf({{"index-file-in-data-file-dir", "true"}}, entry).status()),
            ErrorKind::kCorruption);
}

}  // namespace
}  // namespace tarn::meta

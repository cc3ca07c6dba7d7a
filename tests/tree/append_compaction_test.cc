// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/append_compaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tarn::tree {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kMiB = int64_t{1} << 20;

types::TableSchema Schema(std::map<std::string, std::string> options) {
  types::TableSchema schema;
  schema.fields = {{0, "v", types::DataType::String(), {}, {}}};
  schema.options = std::move(options);
  return schema;
}

meta::DataFileMeta File(const std::string& name, int64_t bytes, int64_t sequence = 0) {
  meta::DataFileMeta file;
  file.file_name = name;
  file.file_size = bytes;
  file.min_sequence_number = sequence;
  return file;
}

std::vector<std::vector<std::string>> Pick(std::vector<meta::DataFileMeta> files,
                                           std::map<std::string, std::string> options) {
  const auto parsed = AppendCompactionOptions::FromSchema(Schema(std::move(options)));
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  std::vector<std::vector<std::string>> out;
  for (const auto& group : PickAppendCompaction(std::move(files), *parsed)) {
    out.emplace_back();
    for (const auto& file : group) out.back().push_back(file.file_name);
  }
  return out;
}

TEST(AppendCompaction, LeavesFewSmallFilesAlone) {
  std::vector<meta::DataFileMeta> files;
  for (const char* name : {"a", "b", "c", "d"}) files.push_back(File(name, 1000));
  EXPECT_THAT(Pick(files, {}), ElementsAre());
  files.push_back(File("e", 1000));
  EXPECT_THAT(Pick(files, {}), ElementsAre(ElementsAre("a", "b", "c", "d", "e")));
}

TEST(AppendCompaction, NeverRewritesOneFileByItself) {
  EXPECT_THAT(Pick({File("a", 1000)}, {{"compaction.min.file-num", "1"}}), ElementsAre());
}

TEST(AppendCompaction, PacksSmallFilesBySizeUpToTwiceTheTarget) {
  // Each counts 4 MB more for being opened: 2 * 100 MB are reached with the third.
  const std::vector<meta::DataFileMeta> files = {
      File("large", 70 * kMiB), File("c", 69 * kMiB), File("a", 60 * kMiB),
      File("b", 65 * kMiB), File("d", 69 * kMiB)};
  EXPECT_THAT(
      Pick(files, {{"target-file-size", "100 mb"}, {"compaction.min.file-num", "2"}}),
      ElementsAre(ElementsAre("a", "b", "c")));
}

const std::map<std::string, std::string> kBucketed = {
    {"bucket", "2"}, {"bucket-key", "v"}, {"target-file-size", "100 mb"}};

TEST(AppendCompaction, RewritesTheQueueOfABucketBehindItsLargeHead) {
  EXPECT_THAT(Pick({File("c", 1, 20), File("large", 90 * kMiB, 0), File("a", 1, 10),
                    File("d", 90 * kMiB, 30), File("e", 1, 40)},
                   kBucketed),
              ElementsAre(ElementsAre("a", "c", "d", "e")));
}

TEST(AppendCompaction, LeavesABucketOfFewOrMostlyLargeFilesAlone) {
  EXPECT_THAT(Pick({File("a", 1, 0), File("b", 1, 1)}, kBucketed), ElementsAre());
  EXPECT_THAT(Pick({File("a", 1, 0), File("b", 90 * kMiB, 1), File("c", 90 * kMiB, 2)},
                   kBucketed),
              ElementsAre());
}

TEST(AppendCompaction, RewritesAllFilesOfABucketWhenForced) {
  auto options = kBucketed;
  options["compaction.force-rewrite-all-files"] = "true";
  EXPECT_THAT(Pick({File("b", 90 * kMiB, 1), File("a", 90 * kMiB, 0)}, options),
              ElementsAre(ElementsAre("a", "b")));
}

TEST(AppendCompaction, RefusesByNameWhatItDoesNotDo) {
  for (const char* key : {"deletion-vectors.enabled", "clustering.incremental"}) {
    const auto options = AppendCompactionOptions::FromSchema(Schema({{key, "true"}}));
    ASSERT_FALSE(options.ok());
    EXPECT_EQ(KindOf(options.status()), ErrorKind::kUnsupported);
    EXPECT_THAT(options.status().ToString(), ::testing::HasSubstr(key));
  }
}

}  // namespace
}  // namespace tarn::tree

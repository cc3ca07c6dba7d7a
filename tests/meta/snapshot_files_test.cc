// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/snapshot_files.h"

#include <gtest/gtest.h>

#include "tarn/base/context.h"
#include "tarn/io/local_file_system.h"
#include "tarn/meta/schema_file.h"
#include "tests/support/files.h"

namespace tarn::meta {
namespace {

class SnapshotFilesTest : public ::testing::Test {
 protected:
  void Put(int64_t id, int64_t millis = 0, const std::string& user = "u") {
    Snapshot snapshot;
    snapshot.id = id;
    snapshot.base_manifest_list = "b";
    snapshot.delta_manifest_list = "d";
    snapshot.commit_user = user;
    snapshot.time_millis = millis;
    ASSERT_TRUE(
        context_->files->WriteAtomically(paths_.SnapshotFile(id), snapshot.ToJson())
            .ok());
  }
  void Hint(const std::string& path, const std::string& text) {
    ASSERT_TRUE(context_->files->WriteAtomically(path, text).ok());
  }

  support::TemporaryFolder folder_;
  const std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  const io::TablePaths paths_ = *io::TablePaths::Make(folder_ / "t");
  const SnapshotFiles files_{context_, paths_};
};

TEST_F(SnapshotFilesTest, ATableWithoutSnapshotsHasNone) {
  EXPECT_FALSE(files_.LatestId()->has_value());
  EXPECT_FALSE(files_.EarliestId()->has_value());
  EXPECT_FALSE(files_.Latest()->has_value());
  EXPECT_TRUE(files_.ListTags()->empty());
}

TEST_F(SnapshotFilesTest, HintsAreOnlyHints) {
  for (int64_t id = 5; id <= 12; ++id) Put(id);
  Hint(paths_.SnapshotDirectory() + "/snapshot-13.tmp", "x");
  Hint(paths_.SnapshotDirectory() + "/.snapshot-14.tmp", "x");
  for (const char* hint : {"", "garbage", "-3", "0", "1", "4", "7", "11", "12", "13",
                           "99", "9223372036854775807", "99999999999999999999", "12 "}) {
    Hint(paths_.SnapshotLatestHint(), hint);
    Hint(paths_.SnapshotEarliestHint(), "5");
    EXPECT_EQ(**files_.LatestId(), 12) << hint;
    EXPECT_EQ((*files_.Latest())->id, 12) << hint;
  }
  for (const char* hint : {"", "garbage", "-3", "0", "1", "4", "5", "13"}) {
    Hint(paths_.SnapshotEarliestHint(), hint);
    EXPECT_EQ(**files_.EarliestId(), 5) << hint;
  }
}

TEST_F(SnapshotFilesTest, TimeTravelTakesTheLastSnapshotNotAfterTheTime) {
  const int64_t times[] = {10, 20, 20, 30};
  for (int64_t id = 1; id <= 4; ++id) Put(id, times[id - 1]);
  EXPECT_FALSE(files_.AtOrBefore(9)->has_value());
  EXPECT_EQ((*files_.AtOrBefore(10))->id, 1);
  EXPECT_EQ((*files_.AtOrBefore(19))->id, 1);
  EXPECT_EQ((*files_.AtOrBefore(29))->id, 3);
  EXPECT_EQ((*files_.AtOrBefore(1000))->id, 4);
}

TEST_F(SnapshotFilesTest, TheNewestMatchIsFoundGoingBack) {
  Put(1, 0, "a");
  Put(2, 0, "b");
  Put(3, 0, "a");
  Put(4, 0, "c");
  const auto of = [&](const std::string& user) {
    return *files_.FindNewest([&](const Snapshot& s) { return s.commit_user == user; });
  };
  EXPECT_EQ(of("a")->id, 3);
  EXPECT_EQ(of("b")->id, 2);
  EXPECT_FALSE(of("z").has_value());
}

TEST_F(SnapshotFilesTest, AMissingSnapshotOrTagIsNotFoundAndABadNameRefused) {
  Put(1);
  EXPECT_EQ(KindOf(files_.Get(2).status()), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(files_.GetTag("t").status()), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(files_.GetTag("../snapshot/snapshot-1").status()),
            ErrorKind::kInvalidInput);
}

TEST_F(SnapshotFilesTest, ASnapshotUnderAnotherIdIsCorrupt) {
  Put(1);
  Hint(paths_.SnapshotFile(2), support::ReadText(paths_.SnapshotFile(1)));
  EXPECT_EQ(KindOf(files_.Get(2).status()), ErrorKind::kCorruption);
}

TEST_F(SnapshotFilesTest, ASchemaIdIsGivenOnce) {
  const SchemaFiles schemas(context_, paths_);
  types::TableSchema schema;
  schema.fields = {{0, "a", types::DataType::Int()}};
  EXPECT_EQ(*schemas.Latest(), nullptr);
  EXPECT_EQ(*schemas.Create(schema, false), base::CreateOutcome::kCreated);
  schema.comment = "other";
  EXPECT_EQ(*schemas.Create(schema, true), base::CreateOutcome::kExists);
  schema.id = 10;
  EXPECT_EQ(*schemas.Create(schema, false), base::CreateOutcome::kCreated);
  EXPECT_EQ(*schemas.LatestId(), 10);
  EXPECT_FALSE((*schemas.Get(0))->comment.has_value());
  EXPECT_EQ((*schemas.Latest())->comment, "other");
  EXPECT_EQ(KindOf(schemas.Get(3).status()), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace tarn::meta

// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/expire_snapshots.h"

#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tarn/io/local_file_system.h"
#include "tarn/table/branches.h"
#include "tarn/table/consumers.h"
#include "tarn/table/rollback.h"
#include "tarn/table/tags.h"
#include "tests/support/failing_files.h"
#include "tests/support/files.h"
#include "tests/support/tarn_target.h"

namespace tarn::table {
namespace {

using nlohmann::json;
using support::TemporaryFolder;

constexpr int64_t kAllTime = std::numeric_limits<int64_t>::max();

json Row(int64_t key, int64_t value) {
  return {{"op", "+I"}, {"row", {{"k", key}, {"v", value}}}};
}

/// Eight snapshots: writes, a compaction with its changelog after every second, a tag on
/// the third one.
class ExpireSnapshotsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    support::TarnTarget tarn(warehouse_.path());
    const json schema = {
        {"fields",
         {{{"name", "k"}, {"type", "INT"}}, {{"name", "v"}, {"type", "BIGINT"}}}},
        {"primaryKeys", {"k"}},
        {"partitionKeys", json::array()},
        {"options", {{"bucket", "1"}, {"changelog-producer", "lookup"}}}};
    Play(tarn.Create(schema));
    for (int64_t step = 0; step < 5; ++step) {
      const json rows = {Row(step % 3, step), Row(7, step)};
      Play(tarn.Run({{"cmd", "write"}, {"write-only", true}, {"rows", rows}}));
      if (step % 2 == 1) Play(tarn.Run({{"cmd", "compact"}}));
      if (step == 2) Play(CreateTag(*Open(), {.name = "three"}).status());
    }
    Play(tarn.Run({{"cmd", "compact"}}));
  }

  static void Play(const Status& status) {
    ASSERT_TRUE(status.ok()) << status.ToString();
  }

  std::string folder() const { return warehouse_.path() + "/db.db/t"; }
  static std::shared_ptr<Table> OpenAt(const std::string& folder,
                                       std::shared_ptr<base::FileSystem> files,
                                       std::map<std::string, std::string> options = {}) {
    const auto context = base::MakeSystemContext(std::move(files), int64_t{64} << 20);
    return Table::Open(context, folder, "db.t", options).ValueOrDie();
  }
  std::shared_ptr<Table> Open(std::map<std::string, std::string> options = {}) const {
    return OpenAt(folder(), io::MakeLocalFileSystem(), std::move(options));
  }
  static ExpireRequest Keep(int32_t snapshots) {
    return {.retain_max = snapshots,
            .retain_min = 1,
            .max_deletes = 1000,
            .older_than_millis = std::numeric_limits<int64_t>::min()};
  }

  /// Rows of a state by snapshot or tag, as text.
  static std::string RowsAt(const Table& table, const TimeTravel& at) {
    auto reader = table.Scan({.at = at});
    if (!reader.ok()) return reader.status().ToString();
    std::string out;
    while (true) {
      std::shared_ptr<arrow::RecordBatch> batch;
      const Status status = (*reader)->ReadNext(&batch);
      if (!status.ok()) return status.ToString();
      if (batch == nullptr) return out;
      out += batch->ToString();
    }
  }
  static std::map<std::string, std::string> States(const Table& table) {
    std::map<std::string, std::string> out;
    for (const int64_t id : table.snapshot_files().ListIds().ValueOrDie()) {
      TimeTravel at;
      at.snapshot_id = id;
      out["snapshot " + std::to_string(id)] = RowsAt(table, at);
    }
    for (const auto& [name, tag] : table.snapshot_files().ListTags().ValueOrDie()) {
      TimeTravel at;
      at.tag = name;
      out["tag " + name] = RowsAt(table, at);
    }
    return out;
  }
  static std::set<std::string> Files(const std::string& folder) {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) {
        out.insert(std::filesystem::relative(entry.path(), folder).string());
      }
    }
    return out;
  }
  std::vector<int64_t> Ids() const {
    return Open()->snapshot_files().ListIds().ValueOrDie();
  }

  TemporaryFolder warehouse_;
};

TEST_F(ExpireSnapshotsTest, OldSnapshotsGoAndTheOthersStayReadable) {
  const auto before = States(*Open());
  ASSERT_EQ(before.size(), 9u);
  EXPECT_EQ(ExpireSnapshots(*Open(), Keep(3)).ValueOrDie(), 5);
  EXPECT_EQ(Ids(), (std::vector<int64_t>{6, 7, 8}));
  EXPECT_EQ(support::ReadText(folder() + "/snapshot/EARLIEST"), "6");
  const auto after = States(*Open());
  EXPECT_EQ(after.size(), 4u);
  for (const auto& [name, rows] : after) EXPECT_EQ(rows, before.at(name)) << name;
  EXPECT_EQ(ExpireSnapshots(*Open(), Keep(3)).ValueOrDie(), 0);
}

// A writer that was held up has created its snapshot below history and will take it back.
TEST_F(ExpireSnapshotsTest, WhatStandsBelowHistoryIsNotTouched) {
  ASSERT_EQ(ExpireSnapshots(*Open(), Keep(3)).ValueOrDie(), 5);
  const auto before = States(*Open());
  meta::Snapshot stray = Open()->snapshot_files().Get(8).ValueOrDie();
  stray.id = 5;
  const std::string file = folder() + "/snapshot/snapshot-5";
  std::ofstream(file) << stray.ToJson();
  std::filesystem::remove(folder() + "/snapshot/EARLIEST");
  EXPECT_EQ(ExpireSnapshots(*Open(), Keep(2)).ValueOrDie(), 1);
  EXPECT_TRUE(std::filesystem::exists(file));
  // With a gap before history it is seen at once.
  std::filesystem::remove(folder() + "/snapshot/EARLIEST");
  EXPECT_EQ(ExpireSnapshots(*Open(), Keep(1)).ValueOrDie(), 1);
  EXPECT_TRUE(std::filesystem::exists(file));
  std::filesystem::remove(file);
  EXPECT_EQ(States(*Open()).at("snapshot 8"), before.at("snapshot 8"));
}

TEST_F(ExpireSnapshotsTest, WithTheLastTagOfASnapshotGoItsFiles) {
  ASSERT_TRUE(CreateTag(*Open(), {.name = "again", .snapshot_id = 4}).ok());
  ASSERT_EQ(ExpireSnapshots(*Open(), Keep(1)).ValueOrDie(), 7);
  const auto with_tags = Files(folder());
  ASSERT_TRUE(DeleteTag(*Open(), "again").ok());
  EXPECT_EQ(Files(folder()).size(), with_tags.size() - 1);
  const auto latest = States(*Open()).at("snapshot 8");
  ASSERT_TRUE(DeleteTag(*Open(), "three").ok());
  EXPECT_EQ(States(*Open()),
            (std::map<std::string, std::string>{{"snapshot 8", latest}}));
  // One snapshot needs its data file, lists, manifests, schema, hints and itself.
  const auto left = Files(folder());
  int data_files = 0;
  for (const std::string& file : left) data_files += file.starts_with("bucket-0/data-");
  EXPECT_EQ(data_files, 1);
  EXPECT_LT(left.size(), with_tags.size() - 5);
}

TEST_F(ExpireSnapshotsTest, ConsumersNumbersAndTimesHoldBack) {
  ASSERT_TRUE(ResetConsumer(*Open(), "reader", 3).ok());
  EXPECT_EQ(ExpireSnapshots(*Open(), Keep(1)).ValueOrDie(), 2);
  ASSERT_TRUE(ClearConsumers(*Open()).ok());
  ExpireRequest request = Keep(1);
  request.max_deletes = 1;
  EXPECT_EQ(ExpireSnapshots(*Open(), request).ValueOrDie(), 1);
  request = Keep(100);
  request.retain_min = 4;
  EXPECT_EQ(ExpireSnapshots(*Open(), request).ValueOrDie(), 0);
  // Everything is old enough: retain_min decides.
  request.older_than_millis = kAllTime;
  EXPECT_EQ(ExpireSnapshots(*Open(), request).ValueOrDie(), 1);
  EXPECT_EQ(Ids(), (std::vector<int64_t>{5, 6, 7, 8}));
  // A snapshot goes when its successor is older.
  request.retain_min = 1;
  request.older_than_millis = Open()->snapshot_files().Get(7).ValueOrDie().time_millis;
  const int64_t expired = ExpireSnapshots(*Open(), request).ValueOrDie();
  EXPECT_LE(expired, 1);
  request.retain_max = 0;
  EXPECT_EQ(KindOf(ExpireSnapshots(*Open(), request).status()), ErrorKind::kInvalidInput);
}

TEST_F(ExpireSnapshotsTest, ABranchKeepsWhatItStandsOnWithoutItsTag) {
  ASSERT_TRUE(CreateBranch(*Open(), "dev", "three", false).ok());
  const auto branch = [&] { return Open({{"branch", "dev"}}); };
  const auto before = States(*branch());
  ASSERT_EQ(before.size(), 2u);
  ASSERT_TRUE(DeleteTag(*Open(), "three").ok());
  ASSERT_EQ(ExpireSnapshots(*Open(), Keep(1)).ValueOrDie(), 7);
  EXPECT_EQ(States(*branch()), before);
}

// After a fast-forward table and branch share whole snapshots.
TEST_F(ExpireSnapshotsTest, ABranchKeepsWhatAFastForwardShares) {
  ASSERT_TRUE(CreateBranch(*Open(), "dev", "three", false).ok());
  const auto branch = [&] { return Open({{"branch", "dev"}}); };
  support::TarnTarget tarn(warehouse_.path());
  for (int64_t step = 0; step < 3; ++step) {
    Play(tarn.Run({{"cmd", "write"},
                   {"branch", "dev"},
                   {"write-only", true},
                   {"rows", {Row(step, 50 + step)}}}));
  }
  Play(tarn.Run({{"cmd", "compact"}, {"branch", "dev"}}));
  Play(FastForward(*Open(), "dev"));
  Play(tarn.Run({{"cmd", "write"}, {"write-only", true}, {"rows", {Row(1, 99)}}}));
  Play(tarn.Run({{"cmd", "compact"}}));
  const auto before = States(*branch());
  ASSERT_EQ(before.size(), 6u);
  const auto mine = [&] { return RowsAt(*Open(), TimeTravel()); };
  const std::string latest = mine();
  ASSERT_GT(ExpireSnapshots(*Open(), Keep(1)).ValueOrDie(), 4);
  EXPECT_EQ(States(*branch()), before);
  // And the branch's expiry leaves the table what it has.
  ASSERT_GT(ExpireSnapshots(*branch(), Keep(1)).ValueOrDie(), 3);
  EXPECT_EQ(mine(), latest);
}

TEST_F(ExpireSnapshotsTest, AStateThatWasBroughtBackOutlivesItsTag) {
  const auto done = RollbackToAsLatest(*Open(), std::nullopt, 4);
  ASSERT_TRUE(done.ok()) << done.status().ToString();
  EXPECT_EQ(done->current, 9);
  const auto before = States(*Open());
  EXPECT_EQ(before.at("snapshot 9"), before.at("snapshot 4"));
  const auto tags = Open()->snapshot_files().ListTags().ValueOrDie();
  ASSERT_EQ(tags.size(), 2u);
  for (const auto& [name, tag] : tags) {
    if (name != "three") Play(DeleteTag(*Open(), name));
  }
  ASSERT_EQ(ExpireSnapshots(*Open(), Keep(2)).ValueOrDie(), 7);
  for (const char* kept : {"snapshot 8", "snapshot 9", "tag three"}) {
    EXPECT_EQ(States(*Open()).at(kept), before.at(kept)) << kept;
  }
}

// Wherever it ends, every snapshot that stays and every tag is there, and the next expiry
// finishes what was begun.
TEST_F(ExpireSnapshotsTest, MayEndAnywhere) {
  const auto before = States(*Open());
  const TemporaryFolder place;
  support::CopyFolder(folder(), place / "whole");
  const auto local = io::MakeLocalFileSystem();
  ASSERT_EQ(ExpireSnapshots(*OpenAt(place / "whole", local), Keep(2)).ValueOrDie(), 6);
  const auto expected = Files(place / "whole");
  int64_t deletions = 0;
  for (bool ended = true; ended; ++deletions) {
    const std::string copy = place / ("cut" + std::to_string(deletions));
    support::CopyFolder(folder(), copy);
    const auto failing = std::make_shared<support::FailingFiles>(local, deletions);
    const auto expired = ExpireSnapshots(*OpenAt(copy, failing), Keep(2));
    ended = failing->failed();
    EXPECT_EQ(expired.ok(), !ended);
    auto after = States(*OpenAt(copy, local));
    for (const char* kept : {"snapshot 7", "snapshot 8", "tag three"}) {
      EXPECT_EQ(after[kept], before.at(kept)) << kept << " after " << deletions;
    }
    ASSERT_TRUE(ExpireSnapshots(*OpenAt(copy, local), Keep(2)).ok());
    EXPECT_EQ(Files(copy), expected) << "after " << deletions;
    std::filesystem::remove_all(copy);
  }
  EXPECT_GT(deletions, 15);
}

}  // namespace
}  // namespace tarn::table

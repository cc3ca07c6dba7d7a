// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/batch_start.h"

#include <gtest/gtest.h>

#include "tarn/base/context.h"
#include "tarn/io/local_file_system.h"
#include "tests/support/golden.h"

namespace tarn::table {
namespace {

using Options = std::map<std::string, std::string>;
using Kind = BatchStart::Kind;

// What options ask of a golden table with four snapshots and tags t1, t3.
class BatchStartTest : public ::testing::Test {
 protected:
  Result<BatchStart> Find(const Options& options) const {
    return FindBatchStart(*context_, snapshots_, schemas_, options);
  }
  BatchStart Found(const Options& options) const {
    auto start = Find(options);
    EXPECT_TRUE(start.ok()) << start.status();
    return start.ok() ? *std::move(start) : BatchStart();
  }
  std::string Code(const Options& options) const {
    return CodeOf(Find(options).status());
  }
  int64_t Time(int64_t id) const { return snapshots_.Get(id)->time_millis; }

  const std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem(), 1 << 20);
  const io::TablePaths paths_ =
      *io::TablePaths::Make(support::LoadGolden("incr_input").path);
  const meta::SnapshotFiles snapshots_{context_, paths_};
  const meta::SchemaFiles schemas_{context_, paths_};
};

TEST_F(BatchStartTest, PointsAreFoundByEachOfTheirKeys) {
  EXPECT_TRUE(Found({}).latest);
  EXPECT_EQ(Found({}).snapshot->id, 4);
  EXPECT_EQ(Found({{"scan.snapshot-id", "2"}}).snapshot->id, 2);
  EXPECT_EQ(Found({{"scan.tag-name", "t3"}}).snapshot->id, 3);
  EXPECT_EQ(Found({{"scan.version", "t1"}}).snapshot->id, 1);
  EXPECT_EQ(Found({{"scan.version", "3"}}).snapshot->id, 3);
  const std::string at = std::to_string(Time(2));
  EXPECT_EQ(Found({{"scan.timestamp-millis", at}}).snapshot->id, 2);
  EXPECT_EQ(Found({{"scan.mode", "from-snapshot-full"}, {"scan.snapshot-id", "1"}})
                .snapshot->id,
            1);
  // Nothing was compacted: the latest.
  EXPECT_EQ(Found({{"scan.mode", "compacted-full"}}).snapshot->id, 4);
}

TEST_F(BatchStartTest, WhatHistoryDoesNotHoldIsNotFound) {
  EXPECT_EQ(Code({{"scan.snapshot-id", "9"}}), "TARN-4101");
  EXPECT_EQ(Code({{"scan.tag-name", "no"}}), "TARN-4102");
  EXPECT_EQ(Code({{"scan.timestamp-millis", "1"}}), "TARN-4603");
  EXPECT_EQ(Code({{"scan.watermark", "1"}}), "TARN-4604");
  EXPECT_EQ(Code({{"scan.version", "no"}}), "TARN-4602");
  EXPECT_EQ(Code({{"incremental-between", "3,9"}}), "TARN-1613");
  EXPECT_EQ(Code({{"incremental-between", "3,2"}}), "TARN-1610");
}

TEST_F(BatchStartTest, KeysMustFitTheModeAndEachOther) {
  EXPECT_EQ(Code({{"scan.mode", "latest"}, {"scan.snapshot-id", "1"}}), "TARN-1605");
  EXPECT_EQ(Code({{"scan.mode", "from-snapshot"}}), "TARN-1604");
  EXPECT_EQ(Code({{"scan.mode", "from-timestamp"}}), "TARN-1604");
  EXPECT_EQ(Code({{"scan.snapshot-id", "1"}, {"scan.tag-name", "t1"}}), "TARN-1604");
  EXPECT_EQ(Code({{"scan.timestamp-millis", "1"}, {"scan.tag-name", "t1"}}), "TARN-1605");
  EXPECT_EQ(Code({{"incremental-between", "1,2"}, {"scan.snapshot-id", "1"}}),
            "TARN-1605");
  EXPECT_EQ(Code({{"scan.fallback-branch", "b"}}), "TARN-6601");
}

TEST_F(BatchStartTest, AStretchOfHistoryIsItsStepsOrADifference) {
  const Options between = {{"incremental-between", "1,3"}};
  const BatchStart steps = Found(between);
  EXPECT_EQ(steps.kind, Kind::kChanges);
  ASSERT_EQ(steps.steps.size(), 2u);
  EXPECT_EQ(steps.steps[0].id, 2);
  const BatchStart tags = Found({{"incremental-between", "t1,t3"}});
  EXPECT_EQ(tags.kind, Kind::kDiff);
  EXPECT_EQ(tags.before->id, 1);
  EXPECT_EQ(Found({{"incremental-between", "2,2"}}).kind, Kind::kNothing);
  EXPECT_EQ(Found({{"incremental-between", "t1,t3"},
                   {"incremental-between-tag-to-snapshot", "true"}})
                .kind,
            Kind::kChanges);
  const std::string times = std::to_string(Time(1)) + "," + std::to_string(Time(3));
  EXPECT_EQ(Found({{"incremental-between-timestamp", times}}).steps.size(), 2u);
  EXPECT_EQ(Code({{"incremental-between", "1"}}), "TARN-1607");
  EXPECT_EQ(Code({{"incremental-between", "t1,no"}}), "TARN-1608");
}

TEST(TimeTravelTest, AutomaticTagsOfADayFollowEachOther) {
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem(), 1 << 20);
  const auto paths = *io::TablePaths::Make(support::LoadGolden("tags_auto").path);
  const meta::SnapshotFiles snapshots(context, paths);
  const meta::SchemaFiles schemas(context, paths);
  Options options = (*schemas.Latest())->options;
  options["incremental-to-auto-tag"] = "2024-01-05";
  const auto start = FindBatchStart(*context, snapshots, schemas, options);
  ASSERT_TRUE(start.ok()) << start.status();
  EXPECT_EQ(start->kind, Kind::kDiff);
  EXPECT_EQ(start->before->id, snapshots.GetTag("2024-01-04")->snapshot.id);
  options["incremental-to-auto-tag"] = "by-hand";
  EXPECT_EQ(CodeOf(FindBatchStart(*context, snapshots, schemas, options).status()),
            "TARN-1609");
}

}  // namespace
}  // namespace tarn::table

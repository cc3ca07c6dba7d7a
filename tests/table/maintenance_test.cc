// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/maintenance.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tarn/io/local_file_system.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/manifest_list.h"
#include "tarn/table/branches.h"
#include "tarn/table/consumers.h"
#include "tarn/table/expire_changelogs.h"
#include "tarn/table/expire_snapshots.h"
#include "tarn/table/tags.h"
#include "tests/support/files.h"
#include "tests/support/tarn_target.h"

namespace tarn::table {
namespace {

using nlohmann::json;
using Options = std::map<std::string, std::string>;

/// A table of eight snapshots, every second one a full compaction.
class MaintenanceTest : public ::testing::TestWithParam<const char*> {
 protected:
  void Fill(const std::string& producer) {
    support::TarnTarget tarn(warehouse_.path());
    const json schema = {
        {"fields",
         {{{"name", "k"}, {"type", "INT"}}, {{"name", "v"}, {"type", "BIGINT"}}}},
        {"primaryKeys", {"k"}},
        {"partitionKeys", json::array()},
        {"options", {{"bucket", "1"}, {"changelog-producer", producer}}}};
    Play(tarn.Create(schema));
    for (int64_t step = 0; step < 4; ++step) {
      const json row = {{"op", "+I"}, {"row", {{"k", 1}, {"v", step}}}};
      Play(tarn.Run({{"cmd", "write"}, {"write-only", true}, {"rows", {row}}}));
      Play(tarn.Run({{"cmd", "compact"}}));
    }
    ASSERT_EQ(Snapshots().size(), 8u);
  }

  static void Play(const Status& status) {
    ASSERT_TRUE(status.ok()) << status.ToString();
  }

  std::shared_ptr<Table> Open(const Options& options = {}) const {
    const auto context =
        base::MakeSystemContext(io::MakeLocalFileSystem(), int64_t{64} << 20);
    return Table::Open(context, warehouse_.path() + "/db.db/t", "db.t", options)
        .ValueOrDie();
  }
  Status Run(const Options& options) const {
    const auto table = Open(options);
    return Maintenance(*table).Run(/*end_of_input=*/false);
  }
  std::vector<int64_t> Snapshots() const {
    return Open()->snapshot_files().ListIds().ValueOrDie();
  }
  std::vector<int64_t> Changelogs() const {
    return Open()->snapshot_files().ListChangelogIds().ValueOrDie();
  }

  /// The files that make up a changelog are all there.
  static void ExpectReadable(const Table& table, const meta::Snapshot& snapshot) {
    // Where a producer writes changelog files, a snapshot without them has no changes.
    const std::string producer = table.schema()->options.at("changelog-producer");
    if (producer != "none" && !snapshot.changelog_manifest_list) return;
    const io::TablePaths& paths = table.snapshot_files().paths();
    const auto manifests =
        snapshot.changelog_manifest_list
            ? meta::ReadChangelogManifests(table.context(), paths, snapshot)
            : meta::ReadDeltaManifests(table.context(), paths, snapshot);
    ASSERT_TRUE(manifests.ok()) << manifests.status();
    const auto entries = meta::ReadEntries(table.context(), paths, *manifests);
    ASSERT_TRUE(entries.ok()) << entries.status();
    // Without changelog files, those of compactions are no changelog.
    const bool compaction = !snapshot.changelog_manifest_list &&
                            snapshot.commit_kind == meta::CommitKind::kCompact;
    for (const auto& entry : *entries) {
      if (entry.kind != meta::FileKind::kAdd || compaction) continue;
      const auto path = paths.DataFile("", entry.bucket, entry.file.file_name);
      EXPECT_TRUE(std::filesystem::exists(path.ValueOrDie())) << path.ValueOrDie();
    }
  }
  void ExpectReadableChangelogs(const Options& options = {}) const {
    const auto table = Open(options);
    const auto ids = table->snapshot_files().ListChangelogIds().ValueOrDie();
    EXPECT_FALSE(ids.empty());
    for (const int64_t id : ids) {
      ExpectReadable(*table, table->snapshot_files().GetChangelog(id).ValueOrDie());
    }
  }
  int64_t DataFiles() const {
    int64_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(warehouse_.path() + "/db.db/t/bucket-0")) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  support::TemporaryFolder warehouse_;
};

TEST_F(MaintenanceTest, SnapshotsExpireByTheOptionsOfTheTable) {
  Fill("none");
  Play(Run({}));
  EXPECT_EQ(Snapshots().size(), 8u);  // young, and fewer than ten
  const Options few = {{"snapshot.num-retained.min", "1"},
                       {"snapshot.num-retained.max", "3"}};
  auto table = Open({{"snapshot.num-retained.min", "1"},
                     {"snapshot.num-retained.max", "3"},
                     {"write-only", "true"}});
  Play(Maintenance(*table).RunUnlessWriteOnly(/*end_of_input=*/false));
  EXPECT_EQ(Snapshots().size(), 8u);
  table = Open(few);
  Play(Maintenance(*table).RunUnlessWriteOnly(/*end_of_input=*/false));
  EXPECT_EQ(Snapshots(), (std::vector<int64_t>{6, 7, 8}));
  EXPECT_TRUE(Changelogs().empty());
}

TEST_F(MaintenanceTest, ATagGoesWhenItsTimeIsOver) {
  Fill("none");
  Play(CreateTag(*Open(), {.name = "short", .snapshot_id = 2, .retained_nanos = 1})
           .status());
  Play(CreateTag(*Open(), {.name = "long", .snapshot_id = 3}).status());
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  Play(Run({{"tag.time-expire-enabled", "false"}}));
  EXPECT_EQ(Open()->snapshot_files().ListTags()->size(), 2u);
  Play(Run({}));
  const auto tags = Open()->snapshot_files().ListTags().ValueOrDie();
  ASSERT_EQ(tags.size(), 1u);
  EXPECT_EQ(tags[0].first, "long");
}

TEST_F(MaintenanceTest, AConsumerThatStandsStillIsForgotten) {
  Fill("none");
  Play(ResetConsumer(*Open(), "reader", 3));
  const Options few = {{"snapshot.num-retained.min", "1"},
                       {"snapshot.num-retained.max", "1"}};
  Play(Run(few));
  EXPECT_EQ(Snapshots().front(), 3);
  Options forgetful = few;
  forgetful["consumer.expiration-time"] = "1 h";
  Play(Run(forgetful));
  EXPECT_EQ(Snapshots().front(), 3);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  forgetful["consumer.expiration-time"] = "1 ms";
  Play(Run(forgetful));
  EXPECT_EQ(Snapshots(), (std::vector<int64_t>{8}));
  EXPECT_TRUE(ListConsumers(*Open())->empty());
}

TEST_F(MaintenanceTest, PartitionsAreLookedAtNowAndThen) {
  support::TarnTarget tarn(warehouse_.path());
  const json schema = {
      {"fields",
       {{{"name", "dt"}, {"type", "STRING"}}, {{"name", "k"}, {"type", "INT"}}}},
      {"primaryKeys", json::array()},
      {"partitionKeys", {"dt"}},
      {"options", {{"bucket", "-1"}, {"partition.expiration-time", "1 d"}}}};
  Play(tarn.Create(schema));
  json rows = json::array();
  for (const char* day : {"2001-01-01", "2999-01-01"}) {
    rows.push_back({{"op", "+I"}, {"row", {{"dt", day}, {"k", 1}}}});
  }
  Play(tarn.Run({{"cmd", "write"}, {"write-only", true}, {"rows", rows}}));
  const auto table = Open();
  Play(Maintenance(*table).Run(/*end_of_input=*/true));
  EXPECT_EQ(Snapshots().size(), 1u);
  const auto at_end = Open({{"end-input.check-partition-expire", "true"}});
  Play(Maintenance(*at_end).Run(/*end_of_input=*/false));
  EXPECT_EQ(Snapshots().size(), 1u);
  Play(Maintenance(*at_end).Run(/*end_of_input=*/true));
  EXPECT_EQ(Snapshots().size(), 2u);
  EXPECT_EQ(Open()->snapshot_files().Get(2)->total_record_count, 1);
  const auto always = Open({{"partition.expiration-check-interval", "0 s"}});
  Play(Maintenance(*always).Run(/*end_of_input=*/false));
  EXPECT_EQ(Snapshots().size(), 2u);  // nothing is old any more
}

TEST_P(MaintenanceTest, ChangelogsOutliveTheirSnapshots) {
  Fill(GetParam());
  const Options longer = {{"snapshot.num-retained.min", "1"},
                          {"snapshot.num-retained.max", "2"},
                          {"changelog.num-retained.max", "5"}};
  Play(Run(longer));
  EXPECT_EQ(Snapshots(), (std::vector<int64_t>{7, 8}));
  EXPECT_EQ(Changelogs(), (std::vector<int64_t>{4, 5, 6}));
  EXPECT_EQ(support::ReadText(warehouse_.path() + "/db.db/t/changelog/LATEST"), "6");
  EXPECT_EQ(support::ReadText(warehouse_.path() + "/db.db/t/changelog/EARLIEST"), "4");
  ExpectReadableChangelogs();
  EXPECT_EQ(DeleteChangelogs(*Open()).ValueOrDie(), 3);
  EXPECT_TRUE(Changelogs().empty());
  // The latest snapshot is one file, the last write another, and its changelog.
  const bool produces = std::string(GetParam()) != "none";
  EXPECT_LE(DataFiles(), produces ? 4 : 3);
  auto reader = Open()->Scan({});
  ASSERT_TRUE(reader.ok()) << reader.status();
  std::shared_ptr<arrow::RecordBatch> batch;
  Play((*reader)->ReadNext(&batch));
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->num_rows(), 1);
}

TEST_P(MaintenanceTest, ConsumersMayHoldBackChangelogsAlone) {
  Fill(GetParam());
  Play(ResetConsumer(*Open(), "reader", 3));
  Options options = {{"snapshot.num-retained.min", "1"},
                     {"snapshot.num-retained.max", "2"},
                     {"changelog.num-retained.max", "3"}};
  Play(Run(options));
  EXPECT_EQ(Snapshots().front(), 3);
  options["consumer.changelog-only"] = "true";
  Play(Run(options));
  EXPECT_EQ(Snapshots(), (std::vector<int64_t>{7, 8}));
  EXPECT_EQ(Changelogs(), (std::vector<int64_t>{3, 4, 5, 6}));
  ExpectReadableChangelogs();
}

// What is deleted for another reason must not take a changelog's files with it.
TEST_P(MaintenanceTest, TagsExpiriesAndOtherBranchesLeaveChangelogsReadable) {
  Fill(GetParam());
  Play(CreateTag(*Open(), {.name = "three", .snapshot_id = 3}).status());
  Play(CreateBranch(*Open(), "dev", "three", false));
  Play(Run({{"snapshot.num-retained.min", "1"},
            {"snapshot.num-retained.max", "4"},
            {"changelog.num-retained.max", "100"}}));
  ASSERT_EQ(Changelogs(), (std::vector<int64_t>{1, 2, 3, 4}));
  Play(DeleteTag(*Open(), "three"));
  ExpectReadableChangelogs();
  const auto table = Open();
  ExpireRequest all{.retain_max = 1, .retain_min = 1, .max_deletes = 100};
  EXPECT_EQ(ExpireSnapshots(*table, all).ValueOrDie(), 3);
  ExpectReadableChangelogs();
  const auto branch = Open({{"branch", "dev"}});
  Play(DeleteTag(*branch, "three"));
  ExpectReadableChangelogs();
}

INSTANTIATE_TEST_SUITE_P(Producers, MaintenanceTest,
                         ::testing::Values("none", "input", "lookup"));

}  // namespace
}  // namespace tarn::table

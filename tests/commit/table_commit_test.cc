// SPDX-License-Identifier: Apache-2.0
#include "tarn/commit/table_commit.h"

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include <arrow/io/interfaces.h>
#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "tarn/base/context.h"
#include "tarn/commit/file_snapshot_store.h"
#include "tarn/io/local_file_system.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/schema_file.h"
#include "tarn/meta/snapshot_files.h"
#include "tarn/meta/stored_rows.h"
#include "tests/support/files.h"

namespace tarn::commit {
namespace {

using meta::CommitMessage;
using meta::Committable;
using meta::DataFileMeta;
using meta::Snapshot;

std::string Row(const std::vector<types::DataField>& fields, int32_t value) {
  std::vector<std::shared_ptr<arrow::Scalar>> values(fields.size(),
                                                     arrow::MakeScalar(value));
  return *meta::EncodeStoredRow(values, fields);
}

/// A store that answers as a test wants before or after it asks the real one.
class ScriptedStore : public SnapshotStore {
 public:
  explicit ScriptedStore(std::shared_ptr<SnapshotStore> real) : real_(std::move(real)) {}
  Result<std::optional<Snapshot>> Latest() override {
    auto latest = real_->Latest();
    if (--until_after_latest <= 0) CallOnce(&after_latest);
    return latest;
  }
  Result<std::optional<int64_t>> EarliestId() override { return real_->EarliestId(); }
  Result<std::vector<int64_t>> ListIds() override { return real_->ListIds(); }
  Result<Snapshot> Get(int64_t id) override { return real_->Get(id); }
  Result<base::CreateOutcome> Publish(const Snapshot& snapshot) override {
    CallOnce(&before_publish);
    if (lose > 0) {
      --lose;
      return base::CreateOutcome::kExists;
    }
    ARROW_ASSIGN_OR_RAISE(auto outcome, real_->Publish(snapshot));
    CallOnce(&after_publish);
    if (answer_unknown > 0) {
      --answer_unknown;
      return base::CreateOutcome::kUnknown;
    }
    return outcome;
  }
  Status Announce(int64_t id) override { return real_->Announce(id); }
  Status Delete(const Snapshot& snapshot) override {
    ++withdrawn;
    return real_->Delete(snapshot);
  }

  std::function<void()> before_publish, after_publish, after_latest;
  int until_after_latest = 1;
  int lose = 0;            ///< tries that another commit seems to win
  int answer_unknown = 0;  ///< tries that succeed without an answer
  int withdrawn = 0;

 private:
  static void CallOnce(std::function<void()>* call) {
    if (*call) std::exchange(*call, nullptr)();
  }

  const std::shared_ptr<SnapshotStore> real_;
};

class TableCommitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    context_ = base::MakeSystemContext(io::MakeLocalFileSystem());
    auto schema = std::make_shared<types::TableSchema>();
    schema->fields = {{0, "p", types::DataType::Int()},
                      {1, "k", types::DataType::Int().NotNull()},
                      {2, "v", types::DataType::Int()}};
    schema->highest_field_id = 2;
    schema->partition_keys = {"p"};
    schema->primary_keys = {"p", "k"};
    schema->options = {{"bucket", "2"}, {"commit.sync", "none"}};
    Use(std::move(schema));
  }

  void Use(std::shared_ptr<types::TableSchema> schema) {
    schema_ = std::move(schema);
    path_ = folder_ / ("t" + std::to_string(tables_++));
    paths_ = std::make_unique<io::TablePaths>(*io::TablePaths::Make(path_));
    const meta::SchemaFiles schemas(context_, *paths_);
    ASSERT_TRUE(schemas.Create(*schema_, false).ok());
    partition_fields_ = *schema_->FieldsOf(schema_->partition_keys);
    key_fields_ = *schema_->FieldsOf(schema_->TrimmedPrimaryKey());
    store_ = MakeFileSnapshotStore(context_, *paths_, false);
  }

  std::unique_ptr<TableCommit> Committer(const std::string& user = "user",
                                         std::shared_ptr<SnapshotStore> store = nullptr,
                                         std::map<std::string, std::string> options = {},
                                         bool ignore_empty = true) {
    TableCommitOptions commit_options;
    commit_options.commit_user = user;
    commit_options.ignore_empty_commit = ignore_empty;
    commit_options.dynamic_options = std::move(options);
    auto made =
        MakeTableCommit(context_, path_, schema_, store ? store : store_, commit_options);
    EXPECT_TRUE(made.ok()) << made.status();
    return *std::move(made);
  }

  DataFileMeta File(int32_t min_key, int32_t max_key, int32_t level = 0,
                    int64_t rows = 10) {
    DataFileMeta file;
    file.file_name = "data-" + std::to_string(next_file_++) + ".parquet";
    file.file_size = 100;
    file.row_count = rows;
    file.min_key = Row(key_fields_, min_key);
    file.max_key = Row(key_fields_, max_key);
    file.key_stats = {file.min_key, file.max_key, {0}};
    file.value_stats = meta::SimpleStats::Empty();
    file.value_stats_cols.emplace();
    file.level = level;
    file.delete_row_count = 0;
    file.file_source = meta::FileSource::kAppend;
    return file;
  }

  CommitMessage Message(int32_t partition, std::vector<DataFileMeta> files,
                        int32_t total_buckets = 2) {
    CommitMessage message;
    message.partition = Row(partition_fields_, partition);
    message.total_buckets = total_buckets;
    message.new_files = std::move(files);
    return message;
  }

  static Committable Of(int64_t identifier, std::vector<CommitMessage> messages) {
    Committable out;
    out.identifier = identifier;
    out.messages = std::move(messages);
    return out;
  }

  CommitMessage Compaction(std::vector<DataFileMeta> before,
                           std::vector<DataFileMeta> after) {
    CommitMessage message = Message(1, {});
    message.compact_before = std::move(before);
    message.compact_after = std::move(after);
    return message;
  }

  Snapshot Latest() { return **store_->Latest(); }
  std::set<std::string> LiveNames() {
    std::set<std::string> out;
    const auto live = meta::ReadLiveFiles(*context_, *paths_, Latest());
    EXPECT_TRUE(live.ok()) << live.status();
    for (const auto& entry : *live) out.insert(entry.file.file_name);
    return out;
  }
  size_t ManifestFiles() { return context_->files->List(path_ + "/manifest")->size(); }
  /// Names in the manifest folder that snapshots lead to.
  std::set<std::string> ReachableManifests() {
    std::set<std::string> out;
    const meta::SnapshotFiles files(context_, *paths_);
    for (const int64_t id : *files.ListIds()) {
      const Snapshot snapshot = *files.Get(id);
      out.insert(snapshot.base_manifest_list);
      out.insert(snapshot.delta_manifest_list);
      for (const auto& m : *meta::ReadDataManifests(*context_, *paths_, snapshot)) {
        out.insert(m.file_name);
      }
    }
    return out;
  }

  support::TemporaryFolder folder_;
  int tables_ = 0;
  std::shared_ptr<base::Context> context_;
  std::shared_ptr<types::TableSchema> schema_;
  std::string path_;
  std::unique_ptr<io::TablePaths> paths_;
  std::vector<types::DataField> partition_fields_, key_fields_;
  std::shared_ptr<SnapshotStore> store_;
  std::atomic<int> next_file_{0};
};

TEST_F(TableCommitTest, TheFirstSnapshotHasAnEmptyBaseList) {
  const auto outcome = Committer()->Commit(Of(1, {Message(1, {File(1, 5)})}));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->result, CommitResult::kCommitted);
  EXPECT_EQ(outcome->snapshot_ids, (std::vector<int64_t>{1}));
  const Snapshot snapshot = Latest();
  EXPECT_EQ(snapshot.id, 1);
  EXPECT_EQ(snapshot.commit_user, "user");
  EXPECT_EQ(snapshot.commit_identifier, 1);
  EXPECT_EQ(snapshot.commit_kind, meta::CommitKind::kAppend);
  EXPECT_EQ(snapshot.total_record_count, 10);
  EXPECT_EQ(snapshot.delta_record_count, 10);
  EXPECT_EQ(snapshot.next_row_id, 0);
  EXPECT_TRUE(snapshot.uuid.has_value());
  EXPECT_FALSE(snapshot.changelog_manifest_list.has_value());
  const std::string base = *paths_->ManifestFile(snapshot.base_manifest_list);
  EXPECT_EQ(meta::ReadManifestList(*context_, base)->size(), 0u);
  EXPECT_EQ(context_->files->Stat(base)->bytes, snapshot.base_manifest_list_size);
  EXPECT_EQ(support::ReadText(paths_->SnapshotLatestHint()), "1");
}

TEST_F(TableCommitTest, AppendsThenCompactsWithOneIdentifier) {
  auto committer = Committer();
  const DataFileMeta old = File(1, 5), fresh = File(3, 9), merged = File(1, 9, 5);
  ASSERT_TRUE(committer->Commit(Of(1, {Message(1, {old})})).ok());
  Committable both = Of(2, {Message(1, {fresh})});
  both.messages.push_back(Compaction({old, fresh}, {merged}));
  both.watermark = 77;
  both.properties = {{"position", "9"}};
  const auto outcome = committer->Commit(both);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->snapshot_ids, (std::vector<int64_t>{2, 3}));
  const Snapshot append = *store_->Get(2), compact = *store_->Get(3);
  EXPECT_EQ(append.commit_kind, meta::CommitKind::kAppend);
  EXPECT_EQ(compact.commit_kind, meta::CommitKind::kCompact);
  EXPECT_EQ(compact.commit_identifier, 2);
  EXPECT_EQ(compact.watermark, 77);
  EXPECT_EQ(compact.properties.at("position"), "9");
  EXPECT_EQ(compact.delta_record_count, -10);
  EXPECT_EQ(compact.total_record_count, 10);
  EXPECT_EQ(LiveNames(), std::set<std::string>{merged.file_name});
}

TEST_F(TableCommitTest, WatermarkNeverFallsAndIndexesAreCarriedOn) {
  auto committer = Committer();
  Committable first = Of(1, {Message(1, {File(1, 5)})});
  first.watermark = 100;
  ASSERT_TRUE(committer->Commit(first).ok());
  Committable second = Of(2, {Message(1, {File(1, 5)})});
  second.watermark = 50;
  ASSERT_TRUE(committer->Commit(second).ok());
  EXPECT_EQ(Latest().watermark, 100);
}

TEST_F(TableCommitTest, EmptyCommitsAreIgnoredOrWritten) {
  const auto ignored = Committer()->Commit(Of(1, {}));
  ASSERT_TRUE(ignored.ok());
  EXPECT_EQ(ignored->result, CommitResult::kNothingToCommit);
  EXPECT_FALSE(store_->Latest()->has_value());
  const auto written = Committer("user", nullptr, {}, false)->Commit(Of(1, {}));
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(Latest().id, 1);
  EXPECT_TRUE(LiveNames().empty());
}

TEST_F(TableCommitTest, AReplayedIdentifierIsRecognisedAfterARestart) {
  ASSERT_TRUE(Committer()->Commit(Of(5, {Message(1, {File(1, 5)})})).ok());
  ASSERT_TRUE(Committer("other")->Commit(Of(9, {Message(1, {File(1, 5)})})).ok());
  auto restarted = Committer();
  EXPECT_EQ((*restarted->LatestOfUser())->commit_identifier, 5);
  const auto replay = restarted->Commit(Of(5, {Message(1, {File(1, 5)})}));
  ASSERT_TRUE(replay.ok());
  EXPECT_EQ(replay->result, CommitResult::kAlreadyCommitted);
  EXPECT_EQ(Latest().id, 2);
  ASSERT_TRUE(restarted->Commit(Of(6, {Message(1, {File(1, 5)})})).ok());
  EXPECT_EQ(Latest().id, 3);
  EXPECT_FALSE((*Committer("third")->LatestOfUser()).has_value());
}

TEST_F(TableCommitTest, BatchCommitsShareOneIdentifierAndAreNoReplays) {
  auto committer = Committer("batch");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(
        committer->Commit(Of(meta::kBatchCommitIdentifier, {Message(1, {File(1, 5)})}))
            .ok());
  }
  EXPECT_EQ(Latest().id, 2);
}

TEST_F(TableCommitTest, ALostRaceIsTriedAgainOnTheNewerSnapshot) {
  auto store = std::make_shared<ScriptedStore>(store_);
  const DataFileMeta theirs = File(1, 5), ours = File(2, 6);
  store->before_publish = [&] {
    ASSERT_TRUE(Committer("other")->Commit(Of(1, {Message(1, {theirs})})).ok());
  };
  const auto outcome = Committer("user", store)->Commit(Of(1, {Message(1, {ours})}));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->retries, 1);
  EXPECT_EQ(outcome->snapshot_ids, (std::vector<int64_t>{2}));
  EXPECT_EQ(LiveNames(), (std::set<std::string>{theirs.file_name, ours.file_name}));
  EXPECT_EQ(Latest().total_record_count, 20);
  EXPECT_EQ(ManifestFiles(), ReachableManifests().size());
}

TEST_F(TableCommitTest, WhoAlwaysLosesGetsAConflictAndLeavesNothingBehind) {
  ASSERT_TRUE(Committer("other")->Commit(Of(1, {Message(1, {File(1, 5)})})).ok());
  auto store = std::make_shared<ScriptedStore>(store_);
  store->lose = 100;
  const auto outcome =
      Committer("user", store,
                {{"commit.max-retries", "3"}, {"commit.max-retry-wait", "1 ms"}})
          ->Commit(Of(1, {Message(1, {File(1, 5)})}));
  EXPECT_EQ(KindOf(outcome.status()), ErrorKind::kConflict);
  EXPECT_EQ(store->lose, 96);
  EXPECT_EQ(ManifestFiles(), ReachableManifests().size());
}

TEST_F(TableCommitTest, AnUnknownAnswerIsFoundInTheChain) {
  auto store = std::make_shared<ScriptedStore>(store_);
  store->answer_unknown = 1;
  const DataFileMeta file = File(1, 5);
  const auto outcome = Committer("user", store)->Commit(Of(1, {Message(1, {file})}));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->result, CommitResult::kAlreadyCommitted);
  EXPECT_EQ(outcome->snapshot_ids, (std::vector<int64_t>{1}));
  EXPECT_EQ(LiveNames(), std::set<std::string>{file.file_name});
}

TEST_F(TableCommitTest, AnUnknownAnswerThatStaysUnknownDeletesNothing) {
  auto store = std::make_shared<ScriptedStore>(store_);
  store->answer_unknown = 1;
  auto committer = Committer("user", store, {{"commit.max-retries", "0"}});
  const Committable committable = Of(1, {Message(1, {File(1, 5)})});
  const auto outcome = committer->Commit(committable);
  EXPECT_EQ(KindOf(outcome.status()), ErrorKind::kCommitUnknown);
  EXPECT_EQ(LiveNames().size(), 1u);
  // Whoever comes again with the same identifier learns that it had happened.
  const auto again = committer->Commit(committable);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->result, CommitResult::kAlreadyCommitted);
  EXPECT_EQ(Latest().id, 1);
}

TEST_F(TableCommitTest, CompactionOfAFileThatIsGoneIsAConflict) {
  const DataFileMeta file = File(1, 5);
  ASSERT_TRUE(Committer()->Commit(Of(1, {Message(1, {file})})).ok());
  ASSERT_TRUE(Committer("a")->Commit(Of(1, {Compaction({file}, {File(1, 5, 5)})})).ok());
  const size_t manifests = ManifestFiles();
  const auto second =
      Committer("b")->Commit(Of(1, {Compaction({file}, {File(1, 5, 4)})}));
  EXPECT_EQ(KindOf(second.status()), ErrorKind::kConflict) << second.status();
  EXPECT_EQ(ManifestFiles(), manifests);
  EXPECT_EQ(Latest().id, 2);
}

TEST_F(TableCommitTest, OverlappingFilesOfOneLevelAreAConflict) {
  const DataFileMeta a = File(1, 5), b = File(5, 9);
  ASSERT_TRUE(Committer()->Commit(Of(1, {Message(1, {a, b})})).ok());
  ASSERT_TRUE(Committer("a")->Commit(Of(1, {Compaction({a}, {File(1, 5, 5)})})).ok());
  const auto touching = Committer("b")->Commit(Of(1, {Compaction({b}, {File(5, 9, 5)})}));
  EXPECT_EQ(KindOf(touching.status()), ErrorKind::kConflict) << touching.status();
  const auto apart = Committer("c")->Commit(Of(1, {Compaction({b}, {File(6, 9, 5)})}));
  EXPECT_TRUE(apart.ok()) << apart.status();
}

TEST_F(TableCommitTest, ACompactionThatLosesToAnAppendIsPlannedAgain) {
  const DataFileMeta file = File(1, 5), late = File(2, 3), merged = File(1, 5, 5);
  ASSERT_TRUE(Committer()->Commit(Of(1, {Message(1, {file})})).ok());
  auto store = std::make_shared<ScriptedStore>(store_);
  store->before_publish = [&] {
    ASSERT_TRUE(Committer("writer")->Commit(Of(1, {Message(1, {late})})).ok());
  };
  const auto outcome =
      Committer("compactor", store)->Commit(Of(1, {Compaction({file}, {merged})}));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(LiveNames(), (std::set<std::string>{late.file_name, merged.file_name}));
}

TEST_F(TableCommitTest, AnotherBucketCountIsAConflict) {
  ASSERT_TRUE(Committer()->Commit(Of(1, {Message(1, {File(1, 5)})})).ok());
  const auto other = Committer("b")->Commit(Of(1, {Message(1, {File(1, 5)}, 4)}));
  EXPECT_EQ(KindOf(other.status()), ErrorKind::kConflict) << other.status();
  // Another partition may have its own.
  EXPECT_TRUE(Committer("b")->Commit(Of(1, {Message(2, {File(1, 5)}, 4)})).ok());
  const auto mixed = Committer("c")->Commit(
      Of(1, {Message(3, {File(1, 5)}, 4), Message(3, {File(1, 5)}, 2)}));
  EXPECT_EQ(KindOf(mixed.status()), ErrorKind::kConflict);
}

TEST_F(TableCommitTest, DynamicOverwriteReplacesThePartitionsOfTheNewFiles) {
  const DataFileMeta one = File(1, 5), two = File(1, 5), fresh = File(2, 4);
  ASSERT_TRUE(Committer()->Commit(Of(1, {Message(1, {one}), Message(2, {two})})).ok());
  const auto outcome =
      Committer("b")->Overwrite(Of(1, {Message(2, {fresh}, 4)}), std::nullopt);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(Latest().commit_kind, meta::CommitKind::kOverwrite);
  EXPECT_EQ(LiveNames(), (std::set<std::string>{one.file_name, fresh.file_name}));
  // New files that do not overlap go to the highest level at once.
  for (const auto& entry : *meta::ReadLiveFiles(*context_, *paths_, Latest())) {
    EXPECT_EQ(entry.file.level, entry.file.file_name == fresh.file_name ? 5 : 0);
  }
  const auto nothing = Committer("c")->Overwrite(Of(1, {}), std::nullopt);
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ(nothing->result, CommitResult::kNothingToCommit);
  EXPECT_EQ(LiveNames().size(), 2u);
}

TEST_F(TableCommitTest, StaticOverwriteReplacesWhatItNames) {
  const DataFileMeta one = File(1, 5), two = File(1, 5);
  ASSERT_TRUE(Committer()->Commit(Of(1, {Message(1, {one}), Message(2, {two})})).ok());
  const std::map<std::string, std::string> options = {
      {"dynamic-partition-overwrite", "false"}};
  const std::map<std::string, std::string> partition = {{"p", "2"}};
  const auto outside = Committer("b", nullptr, options)
                           ->Overwrite(Of(1, {Message(1, {File(1, 5)})}), partition);
  EXPECT_EQ(KindOf(outside.status()), ErrorKind::kInvalidInput);
  ASSERT_TRUE(Committer("b", nullptr, options)->Overwrite(Of(1, {}), partition).ok());
  EXPECT_EQ(LiveNames(), std::set<std::string>{one.file_name});
  EXPECT_EQ(Latest().total_record_count, 10);
  ASSERT_TRUE(Committer("c", nullptr, options)->Overwrite(Of(1, {}), std::nullopt).ok());
  EXPECT_TRUE(LiveNames().empty());
}

TEST_F(TableCommitTest, ManifestsAreMergedWithoutChangingWhatIsLive) {
  const std::map<std::string, std::string> options = {{"manifest.merge-min-count", "5"}};
  auto committer = Committer("user", nullptr, options);
  std::set<std::string> live;
  std::vector<DataFileMeta> last;
  for (int i = 1; i <= 40; ++i) {
    const DataFileMeta file = File(i, i);
    Committable committable = Of(i, {Message(1, {file})});
    if (i % 4 == 0) {
      const DataFileMeta merged = File(1000 + i, 1000 + i, 5);
      committable.messages.push_back(Compaction(last, {merged}));
      for (const DataFileMeta& gone : last) live.erase(gone.file_name);
      live.insert(merged.file_name);
      last.clear();
    }
    live.insert(file.file_name);
    last.push_back(file);
    ASSERT_TRUE(committer->Commit(committable).ok());
    ASSERT_EQ(LiveNames(), live) << i;
  }
  EXPECT_LT(meta::ReadDataManifests(*context_, *paths_, Latest())->size(), 10u);
}

TEST_F(TableCommitTest, FullMergingDropsEveryDelete) {
  const std::map<std::string, std::string> options = {
      {"manifest.full-compaction-threshold-size", "1 b"}};
  auto committer = Committer("user", nullptr, options);
  DataFileMeta last = File(1, 5);
  ASSERT_TRUE(committer->Commit(Of(1, {Message(1, {last})})).ok());
  for (int i = 2; i <= 6; ++i) {
    const DataFileMeta next = File(1, 5, i % 2 == 0 ? 5 : 4);
    ASSERT_TRUE(committer->Commit(Of(i, {Compaction({last}, {next})})).ok());
    last = next;
  }
  EXPECT_EQ(LiveNames(), std::set<std::string>{last.file_name});
  const std::string base = *paths_->ManifestFile(Latest().base_manifest_list);
  for (const auto& manifest : *meta::ReadManifestList(*context_, base)) {
    EXPECT_EQ(manifest.num_deleted_files, 0);
  }
}

TEST_F(TableCommitTest, AWriterHeldUpPastAnExpiryIsNotAcknowledgedBelowTheChain) {
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(Committer("a")->Commit(Of(i, {Message(1, {File(i, i)})})).ok());
  }
  auto store = std::make_shared<ScriptedStore>(store_);
  store->before_publish = [&] {
    for (int i = 4; i <= 8; ++i) {
      ASSERT_TRUE(Committer("a")->Commit(Of(i, {Message(1, {File(i, i)})})).ok());
    }
    for (int id = 1; id <= 6; ++id) {
      ASSERT_TRUE(context_->files->Delete(paths_->SnapshotFile(id)).ok());
    }
  };
  const DataFileMeta ours = File(100, 100);
  const auto outcome = Committer("late", store)->Commit(Of(1, {Message(1, {ours})}));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(store->withdrawn, 1);
  EXPECT_EQ(outcome->snapshot_ids, (std::vector<int64_t>{9}));
  EXPECT_FALSE(*context_->files->Exists(paths_->SnapshotFile(4)));
  EXPECT_TRUE(LiveNames().contains(ours.file_name));
  EXPECT_EQ(LiveNames().size(), 9u);
}

// Every commit adds one row, so totals alone could not tell whose snapshot it was.
TEST_F(TableCommitTest, TheNextSnapshotTellsWhetherItStandsOnOurs) {
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(Committer("a")->Commit(Of(i, {Message(1, {File(i, i)})})).ok());
  }
  auto store = std::make_shared<ScriptedStore>(store_);
  store->before_publish = [&] {
    for (int i = 4; i <= 6; ++i) {
      ASSERT_TRUE(Committer("a")->Commit(Of(i, {Message(1, {File(i, i)})})).ok());
    }
    for (int id = 1; id <= 4; ++id) {
      ASSERT_TRUE(context_->files->Delete(paths_->SnapshotFile(id)).ok());
    }
  };
  const DataFileMeta ours = File(100, 100);
  auto outcome = Committer("late", store)->Commit(Of(1, {Message(1, {ours})}));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(store->withdrawn, 1);
  EXPECT_EQ(outcome->snapshot_ids, (std::vector<int64_t>{7}));
  EXPECT_EQ(LiveNames().size(), 7u);

  // The same with a next snapshot that does stand on ours, whose base expires at once.
  store->after_publish = [&] {
    ASSERT_TRUE(Committer("a")->Commit(Of(7, {Message(1, {File(7, 7)})})).ok());
    for (int id = 5; id <= 7; ++id) {
      ASSERT_TRUE(context_->files->Delete(paths_->SnapshotFile(id)).ok());
    }
  };
  const DataFileMeta second = File(101, 101);
  outcome = Committer("late", store)->Commit(Of(2, {Message(1, {second})}));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(store->withdrawn, 1);
  EXPECT_EQ(outcome->snapshot_ids, (std::vector<int64_t>{8}));
  EXPECT_EQ(LiveNames().size(), 9u);
}

TEST_F(TableCommitTest, ACommitThatExpiredAtOnceIsStillOne) {
  ASSERT_TRUE(Committer("a")->Commit(Of(1, {Message(1, {File(1, 1)})})).ok());
  auto store = std::make_shared<ScriptedStore>(store_);
  store->after_publish = [&] {
    for (int i = 2; i <= 4; ++i) {
      ASSERT_TRUE(Committer("a")->Commit(Of(i, {Message(1, {File(i, i)})})).ok());
    }
    for (int id = 1; id <= 4; ++id) {
      ASSERT_TRUE(context_->files->Delete(paths_->SnapshotFile(id)).ok());
    }
  };
  const auto outcome = Committer("b", store)->Commit(Of(1, {Message(1, {File(9, 9)})}));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->snapshot_ids, (std::vector<int64_t>{2}));
  EXPECT_EQ(LiveNames().size(), 5u);
}

TEST_F(TableCommitTest, WhatExpiresWhileItIsReadIsALostRace) {
  ASSERT_TRUE(Committer("a")->Commit(Of(1, {Message(1, {File(1, 1)})})).ok());
  auto store = std::make_shared<ScriptedStore>(store_);
  store->after_latest = [&] {
    const Snapshot first = *store_->Get(1);
    for (int i = 2; i <= 3; ++i) {
      ASSERT_TRUE(Committer("a")->Commit(Of(i, {Message(1, {File(i, i)})})).ok());
    }
    for (const auto& list : {first.base_manifest_list, first.delta_manifest_list}) {
      ASSERT_TRUE(context_->files->Delete(*paths_->ManifestFile(list)).ok());
    }
    ASSERT_TRUE(context_->files->Delete(paths_->SnapshotFile(1)).ok());
  };
  store->until_after_latest = 2;  // the first one looks for a replay
  const auto outcome = Committer("b", store)->Commit(Of(1, {Message(1, {File(9, 9)})}));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->retries, 1);
  EXPECT_EQ(outcome->snapshot_ids, (std::vector<int64_t>{4}));
  EXPECT_EQ(LiveNames().size(), 4u);
}

TEST_F(TableCommitTest, SyncReachesTheDiskInTheOrderThatTheFormatNeeds) {
  // Data files must be there to be synced.
  const DataFileMeta file = File(1, 5);
  const auto missing = Committer("user", nullptr, {{"commit.sync", "full"}})
                           ->Commit(Of(1, {Message(1, {file})}));
  EXPECT_FALSE(missing.ok());
  EXPECT_FALSE(store_->Latest()->has_value());
  auto out = context_->files->CreateOutput(path_ + "/p=1/bucket-0/" + file.file_name);
  ASSERT_TRUE(out.ok() && (*out)->Close().ok());
  EXPECT_TRUE(Committer("user", nullptr, {{"commit.sync", "full"}})
                  ->Commit(Of(1, {Message(1, {file})}))
                  .ok());
}

TEST_F(TableCommitTest, OptionsThatActAndAreMissingAreRefusedByName) {
  for (const auto& [key, value] :
       std::map<std::string, std::string>{{"row-tracking.enabled", "true"},
                                          {"commit.callbacks", "a.B"},
                                          {"tag.automatic-creation", "process-time"}}) {
    TableCommitOptions options;
    options.commit_user = "user";
    options.dynamic_options = {{key, value}};
    const auto made = MakeTableCommit(context_, path_, schema_, store_, options);
    EXPECT_EQ(KindOf(made.status()), ErrorKind::kUnsupported) << key;
    EXPECT_NE(made.status().ToString().find(key), std::string::npos);
  }
}

TEST_F(TableCommitTest, RacingCommittersLoseNothing) {
  constexpr int kThreads = 6, kCommits = 25;
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const auto store = MakeFileSnapshotStore(context_, *paths_, false);
      auto committer = Committer("user-" + std::to_string(t), store,
                                 {{"commit.max-retries", "1000"},
                                  {"commit.min-retry-wait", "1 ms"},
                                  {"commit.max-retry-wait", "20 ms"}});
      for (int i = 1; i <= kCommits; ++i) {
        const auto outcome = committer->Commit(Of(i, {Message(t, {File(i, i)})}));
        if (!outcome.ok() || outcome->result != CommitResult::kCommitted) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(Latest().id, kThreads * kCommits);
  EXPECT_EQ(LiveNames().size(), static_cast<size_t>(kThreads * kCommits));
  std::map<std::pair<std::string, int64_t>, int> seen;
  for (int64_t id = 1; id <= Latest().id; ++id) {
    const Snapshot snapshot = *store_->Get(id);
    ++seen[{snapshot.commit_user, snapshot.commit_identifier}];
    EXPECT_EQ(snapshot.total_record_count, 10 * id);
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kThreads * kCommits));
  EXPECT_EQ(ManifestFiles(), ReachableManifests().size());
}

}  // namespace
}  // namespace tarn::commit

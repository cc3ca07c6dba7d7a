// SPDX-License-Identifier: Apache-2.0
// Writer processes append to one table and bucket at once. Every row that was
// acknowledged is in the table, none is there twice, every acknowledged commit is one
// snapshot.
//
// TARN_RACES=20000 raises the number of raced commits from 2 000.
#include <arrow/api.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tarn/catalog/catalog.h"
#include "tests/races/rows.h"
#include "tests/support/child_process.h"
#include "tests/support/environment.h"
#include "tests/support/files.h"
#include "tests/support/tarn_target.h"

namespace tarn::races {
namespace {

using support::ChildProcess;

struct Ack {
  int64_t writer, identifier, snapshot, retries;
};

struct Race {
  const char* name;
  int writers;
  bool sums;             ///< partial-update with a sum, else deduplicate
  bool compactor;        ///< a process beside the writers compacts without pause
  int kills;             ///< writers that are killed while they run
  bool expires = false;  ///< all but a few snapshots expire while they are made
  bool keyed = true;     ///< else a table without a primary key, of whose rows none merge
};

void PrintTo(const Race& race, std::ostream* out) {
  *out << race.name;
}

int64_t RacedCommits() {
  return static_cast<int64_t>(support::FromEnvironment("TARN_RACES", 2000));
}

types::TableSchema SchemaOf(const Race& race) {
  using types::DataType;
  types::TableSchema schema;
  schema.fields = {{0, "k", DataType::BigInt().NotNull(), {}, {}},
                   {1, "at", DataType::BigInt(), {}, {}},
                   {2, "n", DataType::BigInt(), {}, {}}};
  if (race.keyed) schema.primary_keys = {"k"};
  schema.options = {{"bucket", race.keyed ? "1" : "-1"},
                    {"write-only", "true"},
                    {"commit.sync", "none"},
                    {"commit.max-retries", "1000000"},
                    {"commit.min-retry-wait", "1 ms"},
                    {"commit.max-retry-wait", "20 ms"}};
  if (race.expires) {
    schema.options["write-only"] = "false";
    schema.options["snapshot.num-retained.min"] = "1";
    schema.options["snapshot.num-retained.max"] = "3";
  }
  if (race.keyed && race.sums) {
    schema.options["merge-engine"] = "partial-update";
    schema.options["fields.at.sequence-group"] = "n";
    schema.options["fields.n.aggregate-function"] = "sum";
  }
  return schema;
}

class Races : public testing::TestWithParam<Race> {
 protected:
  void SetUp() override {
    context_ = support::LocalContext();
    auto catalog = catalog::MakeFileSystemCatalog(context_, warehouse());
    ASSERT_TRUE(catalog.ok()) << catalog.status();
    catalog_ = *catalog;
    ASSERT_TRUE(catalog_->CreateDatabase("db", false).ok());
    const Status created =
        catalog_->CreateTable({"db", "t"}, SchemaOf(GetParam()), false, nullptr);
    ASSERT_TRUE(created.ok()) << created;
  }

  std::string warehouse() const { return folder_ / "warehouse"; }

  std::unique_ptr<ChildProcess> Start(std::vector<std::string> role) {
    role.insert(role.begin(), TARN_RACES_WRITER);
    auto child = std::make_unique<ChildProcess>(role, folder_ / "errors");
    EXPECT_EQ(child->ReadLine(), "ready");
    return child;
  }

  // Run all writers to their end (or their death); the lines that they said.
  void Run(int64_t commits_each) {
    const Race& race = GetParam();
    std::vector<std::unique_ptr<ChildProcess>> writers;
    for (int i = 1; i <= race.writers; ++i) {
      writers.push_back(Start(
          {"write", warehouse(), "t", std::to_string(i), std::to_string(commits_each)}));
    }
    std::unique_ptr<ChildProcess> compactor;
    if (race.compactor) compactor = Start({"compact", warehouse(), "t"});
    std::vector<std::string> said(writers.size());
    std::vector<std::thread> listeners;
    for (size_t i = 0; i < writers.size(); ++i) {
      listeners.emplace_back([&, i] { said[i] = writers[i]->ReadAll(); });
    }
    std::atomic<int64_t> compactions = 0;
    if (compactor != nullptr) {
      listeners.emplace_back([&] {
        for (std::string line; !(line = compactor->ReadLine()).empty();) {
          if (line.size() > std::string_view("compacted").size()) ++compactions;
        }
      });
    }
    if (compactor != nullptr) compactor->CloseInput();
    for (auto& writer : writers) writer->CloseInput();
    std::mt19937_64 random(std::random_device{}());
    for (int i = 0; i < race.kills; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 400));
      writers[static_cast<size_t>(i)]->Kill();
    }
    for (int i = 0; i < race.writers; ++i) {
      const int result = writers[static_cast<size_t>(i)]->Wait();
      if (i < race.kills) {
        EXPECT_TRUE(result == 0 || result == -9) << result;
      } else {
        EXPECT_EQ(result, 0) << "writer " << i + 1 << "\n"
                             << support::ReadText(folder_ / "errors");
      }
    }
    if (compactor != nullptr) {
      // Writers that are quick may leave it no room to win; alone it does.
      for (int i = 0; i < 600 && compactions == 0 && !compactor->HasEnded(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
      EXPECT_FALSE(compactor->HasEnded()) << support::ReadText(folder_ / "errors");
      compactor->Kill();
    }
    for (auto& listener : listeners) listener.join();
    for (size_t i = 0; i < said.size(); ++i) {
      int64_t expected = 0;
      for (const std::string& line : support::SplitLines(said[i])) {
        std::istringstream in(line);
        std::string word;
        Ack ack{static_cast<int64_t>(i) + 1, 0, 0, 0};
        in >> word >> ack.identifier >> ack.snapshot >> ack.retries;
        ASSERT_FALSE(in.fail()) << line;
        ASSERT_EQ(ack.identifier, ++expected);
        acks_.push_back(ack);
      }
      if (static_cast<int>(i) >= race.kills) {
        EXPECT_EQ(expected, commits_each);
      }
    }
    compactions_ = compactions;
  }

  // Commits of writers that the chain of snapshots holds: (writer, identifier) → times.
  // The chain has no gap, and nobody else's commits. For those that expired stands the
  // writers' word.
  std::map<std::pair<int64_t, int64_t>, int> CommitsInChain(const table::Table& table) {
    std::map<std::pair<int64_t, int64_t>, int> found;
    std::map<int64_t, std::pair<int64_t, int64_t>> by_snapshot;
    const auto latest = table.snapshots()->Latest();
    EXPECT_TRUE(latest.ok() && latest->has_value()) << latest.status();
    if (!latest.ok() || !latest->has_value()) return found;
    const int64_t first = GetParam().expires ? (*latest)->id - 2 : 1;
    for (int64_t id = first; id <= (*latest)->id; ++id) {
      const auto snapshot = table.snapshots()->Get(id);
      EXPECT_TRUE(snapshot.ok()) << "gap at " << id << ": " << snapshot.status();
      if (!snapshot.ok()) continue;
      if (snapshot->commit_user == "compactor") {
        EXPECT_EQ(snapshot->commit_kind, meta::CommitKind::kCompact);
        ++compact_snapshots_;
        continue;
      }
      EXPECT_EQ(snapshot->commit_kind, meta::CommitKind::kAppend);
      EXPECT_EQ(snapshot->commit_user.rfind("writer-", 0), 0U) << snapshot->commit_user;
      const std::pair<int64_t, int64_t> commit = {
          std::atoll(snapshot->commit_user.c_str() + 7), snapshot->commit_identifier};
      ++found[commit];
      by_snapshot[id] = commit;
    }
    for (const Ack& ack : acks_) {
      if (ack.snapshot < first) {
        ++found[{ack.writer, ack.identifier}];
        continue;
      }
      EXPECT_EQ(by_snapshot[ack.snapshot], std::make_pair(ack.writer, ack.identifier));
    }
    return found;
  }

  std::map<int64_t, int64_t> Rows(const table::Table& table) {
    std::map<int64_t, int64_t> rows;
    table::ScanRequest scan;
    scan.columns = {"k", "n"};
    auto reader = table.Scan(scan);
    EXPECT_TRUE(reader.ok()) << reader.status();
    if (!reader.ok()) return rows;
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      const Status read = (*reader)->ReadNext(&batch);
      EXPECT_TRUE(read.ok()) << read;
      if (!read.ok() || batch == nullptr) return rows;
      const auto& keys = static_cast<const arrow::Int64Array&>(*batch->column(0));
      const auto& numbers = static_cast<const arrow::Int64Array&>(*batch->column(1));
      for (int64_t i = 0; i < batch->num_rows(); ++i) {
        if (!GetParam().keyed) {
          rows[keys.Value(i)] += numbers.Value(i);
          continue;
        }
        EXPECT_TRUE(rows.emplace(keys.Value(i), numbers.Value(i)).second)
            << "two rows of key " << keys.Value(i);
      }
    }
  }

  support::TemporaryFolder folder_;
  std::shared_ptr<base::Context> context_;
  std::shared_ptr<catalog::Catalog> catalog_;
  std::vector<Ack> acks_;
  int64_t compactions_ = 0, compact_snapshots_ = 0;
};

TEST_P(Races, EveryAcknowledgedRowIsThereAndNoneTwice) {
  const Race& race = GetParam();
  // A seventh of all for each race, by the writers that live.
  const int64_t each =
      std::max<int64_t>(1, RacedCommits() / 7 / (race.writers - race.kills));
  const auto begin = std::chrono::steady_clock::now();
  Run(each);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  auto table = catalog_->GetTable({"db", "t"});
  ASSERT_TRUE(table.ok()) << table.status();

  const auto commits = CommitsInChain(**table);
  int64_t lost = 0, twice = 0, retries = 0;
  for (const auto& [commit, times] : commits) twice += times - 1;
  for (const Ack& ack : acks_) {
    lost += commits.count({ack.writer, ack.identifier}) == 0 ? 1 : 0;
    retries += ack.retries;
  }
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(twice, 0);
  // A writer that is killed between its snapshot and its word has one commit more.
  const auto unsaid = static_cast<int64_t>(commits.size() - acks_.size());
  EXPECT_LE(unsaid, race.kills);
  EXPECT_GE(unsaid, 0);
  EXPECT_GE(compact_snapshots_, compactions_);
  EXPECT_LE(compact_snapshots_, compactions_ + 1);
  if (race.compactor) {
    EXPECT_GT(compactions_, 0);
  }

  if (race.expires) {
    EXPECT_EQ((*table)->snapshot_files().ListIds()->size(), 3U);
  }
  const auto rows = Rows(**table);
  EXPECT_EQ(rows.size(), commits.size() + kSharedKeys);
  for (const auto& [commit, times] : commits) {
    const auto found = rows.find(OwnKey(commit.first, commit.second));
    ASSERT_NE(found, rows.end()) << commit.first << " " << commit.second;
    ASSERT_EQ(found->second, 1);
  }
  for (int64_t key = 0; key < kSharedKeys; ++key) {
    ASSERT_EQ(rows.count(key), 1U);
    EXPECT_EQ(rows.at(key),
              race.sums || !race.keyed ? static_cast<int64_t>(commits.size()) : 1);
  }
  if (!race.compactor) {
    // Merging hides what is there twice; the files do not.
    const auto plan = (*table)->PlanScan({});
    ASSERT_TRUE(plan.ok()) << plan.status();
    int64_t records = 0;
    for (const auto& split : plan->splits) {
      for (const auto& file : split.files) records += file.row_count;
    }
    EXPECT_EQ(records, static_cast<int64_t>(commits.size()) * (kSharedKeys + 1));
  }
  std::printf(
      "%zu raced commits of %d processes, %d of them killed: lost %lld, twice %lld "
      "(tried again %lld times, %lld compactions between them, %.1f s)\n",
      acks_.size(), race.writers, race.kills, static_cast<long long>(lost),
      static_cast<long long>(twice), static_cast<long long>(retries),
      static_cast<long long>(compactions_), took.count());
}

INSTANTIATE_TEST_SUITE_P(
    , Races,
    testing::Values(Race{"TwoWritersOfSums", 2, true, false, 0},
                    Race{"FourWritersOfRows", 4, false, false, 0},
                    Race{"EightWritersOfSums", 8, true, false, 0},
                    Race{"FourWritersAndACompactor", 4, true, true, 0},
                    Race{"SixWritersOfWhomThreeAreKilled", 6, true, false, 3},
                    Race{"FourWritersWhoExpireSnapshots", 4, true, false, 0, true},
                    Race{"FourWritersOfAHeapAndACompactor", 4, false, true, 0, false,
                         false}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tarn::races

// SPDX-License-Identifier: Apache-2.0
// The program runs a script over bounded sources, is killed with SIGKILL at random
// moments, and the same command goes on: in the end every event has counted once.
//
// TARN_KILLS=200 raises the number of kills from 20.
#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/util/compression.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "tarn/catalog/catalog.h"
#include "tarn/types/canonical_json.h"
#include "tests/support/child_process.h"
#include "tests/support/environment.h"
#include "tests/support/files.h"
#include "tests/support/tarn_target.h"

namespace tarn::kills {
namespace {

using nlohmann::json;

int Kills() {
  return static_cast<int>(support::FromEnvironment("TARN_KILLS", 20));
}

void WriteText(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string Unpacked(const std::string& path) {
  auto file = arrow::io::ReadableFile::Open(path).ValueOrDie();
  auto codec = arrow::util::Codec::Create(arrow::Compression::GZIP).ValueOrDie();
  auto stream = arrow::io::CompressedInputStream::Make(codec.get(), file).ValueOrDie();
  std::string text;
  while (true) {
    const auto piece = stream->Read(1 << 20).ValueOrDie();
    if (piece->size() == 0) return text;
    text += piece->ToString();
  }
}

// Write the lines as numbered files, so that a job has many commits to make.
void WritePieces(const std::string& folder, const std::vector<std::string>& lines,
                 size_t lines_each) {
  for (size_t begin = 0, number = 1000; begin < lines.size();
       begin += lines_each, ++number) {
    std::string text;
    for (size_t i = begin; i < std::min(lines.size(), begin + lines_each); ++i) {
      text += lines[i] + "\n";
    }
    WriteText(folder + "/part-" + std::to_string(number) + ".jsonl", text);
  }
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  size_t found = 0;
  for (size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()), ++found) {
    text.replace(at, from.size(), to);
  }
  EXPECT_GT(found, 0U) << "the script has no " << from;
  return text;
}

class KillsTest : public testing::Test {
 protected:
  std::string warehouse() const { return folder_ / "warehouse"; }
  std::string script() const { return folder_ / "job.sql"; }

  std::unique_ptr<support::ChildProcess> Start() {
    return std::make_unique<support::ChildProcess>(
        std::vector<std::string>{support::Program(), "run", script(), "--warehouse",
                                 warehouse(), "--quiet", "--output", "jsonl"},
        folder_ / "errors");
  }

  void RunToItsEnd() {
    auto program = Start();
    program->CloseInput();
    (void)program->ReadAll();
    ASSERT_EQ(program->Wait(), 0) << support::ReadText(folder_ / "errors");
  }

  // Snapshot files of all tables.
  int64_t Snapshots() const {
    int64_t count = 0;
    std::error_code error;
    for (const auto& database : std::filesystem::directory_iterator(warehouse(), error)) {
      for (const auto& table :
           std::filesystem::directory_iterator(database.path(), error)) {
        for (const auto& file :
             std::filesystem::directory_iterator(table.path() / "snapshot", error)) {
          count += file.path().filename().string().rfind("snapshot-", 0) == 0 ? 1 : 0;
        }
      }
    }
    return count;
  }

  // Start the program and kill it after some time, or some time after some commits.
  // True when the kill found it alive.
  bool KillOnce(std::mt19937_64* random) {
    const int64_t before = Snapshots();
    const bool by_time = (*random)() % 3 == 0;
    const int64_t commits = by_time ? 1 << 20 : static_cast<int64_t>((*random)() % 25);
    const auto deadline = std::chrono::steady_clock::now() +
                          std::chrono::milliseconds(by_time ? (*random)() % 500 : 30000);
    auto program = Start();
    program->CloseInput();
    while (!program->HasEnded() && std::chrono::steady_clock::now() < deadline &&
           Snapshots() - before < commits) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(std::chrono::microseconds((*random)() % 15000));
    program->Kill();
    const int result = program->Wait();
    EXPECT_TRUE(result == 0 || result == -9) << result << "\n"
                                             << support::ReadText(folder_ / "errors");
    if (result == -9 && Snapshots() > before) ++kills_amid_commits_;
    return result == -9;
  }

  // Kill as often as asked for; whenever the script is done, it starts in a new
  // warehouse.
  template <typename Check>
  void KillAndCompare(int kills, Check&& check) {
    std::random_device device;
    const uint64_t seed = (uint64_t{device()} << 32) | device();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    int done = 0, histories = 0;
    while (done < kills) {
      if (KillOnce(&random)) {
        // A history of many kills, none of them after the work is done.
        if (++done % 10 != 0 && done < kills) continue;
        RunToItsEnd();
      }
      if (HasFailure()) return;
      check();
      if (HasFailure()) return;
      ++histories;
      snapshots_ = Snapshots();
      if (done < kills) std::filesystem::remove_all(warehouse());
    }
    RunToItsEnd();
    EXPECT_LE(Snapshots(), snapshots_ + 1) << "there was nothing left to commit";
    check();
    EXPECT_GT(kills_amid_commits_, 0);
    std::printf(
        "%d kills of %d histories, %d of them after commits: all as if none was\n", done,
        histories, kills_amid_commits_);
  }

  std::vector<json> Rows(const std::string& database, const std::string& name) {
    std::vector<json> rows;
    auto context = support::LocalContext();
    auto catalog = catalog::MakeFileSystemCatalog(context, warehouse());
    auto table = (*catalog)->GetTable({database, name});
    EXPECT_TRUE(table.ok()) << table.status();
    if (!table.ok()) return rows;
    auto reader = (*table)->Scan({});
    EXPECT_TRUE(reader.ok()) << reader.status();
    if (!reader.ok()) return rows;
    std::shared_ptr<arrow::RecordBatch> batch;
    while (true) {
      const Status read = (*reader)->ReadNext(&batch);
      EXPECT_TRUE(read.ok()) << read;
      if (!read.ok() || batch == nullptr) return rows;
      std::string text;
      EXPECT_TRUE(
          types::AppendCanonicalRows(*batch, (*table)->schema()->fields, &text).ok());
      for (const auto& line : support::SplitLines(text))
        rows.push_back(json::parse(line));
    }
  }

  support::TemporaryFolder folder_;
  int kills_amid_commits_ = 0;
  int64_t snapshots_ = 0;
};

TEST_F(KillsTest, SumsOfGeneratedEventsCountEveryEventOnce) {
  constexpr int kKeys = 400, kEvents = 24'000;
  std::mt19937_64 random(1);
  std::vector<std::string> lines;
  std::vector<int64_t> sums(kKeys), counts(kKeys);
  int64_t total = 0;
  for (int id = 0; id < kEvents; ++id) {
    const auto key = random() % kKeys;
    const auto value = static_cast<int64_t>(random() % 100'000) - 50'000;
    sums[key] += value;
    ++counts[key];
    total += value;
    lines.push_back("{\"id\":" + std::to_string(id) + ",\"k\":" + std::to_string(key) +
                    ",\"v\":" + std::to_string(value) + "}");
  }
  WritePieces(folder_ / "events", lines, 200);
  WriteText(script(), R"(
    SET 'pipeline.name' = 'sums';
    SET 'tarn.commit.rows' = '1';
    CREATE DATABASE IF NOT EXISTS db;
    USE db;
    CREATE TEMPORARY TABLE events (id BIGINT, k BIGINT, v BIGINT)
    WITH ('connector' = 'filesystem', 'format' = 'json', 'path' = '${dir}/events');
    CREATE TABLE IF NOT EXISTS sums (
      k BIGINT, last_id BIGINT, n BIGINT, c BIGINT, PRIMARY KEY (k) NOT ENFORCED
    ) WITH ('merge-engine' = 'partial-update', 'bucket' = '2', 'write-only' = 'true',
      'commit.sync' = 'none', 'fields.last_id.sequence-group' = 'n,c',
      'fields.n.aggregate-function' = 'sum', 'fields.c.aggregate-function' = 'sum');
    CREATE TABLE IF NOT EXISTS mirror (
      id BIGINT, k BIGINT, v BIGINT, PRIMARY KEY (id) NOT ENFORCED
    ) WITH ('bucket' = '1', 'write-only' = 'true', 'commit.sync' = 'none');
    EXECUTE STATEMENT SET BEGIN
      INSERT INTO sums SELECT k, id, v, CAST(1 AS BIGINT) FROM events;
      INSERT INTO mirror SELECT id, k, v FROM events;
    END;
  )");
  KillAndCompare(Kills() - Kills() / 2, [&] {
    const auto rows = Rows("db", "sums");
    EXPECT_EQ(rows.size(), sums.size());
    int wrong = 0;
    for (const json& row : rows) {
      const size_t key = row.at("k").get<size_t>();
      const bool right = row.at("n") == sums.at(key) && row.at("c") == counts.at(key);
      if (!right && ++wrong < 5) {
        ADD_FAILURE() << row << " instead of " << sums[key] << ", " << counts[key];
      }
    }
    EXPECT_EQ(wrong, 0);
    const auto mirror = Rows("db", "mirror");
    EXPECT_EQ(mirror.size(), lines.size());
    int64_t found = 0;
    for (const json& row : mirror) found += row.at("v").get<int64_t>();
    EXPECT_EQ(found, total);
  });
}

// The example as a user runs it, its compaction and its queries included, on the captured
// topics in pieces of 100 messages.
TEST_F(KillsTest, TheExampleOnCapturedTopicsEqualsTheDatabase) {
  const std::string captures = support::TestFile("data/debezium-postgres/");
  const std::string topics = folder_ / "topics";
  for (const auto& entry : std::filesystem::directory_iterator(captures + "schema")) {
    const std::string topic = entry.path().stem().stem().string();
    WritePieces(topics + "/" + topic,
                support::SplitLines(Unpacked(entry.path().string())), 100);
  }
  std::string text =
      support::ReadText(support::TestFile("../examples/product_360/product_360.sql"));
  text = Replaced(text, "${dir}/../../tests/data/debezium-postgres/schema", topics);
  text = Replaced(text, ".jsonl.gz'", "'");
  text = Replaced(text, "'tarn.commit.rows' = '1000'", "'tarn.commit.rows' = '1'");
  text = Replaced(text, "'write-only' = 'true'",
                  "'write-only' = 'true', 'commit.sync' = 'none'");
  WriteText(script(), text);

  static const std::vector<std::string> kColumns = {
      "product_name",     "brand", "price", "sale_ends", "discontinue_date", "review_cnt",
      "open_question_cnt"};
  // Rows with nothing in these columns are set aside; a count of 0 equals NULL.
  const auto keep = [](const std::map<int64_t, json>& rows) {
    std::map<int64_t, json> kept;
    for (const auto& [id, row] : rows) {
      json cells;
      bool any = false;
      for (const auto& column : kColumns) {
        json value = row.value(column, json());
        if (value == 0) value = nullptr;
        any = any || !value.is_null();
        cells[column] = value;
      }
      if (any) kept[id] = cells;
    }
    return kept;
  };
  std::map<int64_t, json> truth;
  for (const auto& line : support::ReadLines(captures + "truth/product_360.jsonl")) {
    const json row = json::parse(line);
    truth[row.at("product_id").get<int64_t>()] = row;
  }
  const auto expected = keep(truth);
  KillAndCompare(Kills() / 2, [&] {
    std::map<int64_t, json> wide;
    for (const json& row : Rows("shop", "product_360")) {
      EXPECT_TRUE(wide.emplace(row.at("product_id").get<int64_t>(), row).second) << row;
    }
    for (const json& question : Rows("shop", "questions")) {
      if (question.at("answered") != false) continue;
      json& row = wide[question.at("product_id").get<int64_t>()];
      row["open_question_cnt"] = row.value("open_question_cnt", 0) + 1;
    }
    const auto actual = keep(wide);
    EXPECT_EQ(actual.size(), expected.size());
    int wrong = 0;
    for (const auto& [id, row] : expected) {
      const auto found = actual.find(id);
      const json answer = found == actual.end() ? json() : found->second;
      if (answer != row && ++wrong < 5) {
        ADD_FAILURE() << id << ": " << answer << " instead of " << row;
      }
    }
    EXPECT_EQ(wrong, 0);
  });
}

}  // namespace
}  // namespace tarn::kills

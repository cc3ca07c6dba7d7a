// SPDX-License-Identifier: Apache-2.0
// The Java side by itself: what it answers must be right before anything is compared with
// it.
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/metadata_dump.h"
#include "tests/support/random_history.h"

namespace tarn::support {
namespace {

using nlohmann::json;

json About(const GoldenTable& table, const std::string& command) {
  return {{"cmd", command}, {"warehouse", table.warehouse}, {"table", "db.t"}};
}

json AskOrFail(const json& request) {
  Result<json> answer = JavaOracle::Core().Ask(request);
  EXPECT_TRUE(answer.ok()) << request << "\n" << answer.status().ToString();
  return answer.ok() ? *answer : json::object();
}

TEST(Java, ReadsTheGoldenTablesAsTheyWereWritten) {
  TARN_SKIP_WITHOUT_JAVA();
  int reads = 0;
  for (const std::string& name : GoldenNames()) {
    const GoldenTable table = LoadGolden(name);
    for (const GoldenRead& read : table.reads) {
      if (JavaCoreDiffers(name, read.file)) continue;
      json request = About(table, "read");
      request.update(read.Request());
      const auto rows = JavaOracle::Core().AskRows(request);
      ASSERT_TRUE(rows.ok()) << name << " " << read.file << rows.status().ToString();
      EXPECT_TRUE(SameRows(*rows, read.lines)) << name << " " << read.file;
      ++reads;
    }
  }
  EXPECT_GT(reads, 500);
}

TEST(Java, StreamsTheGoldenChangelogs) {
  TARN_SKIP_WITHOUT_JAVA();
  int changelogs = 0;
  for (const std::string& name : GoldenNames()) {
    const GoldenTable table = LoadGolden(name);
    // The project's own tables keep their changes in the order in which Java gave them.
    if (!table.changelog || name.starts_with("pair_") || name.starts_with("old_"))
      continue;
    json request = About(table, "stream-read");
    request["scan-mode"] = "from-snapshot";
    request["snapshot"] = table.changelog_from;
    const auto rows = JavaOracle::Core().AskRows(request);
    ASSERT_TRUE(rows.ok()) << name << rows.status().ToString();
    EXPECT_TRUE(SameRows(*rows, *table.changelog)) << name;
    ++changelogs;
  }
  EXPECT_GT(changelogs, 15);
}

TEST(Java, DumpsTheGoldenMetadata) {
  TARN_SKIP_WITHOUT_JAVA();
  for (const std::string& name : GoldenNames()) {
    const GoldenTable table = LoadGolden(name);
    const std::optional<json> expected = table.Dump();
    if (!expected || name == "vector") continue;
    EXPECT_EQ(AskOrFail(About(table, "dump")), *expected) << name;
  }
}

TEST(Java, WritesTheSameMetadataForTheSameHistory) {
  TARN_SKIP_WITHOUT_JAVA();
  // Not types_pk_parquet: 1.4.2 keeps no statistics of binary columns, 2.0.0 does.
  const std::vector<std::string> names = {
      "pk_dedup_l0",  "pk_dedup_compacted", "pk_composite_key", "pk_levels",
      "pu_groups",    "pu_group_agg",       "bucket_fixed_3",   "product_360_small",
      "life_commits", "part_string_null",   "stats_truncate4"};
  for (const std::string& name : names) {
    TemporaryFolder warehouse;
    JavaTarget target(warehouse.path());
    ASSERT_TRUE(Replay(LoadHistory(name), &target).ok()) << name;
    const json actual =
        AskOrFail({{"cmd", "dump"}, {"warehouse", warehouse.path()}, {"table", "db.t"}});
    const json expected = *LoadGolden(name).Dump();
    EXPECT_EQ(Differences(Comparable(actual), Comparable(expected)),
              std::vector<std::string>{})
        << name;
  }
}

TEST(Java, TakesRandomHistoriesOfEveryKind) {
  TARN_SKIP_WITHOUT_JAVA();
  for (const HistoryKind& kind : HistoryKinds()) {
    const History history = RandomHistory(kind, 1, 6, 30);
    EXPECT_EQ(history.steps, RandomHistory(kind, 1, 6, 30).steps);
    EXPECT_NE(history.steps, RandomHistory(kind, 2, 6, 30).steps);
    TemporaryFolder warehouse;
    JavaTarget target(warehouse.path());
    const Status status = Replay(history, &target);
    ASSERT_TRUE(status.ok()) << status.ToString();
    json request = {{"cmd", "read"}, {"warehouse", warehouse.path()}, {"table", "db.t"}};
    EXPECT_GT(JavaOracle::Core().AskRows(request).ValueOrDie().size(), 3u) << kind.name;
  }
}

TEST(Java, AChangedNumberOrFileIsADifferenceInMetadata) {
  const json dump = *LoadGolden("pk_dedup_l0").Dump();
  json changed = dump;
  changed["manifests"].begin().value()[0]["file"]["maxSequenceNumber"] = 1;
  EXPECT_FALSE(Differences(Comparable(changed), Comparable(dump)).empty());
  json shorter = dump;
  shorter["manifests"].begin().value().clear();
  EXPECT_FALSE(Differences(Comparable(shorter), Comparable(dump)).empty());
  json renamed = dump;
  const std::string text = dump.dump();
  const std::string name =
      dump["manifests"].begin().value()[0]["file"]["fileName"].get<std::string>();
  std::string other = text;
  for (size_t at; (at = other.find(name)) != std::string::npos;) {
    other.replace(at, name.size(), "data-of-another-run.parquet");
  }
  EXPECT_EQ(Comparable(json::parse(other)), Comparable(dump));
}

TEST(Java, RefusalsAreAnswers) {
  TARN_SKIP_WITHOUT_JAVA();
  const Status status = JavaOracle::Core().Ask({{"cmd", "no such"}}).status();
  EXPECT_EQ(KindOf(status), ErrorKind::kInvalidInput);
  EXPECT_TRUE(JavaOracle::Core().Ask({{"cmd", "ping"}}).ok());
}

TEST(Java, HashesAndBucketsMatchTheVectors) {
  TARN_SKIP_WITHOUT_JAVA();
  for (const json& vector : GoldenVectors("binary_row.jsonl")) {
    json counts = json::array();
    for (const auto& [count, bucket] : vector["buckets"].items()) counts.push_back(count);
    const json answer = AskOrFail({{"cmd", "hash"},
                                   {"types", vector["types"]},
                                   {"values", json::array({vector["values"]})},
                                   {"buckets", counts}});
    const json& row = answer["rows"][0];
    EXPECT_EQ(row["bytes"], vector["bytes"]);
    EXPECT_EQ(row["hash"], vector["hash"]);
    EXPECT_EQ(row["buckets"], vector["buckets"]);
  }
}

TEST(JavaFlink, RunsTheProduct360Script) {
  TARN_SKIP_WITHOUT_JAVA();
  TemporaryFolder warehouse;
  const json request = {
      {"cmd", "sql"},
      {"mode", "streaming"},
      {"script", ReadText(TestFile("sql/product_360/product_360.sql"))},
      {"defines",
       {{"dir", TestFile("data/product_360_small")}, {"warehouse", warehouse.path()}}}};
  const Result<json> answer = JavaOracle::Flink().Ask(request);
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ((*answer)["errors"], 0) << *answer;
  // This connector's release keeps product 44: tests/data/product_360_small/README.md.
  std::set<json> expected;
  for (const std::string& line :
       ReadLines(TestFile("data/product_360_small/expected.jsonl"))) {
    expected.insert(json::parse(line));
  }
  int selects = 0;
  for (const json& result : (*answer)["results"]) {
    if (result["sql"] != "SELECT * FROM product_360") continue;
    std::set<json> rows;
    for (const json& row : result["rows"]) {
      if (row["row"]["product_id"] != 44) rows.insert(row["row"]);
    }
    EXPECT_EQ(rows, expected);
    ++selects;
  }
  EXPECT_EQ(selects, 2);
}

}  // namespace
}  // namespace tarn::support

// SPDX-License-Identifier: Apache-2.0
// Changelogs of compactions, Tarn's beside Java's, over tables in which many keys are met
// by nothing but a retraction, or by one record whose clocks are NULL.
//
//   TARN_HISTORIES=2000 TARN_SEED=1 interop_test --gtest_filter='*Changelogs*'
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"
#include "tests/support/environment.h"
#include "tests/support/files.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

struct ChangelogKind {
  std::string name;
  std::map<std::string, std::string> options;
  bool retracts = true;
  bool lookup_only = false;
};

/// Tables over k, a, b INT, s STRING, l ARRAY<INT>, g INT.
std::vector<ChangelogKind> Kinds() {
  const std::map<std::string, std::string> aggregates = {
      {"merge-engine", "aggregation"},
      {"fields.a.aggregate-function", "sum"},
      {"fields.b.aggregate-function", "last_value"},
      {"fields.s.aggregate-function", "listagg"},
      {"fields.s.ignore-retract", "true"},
      {"fields.l.aggregate-function", "collect"},
      {"fields.g.aggregate-function", "last_non_null_value"}};
  auto distinct = aggregates;
  distinct["fields.l.distinct"] = "true";
  distinct["fields.a.aggregate-function"] = "product";
  distinct["fields.b.aggregate-function"] = "max";
  distinct["fields.b.ignore-retract"] = "true";
  auto removing = aggregates;
  removing["aggregation.remove-record-on-delete"] = "true";
  removing.erase("fields.s.ignore-retract");
  removing["fields.s.aggregate-function"] = "last_value";
  auto forced = aggregates;
  forced["force-lookup"] = "true";
  const std::map<std::string, std::string> groups = {{"merge-engine", "partial-update"},
                                                     {"fields.g.sequence-group", "a,b"}};
  auto summed = groups;
  summed["fields.a.aggregate-function"] = "sum";
  summed["fields.g.sequence-group"] = "a,b,l";
  summed["fields.l.aggregate-function"] = "collect";
  auto group_removes = summed;
  group_removes["partial-update.remove-record-on-sequence-group"] = "g";
  return {
      {"aggregation", aggregates},
      {"aggregation_distinct", distinct},
      {"aggregation_removing", removing},
      {"aggregation_forced_lookup", forced},
      {"groups", groups},
      {"groups_summed", summed},
      {"groups_removing", group_removes},
      {"partial_update",
       {{"merge-engine", "partial-update"},
        {"partial-update.remove-record-on-delete", "true"}}},
      {"partial_update_additions", {{"merge-engine", "partial-update"}}, false},
      {"deduplicate", {}},
      {"deduplicate_by_clock", {{"sequence.field", "g"}}},
      {"first_row", {{"merge-engine", "first-row"}}, false, true},
      {"first_row_ignoring",
       {{"merge-engine", "first-row"}, {"ignore-delete", "true"}},
       true,
       true},
  };
}

json SchemaOfKind(const ChangelogKind& kind, const std::string& producer, bool dedup) {
  json options = kind.options;
  options["bucket"] = "1";
  options["changelog-producer"] = producer;
  if (dedup) options["changelog-producer.row-deduplicate"] = "true";
  json fields = json::array();
  for (const auto& [name, type] : {std::pair("k", "INT"), std::pair("a", "INT"),
                                   std::pair("b", "INT"), std::pair("s", "STRING")}) {
    fields.push_back({{"name", name}, {"type", type}});
  }
  fields.push_back({{"name", "l"}, {"type", {{"type", "ARRAY"}, {"element", "INT"}}}});
  fields.push_back({{"name", "g"}, {"type", "INT"}});
  return {{"fields", fields},
          {"primaryKeys", {"k"}},
          {"partitionKeys", json::array()},
          {"options", options}};
}

json RandomRow(std::mt19937_64* random) {
  const auto below = [&](uint64_t n) { return static_cast<int64_t>((*random)() % n); };
  const auto maybe = [&](json value) { return below(4) == 0 ? json() : value; };
  json list = json::array();
  for (int64_t i = below(3); i >= 0; --i) list.push_back(below(3));
  return {{"k", below(24)},       {"a", maybe(1 + below(5))},
          {"b", maybe(below(5))}, {"s", maybe(std::string(1, 'a' + below(3)))},
          {"l", maybe(list)},     {"g", maybe(below(4))}};
}

/// Rounds of a few commits and a compaction.
std::vector<json> RandomRounds(const ChangelogKind& kind, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<json> steps;
  for (int round = 0; round < 3; ++round) {
    for (uint64_t commit = 1 + random() % 3; commit > 0; --commit) {
      json rows = json::array();
      for (uint64_t row = 1 + random() % 10; row > 0; --row) {
        const bool retract = kind.retracts && random() % 5 < 2;
        const char* op = retract ? (random() % 3 == 0 ? "-U" : "-D")
                                 : (random() % 3 == 0 ? "+U" : "+I");
        rows.push_back({{"op", op}, {"row", RandomRow(&random)}});
      }
      steps.push_back({{"cmd", "write"}, {"write-only", true}, {"rows", rows}});
    }
    steps.push_back({{"cmd", "compact"}, {"full", true}});
  }
  return steps;
}

std::vector<std::string> ChangesOf(const std::string& warehouse) {
  auto rows = JavaOracle::Core().AskRows({{"cmd", "stream-read"},
                                          {"warehouse", warehouse},
                                          {"table", "db.t"},
                                          {"scan-mode", "from-snapshot"},
                                          {"snapshot", 1}});
  if (!rows.ok()) return {rows.status().ToString()};
  std::sort(rows->begin(), rows->end());
  return *rows;
}

std::vector<std::string> RowsOf(const std::string& warehouse) {
  auto rows = JavaRows(warehouse);
  return rows.ok() ? *rows : std::vector<std::string>{rows.status().ToString()};
}

/// Empty = the same rows and the same changes after every step.
std::string Compare(const json& schema, const std::vector<json>& steps,
                    int64_t* changes) {
  const TemporaryFolder by_java, by_tarn;
  JavaTarget java(by_java.path());
  TarnTarget tarn(by_tarn.path());
  for (HistoryTarget* target :
       {static_cast<HistoryTarget*>(&java), static_cast<HistoryTarget*>(&tarn)}) {
    const Status created = target->Create(schema);
    if (!created.ok()) return created.ToString();
  }
  for (const json& step : steps) {
    const Status java_status = java.Run(step);
    const Status tarn_status = tarn.Run(step);
    if (!java_status.ok() && !tarn_status.ok()) break;  // both refuse alike
    if (java_status.ok() != tarn_status.ok()) {
      return step.dump() + " Java: " + java_status.ToString() +
             " Tarn: " + tarn_status.ToString();
    }
    if (step["cmd"] != "compact") continue;
    const auto rows = SameRows(RowsOf(by_tarn.path()), RowsOf(by_java.path()));
    if (!rows) return std::string("rows: ") + rows.message();
  }
  const auto expected = ChangesOf(by_java.path());
  const auto same = SameRows(ChangesOf(by_tarn.path()), expected);
  *changes += static_cast<int64_t>(expected.size());
  return same ? "" : std::string("changes: ") + same.message();
}

class Changelogs : public ::testing::TestWithParam<std::string> {};

TEST_P(Changelogs, OfLoneRecordsAreJavas) {
  TARN_SKIP_WITHOUT_JAVA();
  const uint64_t histories = FromEnvironment("TARN_HISTORIES", 4);
  const uint64_t first = FromEnvironment("TARN_SEED", 1);
  for (const ChangelogKind& kind : Kinds()) {
    if (kind.lookup_only && GetParam() != "lookup") continue;
    int64_t changes = 0;
    for (uint64_t seed = first; seed < first + histories; ++seed) {
      const json schema = SchemaOfKind(kind, GetParam(), seed % 3 == 0);
      EXPECT_EQ(Compare(schema, RandomRounds(kind, seed), &changes), "")
          << kind.name << " " << seed;
    }
    EXPECT_GT(changes, static_cast<int64_t>(histories) * 3) << kind.name;
  }
}

INSTANTIATE_TEST_SUITE_P(, Changelogs, ::testing::Values("lookup", "full-compaction"),
                         [](const auto& info) {
                           return info.param == "lookup" ? "Lookup" : "FullCompaction";
                         });

}  // namespace
}  // namespace tarn::support

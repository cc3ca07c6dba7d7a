// SPDX-License-Identifier: Apache-2.0
// No third outcome: every option of Paimon, set to a legal value that is not its default,
// on a small table. Either Tarn and Java answer the same about the tables that both
// write, or Tarn refuses and names the option.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> out;
  size_t begin = 0;
  while (true) {
    const size_t end = text.find(separator, begin);
    out.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return out;
    begin = end + 1;
  }
}

std::vector<std::vector<std::string>> Table(const std::string& file) {
  std::vector<std::vector<std::string>> out;
  for (const std::string& line : ReadLines(TestFile(file))) {
    if (!line.empty() && line[0] != '#') out.push_back(Split(line, '\t'));
  }
  return out;
}

/// One option on one table.
struct Trial {
  std::string key, value;
  std::map<std::string, std::string> more;  ///< options that it needs beside it
  std::string shape = "keyed";              ///< keyed, parted, append
};

std::string OtherThan(const std::string& fallback, const std::string& type) {
  if (type == "Boolean") return fallback == "true" ? "false" : "true";
  if (type == "Integer" || type == "Long") {
    if (fallback == "-" || fallback.size() > 9) return "3";
    return std::to_string(std::stoll(fallback) + 1);
  }
  if (type == "MemorySize") return "2 mb";
  if (type == "Duration") return "7 min";
  if (type == "Double" || type == "Float") return "0.5";
  return "x";
}

std::vector<Trial> Trials() {
  std::map<std::string, Trial> given;
  for (const auto& row : Table("interop/option_values.tsv")) {
    Trial trial{row.at(0), row.at(1), {}, "keyed"};
    if (row.size() > 2 && !row[2].empty()) {
      for (const std::string& pair : Split(row[2], ';')) {
        const size_t equals = pair.find('=');
        trial.more[pair.substr(0, equals)] = pair.substr(equals + 1);
      }
    }
    if (row.size() > 3) trial.shape = row[3];
    given[trial.key] = trial;
  }
  std::vector<Trial> out;
  for (const auto& row : Table("options/paimon_options.tsv")) {
    const auto at = given.find(row.at(0));
    out.push_back(at != given.end() ? at->second
                                    : Trial{row[0], OtherThan(row.at(1), row.at(2))});
  }
  return out;
}

json SchemaFor(const Trial& trial) {
  json fields = json::array({{{"name", "pt"}, {"type", "STRING"}},
                             {{"name", "k"}, {"type", "INT"}},
                             {{"name", "s"}, {"type", "STRING"}},
                             {{"name", "n"}, {"type", "BIGINT"}}});
  if (trial.shape == "append") {
    fields.push_back({{"name", "b"}, {"type", "BYTES"}});
  }
  json schema = {{"fields", fields},
                 {"primaryKeys", json::array({"k"})},
                 {"partitionKeys", json::array()},
                 {"options", {{"bucket", "1"}}}};
  if (trial.shape == "append") {
    schema["primaryKeys"] = json::array();
    schema["options"].erase("bucket");
  }
  if (trial.shape == "parted") {
    schema["primaryKeys"] = json::array({"pt", "k"});
    schema["partitionKeys"] = json::array({"pt"});
  }
  for (const auto& [key, value] : trial.more) schema["options"][key] = value;
  schema["options"][trial.key] = trial.value;
  return schema;
}

json Rows(int commit, bool append) {
  json rows = json::array();
  for (int i = 0; i < 6; ++i) {
    json row = {{"pt", i % 2 == 0 ? "a" : "b"},
                {"k", (commit * 2 + i) % 7},
                {"s", i % 3 == 0 ? "+U" : "+I"},
                {"n", commit * 10 + i}};
    if (append) row["b"] = "YWJj";
    rows.push_back({{"op", "+I"}, {"row", row}});
  }
  return rows;
}

History HistoryFor(const Trial& trial) {
  History history;
  history.name = trial.key;
  history.schema = SchemaFor(trial);
  for (int commit = 0; commit < 3; ++commit) {
    history.steps.push_back({{"cmd", "write"},
                             {"rows", Rows(commit, trial.shape == "append")},
                             {"write-only", true}});
  }
  history.steps.push_back({{"cmd", "compact"}, {"full", true}});
  return history;
}

bool Names(const Status& status, const Trial& trial) {
  const std::string text = status.ToString();
  if (text.find(trial.key) != std::string::npos) return true;
  return std::any_of(trial.more.begin(), trial.more.end(), [&](const auto& option) {
    return text.find(option.first) != std::string::npos;
  });
}

Result<std::vector<std::string>> JavaRead(const std::string& warehouse) {
  return JavaOracle::Core().AskRows(
      {{"cmd", "read"}, {"warehouse", warehouse}, {"table", "db.t"}});
}

/// Keys that a table written by 2.0.0 covers.
const std::set<std::string>& KeysOfGoldenTables() {
  static const std::set<std::string> keys = [] {
    std::set<std::string> out;
    for (const std::string& name : GoldenNames()) {
      const json options = LoadHistory(name).schema["options"];
      for (const auto& [key, value] : options.items()) {
        out.insert(key);
      }
    }
    return out;
  }();
  return keys;
}

void ExpectOneOfTwoOutcomes(const Trial& trial, bool java_knows) {
  SCOPED_TRACE(trial.key + " = " + trial.value);
  const TemporaryFolder folder;
  const History history = HistoryFor(trial);
  TarnTarget tarn(folder / "tarn");
  JavaTarget java(folder / "java");
  const Status tarn_wrote = Replay(history, &tarn);
  const Status java_wrote = Replay(history, &java);
  if (!tarn_wrote.ok() && KindOf(tarn_wrote) == ErrorKind::kUnsupported) {
    EXPECT_TRUE(Names(tarn_wrote, trial)) << tarn_wrote.ToString();
    return;
  }
  const auto ours = tarn.Read(json::object());
  if (tarn_wrote.ok() && !ours.ok() && KindOf(ours.status()) == ErrorKind::kUnsupported) {
    EXPECT_TRUE(Names(ours.status(), trial)) << ours.status().ToString();
    return;
  }
  if (!java_wrote.ok()) {
    // What Java refuses may be refused in any words, but not be taken.
    EXPECT_FALSE(tarn_wrote.ok()) << "Java: " << java_wrote.ToString();
    return;
  }
  ASSERT_TRUE(tarn_wrote.ok()) << tarn_wrote.ToString();
  const auto java_on_ours = JavaRead(folder / "tarn");
  const auto theirs = JavaRead(folder / "java");
  const auto tarn_on_theirs = TarnTarget(folder / "java").Read(json::object());
  if (!ours.ok()) {
    // A read that neither answers, of a snapshot that is not there.
    EXPECT_FALSE(java_on_ours.ok()) << ours.status().ToString();
    return;
  }
  ASSERT_TRUE(java_on_ours.ok()) << java_on_ours.status().ToString();
  ASSERT_TRUE(theirs.ok()) << theirs.status().ToString();
  ASSERT_TRUE(tarn_on_theirs.ok()) << tarn_on_theirs.status().ToString();
  EXPECT_TRUE(SameRows(*ours, *java_on_ours));
  EXPECT_TRUE(SameRows(*tarn_on_theirs, *theirs));
  // Rows that wait for a bucket get one from Tarn's compaction; Java's core has none for
  // them, Flink's connector does that.
  const auto bucket = trial.more.find("bucket");
  if (bucket == trial.more.end() || bucket->second != "-2") {
    EXPECT_TRUE(SameRows(*ours, *theirs));
  }
  if (!java_knows) {
    static const auto reasons = Table("interop/options_since_2_0.tsv");
    const bool explained =
        std::any_of(reasons.begin(), reasons.end(),
                    [&](const auto& row) { return row.at(0) == trial.key; });
    EXPECT_TRUE(explained || KeysOfGoldenTables().contains(trial.key))
        << "the published core does not know this option: refuse it, cover it with a "
           "golden table, or say why it changes no answer";
  }
}

const std::set<std::string>& KeysOfTheCore() {
  static const std::set<std::string> keys = [] {
    std::set<std::string> out;
    const auto answer = JavaOracle::Core().Ask({{"cmd", "option-keys"}});
    if (answer.ok()) {
      for (const json& key : answer->at("keys")) out.insert(key.get<std::string>());
    }
    return out;
  }();
  return keys;
}

// A part of the options each, so that parts can run side by side.
class OptionWalk : public ::testing::TestWithParam<int> {
 protected:
  static constexpr int kParts = 4;
};

TEST_P(OptionWalk, IsAnsweredAsJavaDoesOrRefusedByName) {
  TARN_SKIP_WITHOUT_JAVA();
  ASSERT_GT(KeysOfTheCore().size(), 250u);
  const std::vector<Trial> trials = Trials();
  ASSERT_GT(trials.size(), 300u);
  for (size_t i = GetParam(); i < trials.size(); i += kParts) {
    ExpectOneOfTwoOutcomes(trials[i], KeysOfTheCore().contains(trials[i].key));
  }
}

INSTANTIATE_TEST_SUITE_P(, OptionWalk, ::testing::Range(0, 4));

}  // namespace
}  // namespace tarn::support

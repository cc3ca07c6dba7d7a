// SPDX-License-Identifier: Apache-2.0
// What works between Tarn and Java, feature by feature: every golden table is read, its
// history is played by Tarn, and Java reads what came of it. The outcomes stand in
// compatibility.tsv, and the page docs/reference/compatibility.md is printed from them:
//
//   TARN_UPDATE_DOCS=1 interop_test --gtest_filter='*Compatibility*'
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"
#include "tests/support/features.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

constexpr const char* kResults = "interop/compatibility.tsv";
constexpr const char* kNoValueForIt = "TARN-191";
constexpr const char* kPage = "../docs/reference/compatibility.md";

bool Updating() {
  return std::getenv("TARN_UPDATE_DOCS") != nullptr;
}

/// `yes`, `no` with the refusal, or `-` where the question was not put.
struct Outcome {
  std::string reads, writes, java;
  bool operator==(const Outcome&) const = default;
};

std::string Line(const std::string& name, const Outcome& outcome) {
  return name + "\t" + outcome.reads + "\t" + outcome.writes + "\t" + outcome.java;
}

std::map<std::string, Outcome> StoredOutcomes() {
  std::map<std::string, Outcome> out;
  if (!std::filesystem::exists(TestFile(kResults))) return out;
  for (const std::string& line : ReadLines(TestFile(kResults))) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> cells;
    size_t begin = 0;
    for (size_t end; (end = line.find('\t', begin)) != std::string::npos;
         begin = end + 1) {
      cells.push_back(line.substr(begin, end - begin));
    }
    cells.push_back(line.substr(begin));
    out[cells.at(0)] = {cells.at(1), cells.at(2), cells.at(3)};
  }
  return out;
}

/// The code of a refusal, "TARN-6151".
std::string Refusal(const Status& status) {
  const std::string text = status.ToString();
  const size_t at = text.find("TARN-");
  return "no " + (at == std::string::npos ? "?" : text.substr(at, 9));
}

bool IsRefusal(const Status& status) {
  return KindOf(status) == ErrorKind::kUnsupported;
}

/// All plain reads and those with a command.
std::string Reads(const GoldenTable& table) {
  const TarnTarget tarn(table.warehouse);
  std::string outcome = "yes";
  for (const GoldenRead& read : table.reads) {
    // Streams are no part of this, and golden_test compares tags to the millisecond.
    if (read.command.contains("cmd") || read.file == "expected.tags.jsonl") continue;
    const auto rows = tarn.Read(read.Request());
    if (rows.ok()) {
      EXPECT_TRUE(SameRows(*rows, read.lines)) << read.file;
      continue;
    }
    if (KindOf(rows.status()) == ErrorKind::kNotFound && !read.plain()) continue;
    const std::string text = rows.status().ToString();
    if (text.find(TarnTarget::kNoWordForIt) != std::string::npos) continue;
    EXPECT_TRUE(IsRefusal(rows.status())) << read.file << text;
    outcome = Refusal(rows.status());
  }
  return outcome;
}

/// Play the history and let Java read the latest rows of it.
void WritesAndJavaReads(const GoldenTable& table, Outcome* outcome) {
  const TemporaryFolder warehouse;
  TarnTarget tarn(warehouse.path());
  const Status played = Replay(LoadHistory(table.name), &tarn);
  outcome->java = "-";
  if (!played.ok()) {
    // A step or a value that these tests have no word for says nothing about Tarn.
    const std::string text = played.ToString();
    const bool asked = text.find(TarnTarget::kNoWordForIt) == std::string::npos &&
                       text.find(kNoValueForIt) == std::string::npos;
    EXPECT_TRUE(!asked || IsRefusal(played)) << text;
    outcome->writes = asked ? Refusal(played) : "-";
    return;
  }
  outcome->writes = "yes";
  const auto ours = tarn.Read(json::object());
  if (!ours.ok()) {
    EXPECT_TRUE(IsRefusal(ours.status())) << ours.status().ToString();
    return;
  }
  const auto java = JavaOracle::Core().AskRows(
      {{"cmd", "read"}, {"warehouse", warehouse.path()}, {"table", "db.t"}});
  if (JavaCoreDiffers(table.name, "expected.jsonl")) return;
  ASSERT_TRUE(java.ok()) << java.status().ToString();
  EXPECT_TRUE(SameRows(*ours, *java));
  outcome->java = "yes";
}

std::map<std::string, Outcome>& Seen() {
  static std::map<std::string, Outcome> seen;
  return seen;
}

/// "12", "10 of 12 (TARN-6151)", or "" where nothing was asked.
std::string Cell(const std::vector<std::string>& answers) {
  int yes = 0, asked = 0;
  std::set<std::string> codes;
  for (const std::string& answer : answers) {
    if (answer == "-") continue;
    ++asked;
    if (answer == "yes") {
      ++yes;
    } else {
      codes.insert(answer.substr(3));
    }
  }
  if (asked == 0) return "";
  std::string out = std::to_string(yes);
  if (yes < asked) {
    out += " of " + std::to_string(asked);
    std::string list;
    for (const std::string& code : codes) list += (list.empty() ? "" : ", ") + code;
    out += " (" + list + ")";
  }
  return out;
}

std::string Page(const std::map<std::string, Outcome>& outcomes) {
  std::map<std::string, json> histories;
  for (const auto& [name, outcome] : outcomes) {
    histories[name] = json::parse(ReadText(TestFile("golden/inputs/" + name + ".json")));
  }
  std::string out =
      "# What works between Tarn and Java\n\n"
      "Printed by `tests/interop/compatibility_test.cc` from what it sees; a test "
      "compares.\n\n"
      "For every golden table (`tests/golden`, written by Java Paimon) three questions "
      "are\n"
      "put: does Tarn read what Java reads (all snapshots, tags, branches, filters and "
      "system\n"
      "tables kept beside it), can Tarn write the table's history, and does Java read "
      "the\n"
      "same rows from what Tarn wrote. A number counts the tables with the feature that "
      "say\n"
      "yes; `10 of 12` means that two are refused, with the code of the refusal\n"
      "([errors](errors.md)). No table was answered wrongly: that fails the test.\n"
      "An empty cell means that the question was not put: the history has a step that "
      "the\n"
      "tests cannot ask of Tarn.\n";
  std::string section;
  for (const Feature& feature : Features()) {
    std::vector<std::string> reads, writes, java;
    for (const auto& [name, outcome] : outcomes) {
      if (!feature.has(histories.at(name))) continue;
      reads.push_back(outcome.reads);
      writes.push_back(outcome.writes);
      java.push_back(outcome.java);
    }
    if (section != feature.section) {
      section = feature.section;
      out +=
          "\n## " + section +
          "\n\n| | tables | reads | writes | Java reads ours |\n|---|---|---|---|---|\n";
    }
    out += "| " + feature.name + " | " + std::to_string(reads.size()) + " | " +
           Cell(reads) + " | " + Cell(writes) + " | " + Cell(java) + " |\n";
  }
  return out;
}

void WriteOutcomes(const std::map<std::string, Outcome>& outcomes) {
  std::ofstream results(TestFile(kResults), std::ios::binary);
  results
      << "# Outcomes of compatibility_test.cc: table, reads, writes, Java reads ours\n";
  for (const auto& [name, outcome] : outcomes) results << Line(name, outcome) << "\n";
  std::ofstream(TestFile(kPage), std::ios::binary) << Page(outcomes);
}

// A part of the tables each, so that parts can run side by side.
constexpr int kParts = 4;

class Compatibility : public ::testing::TestWithParam<int> {};

TEST_P(Compatibility, IsWhatThePageSays) {
  TARN_SKIP_WITHOUT_JAVA();
  const auto stored = StoredOutcomes();
  const std::vector<std::string> names = GoldenNames();
  for (size_t i = GetParam(); i < names.size(); i += kParts) {
    SCOPED_TRACE(names[i]);
    const GoldenTable table = LoadGolden(names[i]);
    Outcome outcome;
    outcome.reads = Reads(table);
    WritesAndJavaReads(table, &outcome);
    Seen()[names[i]] = outcome;
    if (Updating()) continue;
    ASSERT_TRUE(stored.contains(names[i]))
        << "write tests/interop/compatibility.tsv again with TARN_UPDATE_DOCS=1";
    EXPECT_EQ(Line(names[i], outcome), Line(names[i], stored.at(names[i])))
        << "write the page again with TARN_UPDATE_DOCS=1";
  }
  if (Updating() && Seen().size() == names.size()) WriteOutcomes(Seen());
}

INSTANTIATE_TEST_SUITE_P(, Compatibility, ::testing::Range(0, kParts));

TEST(CompatibilityPage, IsPrintedFromTheOutcomes) {
  const auto outcomes = StoredOutcomes();
  if (Updating()) std::ofstream(TestFile(kPage), std::ios::binary) << Page(outcomes);
  EXPECT_EQ(outcomes.size(), GoldenNames().size());
  EXPECT_TRUE(ReadText(TestFile(kPage)) == Page(outcomes))
      << "write it again with TARN_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace tarn::support

// SPDX-License-Identifier: Apache-2.0
// Java's answer or a typed refusal: every golden table, snapshot by snapshot.
#include <map>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/canonical_rows.h"
#include "tests/support/golden.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

// Tables of which at least one state is refused by name, as the README says. Everything
// else must be read.
const std::set<std::string>& RefusedTables() {
  static const std::set<std::string> tables = {"blob", "data_evolution",
                                               "postpone_merge_on_read", "vector"};
  return tables;
}

// Reads of other tables that are refused by name: filters, projections, increments and
// system tables. Everything else must be read.
const std::set<std::string>& RefusedReads() {
  static const std::set<std::string> reads = {"row_tracking/expected.row-tracking.jsonl"};
  return reads;
}

// Java keeps nine digits of a tag's time in a column whose type has three.
std::vector<std::string> WithMillis(std::vector<std::string> lines) {
  static const std::regex digits("(T\\d\\d:\\d\\d:\\d\\d\\.\\d{3})\\d+");
  for (std::string& line : lines) line = std::regex_replace(line, digits, "$1");
  return lines;
}

// Tables by the first word of their name.
std::vector<std::string> Families() {
  std::set<std::string> out;
  for (const std::string& name : GoldenNames())
    out.insert(name.substr(0, name.find('_')));
  return {out.begin(), out.end()};
}

class GoldenTables : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenTables, AreReadAsJavaReadsThemOrRefused) {
  for (const std::string& name : GoldenNames({GetParam()})) {
    if (name.substr(0, name.find('_')) != GetParam()) continue;
    const GoldenTable table = LoadGolden(name);
    const TarnTarget tarn(table.warehouse);
    bool refused = false;
    for (const GoldenRead& read : table.reads) {
      SCOPED_TRACE(name + " " + read.file + ": " + table.about);
      // What a stream gives is not what a batch does.
      if (read.command.contains("cmd")) continue;
      const auto rows = tarn.Read(read.Request());
      const bool listed = RefusedReads().contains(name + "/" + read.file);
      if (rows.ok()) {
        const bool tags = read.file == "expected.tags.jsonl";
        EXPECT_TRUE(SameRows(*rows, tags ? WithMillis(read.lines) : read.lines));
        EXPECT_FALSE(listed) << "no longer refused, take it off the list";
        continue;
      }
      EXPECT_EQ(KindOf(rows.status()), ErrorKind::kUnsupported)
          << rows.status().ToString();
      if (read.plain()) {
        refused = true;
        EXPECT_TRUE(RefusedTables().contains(name)) << rows.status().ToString();
      } else {
        EXPECT_TRUE(listed || RefusedTables().contains(name)) << rows.status().ToString();
      }
    }
    // Snapshots of a table on the list that need no merge are read.
    EXPECT_EQ(refused, RefusedTables().contains(name))
        << name << ": no longer refused, take it off the list";
  }
}

INSTANTIATE_TEST_SUITE_P(, GoldenTables, ::testing::ValuesIn(Families()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tarn::support

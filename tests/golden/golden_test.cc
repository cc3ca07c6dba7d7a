// SPDX-License-Identifier: Apache-2.0
// Java's answer or a typed refusal: every golden table, snapshot by snapshot.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/canonical_rows.h"
#include "tests/support/golden.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

// Tables that are refused by name, as the README says. Everything else must be read.
const std::set<std::string>& RefusedTables() {
  static const std::set<std::string> tables = {};
  return tables;
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
    for (const GoldenRead& read : table.reads) {
      SCOPED_TRACE(name + " " + read.file + ": " + table.about);
      const auto rows = tarn.Read(read.Request());
      if (rows.ok()) {
        EXPECT_TRUE(SameRows(*rows, read.lines));
        EXPECT_FALSE(read.plain() && RefusedTables().contains(name))
            << "no longer refused: take it off the list";
        continue;
      }
      EXPECT_EQ(KindOf(rows.status()), ErrorKind::kUnsupported)
          << rows.status().ToString();
      // The plain rows of a table that is not on the list may not be refused.
      if (read.plain() && !read.branch) {
        EXPECT_TRUE(RefusedTables().contains(name)) << rows.status().ToString();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, GoldenTables, ::testing::ValuesIn(Families()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tarn::support

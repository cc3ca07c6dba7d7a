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

// Tables of which at least one state is refused by name, as the README says. Everything
// else must be read.
const std::set<std::string>& RefusedTables() {
  static const std::set<std::string> tables = {"agg_collections",
                                               "agg_hll_sketch",
                                               "agg_rbm64",
                                               "agg_retract",
                                               "agg_retract_buffer",
                                               "agg_retract_lookup",
                                               "agg_theta_sketch",
                                               "pu_retract_buffer",

                                               "pu_retract_lookup",
                                               "agg_merge_map_keytime",
                                               "agg_nested_partial_update",
                                               "agg_rbm32",
                                               "blob",
                                               "data_evolution",
                                               "dv_append",
                                               "dv_append_bitmap64",
                                               "dv_merge_on_read",
                                               "dv_merge_on_read_agg",
                                               "dv_merge_on_write_lookup",
                                               "dv_pk",
                                               "dv_pk_bitmap64",
                                               "dv_pk_write_only",
                                               "fmt_csv",
                                               "fmt_json",
                                               "int96_append",
                                               "int96_pk",
                                               "postpone_merge_on_read",
                                               "record_expire",
                                               "seq_snapshot_ordering",
                                               "seq_snapshot_ordering_compacted",
                                               "types_variant",
                                               "vector"};
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
    bool refused = false;
    for (const GoldenRead& read : table.reads) {
      SCOPED_TRACE(name + " " + read.file + ": " + table.about);
      const auto rows = tarn.Read(read.Request());
      if (rows.ok()) {
        EXPECT_TRUE(SameRows(*rows, read.lines));
        continue;
      }
      // A snapshot that Java itself had expired is not there for anybody; what was asked
      // of it was a changelog.
      if (KindOf(rows.status()) == ErrorKind::kNotFound && !read.plain()) continue;
      EXPECT_EQ(KindOf(rows.status()), ErrorKind::kUnsupported)
          << rows.status().ToString();
      // The plain rows of a table that is not on the list may not be refused.
      if (read.plain() && !read.branch) {
        refused = true;
        EXPECT_TRUE(RefusedTables().contains(name)) << rows.status().ToString();
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

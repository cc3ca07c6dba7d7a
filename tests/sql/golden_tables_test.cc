// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include "tarn/io/local_file_system.h"
#include "tarn/sql/parser.h"
#include "tarn/sql/session.h"
#include "tarn/types/canonical_json.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/golden.h"

namespace tarn::sql {
namespace {

using support::GoldenRead;

/// What this release reads for certain; the others may be refused, never answered
/// wrongly.
constexpr std::array<std::string_view, 8> kMustRead = {"pk_",
                                                       "pu_basic",
                                                       "pu_group",
                                                       "pu_remove",
                                                       "bucket_fixed_3",
                                                       "types_pk_parquet",
                                                       "product_360_small",
                                                       "evo_pk"};

Result<std::vector<std::string>> Query(const std::string& warehouse,
                                       const std::string& text) {
  SessionOptions options;
  options.warehouse = warehouse;
  ARROW_ASSIGN_OR_RAISE(
      auto session,
      Session::Make(base::MakeSystemContext(io::MakeLocalFileSystem()), options));
  const SourceText source(text, "golden");
  ARROW_ASSIGN_OR_RAISE(const Statement statement, ParseStatement(source));
  ARROW_ASSIGN_OR_RAISE(StatementResult result, session->Execute(statement, source));
  return support::SortedLines(result.rows.get(), result.fields);
}

class GoldenTables : public testing::TestWithParam<std::string> {};

TEST_P(GoldenTables, AreAnsweredAsJavaDoesOrRefused) {
  const support::GoldenTable table = support::LoadGolden(GetParam());
  const bool must = std::any_of(
      kMustRead.begin(), kMustRead.end(),
      [&](std::string_view prefix) { return GetParam().starts_with(prefix); });
  for (const GoldenRead& read : table.reads) {
    if (!read.plain()) continue;
    std::string name = "db.t";
    std::string point;
    if (read.branch) name = "db.`t$branch_" + *read.branch + "`";
    // A point in the statement brings back the columns of its day; a hint does not.
    if (read.snapshot) point = " VERSION AS OF " + std::to_string(*read.snapshot);
    if (read.tag) point = " VERSION AS OF '" + *read.tag + "'";
    SCOPED_TRACE(GetParam() + "/" + read.file);
    const auto lines = Query(table.warehouse, "SELECT * FROM " + name + point);
    if (!lines.ok()) {
      EXPECT_EQ(KindOf(lines.status()), ErrorKind::kUnsupported) << lines.status();
      EXPECT_FALSE(must) << lines.status();
      continue;
    }
    EXPECT_TRUE(support::SameRows(*lines, read.lines));
  }
}

/// System tables: a read command that names a table, and perhaps columns.
class GoldenSystemTables : public testing::TestWithParam<std::string> {};

TEST_P(GoldenSystemTables, ListWhatJavaLists) {
  const support::GoldenTable table = support::LoadGolden(GetParam());
  int read_tables = 0;
  for (const GoldenRead& read : table.reads) {
    if (!read.command.contains("table")) continue;
    std::string columns;
    for (const auto& [key, value] : read.command.items()) {
      if (key == "columns") {
        for (const auto& column : value) {
          columns += (columns.empty() ? "`" : ", `") + column.get<std::string>() + "`";
        }
      } else if (key != "table") {
        columns = "?";
      }
    }
    if (columns == "?") continue;
    const std::string name = read.command["table"];
    SCOPED_TRACE(name);
    const auto lines =
        Query(table.warehouse, "SELECT " + (columns.empty() ? "*" : columns) +
                                   " FROM db.`" + name.substr(3) + "`");
    if (!lines.ok()) {
      EXPECT_EQ(KindOf(lines.status()), ErrorKind::kUnsupported) << lines.status();
      continue;
    }
    EXPECT_TRUE(support::SameRows(*lines, read.lines));
    ++read_tables;
  }
  EXPECT_GE(read_tables, 7);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenSystemTables,
                         testing::Values("sys_tables", "sys_tables_append"),
                         [](const auto& name) { return name.param; });

INSTANTIATE_TEST_SUITE_P(All, GoldenTables, testing::ValuesIn(support::GoldenNames()),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace tarn::sql

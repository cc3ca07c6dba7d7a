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
constexpr std::array<std::string_view, 14> kMustRead = {"pk_",
                                                        "pu_basic",
                                                        "pu_group",
                                                        "pu_remove",
                                                        "bucket_fixed_3",
                                                        "types_pk_parquet",
                                                        "product_360_small",
                                                        "evo_pk",
                                                        "fmt_avro_",
                                                        "fmt_csv",
                                                        "fmt_json",
                                                        "types_append_avro",
                                                        "types_pk_avro",
                                                        "types_variant"};

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

TEST(Variants, ArePassedOnAndAskedForNull) {
  const support::GoldenTable table = support::LoadGolden("types_variant");
  const auto rows = [&](const std::string& text) { return Query(table.warehouse, text); };
  EXPECT_EQ(rows("SELECT w.v AS x FROM db.t AS w WHERE id = 1").ValueOrDie(),
            (std::vector<std::string>{R"({"x":"{\"a\":1,\"b\":[true,null,\"x\"]}"})"}));
  EXPECT_EQ(
      rows("SELECT id FROM db.t WHERE v IS NULL OR id = 5 ORDER BY id").ValueOrDie(),
      (std::vector<std::string>{R"({"id":4})", R"({"id":5})"}));
  EXPECT_EQ(rows("SELECT b.v, a.id FROM db.t a JOIN db.t b ON a.id = b.id "
                 "WHERE a.id = 2 ORDER BY a.id")
                .ValueOrDie(),
            (std::vector<std::string>{R"({"v":"\"s\"","id":2})"}));
}

TEST(Variants, OtherUsesAreRefusedByName) {
  const support::GoldenTable table = support::LoadGolden("types_variant");
  for (const std::string text :
       {"SELECT id FROM db.t WHERE v = v", "SELECT DISTINCT v FROM db.t",
        "SELECT COUNT(v) FROM db.t", "SELECT MAX(v) FROM db.t",
        "SELECT v FROM db.t ORDER BY v", "SELECT v AS w FROM db.t ORDER BY w",
        "SELECT id, v FROM db.t ORDER BY 2", "SELECT v, COUNT(*) FROM db.t GROUP BY v",
        "SELECT CAST(v AS STRING) FROM db.t", "SELECT v.`value` FROM db.t",
        "SELECT w FROM (SELECT v AS w FROM db.t) AS s",
        "WITH s AS (SELECT v FROM db.t) SELECT v FROM s",
        "SELECT v FROM db.t UNION SELECT v FROM db.t",
        "SELECT a.id FROM db.t a JOIN db.t b ON a.v = b.v",
        "SELECT id FROM db.t JOIN db.t AS b USING (v)",
        "SELECT id FROM db.t WHERE id IN (SELECT id FROM db.t WHERE v IS NULL)",
        "SELECT CASE WHEN id = 1 THEN v END FROM db.t",
        "SELECT ROW_NUMBER() OVER (ORDER BY v) FROM db.t"}) {
    const auto lines = Query(table.warehouse, text);
    EXPECT_EQ(KindOf(lines.status()), ErrorKind::kUnsupported) << text;
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

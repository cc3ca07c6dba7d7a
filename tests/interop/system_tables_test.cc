// SPDX-License-Identifier: Apache-2.0
// System tables that tell of index files, beside Java's.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"
#include "tests/support/golden.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

/// Empty = the same rows; otherwise what differs. `rows` counts Java's.
std::string Differs(const std::string& warehouse, const json& request, size_t* rows) {
  json asked = request;
  asked["cmd"] = "read";
  asked["warehouse"] = warehouse;
  const auto java = JavaOracle::Core().AskRows(asked);
  const auto tarn = TarnTarget(warehouse).Read(request);
  if (!java.ok()) return "Java: " + java.status().ToString();
  if (!tarn.ok()) return "Tarn: " + tarn.status().ToString();
  *rows += java->size();
  const auto same = SameRows(*tarn, *java);
  return same ? "" : same.message();
}

TEST(SystemTables, ListIndexFilesAndMarkedRowsAsJavaDoes) {
  TARN_SKIP_WITHOUT_JAVA();
  const json indexes = {{"table", "db.t$table_indexes"},
                        {"columns",
                         {"partition", "bucket", "index_type", "file_name", "file_size",
                          "row_count", "dv_ranges"}}};
  const json partitions = {{"table", "db.t$partitions"},
                           {"columns",
                            {"partition", "record_count", "file_size_in_bytes",
                             "file_count", "last_update_time"}}};
  size_t rows = 0;
  int tables = 0;
  for (const std::string& name : GoldenNames()) {
    const GoldenTable golden = LoadGolden(name);
    const json options = LoadHistory(name).schema["options"];
    const bool vectors = options.contains("deletion-vectors.enabled");
    if (!vectors && !name.starts_with("bucket_dynamic")) continue;
    ++tables;
    EXPECT_EQ(Differs(golden.warehouse, indexes, &rows), "") << name;
    EXPECT_EQ(Differs(golden.warehouse, partitions, &rows), "") << name;
  }
  EXPECT_GT(tables, 5);
  EXPECT_GT(rows, 20u);
}

}  // namespace
}  // namespace tarn::support

// SPDX-License-Identifier: Apache-2.0
// The expected rows of every golden table, turned into columns and back into text.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "tarn/types/canonical_json.h"
#include "tarn/types/table_schema.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

namespace tarn::support {
namespace {

types::TableSchema LatestSchema(const GoldenTable& table) {
  int64_t latest = 0;
  while (std::filesystem::exists(table.path + "/schema/schema-" +
                                 std::to_string(latest + 1))) {
    ++latest;
  }
  return types::TableSchema::FromJson(
             ReadText(table.path + "/schema/schema-" + std::to_string(latest)))
      .ValueOrDie();
}

TEST(CanonicalRows, GoldenRowsComeBackFromColumnsAsTheSameText) {
  int tables = 0;
  for (const std::string& name : GoldenNames()) {
    const GoldenTable table = LoadGolden(name);
    const types::TableSchema schema = LatestSchema(table);
    // A VARIANT's text is not read back here, VECTOR has no columns yet.
    const bool has_text = std::none_of(
        schema.fields.begin(), schema.fields.end(), [](const types::DataField& field) {
          return field.type.root() == types::TypeRoot::kVariant ||
                 field.type.root() == types::TypeRoot::kVector;
        });
    if (!has_text) continue;
    const GoldenRead& latest = table.reads.front();
    ASSERT_EQ(latest.file, "expected.jsonl");
    const auto batch = BatchFromLines(latest.lines, schema.fields);
    ASSERT_TRUE(batch.ok()) << name << ": " << batch.status().ToString();
    std::string text;
    ASSERT_TRUE(types::AppendCanonicalRows(**batch, schema.fields, &text).ok()) << name;
    EXPECT_TRUE(SameRows(SplitLines(text), latest.lines)) << name;
    ++tables;
  }
  EXPECT_GT(tables, 150);
}

}  // namespace
}  // namespace tarn::support

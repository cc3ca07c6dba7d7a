// SPDX-License-Identifier: Apache-2.0
// The schema that a history begins with is the schema file that Java wrote for it.
#include <gtest/gtest.h>

#include "tarn/types/table_schema.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/history.h"

namespace tarn::support {
namespace {

using nlohmann::json;

TEST(HistorySchema, EqualsTheFirstSchemaFileOfItsGoldenTable) {
  for (const std::string& name : GoldenNames()) {
    const auto schema = SchemaOf(LoadHistory(name).schema);
    ASSERT_TRUE(schema.ok()) << name << ": " << schema.status().ToString();
    json actual = json::parse(schema->ToJson());
    json expected = json::parse(ReadText(LoadGolden(name).path + "/schema/schema-0"));
    actual.erase("timeMillis");
    expected.erase("timeMillis");
    EXPECT_EQ(actual, expected) << name;
  }
}

}  // namespace
}  // namespace tarn::support

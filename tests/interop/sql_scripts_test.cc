// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/files.h"
#include "tests/support/java_oracle.h"
#include "tests/support/sql_script.h"

namespace tarn::support {
namespace {

using nlohmann::json;

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The scripts that Tarn's own tests hold it to are answers of Flink.
class PortableScripts : public testing::TestWithParam<std::string> {};

TEST_P(PortableScripts, FlinkAnswersAsWritten) {
  TARN_SKIP_WITHOUT_JAVA();
  const TemporaryFolder folder;
  const std::string warehouse = folder / "warehouse";
  const auto fill = [&](const std::string& text) {
    return Replaced(text, "${warehouse}", warehouse);
  };
  std::vector<ScriptStep> steps;
  std::string script;
  for (ScriptStep& step : LoadScript(TestFile("sql/scripts/" + GetParam() + ".test"))) {
    if (!step.flink) continue;
    script += fill(step.sql) + ";\n";
    steps.push_back(std::move(step));
  }
  const auto answer =
      JavaOracle::Flink().Ask({{"cmd", "sql"}, {"mode", "batch"}, {"script", script}});
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  const json& results = (*answer)["results"];
  ASSERT_EQ(results.size(), steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    const ScriptStep& step = steps[i];
    const json& result = results[i];
    SCOPED_TRACE(GetParam() + ".test:" + std::to_string(step.line) + "\n" + step.sql);
    EXPECT_EQ(result["ok"].get<bool>(), !step.error.has_value()) << result.dump();
    if (step.error || !step.checked) continue;
    std::vector<json> expected;
    for (const std::string& row : step.rows) expected.push_back(json::parse(fill(row)));
    std::vector<json> rows;
    for (const json& row : result["rows"]) rows.push_back(row["row"]);
    if (step.sorted) {
      std::sort(expected.begin(), expected.end());
      std::sort(rows.begin(), rows.end());
    }
    EXPECT_EQ(rows, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(All, PortableScripts,
                         testing::Values("flink_semantics", "statements"),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace tarn::support

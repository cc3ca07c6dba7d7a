// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include "tarn/io/local_file_system.h"
#include "tarn/sql/parser.h"
#include "tarn/sql/session.h"
#include "tarn/types/canonical_json.h"
#include "tests/support/files.h"
#include "tests/support/sql_script.h"

namespace tarn::sql {
namespace {

using support::ScriptStep;

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// All rows of the answer as canonical lines.
Result<std::vector<std::string>> Answer(Session* session, const std::string& text) {
  const SourceText source(text, "script");
  ARROW_ASSIGN_OR_RAISE(const Statement statement, ParseStatement(source));
  ARROW_ASSIGN_OR_RAISE(StatementResult result, session->Execute(statement, source));
  std::string lines;
  if (result.kind == ResultKind::kRows) {
    while (true) {
      std::shared_ptr<arrow::RecordBatch> batch;
      ARROW_RETURN_NOT_OK(result.rows->ReadNext(&batch));
      if (batch == nullptr) break;
      ARROW_RETURN_NOT_OK(types::AppendCanonicalRows(*batch, result.fields, &lines));
    }
  }
  return support::SplitLines(lines);
}

std::vector<std::string> ScriptNames() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(support::TestFile("sql/scripts"))) {
    if (entry.path().extension() == ".test") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Scripts : public testing::TestWithParam<std::string> {};

TEST_P(Scripts, AnswerAsWritten) {
  const support::TemporaryFolder folder;
  const std::string scripts = support::TestFile("sql/scripts");
  SessionOptions options;
  options.warehouse = folder / "default";
  auto session =
      Session::Make(base::MakeSystemContext(io::MakeLocalFileSystem()), options);
  ASSERT_TRUE(session.ok()) << session.status();
  for (const ScriptStep& step :
       support::LoadScript(scripts + "/" + GetParam() + ".test")) {
    const auto fill = [&](const std::string& text) {
      return Replaced(Replaced(text, "${dir}", scripts), "${warehouse}",
                      folder / "warehouse");
    };
    SCOPED_TRACE(fmt::format("{}.test:{}\n{}", GetParam(), step.line, step.sql));
    auto rows = Answer(session->get(), fill(step.sql));
    if (step.error) {
      ASSERT_FALSE(rows.ok()) << "no error";
      const std::string message = CodeOf(rows.status()) + " " + MessageOf(rows.status());
      EXPECT_NE(message.find(*step.error), std::string::npos) << message;
      continue;
    }
    ASSERT_TRUE(rows.ok()) << MessageOf(rows.status());
    if (!step.checked) continue;
    std::vector<std::string> expected;
    for (const std::string& row : step.rows) expected.push_back(fill(row));
    if (step.sorted) {
      std::sort(rows->begin(), rows->end());
      std::sort(expected.begin(), expected.end());
    }
    EXPECT_EQ(*rows, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Scripts, testing::ValuesIn(ScriptNames()),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace tarn::sql

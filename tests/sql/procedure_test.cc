// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/procedure.h"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tarn/sql/parser.h"
#include "tests/support/files.h"

namespace tarn::sql {
namespace {

Result<ProcedureArguments> Bound(const std::string& call) {
  const SourceText source("CALL sys." + call + ";", "test");
  auto statements = ParseScript(source);
  if (!statements.ok()) return statements.status();
  const auto& node = std::get<CallProcedure>(statements->front().node);
  const Procedure* procedure = FindProcedure(node.procedure.parts.back().name);
  TARN_CHECK(procedure != nullptr);
  return BindArguments(node, *procedure, source);
}

std::string ErrorOf(const std::string& call) {
  const auto bound = Bound(call);
  return bound.ok() ? "bound" : bound.status().ToString();
}

TEST(Procedures, BindByPlaceAndByEitherName) {
  for (const char* call :
       {"create_tag('db.t', 'v1', 7, '1 d')",
        "create_tag(`table` => 'db.t', tag => 'v1', snapshot_id => 7, "
        "time_retained => '1 d')",
        "create_tag(time_retained => '1 d', snapshot => 7, tag => 'v1', "
        "`table` => 'db.t')"}) {
    const auto bound = Bound(call);
    ASSERT_TRUE(bound.ok()) << bound.status().ToString();
    EXPECT_EQ(bound->Text("table"), "db.t");
    EXPECT_EQ(bound->Text("tag"), "v1");
    EXPECT_EQ(bound->NumberIfAny("snapshot_id"), 7);
    EXPECT_EQ(bound->TextIfAny("time_retained"), "1 d");
  }
  const auto short_call = Bound("create_tag('db.t', 'v1', NULL)");
  ASSERT_TRUE(short_call.ok());
  EXPECT_FALSE(short_call->NumberIfAny("snapshot_id").has_value());
}

TEST(Procedures, AFlagSkipsTextThatWasLeftOut) {
  const auto bound = Bound("create_branch('db.t', 'dev', TRUE)");
  ASSERT_TRUE(bound.ok()) << bound.status().ToString();
  EXPECT_TRUE(bound->Flag("ignoreIfExists"));
  EXPECT_FALSE(bound->TextIfAny("tag").has_value());
  // Spark's flags may be text.
  EXPECT_TRUE(Bound("create_branch(`table` => 'db.t', branch => 'dev', "
                    "ignoreIfExists => 'true')")
                  ->Flag("ignoreIfExists"));
}

TEST(Procedures, ALastArgumentMayRepeat) {
  EXPECT_EQ(Bound("drop_partition('db.t', 'p=1', 'p=2')")->Text("partitions"), "p=1;p=2");
  EXPECT_EQ(Bound("delete_tag('db.t', 'a', 'b')")->Text("tag"), "a,b");
}

TEST(Procedures, RefuseWhatDoesNotFitWithTheForm) {
  const auto expect = [](const std::string& call, const std::string& says) {
    const std::string error = ErrorOf(call);
    EXPECT_NE(error.find(says), error.npos) << error;
    EXPECT_NE(error.find("It is called as sys."), error.npos) << error;
    EXPECT_NE(error.find("TARN-1108"), error.npos) << error;
  };
  expect("create_tag('db.t')", "sys.create_tag needs the argument tag");
  expect("create_tag(tag => 'v1')", "sys.create_tag needs the argument table");
  expect("create_tag('db.t', 'v1', nam => 1)", "sys.create_tag has no argument nam");
  expect("create_tag('db.t', 'v1', '7')", "takes a whole number as snapshot_id");
  expect("create_tag('db.t', 7)", "takes a string as tag");
  expect("create_tag('db.t', tag => 'a', tag => 'b')", "is given the argument tag twice");
  expect("create_tag('db.t', NULL)", "takes a string as tag");
  expect("rescale('db.t', 3000000000)", "takes a whole number of 32 bits as bucket_num");
  expect("rename_tag('db.t', 'a', 'b', 'c')", "sys.rename_tag has no so many arguments");
  expect("create_tag('db.t', 'a' || 'b')", "An argument of sys.create_tag is a literal");
}

TEST(Procedures, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Procedure& procedure : Procedures()) {
    EXPECT_TRUE(names.insert(procedure.name).second) << procedure.name;
    EXPECT_TRUE(IsPaimonProcedure(procedure.name));
    std::set<std::string_view> arguments = {"table"};
    bool may_be_left_out = false;
    for (const ProcedureArgument& argument : procedure.arguments) {
      EXPECT_TRUE(arguments.insert(argument.name).second) << procedure.name;
      EXPECT_FALSE(argument.required && may_be_left_out) << procedure.name;
      may_be_left_out = !argument.required;
    }
  }
  EXPECT_TRUE(IsPaimonProcedure("remove_orphan_files"));
  EXPECT_FALSE(IsPaimonProcedure("remove_orphans"));
}

TEST(Procedures, AreInTheReference) {
  const std::string path = "../docs/reference/sql.md";
  const std::string begin = "<!-- procedures -->\n", end = "<!-- end of procedures -->";
  std::string page = support::ReadText(support::TestFile(path));
  const size_t from = page.find(begin), to = page.find(end);
  ASSERT_TRUE(from != page.npos && to != page.npos);
  const std::string wanted =
      page.substr(0, from + begin.size()) + ProceduresMarkdown() + page.substr(to);
  if (std::getenv("TARN_UPDATE_DOCS") != nullptr) {
    std::ofstream(support::TestFile(path), std::ios::binary) << wanted;
    page = wanted;
  }
  EXPECT_TRUE(page == wanted) << "write it again with TARN_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace tarn::sql

// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/diagnostic.h"

#include <gtest/gtest.h>

namespace tarn::sql {
namespace {

TEST(Diagnostic, DrawsPlaceWhyAndHelp) {
  const SourceText source("CREATE TABLE t (\n  price DECIMAL(10 FOO)\n)", "orders.sql");
  const Diagnostic diagnostic{ErrorKind::kInvalidInput,
                              kSyntaxError,
                              "Expected ')', found 'FOO'",
                              {36, 3},
                              "because",
                              "do this\nor that"};
  EXPECT_EQ(Render(diagnostic, source),
            "Expected ')', found 'FOO'.\n"
            "  --> orders.sql:2:20\n"
            "  |\n"
            "2 |   price DECIMAL(10 FOO)\n"
            "  |                    ^^^\n"
            "  = why: because\n"
            "  = help: do this\n"
            "    or that");
}

TEST(Diagnostic, PointsBehindTheEndOfTheText) {
  const SourceText source("SELECT", "s");
  EXPECT_EQ(RenderPlace({6, 0}, source),
            "  --> s:1:7\n"
            "  |\n"
            "1 | SELECT\n"
            "  |       ^");
}

TEST(Diagnostic, CountsWideCharactersOnceAndKeepsTabs) {
  const SourceText source("\t'ä' x", "s");
  EXPECT_EQ(RenderPlace({6, 1}, source),
            "  --> s:1:6\n"
            "  |\n"
            "1 | \t'ä' x\n"
            "  | \t    ^");
}

TEST(Diagnostic, CutsLongLines) {
  const SourceText source(std::string(5000, 'a') + " X " + std::string(5000, 'b'), "s");
  const std::string out = RenderPlace({5001, 1}, source);
  EXPECT_LT(out.size(), 600u);
  EXPECT_NE(out.find(" X "), std::string::npos);
}

TEST(Diagnostic, CarriesKindAndCode) {
  const SourceText source("x");
  const Status status = ToStatus(
      {ErrorKind::kUnsupported, kUnsupportedClause, "No", {0, 1}, "", ""}, source);
  EXPECT_EQ(KindOf(status), ErrorKind::kUnsupported);
  EXPECT_EQ(CodeOf(status), "TARN-6112");
}

TEST(Diagnostic, FindsNearNames) {
  EXPECT_EQ(NearestOf("SLECT", {"SELECT", "INSERT"}), std::vector<std::string>{"SELECT"});
  EXPECT_EQ(NearestOf("xyz", {"SELECT", "INSERT"}), std::vector<std::string>{});
  EXPECT_EQ(DidYouMean({"A", "B", "C"}), "Did you mean A, B or C?");
}

}  // namespace
}  // namespace tarn::sql

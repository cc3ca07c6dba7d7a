// SPDX-License-Identifier: Apache-2.0
// Functions over arrays and maps, one key at a time.
#include <gtest/gtest.h>

#include "tarn/merge/fold.h"
#include "tests/support/merge_case.h"

namespace tarn::merge {
namespace {

using support::I;
using support::L;
using support::MakeTable;
using support::MergeRecords;
using support::N;
using support::Record;
using support::Row;
using support::S;
using support::Value;
using Cells = std::vector<std::pair<const char*, Value>>;
using Options = std::map<std::string, std::string>;

Result<MergeSpec> Spec(const std::string& function, const std::string& type,
                       Options options) {
  options["merge-engine"] = "aggregation";
  options["fields.v.aggregate-function"] = function;
  return MergeSpec::FromSchema(
      MakeTable({{"k", "INT NOT NULL"}, {"v", type}}, {"k"}, options));
}

/// Fold `cells` of one key; options of the column by suffix.
Result<Value> Fold(const std::string& function, const std::string& type,
                   const Cells& cells, const Options& column = {}) {
  Options options;
  for (const auto& [suffix, value] : column) options["fields.v." + suffix] = value;
  ARROW_ASSIGN_OR_RAISE(const MergeSpec spec, Spec(function, type, options));
  std::vector<std::vector<Record>> runs;
  for (const auto& [kind, value] : cells) {
    runs.push_back({Row(kind, static_cast<int64_t>(runs.size()), {I(1), value})});
  }
  ARROW_ASSIGN_OR_RAISE(auto merged, MergeRecords(spec, runs));
  return merged.at(0).values.at(1);
}

std::string Folded(const std::string& function, const std::string& type,
                   const Cells& cells, const Options& column = {}) {
  const auto folded = Fold(function, type, cells, column);
  return folded.ok() ? support::ToString(*folded) : folded.status().ToString();
}

ErrorKind KindFor(const std::string& function, const std::string& type,
                  const Cells& cells, const Options& column = {}) {
  return KindOf(Fold(function, type, cells, column).status());
}

TEST(Collect, AppendsAndKeepsNullElements) {
  EXPECT_EQ(Folded("collect", "ARRAY<INT>",
                   {{"+I", L({I(1), N()})}, {"+I", N()}, {"+I", L({I(1), I(2)})}}),
            "[1 null 1 2 ]");
  EXPECT_EQ(Folded("collect", "ARRAY<INT>", {{"+I", N()}, {"+I", N()}}), "null");
  EXPECT_EQ(Folded("collect", "ARRAY<INT>", {{"+I", L({})}, {"+I", N()}}), "[]");
}

TEST(Collect, ARetractionTakesEachElementOnce) {
  EXPECT_EQ(Folded("collect", "ARRAY<INT>",
                   {{"+I", L({I(1), I(2), I(1)})}, {"-D", L({I(1), I(5)})}}),
            "[2 1 ]");
  EXPECT_EQ(Folded("collect", "ARRAY<INT>", {{"-D", L({I(1)})}, {"+I", L({I(2)})}}),
            "[2 ]");
}

TEST(Collect, DistinctValuesStandInTheOrderOfJavasHashTable) {
  EXPECT_EQ(Folded("collect", "ARRAY<INT>",
                   {{"+I", L({I(17), I(1), I(2)})}, {"+I", L({I(2), I(16), N()})}},
                   {{"distinct", "true"}}),
            "[16 null 17 1 2 ]");
  // The thirteenth value doubles the table: 16 moves behind 15.
  std::vector<Value> many;
  for (int i = 16; i >= 4; --i) many.push_back(I(i));
  EXPECT_EQ(Folded("collect", "ARRAY<INT>", {{"+I", L(many)}, {"+I", N()}},
                   {{"distinct", "true"}}),
            "[4 5 6 7 8 9 10 11 12 13 14 15 16 ]");
}

TEST(Collect, DistinctRowsKeepTheirOrderAndRefuseNullRowsAsJavaDoes) {
  const std::string type = "ARRAY<ROW<a INT, b STRING>>";
  const Value one = L({I(1), S("x")}), two = L({I(2), N()});
  EXPECT_EQ(Folded("collect", type, {{"+I", L({two, one})}, {"+I", L({one, two})}},
                   {{"distinct", "true"}}),
            "[[2 null ] [1 'x' ] ]");
  EXPECT_EQ(KindFor("collect", type, {{"+I", L({N()})}, {"+I", L({one})}},
                    {{"distinct", "true"}}),
            ErrorKind::kInvalidInput);
}

TEST(Collect, WhatHangsOnObjectsIsRefused) {
  EXPECT_EQ(
      KindOf(Spec("collect", "ARRAY<BYTES>", {{"fields.v.distinct", "true"}}).status()),
      ErrorKind::kUnsupported);
  EXPECT_EQ(KindFor("collect", "ARRAY<ROW<a INT>>",
                    {{"+I", L({L({I(1)})})}, {"-D", L({L({I(1)})})}}),
            ErrorKind::kUnsupported);
}

TEST(MergeMap, TheLaterValueOfAKeyWins) {
  EXPECT_EQ(Folded("merge_map", "MAP<STRING, INT>",
                   {{"+I", L({L({S("a"), I(1)}), L({S("b"), I(2)})})},
                    {"+I", L({L({S("b"), N()})})}}),
            "[['a' 1 ] ['b' null ] ]");
  EXPECT_EQ(Folded("merge_map", "MAP<STRING, INT>",
                   {{"+I", L({L({S("a"), I(1)}), L({S("b"), I(2)})})},
                    {"-U", L({L({S("a"), I(9)})})}}),
            "[['b' 2 ] ]");
  EXPECT_EQ(KindOf(Spec("merge_map", "MAP<BYTES, INT>", {}).status()),
            ErrorKind::kUnsupported);
}

TEST(MergeMapWithKeyTime, TheLaterTimeWinsAsText) {
  const std::string type = "MAP<INT, ROW<v INT, at STRING>>";
  auto entry = [](int64_t value, const char* at) {
    return L({L({I(7), L({I(value), S(at)})})});
  };
  EXPECT_EQ(Folded("merge_map_with_keytime", type,
                   {{"+I", entry(1, "9")}, {"+I", entry(2, "10")}}),
            "[[7 [1 '9' ] ] ]");
  EXPECT_EQ(Folded("merge_map_with_keytime", type,
                   {{"+I", entry(1, "9")}, {"+I", entry(2, "9")}}),
            "[[7 [1 '9' ] ] ]");
  EXPECT_EQ(Folded("merge_map_with_keytime", type,
                   {{"+I", entry(1, "9")}, {"+I", L({L({I(7), N()})})}}),
            "[]");
  EXPECT_EQ(Folded("merge_map_with_keytime", type,
                   {{"+I", entry(1, "9")}, {"+I", L({L({I(7), L({I(3), N()})})})}}),
            "[[7 [1 '9' ] ] ]");
  // UTF-16 puts what lies beyond U+FFFF before U+E000.
  EXPECT_EQ(Folded("merge_map_with_keytime", type,
                   {{"+I", entry(1, "\uE000")}, {"+I", entry(2, "\U0001F600")}}),
            "[[7 [1 '\uE000' ] ] ]");
  EXPECT_EQ(KindFor("merge_map_with_keytime", type,
                    {{"+I", entry(1, "9")}, {"-D", entry(1, "9")}}),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(Folded("merge_map_with_keytime", "MAP<INT, ROW<at STRING, v INT>>",
                   {{"+I", L({L({I(7), L({S("1"), I(1)})})})},
                    {"+I", L({L({I(7), L({S("2"), I(2)})})})}},
                   {{"ts-field", "at"}}),
            "[[7 ['2' 2 ] ] ]");
}

TEST(NestedUpdate, WithoutAKeyRowsPileUpToTheLimit) {
  const std::string type = "ARRAY<ROW<id INT>>";
  const Value one = L({I(1)}), two = L({I(2)});
  EXPECT_EQ(Folded("nested_update", type, {{"+I", L({one, N()})}, {"+I", L({one, two})}}),
            "[[1 ] [1 ] [2 ] ]");
  EXPECT_EQ(Folded("nested_update", type, {{"+I", L({one})}, {"+I", L({one, two})}},
                   {{"count-limit", "2"}}),
            "[[1 ] [1 ] ]");
  EXPECT_EQ(Folded("nested_update", type, {{"+I", L({one, two, one})}, {"-D", L({one})}}),
            "[[2 ] ]");
}

TEST(NestedUpdate, ByKeyTheNewerRowWins) {
  const std::string type = "ARRAY<ROW<id INT, q INT, s INT>>";
  auto row = [](Value id, int64_t q, Value s) { return L({id, I(q), s}); };
  const Options key = {{"nested-key", "id"}};
  EXPECT_EQ(Folded("nested_update", type,
                   {{"+I", L({row(I(1), 1, N())})}, {"+I", L({row(I(1), 2, N())})}}, key),
            "[[1 2 null ] ]");
  EXPECT_EQ(Folded("nested_update", type,
                   {{"+I", L({row(I(1), 1, I(5))})},
                    {"+I", L({row(I(1), 2, I(4)), row(I(1), 3, N())})}},
                   {{"nested-key", "id"}, {"nested-sequence-field", "s"}}),
            "[[1 1 5 ] ]");
  EXPECT_EQ(Folded("nested_update", type,
                   {{"+I", L({row(I(1), 1, N())})}, {"-D", L({row(I(1), 7, N())})}}, key),
            "[]");
  // Only new keys are limited.
  EXPECT_EQ(Folded("nested_update", type,
                   {{"+I", L({row(I(1), 1, N())})},
                    {"+I", L({row(I(2), 2, N()), row(I(1), 3, N())})}},
                   {{"nested-key", "id"}, {"count-limit", "1"}}),
            "[[1 3 null ] ]");
}

// The first array of a key is folded like those that follow: repeated keys meet, NULL
// rows go, and the limit counts.
TEST(NestedUpdate, TheFirstArrayIsFoldedToo) {
  const std::string type = "ARRAY<ROW<id INT, q INT, s INT>>";
  auto row = [](int64_t id, int64_t q, Value s) { return L({I(id), I(q), s}); };
  const Value twice = L({row(1, 1, I(5)), N(), row(1, 2, I(4))});
  EXPECT_EQ(
      Folded("nested_update", type, {{"+I", twice}, {"+I", N()}}, {{"nested-key", "id"}}),
      "[[1 2 4 ] ]");
  EXPECT_EQ(Folded("nested_update", type, {{"+I", twice}, {"+I", N()}},
                   {{"nested-key", "id"}, {"nested-sequence-field", "s"}}),
            "[[1 1 5 ] ]");
  EXPECT_EQ(
      Folded("nested_update", type, {{"+I", N()}, {"+I", twice}}, {{"nested-key", "id"}}),
      "[[1 2 4 ] ]");
  const Value three = L({row(1, 1, N()), row(2, 2, N()), row(1, 3, N())});
  EXPECT_EQ(Folded("nested_update", type, {{"+I", three}, {"+I", N()}},
                   {{"nested-key", "id"}, {"count-limit", "1"}}),
            "[[1 3 null ] ]");
  EXPECT_EQ(
      Folded("nested_update", type, {{"+I", twice}, {"+I", N()}}, {{"count-limit", "1"}}),
      "[[1 1 5 ] ]");
  // A record that is alone is left as it was written.
  EXPECT_EQ(Folded("nested_update", type, {{"+I", three}}, {{"nested-key", "id"}}),
            "[[1 1 null ] [2 2 null ] [1 3 null ] ]");
}

TEST(NestedUpdate, NullInAKeyFollowsTheStrategy) {
  const std::string type = "ARRAY<ROW<id INT, q INT>>";
  const Cells cells = {{"+I", L({L({N(), I(1)})})}, {"+I", L({L({N(), I(2)})})}};
  for (const char* function : {"nested_update", "nested_partial_update"}) {
    auto with = [](const char* strategy) {
      return Options{{"nested-key", "id"}, {"nested-key-null-strategy", strategy}};
    };
    EXPECT_EQ(Folded(function, type, cells, with("merge")), "[[null 2 ] ]");
    EXPECT_EQ(Folded(function, type, cells, with("ignore")), "[]");
    EXPECT_EQ(KindFor(function, type, cells, with("error")), ErrorKind::kInvalidInput);
  }
}

TEST(NestedPartialUpdate, FieldsThatAreNotNullWin) {
  EXPECT_EQ(Folded("nested_partial_update", "ARRAY<ROW<id INT, a INT, b STRING>>",
                   {{"+I", L({L({I(1), I(1), N()}), L({I(1), N(), S("x")})})},
                    {"+I", L({L({I(1), I(2), N()}), N()})}},
                   {{"nested-key", "id"}}),
            "[[1 2 'x' ] ]");
}

TEST(NestedOptions, AreCheckedWhereTheTableIs) {
  const std::string type = "ARRAY<ROW<id INT, q STRING>>";
  auto kind = [&](const std::string& function, Options options) {
    return KindOf(Spec(function, type, std::move(options)).status());
  };
  EXPECT_EQ(kind("nested_partial_update", {}), ErrorKind::kInvalidInput);
  EXPECT_EQ(kind("nested_update", {{"fields.v.nested-key", "other"}}),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(kind("nested_update", {{"fields.v.nested-sequence-field", "q"}}),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(kind("nested_update", {{"fields.v.nested-key-null-strategy", "ignore"}}),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(kind("merge_map", {}), ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(Spec("nested_update", "ARRAY<INT>", {}).status()),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(
      KindOf(Spec("merge_map_with_keytime", "MAP<INT, ROW<a STRING>>", {}).status()),
      ErrorKind::kInvalidInput);
  EXPECT_EQ(
      KindOf(
          Spec("merge_map_with_keytime", "MAP<INT, ROW<a STRING, b INT>>", {}).status()),
      ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(Spec("rbm32", "STRING", {}).status()), ErrorKind::kInvalidInput);
}

}  // namespace
}  // namespace tarn::merge

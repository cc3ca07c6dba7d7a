// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/merge_spec.h"

#include <gtest/gtest.h>

#include "tests/support/merge_case.h"

namespace tarn::merge {
namespace {

using support::MakeTable;
using Options = std::map<std::string, std::string>;

Result<MergeSpec> Spec(Options options) {
  return MergeSpec::FromSchema(MakeTable({{"p", "INT NOT NULL"},
                                          {"k", "INT NOT NULL"},
                                          {"name", "STRING"},
                                          {"ts", "INT"},
                                          {"ts2", "INT"},
                                          {"price", "DECIMAL(10, 2)"},
                                          {"flag", "BOOLEAN"},
                                          {"sketch", "BYTES"}},
                                         {"p", "k"}, std::move(options)));
}

Options PartialUpdate(Options more) {
  more["merge-engine"] = "partial-update";
  return more;
}

ErrorKind KindFor(Options options) {
  return KindOf(Spec(std::move(options)).status());
}

TEST(MergeSpec, DefaultsToDeduplicateByThePrimaryKey) {
  const MergeSpec spec = Spec({}).ValueOrDie();
  EXPECT_EQ(spec.engine, Engine::kDeduplicate);
  EXPECT_EQ(spec.key_columns, (std::vector<int>{0, 1}));
  EXPECT_FALSE(spec.lookup);
  EXPECT_FALSE(spec.has_aggregates());
}

TEST(MergeSpec, TrimsPartitionColumnsFromTheKeyButKeepsThemPrimary) {
  auto schema = MakeTable({{"p", "INT NOT NULL"}, {"k", "INT NOT NULL"}}, {"p", "k"}, {});
  schema.partition_keys = {"p"};
  const MergeSpec spec = MergeSpec::FromSchema(schema).ValueOrDie();
  EXPECT_EQ(spec.key_columns, std::vector<int>{1});
  EXPECT_TRUE(spec.is_primary[0]);
}

TEST(MergeSpec, ReadsGroupsWithSeveralClocks) {
  const MergeSpec spec =
      Spec(PartialUpdate({{"fields.ts,ts2.sequence-group", "name,price"},
                          {"fields.price.aggregate-function", "sum"}}))
          .ValueOrDie();
  ASSERT_EQ(spec.groups.size(), 1u);
  EXPECT_EQ(spec.groups[0].clocks, (std::vector<int>{3, 4}));
  EXPECT_EQ(spec.groups[0].columns, (std::vector<int>{2, 5}));
  EXPECT_EQ(spec.group_of, (std::vector<int>{-1, -1, 0, 0, 0, 0, -1, -1}));
  EXPECT_EQ(spec.aggregates[5].function, AggregateFunction::kSum);
}

TEST(MergeSpec, AGroupThatNamesItsOwnClockProtectsNothing) {
  const MergeSpec spec =
      Spec(PartialUpdate({{"fields.ts.sequence-group", "ts"}})).ValueOrDie();
  EXPECT_TRUE(spec.groups.at(0).columns.empty());
}

TEST(MergeSpec, DefaultAggregateFunctionActsOnProtectedColumns) {
  const MergeSpec spec =
      Spec(PartialUpdate({{"fields.ts.sequence-group", "price"},
                          {"fields.default-aggregate-function", "last_non_null_value"}}))
          .ValueOrDie();
  EXPECT_EQ(spec.aggregates[5].function, AggregateFunction::kLastNonNullValue);
  EXPECT_EQ(spec.aggregates[3].function, AggregateFunction::kNone);
  EXPECT_EQ(spec.aggregates[6].function, AggregateFunction::kNone);
}

TEST(MergeSpec, RefusesWhatJavaRefuses) {
  EXPECT_EQ(KindFor(PartialUpdate({{"fields.missing.sequence-group", "name"}})),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor(PartialUpdate({{"fields.ts.sequence-group", "name"},
                                   {"fields.ts2.sequence-group", "name"}})),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor(PartialUpdate({{"fields.ts.sequence-group", "k"}})),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor(PartialUpdate({{"fields.k.sequence-group", "name"}})),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor(PartialUpdate({{"fields.price.aggregate-function", "sum"}})),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor(PartialUpdate({{"fields.ts.sequence-group", "name"},
                                   {"partial-update.remove-record-on-delete", "true"}})),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor(PartialUpdate({{"ignore-delete", "true"},
                                   {"partial-update.remove-record-on-delete", "true"}})),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor(PartialUpdate(
                {{"fields.ts.sequence-group", "name"},
                 {"partial-update.remove-record-on-sequence-group", "name"}})),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor({{"merge-engine", "aggregation"},
                     {"fields.name.aggregate-function", "sum"}}),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor({{"merge-engine", "aggregation"},
                     {"fields.flag.aggregate-function", "max"}}),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor({{"merge-engine", "aggregation"},
                     {"fields.name.aggregate-function", "last_non_null"}}),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor({{"merge-engine", "newest"}}), ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor({{"sequence.field", "missing"}}), ErrorKind::kInvalidInput);
  EXPECT_EQ(KindFor({{"merge-engine", "first-row"}, {"sequence.field", "ts"}}),
            ErrorKind::kInvalidInput);
}

TEST(MergeSpec, NamesWhatIsNotImplemented) {
  // Java's answer depends on the order of a hash map.
  EXPECT_EQ(KindFor(PartialUpdate({{"fields.ts.sequence-group", "name"},
                                   {"fields.ts,ts2.sequence-group", "price"}})),
            ErrorKind::kUnsupported);
}

TEST(MergeSpec, LookupFollowsProducerVectorsAndForce) {
  for (Options options : {Options{{"changelog-producer", "lookup"}},
                          Options{{"deletion-vectors.enabled", "true"}},
                          Options{{"force-lookup", "TRUE"}}}) {
    EXPECT_TRUE(Spec(options).ValueOrDie().lookup);
    options["merge-engine"] = "first-row";
    EXPECT_FALSE(Spec(options).ValueOrDie().lookup);
  }
  EXPECT_FALSE(Spec({{"changelog-producer", "full-compaction"}}).ValueOrDie().lookup);
}

TEST(MergeSpec, OldNamesOfIgnoreDeleteAreRead) {
  for (const char* key : {"ignore-delete", "deduplicate.ignore-delete",
                          "first-row.ignore-delete", "partial-update.ignore-delete"}) {
    EXPECT_TRUE(Spec({{key, "true"}}).ValueOrDie().ignore_delete) << key;
  }
}

TEST(MergeSpec, AProjectionPullsInUserSequencesAndClocks) {
  const MergeSpec spec = Spec(PartialUpdate({{"sequence.field", "flag"},
                                             {"fields.ts,ts2.sequence-group", "name"}}))
                             .ValueOrDie();
  EXPECT_EQ(spec.ReadColumns({2}), (std::vector<int>{2, 6, 3, 4}));
  EXPECT_EQ(spec.ReadColumns({4, 5}), (std::vector<int>{4, 5, 6, 3}));
  EXPECT_EQ(spec.ReadColumns({5}), (std::vector<int>{5, 6}));
  const MergeSpec without = spec.Projected({5, 6});
  EXPECT_TRUE(without.groups.empty());
  EXPECT_TRUE(without.grouped);
}

}  // namespace
}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
// What real Paimon answered, as literals: each case names the rule that it shows.
#include <gtest/gtest.h>

#include "tests/support/merge_case.h"
#include "tests/support/reference_merge.h"

namespace tarn::merge {
namespace {

using support::I;
using support::MakeTable;
using support::MergeRecords;
using support::N;
using support::Record;
using support::Row;
using support::S;
using support::Text;
using Runs = std::vector<std::vector<Record>>;

MergeSpec Counter(std::map<std::string, std::string> more = {}) {
  std::map<std::string, std::string> options = {
      {"merge-engine", "partial-update"},
      {"fields.clock.sequence-group", "count"},
      {"fields.count.aggregate-function", "sum"}};
  options.merge(more);
  return MergeSpec::FromSchema(
             MakeTable({{"k", "INT NOT NULL"}, {"clock", "INT"}, {"count", "BIGINT"}},
                       {"k"}, options))
      .ValueOrDie();
}

/// The row that the columnar engine and the reference both give.
Result<std::vector<Record>> Merged(const MergeSpec& spec, const Runs& runs,
                                   RunMergerOptions options = {}) {
  auto fast = MergeRecords(spec, runs, options);
  std::vector<int> all;
  for (int i = 0; i < spec.num_columns(); ++i) all.push_back(i);
  auto reference = support::ReferenceMerge(spec, runs, all);
  EXPECT_EQ(fast.ok(), reference.ok()) << fast.status() << reference.status();
  if (fast.ok() && reference.ok() && !options.drop_retracts) {
    EXPECT_EQ(Text(*fast), Text(*reference));
  }
  return fast;
}

/// What `buffer` becomes in a flush, as a run of level 0.
std::vector<Record> Flush(const MergeSpec& spec, const std::vector<Record>& buffer) {
  return Merged(spec, {buffer}).ValueOrDie();
}

// Java's compaction of a table that looks rows up hands even a lone record to the merge
// function; every other merge leaves it as it was written.
TEST(Quirks, ALoneRecordIsMergedWhereRowsAreLookedUp) {
  RunMergerOptions looking_up;
  looking_up.merge_single_records = true;
  const auto merged = [&](const MergeSpec& spec, const Record& record, bool alone) {
    const auto rows =
        MergeRecords(spec, {{record}}, alone ? RunMergerOptions{} : looking_up);
    return rows.ok() ? Text(*rows) : rows.status().ToString();
  };
  const MergeSpec sums =
      MergeSpec::FromSchema(MakeTable({{"k", "INT NOT NULL"}, {"n", "BIGINT"}}, {"k"},
                                      {{"merge-engine", "aggregation"},
                                       {"fields.n.aggregate-function", "sum"}}))
          .ValueOrDie();
  EXPECT_EQ(merged(sums, Row("-D", 3, {I(1), I(5)}), true), "-D#3@L0(1 5 )\n");
  EXPECT_EQ(merged(sums, Row("-D", 3, {I(1), I(5)}), false), "+I#3@L0(1 -5 )\n");
  EXPECT_EQ(merged(sums, Row("+I", 3, {I(1), I(5)}), false), "+I#3@L0(1 5 )\n");
  // A group whose clock is NULL is skipped, so that its cells stay NULL.
  const MergeSpec counter = Counter();
  EXPECT_EQ(merged(counter, Row("+I", 3, {I(1), N(), I(5)}), true),
            "+I#3@L0(1 null 5 )\n");
  EXPECT_EQ(merged(counter, Row("+I", 3, {I(1), N(), I(5)}), false),
            "+I#3@L0(1 null null )\n");
}

TEST(Quirks, ARetractionAndAnAdditionInOneBufferCountAsAnAddition) {
  const MergeSpec spec = Counter();
  const auto flushed =
      Flush(spec, {Row("-U", 1, {I(1), I(2), I(1)}), Row("+U", 2, {I(1), I(2), I(1)})});
  ASSERT_EQ(Text(flushed), "+I#2@L0(1 2 1 )\n");
  const auto read =
      Merged(spec, {{Row("+I", 0, {I(1), I(1), I(5)})}, flushed}).ValueOrDie();
  EXPECT_EQ(Text(read), "+I#2@L0(1 2 6 )\n");
}

TEST(Quirks, TwoRetractionsInOneBufferAddOne) {
  const MergeSpec spec = Counter();
  const auto flushed =
      Flush(spec, {Row("-D", 1, {I(1), I(2), I(1)}), Row("-D", 2, {I(1), I(3), I(1)})});
  ASSERT_EQ(Text(flushed), "-D#2@L0(1 3 -1 )\n");
  const auto read =
      Merged(spec, {{Row("+I", 0, {I(1), I(1), I(5)})}, flushed}).ValueOrDie();
  EXPECT_EQ(Text(read), "+I#2@L0(1 3 6 )\n");
}

TEST(Quirks, ThreeRetractionsInOneBufferAddTwo) {
  const MergeSpec spec = Counter();
  const auto flushed =
      Flush(spec, {Row("-D", 1, {I(1), I(2), I(1)}), Row("-D", 2, {I(1), I(3), I(1)}),
                   Row("-D", 3, {I(1), I(4), I(1)})});
  const auto read =
      Merged(spec, {{Row("+I", 0, {I(1), I(1), I(5)})}, flushed}).ValueOrDie();
  EXPECT_EQ(Text(read), "+I#3@L0(1 4 7 )\n");
}

TEST(Quirks, RetractionsCommittedApartAreSubtracted) {
  const MergeSpec spec = Counter();
  const auto read = Merged(spec, {{Row("+I", 0, {I(1), I(1), I(5)})},
                                  {Row("-D", 1, {I(1), I(2), I(1)})},
                                  {Row("-D", 2, {I(1), I(3), I(1)})}})
                        .ValueOrDie();
  EXPECT_EQ(Text(read), "+I#2@L0(1 3 3 )\n");
}

TEST(Quirks, SignedAdditionsCountRightInOneBuffer) {
  const MergeSpec spec = Counter();
  const auto flushed =
      Flush(spec, {Row("+I", 1, {I(1), I(2), I(-1)}), Row("+I", 2, {I(1), I(3), I(-1)})});
  const auto read =
      Merged(spec, {{Row("+I", 0, {I(1), I(1), I(5)})}, flushed}).ValueOrDie();
  EXPECT_EQ(Text(read), "+I#2@L0(1 3 3 )\n");
}

TEST(Quirks, ALateRetractionIsStillSubtracted) {
  const auto read = Merged(Counter(), {{Row("+I", 0, {I(1), I(3), I(5)})},
                                       {Row("+I", 1, {I(1), I(1), I(7)})},
                                       {Row("-D", 2, {I(1), I(1), I(7)})}})
                        .ValueOrDie();
  EXPECT_EQ(Text(read), "+I#2@L0(1 3 5 )\n");
}

TEST(Quirks, ARecordWithoutItsClockVanishes) {
  const auto read = Merged(Counter(), {{Row("+I", 0, {I(1), I(3), I(5)})},
                                       {Row("+I", 1, {I(1), N(), I(7)})}})
                        .ValueOrDie();
  EXPECT_EQ(Text(read), "+I#1@L0(1 3 5 )\n");
}

MergeSpec Product(std::map<std::string, std::string> more = {}) {
  std::map<std::string, std::string> options = {
      {"merge-engine", "partial-update"},
      {"fields.catalog_ts.sequence-group", "name,brand"},
      {"fields.price_ts.sequence-group", "price"}};
  options.merge(more);
  return MergeSpec::FromSchema(MakeTable({{"k", "INT NOT NULL"},
                                          {"name", "STRING"},
                                          {"brand", "STRING"},
                                          {"catalog_ts", "INT"},
                                          {"price", "INT"},
                                          {"price_ts", "INT"},
                                          {"note", "STRING"}},
                                         {"k"}, options))
      .ValueOrDie();
}

Record Catalog(const char* kind, int64_t sequence, const char* name, int64_t ts) {
  return Row(kind, sequence, {I(44), S(name), S("b"), I(ts), N(), N(), N()});
}
Record Price(const char* kind, int64_t sequence, int64_t price, int64_t ts) {
  return Row(kind, sequence, {I(44), N(), N(), N(), I(price), I(ts), N()});
}

TEST(Quirks, ANewerRecordsNullOverwritesInItsGroup) {
  const auto read =
      Merged(Product(), {{Catalog("+I", 0, "Lamp", 1)},
                         {Row("+I", 1, {I(44), S("Lamp II"), N(), I(2), N(), N(), N()})}})
          .ValueOrDie();
  EXPECT_EQ(Text(read), "+I#1@L0(44 'Lamp II' null 2 null null null )\n");
}

TEST(Quirks, NullOutsideGroupsNeverOverwrites) {
  auto older = Catalog("+I", 0, "Lamp", 1);
  older.values[6] = S("kept");
  const auto read = Merged(Product(), {{older}, {Price("+I", 1, 10, 1)}}).ValueOrDie();
  EXPECT_EQ(Text(read), "+I#1@L0(44 'Lamp' 'b' 1 10 1 'kept' )\n");
}

TEST(Quirks, ADeleteClearsItsGroupAndKeepsTheRow) {
  const auto read = Merged(Product(), {{Catalog("+I", 0, "Lamp", 1)},
                                       {Price("+I", 1, 10, 1)},
                                       {Price("-D", 2, 10, 2)}})
                        .ValueOrDie();
  EXPECT_EQ(Text(read), "+I#2@L0(44 'Lamp' 'b' 1 null 2 null )\n");
}

TEST(Quirks, EqualClocksGoToTheLaterArrival) {
  const auto read =
      Merged(Product(), {{Catalog("+I", 0, "first", 1)}, {Catalog("+I", 1, "second", 1)}})
          .ValueOrDie();
  EXPECT_EQ(Text(read), "+I#1@L0(44 'second' 'b' 1 null null null )\n");
}

TEST(Quirks, ARemovedRowComesBackWithTheDeletedValues) {
  const MergeSpec spec =
      Product({{"partial-update.remove-record-on-sequence-group", "catalog_ts"}});
  const Runs deleted = {{Catalog("+I", 0, "Gone Chair", 1)},
                        {Catalog("-D", 1, "Gone Chair", 2)}};
  EXPECT_EQ(Text(Merged(spec, deleted, {.drop_retracts = true}).ValueOrDie()), "");
  EXPECT_EQ(Text(Merged(spec, deleted).ValueOrDie()),
            "-D#1@L0(44 'Gone Chair' 'b' 2 null null null )\n");
  Runs again = deleted;
  again.push_back({Price("+I", 2, 10, 1)});
  EXPECT_EQ(Text(Merged(spec, again).ValueOrDie()),
            "+I#2@L0(44 'Gone Chair' 'b' 2 10 1 null )\n");
  // After a compaction that dropped the delete the row comes back empty.
  EXPECT_EQ(Text(Merged(spec, {{Price("+I", 2, 10, 1)}}).ValueOrDie()),
            "+I#2@L0(44 null null null 10 1 null )\n");
}

TEST(Quirks, RemovingAGroupsRecordResetsTheOtherGroupsToo) {
  const MergeSpec spec =
      Product({{"partial-update.remove-record-on-sequence-group", "catalog_ts"}});
  const auto read = Merged(spec, {{Price("+I", 0, 10, 9)},
                                  {Catalog("-D", 1, "x", 2)},
                                  {Price("+I", 2, 7, 1)}})
                        .ValueOrDie();
  EXPECT_EQ(Text(read), "+I#2@L0(44 'x' 'b' 2 7 1 null )\n");
}

TEST(Quirks, ALoneDeleteInAPartialUpdateTablePassesThroughAndPoisonsTheNextMerge) {
  const MergeSpec spec =
      MergeSpec::FromSchema(MakeTable({{"k", "INT NOT NULL"}, {"v", "INT"}}, {"k"},
                                      {{"merge-engine", "partial-update"}}))
          .ValueOrDie();
  EXPECT_EQ(Text(Merged(spec, {{Row("-D", 0, {I(1), I(2)})}}).ValueOrDie()),
            "-D#0@L0(1 2 )\n");
  const auto failed =
      Merged(spec, {{Row("+I", 0, {I(1), I(2)})}, {Row("-D", 1, {I(1), I(2)})}});
  EXPECT_EQ(KindOf(failed.status()), ErrorKind::kInvalidInput);
  EXPECT_NE(MessageOf(failed.status()).find("Configure 'ignore-delete'"),
            std::string::npos);
}

TEST(Quirks, IgnoreDeleteCopiesAFirstDeleteIntoTheRowAllTheSame) {
  const MergeSpec spec =
      MergeSpec::FromSchema(MakeTable({{"k", "INT NOT NULL"}, {"v", "INT"}, {"w", "INT"}},
                                      {"k"},
                                      {{"merge-engine", "partial-update"},
                                       {"partial-update.ignore-delete", "true"}}))
          .ValueOrDie();
  EXPECT_EQ(Text(Merged(spec, {{Row("-D", 0, {I(1), I(2), I(3)})},
                               {Row("+I", 1, {I(1), N(), I(4)})}})
                     .ValueOrDie()),
            "+I#1@L0(1 2 4 )\n");
  // Nothing but deletes: the sequence number stays at its start.
  EXPECT_EQ(Text(Merged(spec, {{Row("-D", 5, {I(1), I(2), I(3)})},
                               {Row("-D", 6, {I(1), N(), I(4)})}})
                     .ValueOrDie()),
            "-D#0@L0(1 2 3 )\n");
}

TEST(Quirks, RemoveRecordOnDeleteMakesTheRowTheDeletesOwn) {
  const MergeSpec spec =
      MergeSpec::FromSchema(
          MakeTable({{"k", "INT NOT NULL"}, {"v", "INT"}, {"w", "INT"}}, {"k"},
                    {{"merge-engine", "partial-update"},
                     {"partial-update.remove-record-on-delete", "true"}}))
          .ValueOrDie();
  const Runs runs = {{Row("+I", 0, {I(1), I(2), I(3)})},
                     {Row("-D", 1, {I(1), I(9), N()})},
                     {Row("-U", 2, {I(1), I(8), I(8)})},
                     {Row("+U", 3, {I(1), N(), I(5)})}};
  EXPECT_EQ(Text(Merged(spec, runs).ValueOrDie()), "+I#3@L0(1 9 5 )\n");
  // An update-before behind the delete brings the row back: only the last record decides.
  EXPECT_EQ(Text(Merged(spec, {runs[0], runs[1], runs[2]}).ValueOrDie()),
            "+I#2@L0(1 9 null )\n");
}

TEST(Quirks, NullInANotNullColumnIsRefusedByPartialUpdateWithoutGroups) {
  const MergeSpec spec =
      MergeSpec::FromSchema(MakeTable({{"k", "INT NOT NULL"}, {"v", "INT NOT NULL"}},
                                      {"k"}, {{"merge-engine", "partial-update"}}))
          .ValueOrDie();
  EXPECT_EQ(Text(Merged(spec, {{Row("+I", 0, {I(1), N()})}}).ValueOrDie()),
            "+I#0@L0(1 null )\n");
  const auto failed =
      Merged(spec, {{Row("+I", 0, {I(1), I(2)})}, {Row("+I", 1, {I(1), N()})}});
  EXPECT_EQ(KindOf(failed.status()), ErrorKind::kInvalidInput);
}

TEST(Quirks, ReadingWithoutTheRemovingGroupKeepsTheRowAsJavaDoes) {
  const MergeSpec spec =
      Product({{"partial-update.remove-record-on-sequence-group", "catalog_ts"}});
  const Runs runs = {{Price("+I", 0, 10, 1)}, {Catalog("-D", 1, "x", 2)}};
  const auto read =
      MergeRecords(spec, runs, {.projection = std::vector<int>{0, 4}}).ValueOrDie();
  EXPECT_EQ(Text(read), "+I#1@L0(44 null null null 10 null null )\n");
}

MergeSpec Deduplicate(std::map<std::string, std::string> options = {}) {
  return MergeSpec::FromSchema(
             MakeTable({{"k", "INT NOT NULL"}, {"ts", "TIMESTAMP(3)"}, {"v", "INT"}},
                       {"k"}, std::move(options)))
      .ValueOrDie();
}

TEST(Quirks, TheUserSequenceGoesBeforeArrivalAndTiesGoToArrival) {
  const MergeSpec spec = Deduplicate({{"sequence.field", "ts"}});
  EXPECT_EQ(Text(Merged(spec, {{Row("+I", 0, {I(1), I(10), I(1)})},
                               {Row("+I", 1, {I(1), I(9), I(99)})}})
                     .ValueOrDie()),
            "+I#0@L0(1 10 1 )\n");
  EXPECT_EQ(Text(Merged(spec, {{Row("+I", 0, {I(1), I(10), I(1)})},
                               {Row("+I", 1, {I(1), I(10), I(100)})}})
                     .ValueOrDie()),
            "+I#1@L0(1 10 100 )\n");
  const MergeSpec descending = Deduplicate(
      {{"sequence.field", "ts"}, {"sequence.field.sort-order", "descending"}});
  EXPECT_EQ(Text(Merged(descending, {{Row("+I", 0, {I(1), N(), I(1)})},
                                     {Row("+I", 1, {I(1), I(10), I(2)})},
                                     {Row("+I", 2, {I(1), I(9), I(3)})},
                                     {Row("+I", 3, {I(1), I(11), I(4)})}})
                     .ValueOrDie()),
            "+I#2@L0(1 9 3 )\n");
}

TEST(Quirks, OnEqualSequenceNumbersTheRetractionIsOlder) {
  EXPECT_EQ(Text(Merged(Deduplicate(), {{Row("+I", 7, {I(1), N(), I(1)})},
                                        {Row("-D", 7, {I(1), N(), I(2)})}})
                     .ValueOrDie()),
            "+I#7@L0(1 null 1 )\n");
}

TEST(Quirks, IgnoreDeleteDoesNotActOnALoneDelete) {
  const MergeSpec spec = Deduplicate({{"ignore-delete", "true"}});
  const Runs lone = {{Row("-D", 0, {I(1), N(), I(1)})}};
  EXPECT_EQ(Text(Merged(spec, lone).ValueOrDie()), "-D#0@L0(1 null 1 )\n");
  const Runs pair = {{Row("-D", 0, {I(1), N(), I(1)})},
                     {Row("-D", 1, {I(1), N(), I(1)})}};
  EXPECT_EQ(Text(Merged(spec, pair).ValueOrDie()), "");
  const Runs kept = {{Row("+U", 0, {I(1), N(), I(1)})},
                     {Row("-D", 1, {I(1), N(), I(2)})}};
  EXPECT_EQ(Text(Merged(spec, kept).ValueOrDie()), "+U#0@L0(1 null 1 )\n");
}

TEST(Quirks, LookupTablesCountOneRecordAboveLevelZero) {
  const MergeSpec spec =
      MergeSpec::FromSchema(MakeTable({{"k", "INT NOT NULL"}, {"v", "INT"}}, {"k"},
                                      {{"merge-engine", "aggregation"},
                                       {"fields.v.aggregate-function", "sum"},
                                       {"changelog-producer", "lookup"}}))
          .ValueOrDie();
  const Runs runs = {{Row("+I", 0, {I(1), I(100)}, 5)},
                     {Row("+I", 1, {I(1), I(10)}, 4)},
                     {Row("+I", 2, {I(1), I(1)}, 0)}};
  EXPECT_EQ(Text(Merged(spec, runs).ValueOrDie()), "+I#2@L0(1 11 )\n");
  // Filtered down to one record, the merge function still runs: +U becomes +I.
  const Runs upper = {{Row("+U", 0, {I(1), I(100)}, 5)},
                      {Row("+U", 1, {I(1), I(10)}, 4)}};
  EXPECT_EQ(Text(Merged(spec, upper).ValueOrDie()), "+I#1@L0(1 10 )\n");
}

TEST(Quirks, FirstRowKeepsTheFirstAndRefusesRetractions) {
  const auto table = [](std::map<std::string, std::string> options) {
    options["merge-engine"] = "first-row";
    return MergeSpec::FromSchema(
               MakeTable({{"k", "INT NOT NULL"}, {"v", "INT"}}, {"k"}, options))
        .ValueOrDie();
  };
  const Runs runs = {{Row("+I", 5, {I(1), I(2)})}, {Row("+I", 4, {I(1), I(1)})}};
  EXPECT_EQ(Text(Merged(table({}), runs).ValueOrDie()), "+I#4@L0(1 1 )\n");
  const Runs retracted = {{Row("-D", 3, {I(1), I(2)})}, {Row("+I", 4, {I(1), I(1)})}};
  EXPECT_EQ(KindOf(Merged(table({}), retracted).status()), ErrorKind::kInvalidInput);
  EXPECT_EQ(Text(Merged(table({{"ignore-delete", "true"}}), retracted).ValueOrDie()),
            "+I#4@L0(1 1 )\n");
}

TEST(Quirks, AggregationRemovesTheRowAndGoesOnFromTheDeletesValues) {
  const MergeSpec spec =
      MergeSpec::FromSchema(MakeTable({{"k", "INT NOT NULL"}, {"v", "INT"}}, {"k"},
                                      {{"merge-engine", "aggregation"},
                                       {"fields.v.aggregate-function", "sum"},
                                       {"aggregation.remove-record-on-delete", "true"}}))
          .ValueOrDie();
  const Runs runs = {{Row("+I", 0, {I(1), I(5)})},
                     {Row("-D", 1, {I(1), I(3)})},
                     {Row("+I", 2, {I(1), I(1)})}};
  EXPECT_EQ(Text(Merged(spec, {runs[0], runs[1]}).ValueOrDie()), "-D#1@L0(1 3 )\n");
  EXPECT_EQ(Text(Merged(spec, runs).ValueOrDie()), "+I#2@L0(1 4 )\n");
}

}  // namespace
}  // namespace tarn::merge

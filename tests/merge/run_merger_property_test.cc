// SPDX-License-Identifier: Apache-2.0
// Random tables, random runs: the columnar merge gives what the row-wise reference gives,
// and batch sizes, fan-in and flush boundaries change nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/environment.h"
#include "tests/support/merge_case.h"
#include "tests/support/random_merge.h"
#include "tests/support/reference_merge.h"

namespace tarn::merge {
namespace {

using support::AllColumns;
using support::Describe;
using support::Dice;
using support::InterleaveRecords;
using support::MergeCase;
using support::MergeRecords;
using support::RandomMerge;
using support::Record;
using support::ReferenceMerge;
using support::Text;
using types::RowKind;
using Runs = std::vector<std::vector<Record>>;

/// Cases of one test; `TARN_PROPERTY_FACTOR=20` looks twenty times as long.
uint64_t Cases(uint64_t count) {
  return count * support::FromEnvironment("TARN_PROPERTY_FACTOR", 1);
}

/// Equal answers, or both refuse.
void ExpectSame(const Result<std::vector<Record>>& fast,
                const Result<std::vector<Record>>& expected) {
  if (!expected.ok()) {
    ASSERT_FALSE(fast.ok()) << "expected " << expected.status();
    ASSERT_EQ(KindOf(fast.status()), ErrorKind::kInvalidInput) << fast.status();
    return;
  }
  ASSERT_TRUE(fast.ok()) << fast.status();
  ASSERT_EQ(Text(*fast), Text(*expected));
}

TEST(RunMergerProperty, EveryEngineGivesWhatTheReferenceGives) {
  int answered = 0;
  for (uint64_t seed = 1; seed <= Cases(150); ++seed) {
    const MergeCase made = RandomMerge(seed);
    const auto expected = ReferenceMerge(made.spec, made.runs, AllColumns(made.spec));
    answered += expected.ok() && !expected->empty();
    for (const auto& [batch_rows, chunk_rows] :
         std::vector<std::pair<int64_t, int64_t>>{{8192, 0}, {1, 1}, {7, 3}, {100, 16}}) {
      RunMergerOptions options;
      options.batch_rows = batch_rows;
      options.chunk_rows = chunk_rows;
      ASSERT_NO_FATAL_FAILURE(
          ExpectSame(MergeRecords(made.spec, made.runs, options), expected))
          << Describe(made, seed) << "batch_rows " << batch_rows << " chunk_rows "
          << chunk_rows;
    }
  }
  EXPECT_GT(answered, 50);
}

TEST(RunMergerProperty, DroppingRetractionsLeavesTheAdditions) {
  for (uint64_t seed = 200'001; seed <= 200'000 + Cases(150); ++seed) {
    const MergeCase made = RandomMerge(seed);
    auto expected = ReferenceMerge(made.spec, made.runs, AllColumns(made.spec));
    if (expected.ok()) {
      std::erase_if(*expected,
                    [](const Record& record) { return IsRetract(record.kind); });
    }
    ASSERT_NO_FATAL_FAILURE(
        ExpectSame(MergeRecords(made.spec, made.runs, {.drop_retracts = true}), expected))
        << Describe(made, seed);
  }
}

TEST(RunMergerProperty, AProjectionSeesTheMergeOfItsOwnColumns) {
  for (uint64_t seed = 300'001; seed <= 300'000 + Cases(100); ++seed) {
    const MergeCase made = RandomMerge(seed);
    Dice dice(seed);
    std::vector<int> projection = AllColumns(made.spec);
    std::shuffle(projection.begin(), projection.end(), dice.engine());
    projection.resize(1 + dice.Below(static_cast<int64_t>(projection.size())));
    auto expected =
        ReferenceMerge(made.spec, made.runs, made.spec.ReadColumns(projection));
    if (expected.ok()) {
      for (Record& record : *expected) {
        for (size_t c = 0; c < record.values.size(); ++c) {
          if (std::count(projection.begin(), projection.end(), c) == 0) {
            record.values[c].reset();
          }
        }
      }
    }
    ASSERT_NO_FATAL_FAILURE(ExpectSame(
        MergeRecords(made.spec, made.runs, {.projection = projection}), expected))
        << Describe(made, seed);
  }
}

TEST(RunMergerProperty, AnInterleaveKeepsEveryRecordInMergeOrder) {
  for (uint64_t seed = 400'001; seed <= 400'000 + Cases(50); ++seed) {
    const MergeCase made = RandomMerge(seed);
    const auto expected = support::ReferenceInterleave(made.spec, made.runs);
    for (int64_t rows : {1, 5, 8192}) {
      RunMergerOptions options;
      options.batch_rows = rows;
      options.chunk_rows = rows;
      ASSERT_NO_FATAL_FAILURE(
          ExpectSame(InterleaveRecords(made.spec, made.runs, options), expected))
          << Describe(made, seed);
    }
  }
}

/// Interleaving some of the runs first, as a spill or a fan-in above the budget does.
TEST(RunMergerProperty, InterleavingRunsFirstChangesNothing) {
  for (uint64_t seed = 500'001; seed <= 500'000 + Cases(150); ++seed) {
    MergeCase made = RandomMerge(seed);
    if (made.spec.lookup) continue;  // levels would be lost
    const auto expected = MergeRecords(made.spec, made.runs);
    const size_t half = made.runs.size() / 2;
    const Runs first(made.runs.begin(), made.runs.begin() + half);
    Runs fewer(made.runs.begin() + half, made.runs.end());
    fewer.insert(fewer.begin(), InterleaveRecords(made.spec, first).ValueOrDie());
    ASSERT_NO_FATAL_FAILURE(ExpectSame(MergeRecords(made.spec, fewer), expected))
        << Describe(made, seed);
  }
}

/// Deduplicate, and anything without retractions and order-dependent reversal: folding
/// some neighbouring runs first gives the same rows.
TEST(RunMergerProperty, FlushBoundariesDoNotShowWithoutRetractions) {
  int compared = 0;
  for (uint64_t seed = 600'001; seed <= 600'000 + Cases(150); ++seed) {
    MergeCase made = RandomMerge(seed);
    const bool folds = made.spec.has_aggregates();
    if (made.spec.lookup || folds || made.spec.ignore_delete) continue;
    if (made.has_retracts && made.spec.engine != Engine::kDeduplicate) continue;
    // Distinct sequence numbers that grow from run to run, as one writer gives them.
    int64_t sequence = 0;
    for (auto& run : made.runs) {
      for (Record& record : run) record.sequence = sequence++;
    }
    // Only arrival orders rows; a user sequence is not kept by partial-update's flushes.
    if (!made.spec.sequence_columns.empty()) continue;
    const auto expected = MergeRecords(made.spec, made.runs);
    if (!expected.ok()) continue;
    const size_t half = (made.runs.size() + 1) / 2;
    const Runs first(made.runs.begin(), made.runs.begin() + half);
    Runs later(made.runs.begin() + half, made.runs.end());
    later.insert(later.begin(), MergeRecords(made.spec, first).ValueOrDie());
    auto twice = MergeRecords(made.spec, later).ValueOrDie();
    ASSERT_EQ(twice.size(), expected->size());
    for (size_t i = 0; i < twice.size(); ++i) {
      // A lone +U and a merged +I say the same.
      twice[i].kind = (*expected)[i].kind;
    }
    ASSERT_EQ(Text(twice), Text(*expected)) << Describe(made, seed);
    ++compared;
  }
  EXPECT_GT(compared, 8);
}

}  // namespace
}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/run_merger.h"

#include <gtest/gtest.h>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/merge/gather.h"
#include "tests/support/merge_case.h"
#include "tests/support/reference_merge.h"

namespace tarn::merge {
namespace {

using support::I;
using support::MakeRecordRun;
using support::MakeTable;
using support::Record;
using support::Row;
using support::S;

MergeSpec Spec() {
  return MergeSpec::FromSchema(
             MakeTable({{"k", "BIGINT NOT NULL"}, {"v", "STRING"}, {"w", "INT"}}, {"k"},
                       {}))
      .ValueOrDie();
}

std::vector<Record> Rows(int64_t begin, int64_t end, int64_t step, int64_t sequence) {
  std::vector<Record> rows;
  for (int64_t k = begin; k < end; k += step) {
    rows.push_back(Row("+I", sequence, {I(k), S("v" + std::to_string(sequence)), I(k)}));
  }
  return rows;
}

TEST(RunMerger, ReadsNothingOfARunWhoseRowsAreAllOutdated) {
  const MergeSpec spec = Spec();
  const auto old_rows = Rows(0, 5000, 1, 1);
  const auto new_rows = Rows(0, 5000, 1, 2);
  support::RunCounts old_counts, new_counts;
  std::vector<std::unique_ptr<SortedRun>> runs;
  runs.push_back(MakeRecordRun(spec.fields, old_rows, 1, &old_counts).ValueOrDie());
  runs.push_back(MakeRecordRun(spec.fields, new_rows, 0, &new_counts).ValueOrDie());
  auto merger =
      RunMerger::Make(support::MemoryContext(), spec, std::move(runs), {}).ValueOrDie();
  int64_t rows = 0;
  while (auto batch = merger->Next().ValueOrDie()) rows += batch->rows->num_rows();
  EXPECT_EQ(rows, 5000);
  // Keys decide; of the old run no value is ever decoded. The key column is read once.
  EXPECT_EQ(old_counts.rows_read, (std::vector<int64_t>{5000, 0, 0}));
  EXPECT_EQ(new_counts.rows_read, (std::vector<int64_t>{5000, 5000, 5000}));
}

TEST(RunMerger, ABaseWithFewDeltasIsGallopedThrough) {
  const MergeSpec spec = Spec();
  const std::vector<std::vector<Record>> runs = {
      Rows(0, 30000, 1, 1), Rows(7, 30000, 997, 2), Rows(29990, 30010, 1, 3)};
  const auto merged = support::MergeRecords(spec, runs).ValueOrDie();
  const auto expected = support::ReferenceMerge(spec, runs, {0, 1, 2}).ValueOrDie();
  EXPECT_EQ(support::Text(merged), support::Text(expected));
}

TEST(RunMerger, TextKeysWithGrowingCommonPrefixesStayInOrder) {
  const MergeSpec spec =
      MergeSpec::FromSchema(MakeTable({{"k", "STRING NOT NULL"}}, {"k"}, {}))
          .ValueOrDie();
  std::vector<std::vector<Record>> runs(4);
  for (int64_t i = 0; i < 6000; ++i) {
    std::string key = "tenant/" + std::string(1, static_cast<char>('a' + i / 1500)) +
                      "/object/" + std::to_string(100000 + i);
    runs[i % 4].push_back(Row("+I", i, {S(key)}));
    if (i % 3 == 0) runs[(i + 1) % 4].push_back(Row("+I", i, {S(key)}));
  }
  const auto expected = support::ReferenceMerge(spec, runs, {0}).ValueOrDie();
  for (int64_t chunk : {0, 10, 333}) {
    RunMergerOptions options;
    options.chunk_rows = chunk;
    const auto merged = support::MergeRecords(spec, runs, options).ValueOrDie();
    ASSERT_EQ(support::Text(merged), support::Text(expected)) << chunk;
  }
}

TEST(RunMerger, OneKeyMayHaveMoreRowsThanABatch) {
  const MergeSpec spec =
      MergeSpec::FromSchema(MakeTable({{"k", "INT NOT NULL"}, {"v", "BIGINT"}}, {"k"},
                                      {{"merge-engine", "aggregation"},
                                       {"fields.v.aggregate-function", "sum"}}))
          .ValueOrDie();
  std::vector<Record> hot;
  for (int64_t i = 0; i < 20000; ++i) hot.push_back(Row("+I", i, {I(1), I(1)}, -1));
  hot.push_back(Row("+I", 20000, {I(2), I(5)}, -1));
  const auto merged = support::MergeRecords(spec, {hot}).ValueOrDie();
  EXPECT_EQ(support::Text(merged), "+I#19999@L0(1 20000 )\n+I#20000@L0(2 5 )\n");
}

TEST(RunMerger, BatchesShrinkToTheirBytes) {
  const MergeSpec spec = Spec();
  std::vector<Record> wide;
  for (int64_t k = 0; k < 4000; ++k) {
    wide.push_back(Row("+I", k, {I(k), S(std::string(2000, 'x')), I(0)}));
  }
  std::vector<std::unique_ptr<SortedRun>> runs;
  runs.push_back(MakeRecordRun(spec.fields, wide).ValueOrDie());
  RunMergerOptions options;
  options.batch_bytes = 100'000;
  auto merger = RunMerger::Make(support::MemoryContext(), spec, std::move(runs), options)
                    .ValueOrDie();
  int64_t rows = 0, batches = 0;
  while (auto batch = merger->Next().ValueOrDie()) {
    if (batches++ > 0) {
      EXPECT_LE(batch->rows->num_rows(), 60);
    }
    rows += batch->rows->num_rows();
  }
  EXPECT_EQ(rows, 4000);
}

TEST(RunMerger, NoRunsGiveNoRows) {
  auto merger = RunMerger::Make(support::MemoryContext(), Spec(), {}, {}).ValueOrDie();
  EXPECT_FALSE(merger->Next().ValueOrDie().has_value());
}

TEST(RunMerger, AnUnknownProjectionIsRefused) {
  EXPECT_EQ(KindOf(RunMerger::Make(support::MemoryContext(), Spec(), {},
                                   {.projection = std::vector<int>{9}})
                       .status()),
            ErrorKind::kInvalidInput);
}

TEST(RunMerger, NoColumnsStillCountRows) {
  std::vector<std::unique_ptr<SortedRun>> runs;
  runs.push_back(MakeRecordRun(Spec().fields, Rows(0, 3000, 1, 1)).ValueOrDie());
  runs.push_back(MakeRecordRun(Spec().fields, Rows(0, 3000, 2, 2)).ValueOrDie());
  auto merger = RunMerger::Make(support::MemoryContext(), Spec(), std::move(runs),
                                {.projection = std::vector<int>{}})
                    .ValueOrDie();
  int64_t rows = 0;
  while (auto batch = merger->Next().ValueOrDie()) {
    EXPECT_EQ(batch->rows->num_columns(), 0);
    rows += batch->rows->num_rows();
  }
  EXPECT_EQ(rows, 3000);
}

TEST(RunMerger, AFilterKeepsOtherColumnsFromBeingRead) {
  const MergeSpec spec = Spec();
  std::vector<support::RunCounts> counts(2);
  std::vector<std::unique_ptr<SortedRun>> runs;
  runs.push_back(
      MakeRecordRun(spec.fields, Rows(0, 20000, 1, 1), 1, &counts[0]).ValueOrDie());
  runs.push_back(
      MakeRecordRun(spec.fields, Rows(0, 20000, 2, 2), 0, &counts[1]).ValueOrDie());
  RunMergerOptions options;
  options.projection = std::vector<int>{1, 2};
  options.filter_columns = {2};
  options.filter = [](const arrow::RecordBatch& batch)
      -> Result<std::shared_ptr<arrow::BooleanArray>> {
    arrow::BooleanBuilder builder;
    const auto& w = static_cast<const arrow::Int32Array&>(*batch.column(0));
    for (int64_t i = 0; i < w.length(); ++i) {
      ARROW_RETURN_NOT_OK(builder.Append(w.Value(i) == 1001 || w.Value(i) == 15000));
    }
    ARROW_ASSIGN_OR_RAISE(auto array, builder.Finish());
    return std::static_pointer_cast<arrow::BooleanArray>(array);
  };
  auto merger = RunMerger::Make(support::MemoryContext(), spec, std::move(runs), options)
                    .ValueOrDie();
  std::string answer;
  while (auto batch = merger->Next().ValueOrDie()) {
    ASSERT_TRUE(batch->rows->ValidateFull().ok());
    for (int64_t i = 0; i < batch->rows->num_rows(); ++i) {
      answer += batch->rows->column(0)->GetScalar(i).ValueOrDie()->ToString() + " " +
                batch->rows->column(1)->GetScalar(i).ValueOrDie()->ToString() + "\n";
    }
  }
  EXPECT_EQ(answer, "v1 1001\nv2 15000\n");
  // One row of each run is decoded of the column that the filter does not look at.
  EXPECT_EQ(counts[0].rows_read[1], 1);
  EXPECT_EQ(counts[1].rows_read[1], 1);
}

TEST(RunMerger, AFailedMergeStaysFailed) {
  const MergeSpec spec =
      MergeSpec::FromSchema(
          MakeTable({{"k", "INT NOT NULL"}}, {"k"}, {{"merge-engine", "partial-update"}}))
          .ValueOrDie();
  std::vector<std::unique_ptr<SortedRun>> runs;
  runs.push_back(MakeRecordRun(spec.fields, {Row("+I", 0, {I(1)}), Row("-D", 1, {I(1)})})
                     .ValueOrDie());
  auto merger =
      RunMerger::Make(support::MemoryContext(), spec, std::move(runs), {}).ValueOrDie();
  EXPECT_FALSE(merger->Next().ok());
  EXPECT_FALSE(merger->Next().ok());
}

TEST(RunMerger, ARunOutOfOrderIsCorruption) {
  for (const char* type : {"INT NOT NULL", "STRING NOT NULL"}) {
    const MergeSpec spec =
        MergeSpec::FromSchema(MakeTable({{"k", type}}, {"k"}, {})).ValueOrDie();
    const bool text = spec.fields[0].type.IsString();
    std::vector<Record> rows;
    for (int64_t i = 0; i < 40; ++i) {
      const int64_t key = 100 + (i == 33 ? 0 : i);
      rows.push_back(Row("+I", i, {text ? S("key " + std::to_string(key)) : I(key)}));
    }
    for (int64_t chunk : {0, 33}) {  // within a chunk, and between two
      RunMergerOptions options;
      options.chunk_rows = chunk;
      EXPECT_EQ(KindOf(support::MergeRecords(spec, {rows}, options).status()),
                ErrorKind::kCorruption);
    }
  }
}

TEST(RunMerger, AKindAboveThreeIsCorruption) {
  const MergeSpec spec = Spec();
  auto row = Row("-D", 0, {I(1), S("v"), I(0)});
  row.kind = static_cast<types::RowKind>(7);
  std::vector<std::unique_ptr<SortedRun>> runs;
  runs.push_back(MakeRecordRun(spec.fields, {row}).ValueOrDie());
  auto merger =
      RunMerger::Make(support::MemoryContext(), spec, std::move(runs), {}).ValueOrDie();
  EXPECT_EQ(KindOf(merger->Next().status()), ErrorKind::kCorruption);
}

TEST(Gather, TakesNestedCellsAndNulls) {
  auto values = std::make_shared<arrow::Int32Builder>();
  arrow::ListBuilder builder(arrow::default_memory_pool(), values);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(builder.Append().ok());
    for (int j = 0; j <= i; ++j) ASSERT_TRUE(values->Append(10 * i + j).ok());
  }
  std::shared_ptr<arrow::Array> lists = builder.Finish().ValueOrDie();
  MergeOrder order;
  order.run = {1, 0, 1};
  order.row = {3, 0, 2};
  order.consumed = {4, 4};
  const RunSlices slices{{lists->Slice(0, 1), lists->Slice(2, 2)}, {0, 2}};
  const auto gathered = Gather(support::MemoryContext(), lists->type(), slices,
                               Sources::Make(order, {0, -1, 1, 2}))
                            .ValueOrDie();
  EXPECT_TRUE(gathered->ValidateFull().ok());
  EXPECT_EQ(gathered->ToString(),
            "[\n  [\n    30,\n    31,\n    32,\n    33\n  ],\n  null,\n  [\n    0\n  ],\n"
            "  [\n    20,\n    21,\n    22\n  ]\n]");
}

TEST(Gather, AStretchOfOneRunIsASliceWithoutACopy) {
  const auto array =
      support::ToArray(types::DataType::Int(), {I(0), I(1), I(2), I(3), I(4)})
          .ValueOrDie();
  MergeOrder order;
  order.run = {0, 0, 0};
  order.row = {1, 2, 3};
  order.consumed = {5};
  const auto gathered = Gather(support::MemoryContext(), array->type(),
                               RunSlices{{array}, {0}}, Sources::Make(order, {0, 1, 2}))
                            .ValueOrDie();
  EXPECT_EQ(gathered->data()->buffers[1], array->data()->buffers[1]);
  EXPECT_EQ(gathered->offset(), 1);
}

}  // namespace
}  // namespace tarn::merge

// SPDX-License-Identifier: Apache-2.0
#include <numeric>
#include <random>

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <gtest/gtest.h>

#include "tarn/datafile/memory_run.h"
#include "tarn/datafile/spill_run.h"
#include "tarn/io/local_file_system.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"

namespace tarn::datafile {
namespace {

using types::DataType;

class SortedRunsTest : public ::testing::Test {
 protected:
  SortedRunsTest() {
    auto context = base::MakeSystemContext(io::MakeLocalFileSystem());
    context->spill_directory = folder_.path();
    context_ = context;
    std::vector<std::string> lines;
    arrow::Int64Builder sequences;
    arrow::Int8Builder kinds;
    for (int i = 0; i < kRows; ++i) {
      lines.push_back(fmt::format(R"({{"k":{},"t":{},"a":[{},null]}})", i,
                                  i % 3 == 0 ? "null" : fmt::format("\"text {}\"", i),
                                  i));
      EXPECT_TRUE(sequences.Append(kRows - i).ok());
      EXPECT_TRUE(kinds.Append(static_cast<int8_t>(i % 4)).ok());
    }
    schema_.fields = {{0, "k", DataType::Int()},
                      {1, "t", DataType::String()},
                      {2, "a", DataType::Array(DataType::Int())}};
    schema_.primary_keys = {"k"};
    rows_ = support::BatchFromLines(lines, schema_.fields).ValueOrDie();
    sequences_ = sequences.Finish().ValueOrDie();
    kinds_ = kinds.Finish().ValueOrDie();
  }

  std::unique_ptr<SpillRun> Spill(bool kinds) {
    auto writer = SpillWriter::Make(context_, rows_->schema()).ValueOrDie();
    for (int64_t row = 0; row < kRows; row += 3000) {
      const auto kind = kinds_->Slice(row, 3000);
      const Status status =
          writer->Write(*rows_->Slice(row, 3000), *sequences_->Slice(row, 3000),
                        kinds ? kind.get() : nullptr);
      EXPECT_TRUE(status.ok()) << status;
    }
    return writer->Finish().ValueOrDie();
  }

  /// Some of `expected`, by picking where the cursor can.
  static void ExpectPicks(merge::ColumnCursor* cursor, const arrow::Array& expected,
                          std::mt19937* random) {
    std::vector<int32_t> picked;
    arrow::Int32Builder indices;
    for (int32_t i = 0; i < expected.length(); ++i) {
      if ((*random)() % 4 == 0) continue;
      picked.push_back(i);
      ASSERT_TRUE(indices.Append(i).ok());
    }
    auto read = cursor->ReadPicked(expected.length(), picked).ValueOrDie();
    if (read == nullptr) {
      ASSERT_TRUE(cursor->Read(expected.length()).ValueOrDie()->Equals(expected));
      return;
    }
    const auto wanted =
        arrow::compute::Take(expected, *indices.Finish().ValueOrDie()).ValueOrDie();
    ASSERT_TRUE(read->Equals(wanted));
  }

  void ExpectReads(merge::ColumnCursor* cursor, const arrow::Array& expected,
                   uint32_t seed) {
    std::mt19937 random(seed);
    for (int64_t row = 0; row < kRows;) {
      const int64_t count = std::min<int64_t>(random() % 5000, kRows - row);
      switch (random() % 3) {
        case 0:
          ASSERT_TRUE(cursor->Skip(count).ok());
          break;
        case 1:
          ASSERT_TRUE(
              cursor->Read(count).ValueOrDie()->Equals(expected.Slice(row, count)));
          break;
        default:
          ASSERT_NO_FATAL_FAILURE(
              ExpectPicks(cursor, *expected.Slice(row, count), &random));
      }
      row += count;
    }
    EXPECT_EQ(KindOf(cursor->Read(1).status()), ErrorKind::kInternal);
  }

  void ExpectRows(merge::SortedRun* run) {
    EXPECT_EQ(run->num_rows(), kRows);
    EXPECT_EQ(run->level(), -1);
    for (uint32_t seed = 0; seed < 5; ++seed) {
      for (int column = 0; column < 3; ++column) {
        ExpectReads(run->OpenColumn(column).ValueOrDie().get(), *rows_->column(column),
                    seed);
      }
      ExpectReads(run->OpenSequence().ValueOrDie().get(), *sequences_, seed);
      ExpectReads(run->OpenKind().ValueOrDie().get(), *kinds_, seed);
    }
  }

  static constexpr int64_t kRows = 9000;
  support::TemporaryFolder folder_;
  std::shared_ptr<const base::Context> context_;
  types::TableSchema schema_;
  std::shared_ptr<arrow::RecordBatch> rows_;
  std::shared_ptr<arrow::Array> sequences_;
  std::shared_ptr<arrow::Array> kinds_;
};

TEST_F(SortedRunsTest, RowsInMemoryAreReadInTheOrderOfTheirKeys) {
  std::mt19937 random(7);
  std::vector<int64_t> places(kRows);
  std::iota(places.begin(), places.end(), 0);
  std::shuffle(places.begin(), places.end(), random);
  arrow::Int64Builder indices;
  ASSERT_TRUE(indices.AppendValues(places).ok());
  const auto shuffled = arrow::compute::Take(rows_, indices.Finish().ValueOrDie())
                            .ValueOrDie()
                            .record_batch();
  std::vector<uint8_t> kinds;
  for (const int64_t place : places) kinds.push_back(place % 4);
  const types::ChangeBatch all = {shuffled, arrow::Buffer::FromVector(kinds), {}};
  // Batches of all sizes, each numbered behind the one before it, with gaps.
  std::vector<NumberedBatch> batches;
  std::vector<int64_t> sequences(kRows);
  int64_t next = 100;
  for (int64_t row = 0; row < kRows;) {
    const int64_t sizes[] = {0, 1, 17, 3000};
    const int64_t count = std::min(sizes[random() % 4], kRows - row);
    batches.push_back({all.Slice(row, count), next});
    for (int64_t i = 0; i < count; ++i) sequences[places[row + i]] = next++;
    next += 5;
    row += count;
  }
  arrow::Int64Builder expected;
  ASSERT_TRUE(expected.AppendValues(sequences).ok());
  sequences_ = expected.Finish().ValueOrDie();
  const auto spec = merge::MergeSpec::OrderOnly(schema_).ValueOrDie();
  ExpectRows(
      MemoryRun::Sort(context_, spec, *rows_->schema(), batches).ValueOrDie().get());
  for (NumberedBatch& batch : batches) batch.changes.kinds = nullptr;
  const auto inserts = MemoryRun::Sort(context_, spec, *rows_->schema(), batches);
  EXPECT_EQ((*inserts)->OpenKind().ValueOrDie(), nullptr);
  const auto none = MemoryRun::Sort(context_, spec, *rows_->schema(), {});
  EXPECT_EQ((*none)->num_rows(), 0);
}

TEST_F(SortedRunsTest, ASpilledRunIsReadInAnySteps) {
  ExpectRows(Spill(true).get());
}

TEST_F(SortedRunsTest, ASpillFileGoesWithItsRunOrItsWriter) {
  auto run = Spill(false);
  EXPECT_EQ(context_->files->List(folder_.path())->size(), 1U);
  const auto kinds = run->OpenKind().ValueOrDie()->Read(10).ValueOrDie();
  EXPECT_EQ(static_cast<const arrow::Int8Array&>(*kinds).Value(3), 0);
  run.reset();
  EXPECT_TRUE(context_->files->List(folder_.path())->empty());
  auto writer = SpillWriter::Make(context_, rows_->schema()).ValueOrDie();
  ASSERT_TRUE(writer->Write(*rows_, *sequences_, nullptr).ok());
  writer.reset();
  EXPECT_TRUE(context_->files->List(folder_.path())->empty());
}

}  // namespace
}  // namespace tarn::datafile

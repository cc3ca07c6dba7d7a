// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <arrow/api.h>
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
    rows_ = support::BatchFromLines(lines, {{0, "k", DataType::Int()},
                                            {1, "t", DataType::String()},
                                            {2, "a", DataType::Array(DataType::Int())}})
                .ValueOrDie();
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

  void ExpectReads(merge::ColumnCursor* cursor, const arrow::Array& expected,
                   uint32_t seed) {
    std::mt19937 random(seed);
    for (int64_t row = 0; row < kRows;) {
      const int64_t count = std::min<int64_t>(random() % 5000, kRows - row);
      if (random() % 3 == 0) {
        ASSERT_TRUE(cursor->Skip(count).ok());
      } else {
        ASSERT_TRUE(cursor->Read(count).ValueOrDie()->Equals(expected.Slice(row, count)));
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
  std::shared_ptr<arrow::RecordBatch> rows_;
  std::shared_ptr<arrow::Array> sequences_;
  std::shared_ptr<arrow::Array> kinds_;
};

TEST_F(SortedRunsTest, ARunInMemoryIsReadInAnySteps) {
  MemoryRun run(rows_, sequences_, kinds_);
  ExpectRows(&run);
  MemoryRun inserts(rows_, sequences_, nullptr);
  EXPECT_EQ(inserts.OpenKind().ValueOrDie(), nullptr);
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

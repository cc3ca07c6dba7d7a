// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/file_stats.h"

#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "tarn/base/context.h"
#include "tarn/io/local_file_system.h"
#include "tarn/meta/stored_rows.h"
#include "tests/support/files.h"

namespace tarn::scan {
namespace {

using expr::CompareOp;
using expr::Leaf;
using types::DataType;

/// A file of schema 0 (`a` INT 10..20, `b` STRING, `c` INT with NULLs unknown), read with
/// a schema in which `a` is BIGINT and called `x`, `b` an INT, and `n` was added.
class FileStatsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    old_.fields = {{0, "a", DataType::Int()},
                   {1, "b", DataType::String()},
                   {2, "c", DataType::Int()}};
    ASSERT_TRUE(schemas_.Create(old_, false).ok());
    read_.id = 1;
    read_.fields = {{3, "n", DataType::Int()},
                    {0, "x", DataType::BigInt()},
                    {1, "b", DataType::Int()},
                    {2, "c", DataType::Int()}};
    file_.row_count = 5;
    file_.value_stats.min_values = Row(10, "1", 0);
    file_.value_stats.max_values = Row(20, "2", 9);
    file_.value_stats.null_counts = {0, 0, std::nullopt};
  }
  std::string Row(int32_t a, const std::string& b, int32_t c) {
    return *meta::EncodeStoredRow(
        {arrow::MakeScalar(a), arrow::MakeScalar(b), arrow::MakeScalar(c)}, old_.fields);
  }
  bool Might(const expr::PredicatePtr& predicate) {
    const auto answer = stats_.ValuesMightMatch(file_, *predicate);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return *answer;
  }

  support::TemporaryFolder folder_;
  const std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
  const io::TablePaths paths_ = *io::TablePaths::Make(folder_ / "t");
  const meta::SchemaFiles schemas_{context_, paths_};
  types::TableSchema old_, read_;
  meta::DataFileMeta file_;
  FileStats stats_{read_, schemas_};
};

TEST_F(FileStatsTest, AColumnIsFoundByItsIdAndWidened) {
  EXPECT_FALSE(Might(Leaf("x", CompareOp::kGreater, {arrow::MakeScalar(int64_t{20})})));
  EXPECT_TRUE(Might(Leaf("x", CompareOp::kGreater, {arrow::MakeScalar(int64_t{19})})));
  EXPECT_FALSE(Might(Leaf("x", CompareOp::kIsNull, {})));
}

TEST_F(FileStatsTest, AColumnAddedLaterIsNullThroughout) {
  EXPECT_FALSE(Might(Leaf("n", CompareOp::kEqual, {arrow::MakeScalar(1)})));
  EXPECT_FALSE(Might(Leaf("n", CompareOp::kIsNotNull, {})));
  EXPECT_TRUE(Might(Leaf("n", CompareOp::kIsNull, {})));
}

TEST_F(FileStatsTest, ACastThatReordersSaysNothing) {
  EXPECT_TRUE(Might(Leaf("b", CompareOp::kEqual, {arrow::MakeScalar(700)})));
  EXPECT_TRUE(Might(Leaf("b", CompareOp::kIsNull, {})));
}

TEST_F(FileStatsTest, AnUnknownNullCountExcludesNothing) {
  EXPECT_TRUE(Might(Leaf("c", CompareOp::kIsNull, {})));
  EXPECT_FALSE(Might(Leaf("c", CompareOp::kEqual, {arrow::MakeScalar(10)})));
}

TEST_F(FileStatsTest, ColumnsLeftOutOfDenseStatisticsAreUnknown) {
  file_.value_stats_cols = {"c"};
  const std::vector<types::DataField> dense = {old_.fields[2]};
  file_.value_stats.min_values = *meta::EncodeStoredRow({arrow::MakeScalar(0)}, dense);
  file_.value_stats.max_values = *meta::EncodeStoredRow({arrow::MakeScalar(9)}, dense);
  file_.value_stats.null_counts = {0};
  EXPECT_TRUE(Might(Leaf("x", CompareOp::kGreater, {arrow::MakeScalar(int64_t{20})})));
  EXPECT_FALSE(Might(Leaf("c", CompareOp::kEqual, {arrow::MakeScalar(10)})));
  EXPECT_FALSE(Might(Leaf("c", CompareOp::kIsNull, {})));
}

TEST_F(FileStatsTest, StatisticsThatCannotBeReadExcludeNothing) {
  file_.value_stats = meta::SimpleStats::Empty();
  file_.value_stats.null_counts = {0, 0};
  EXPECT_TRUE(Might(Leaf("x", CompareOp::kIsNull, {})));
  EXPECT_TRUE(Might(Leaf("c", CompareOp::kEqual, {arrow::MakeScalar(10)})));
}

}  // namespace
}  // namespace tarn::scan

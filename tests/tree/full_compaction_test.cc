// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/full_compaction.h"

#include <gtest/gtest.h>

#include "tarn/types/binary_row.h"

#include <arrow/scalar.h>

namespace tarn::tree {
namespace {

constexpr int64_t kLarge = int64_t{100} << 20;

types::TableSchema Schema() {
  types::TableSchema schema;
  schema.fields = {{0, "k", types::DataType::Int().NotNull(), {}, {}},
                   {1, "v", types::DataType::String(), {}, {}}};
  schema.primary_keys = {"k"};
  schema.options = {{"bucket", "1"}};
  return schema;
}

std::string Key(int32_t k) {
  auto row = types::EncodeBinaryRow({std::make_shared<arrow::Int32Scalar>(k)},
                                    {types::DataType::Int()});
  return types::SerializeBinaryRow(1, *row);
}

meta::DataFileMeta File(const std::string& name, int32_t level, int32_t min, int32_t max,
                        int64_t bytes = kLarge, std::optional<int64_t> deletes = 0) {
  meta::DataFileMeta file;
  file.file_name = name;
  file.file_size = bytes;
  file.level = level;
  file.min_key = Key(min);
  file.max_key = Key(max);
  file.delete_row_count = deletes;
  return file;
}

CompactionPlan Pick(const std::vector<meta::DataFileMeta>& files, bool force = false) {
  auto options = FullCompactionOptions::FromSchema(Schema());
  EXPECT_TRUE(options.ok()) << options.status();
  options->force_rewrite = force;
  auto plan = PickFullCompaction(files, Schema(), *options);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *plan;
}

TEST(FullCompaction, TakesItsLevelsAndSizesFromTheOptions) {
  types::TableSchema schema = Schema();
  auto options = FullCompactionOptions::FromSchema(schema);
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->max_level, 5);
  EXPECT_EQ(options->small_file_bytes, (int64_t{128} << 20) * 7 / 10);
  schema.options["num-sorted-run.compaction-trigger"] = "3";
  schema.options["target-file-size"] = "10 kb";
  options = FullCompactionOptions::FromSchema(schema);
  EXPECT_EQ(options->max_level, 3);
  EXPECT_EQ(options->small_file_bytes, 7168);
}

TEST(FullCompaction, LeavesAHighestLevelAloneUnlessForced) {
  EXPECT_TRUE(Pick({File("a", 5, 1, 9)}).steps.empty());
  EXPECT_TRUE(Pick({}).steps.empty());
  EXPECT_EQ(Pick({File("a", 5, 1, 9)}, /*force=*/true).steps.size(), 1u);
}

TEST(FullCompaction, RewritesWhatOverlaps) {
  const auto plan = Pick({File("a", 0, 1, 5), File("b", 0, 5, 9), File("c", 5, 20, 30)});
  EXPECT_EQ(plan.ToString(), "to level 5, deletes dropped\n  rewrite [a@0 | b@0]");
}

TEST(FullCompaction, UpgradesALargeFileThatOverlapsNothing) {
  const auto plan = Pick({File("a", 0, 1, 5), File("b", 0, 6, 9)});
  EXPECT_EQ(plan.ToString(),
            "to level 5, deletes dropped\n  upgrade [a@0]\n  upgrade [b@0]");
}

TEST(FullCompaction, RewritesALargeFileThatHasOrMayHaveDeletes) {
  const auto plan =
      Pick({File("a", 0, 1, 5, kLarge, 3), File("b", 0, 6, 9, kLarge, std::nullopt)});
  EXPECT_EQ(plan.ToString(),
            "to level 5, deletes dropped\n  rewrite [a@0]\n  rewrite [b@0]");
}

TEST(FullCompaction, RewritesSmallNeighboursTogetherAndALoneOneNotAtAll) {
  EXPECT_EQ(Pick({File("a", 0, 1, 2, 10), File("b", 0, 3, 4, 10)}).ToString(),
            "to level 5, deletes dropped\n  rewrite [a@0] [b@0]");
  EXPECT_EQ(Pick({File("a", 0, 1, 2, 10)}).ToString(),
            "to level 5, deletes dropped\n  upgrade [a@0]");
  // A large file in between ends what was gathered, so that the output stays in order.
  EXPECT_EQ(
      Pick({File("a", 0, 1, 2, 10), File("b", 0, 3, 4, 10), File("c", 0, 5, 6),
            File("d", 0, 7, 8, 10)})
          .ToString(),
      "to level 5, deletes dropped\n  rewrite [a@0] [b@0]\n  upgrade [c@0]\n  upgrade "
      "[d@0]");
}

TEST(FullCompaction, WritesAboveTheHighestRestoredLevel) {
  EXPECT_EQ(Pick({File("a", 7, 1, 5), File("b", 0, 2, 3)}).output_level, 7);
}

TEST(FullCompaction, RefusesKeysThatCannotBeDecoded) {
  auto file = File("a", 0, 1, 2);
  file.min_key = "no row";
  auto options = FullCompactionOptions::FromSchema(Schema());
  auto plan = PickFullCompaction({file, File("b", 0, 1, 2)}, Schema(), *options);
  EXPECT_EQ(KindOf(plan.status()), ErrorKind::kCorruption);
}

TEST(FullCompaction, FilesThatMustBeRewrittenAreSoOneByOne) {
  const auto pick = [](const std::vector<meta::DataFileMeta>& files) {
    auto options = FullCompactionOptions::FromSchema(Schema());
    options->must_rewrite = [](const meta::DataFileMeta& file) {
      return file.file_name == "old";
    };
    return PickFullCompaction(files, Schema(), *options).ValueOrDie();
  };
  // In the highest level alone, and among files that only change their level.
  const auto highest = pick({File("a", 5, 1, 2), File("old", 5, 3, 4, 10)});
  ASSERT_EQ(highest.steps.size(), 1u);
  EXPECT_EQ(highest.steps[0].kind, CompactionStep::Kind::kRewrite);
  EXPECT_EQ(highest.steps[0].sections[0][0][0].file_name, "old");
  const auto lower = pick({File("a", 4, 1, 2), File("old", 4, 3, 4)});
  ASSERT_EQ(lower.steps.size(), 2u);
  EXPECT_EQ(lower.steps[0].kind, CompactionStep::Kind::kUpgrade);
  EXPECT_EQ(lower.steps[1].kind, CompactionStep::Kind::kRewrite);
  EXPECT_TRUE(pick({File("a", 5, 1, 2)}).steps.empty());
}

}  // namespace
}  // namespace tarn::tree

// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/pack_splits.h"

#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "tarn/meta/stored_rows.h"

namespace tarn::scan {
namespace {

using meta::DataFileMeta;
using Files = std::vector<DataFileMeta>;

const std::vector<types::DataField>& KeyFields() {
  static const std::vector<types::DataField> fields = {{0, "k", types::DataType::Int()}};
  return fields;
}

DataFileMeta File(const std::string& name, int32_t min, int32_t max, int32_t level,
                  std::optional<int64_t> deletes = 0, int64_t bytes = 10) {
  DataFileMeta file;
  file.file_name = name;
  file.file_size = bytes;
  file.min_key = *meta::EncodeStoredRow({arrow::MakeScalar(min)}, KeyFields());
  file.max_key = *meta::EncodeStoredRow({arrow::MakeScalar(max)}, KeyFields());
  file.level = level;
  file.delete_row_count = deletes;
  return file;
}

constexpr PackOptions kSmall{.target_bytes = 100, .open_file_cost_bytes = 1};

/// Names of each split's files, with '*' in front of what is read raw.
std::vector<std::string> Packed(const Files& files, const PackOptions& options = kSmall,
                                bool one_version = false,
                                const std::string& unwanted = "") {
  const auto keep = [&](const Files& section) -> Result<bool> {
    return section.size() > 1 || section[0].file_name != unwanted;
  };
  const auto packed = PackKeyedFiles(files, KeyFields(), one_version, options, keep);
  EXPECT_TRUE(packed.ok()) << packed.status();
  std::vector<std::string> out;
  for (const SplitFiles& split : *packed) {
    std::string text = split.raw_convertible ? "*" : "";
    for (const DataFileMeta& file : split.files) text += file.file_name;
    out.push_back(text);
  }
  return out;
}

using Strings = std::vector<std::string>;

TEST(PackKeyedFiles, OneLevelWithoutDeletesIsReadRaw) {
  EXPECT_EQ(Packed({File("a", 1, 5, 5), File("b", 6, 9, 5)}), Strings{"*ab"});
}

TEST(PackKeyedFiles, SeveralLevelsMergeUnlessTheEngineKeepsOneVersion) {
  const Files files = {File("a", 1, 5, 4), File("b", 3, 9, 5)};
  EXPECT_EQ(Packed(files), Strings{"ab"});
  EXPECT_EQ(Packed(files, kSmall, true), Strings{"*ab"});
}

TEST(PackKeyedFiles, DeletesOrAnUnknownCountForbidReadingRaw) {
  EXPECT_EQ(Packed({File("a", 1, 5, 5, 1)}), Strings{"a"});
  EXPECT_EQ(Packed({File("a", 1, 5, 5, std::nullopt)}), Strings{"a"});
  EXPECT_EQ(Packed({File("a", 1, 5, 5, 1), File("b", 6, 9, 5)}), Strings{"ab"});
}

TEST(PackKeyedFiles, ALoneLevelZeroFileIsReadRaw) {
  EXPECT_EQ(Packed({File("a", 1, 5, 0)}), Strings{"*a"});
  EXPECT_EQ(Packed({File("a", 1, 5, 0), File("b", 5, 9, 0)}), Strings{"ab"});
}

TEST(PackKeyedFiles, SectionsStayWholeAndFillSplits) {
  // The example of MergeTreeSplitGenerator.
  const Files files = {File("a", 1, 2, 0, 0, 30),     File("b", 3, 4, 0, 0, 30),
                       File("c", 5, 180, 0, 0, 40),   File("d", 5, 190, 0, 0, 40),
                       File("e", 200, 600, 0, 0, 50), File("f", 210, 700, 0, 0, 50)};
  EXPECT_EQ(Packed(files), (Strings{"ab", "cd", "ef"}));
}

TEST(PackKeyedFiles, AFileThatNoRowIsWantedOfIsLeftOutWhereItStandsAlone) {
  const Files apart = {File("a", 1, 5, 5), File("b", 6, 9, 5)};
  EXPECT_EQ(Packed(apart, kSmall, false, "b"), Strings{"*a"});
  const Files together = {File("a", 1, 5, 0), File("b", 5, 9, 0), File("c", 10, 11, 0)};
  EXPECT_EQ(Packed(together, kSmall, false, "b"), Strings{"abc"});
  EXPECT_EQ(Packed(together, kSmall, false, "c"), Strings{"ab"});
}

TEST(PackKeyedFiles, StoredSizesCannotOverflow) {
  const Files files = {File("a", 1, 5, 5, 0, INT64_MAX),
                       File("b", 6, 9, 5, 0, INT64_MAX)};
  EXPECT_EQ(Packed(files, {.target_bytes = INT64_MAX, .open_file_cost_bytes = 1}),
            (Strings{"*a", "*b"}));
}

TEST(PackAppendFiles, GoBySequenceIntoRawSplits) {
  Files files = {File("a", 0, 0, 0, 0, 60), File("b", 0, 0, 0, 0, 60),
                 File("c", 0, 0, 0, 0, 30)};
  files[0].min_sequence_number = 9;
  files[1].min_sequence_number = 0;
  files[2].min_sequence_number = 5;
  const auto packed = PackAppendFiles(files, kSmall);
  ASSERT_EQ(packed.size(), 2u);
  EXPECT_EQ(packed[0].files[0].file_name + packed[0].files[1].file_name, "bc");
  EXPECT_EQ(packed[1].files[0].file_name, "a");
  EXPECT_TRUE(packed[0].raw_convertible && packed[1].raw_convertible);
}

}  // namespace
}  // namespace tarn::scan

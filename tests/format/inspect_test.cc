// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/inspect.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tarn/io/local_file_system.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

namespace tarn::format {
namespace {

class InspectTest : public ::testing::Test {
 protected:
  std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
};

TEST_F(InspectTest, EveryStoredFileOfEveryGoldenTableIsShown) {
  int files = 0;
  for (const std::string& name : support::GoldenNames()) {
    const auto table = support::LoadGolden(name);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(table.path)) {
      if (!entry.is_regular_file()) continue;
      const auto text = Inspect(*context_, entry.path().string());
      ASSERT_TRUE(text.ok()) << entry.path() << text.status();
      EXPECT_TRUE(text->ends_with('\n')) << entry.path();
      ++files;
    }
  }
  EXPECT_GT(files, 2000);
}

TEST_F(InspectTest, RecordsOfAManifestAreJsonWithTheNamesOfItsSchema) {
  const auto table = support::LoadGolden("types_pk_parquet");
  int entries = 0;
  for (const auto& file : context_->files->List(table.path + "/manifest").ValueOrDie()) {
    if (!file.name().starts_with("manifest-") ||
        file.name().starts_with("manifest-list")) {
      continue;
    }
    const auto lines = support::SplitLines(Inspect(*context_, file.path).ValueOrDie());
    ASSERT_EQ(lines.size(), 4U);
    const auto entry = nlohmann::json::parse(lines[2]);
    EXPECT_EQ(entry["_VERSION"], 2);
    EXPECT_TRUE(entry["_FILE"]["_FILE_NAME"].get<std::string>().ends_with(".parquet"));
    EXPECT_EQ(entry["_FILE"]["_EXTRA_FILES"], nlohmann::json::array());
    EXPECT_EQ(entry["_FILE"]["_EXTERNAL_PATH"], nullptr);
    EXPECT_EQ(entry["_PARTITION"], "000000000000000000000000");
    EXPECT_EQ(lines[3], "1 records");
    ++entries;
  }
  EXPECT_EQ(entries, 2);
}

TEST_F(InspectTest, AParquetFileShowsSchemaAndStatistics) {
  const auto table = support::LoadGolden("pk_dedup_l0");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(table.path)) {
    if (entry.path().extension() != ".parquet") continue;
    const std::string text = Inspect(*context_, entry.path().string()).ValueOrDie();
    EXPECT_NE(text.find("paimon_schema"), std::string::npos);
    EXPECT_NE(text.find("_SEQUENCE_NUMBER"), std::string::npos);
    EXPECT_NE(text.find("0 nulls, "), std::string::npos);
  }
}

}  // namespace
}  // namespace tarn::format

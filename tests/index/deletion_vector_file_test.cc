// SPDX-License-Identifier: Apache-2.0
// Index files that Java wrote: every vector of every snapshot of the golden tables.
#include "tarn/index/deletion_vector_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tarn/base/context.h"
#include "tarn/io/local_file_system.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/index_manifest.h"
#include "tarn/meta/snapshot_files.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

namespace tarn::index {
namespace {

struct Place {
  std::string path;
  meta::DeletionVectorPlace range;
  std::optional<int64_t> cardinality;
};

std::vector<Place> PlacesOf(const base::Context& context, const std::string& table) {
  std::vector<Place> out;
  const auto golden = support::LoadGolden(table);
  const auto paths = *io::TablePaths::Make(golden.path);
  for (const auto& file : *context.files->List(golden.path + "/manifest")) {
    if (!file.name().starts_with("index-manifest-")) continue;
    for (const auto& entry : *meta::ReadIndexManifest(context, file.path)) {
      for (const auto& range : *entry.deletion_vectors) {
        const std::string path = *paths.IndexFile(entry.file_name);
        out.push_back({path, {path, range.offset, range.length}, range.cardinality});
      }
    }
  }
  return out;
}

TEST(DeletionVectorFile, JavasVectorsHoldAsManyPositionsAsTheirManifestsState) {
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem(), 1 << 20);
  int read = 0;
  for (const std::string& table : support::GoldenNames({"dv_"})) {
    for (const Place& place : PlacesOf(*context, table)) {
      const auto vectors = ReadDeletionVectors(*context, place.path, {place.range});
      ASSERT_TRUE(vectors.ok()) << vectors.status();
      EXPECT_EQ((*vectors)[0].cardinality(), place.cardinality) << table;
      ++read;
    }
  }
  EXPECT_GE(read, 10);
}

TEST(DeletionVectorFile, DamageIsReportedWithTheFile) {
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem(), 1 << 20);
  const support::TemporaryFolder folder;
  const Place place = PlacesOf(*context, "dv_pk").at(0);
  const std::string good = support::ReadText(place.path);
  const std::string path = folder / "index-0";
  const auto read = [&](const std::string& bytes, meta::DeletionVectorPlace range) {
    std::ofstream(path, std::ios::binary) << bytes;
    const auto vectors = ReadDeletionVectors(*context, path, {std::move(range)});
    if (!vectors.ok()) {
      EXPECT_NE(vectors.status().ToString().find(path), std::string::npos);
    }
    return KindOf(vectors.status());
  };
  EXPECT_EQ(read(good, place.range), ErrorKind::kNone);
  EXPECT_EQ(read("", place.range), ErrorKind::kCorruption);
  EXPECT_EQ(read("\x02" + good.substr(1), place.range), ErrorKind::kUnsupported);
  EXPECT_EQ(read(good.substr(0, good.size() - 1), place.range), ErrorKind::kCorruption);
  std::string damaged = good;
  damaged[20] = static_cast<char>(damaged[20] ^ 1);
  EXPECT_EQ(read(damaged, place.range), ErrorKind::kCorruption);
  for (const auto& [offset, length] :
       std::vector<std::pair<int64_t, int64_t>>{{0, 10},
                                                {-1, 10},
                                                {1, -1},
                                                {1, 1 << 30},
                                                {1 << 30, 10},
                                                {2, place.range.length}}) {
    EXPECT_EQ(read(good, {path, offset, length}), ErrorKind::kCorruption)
        << offset << " " << length;
  }
}

}  // namespace
}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/hash_index_file.h"

#include <gtest/gtest.h>

#include "tarn/io/local_file_system.h"
#include "tarn/meta/snapshot_files.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

namespace tarn::index {
namespace {

std::shared_ptr<base::Context> Context() {
  return base::MakeSystemContext(io::MakeLocalFileSystem(), 0);
}

TEST(HashIndexFile, HoldsBigEndianNumbers) {
  const std::vector<int32_t> hashes = {1, -2, 0x01020304, INT32_MIN};
  const std::string bytes = internal::EncodeHashIndex(hashes);
  EXPECT_EQ(bytes.substr(8, 4), "\x01\x02\x03\x04");
  const auto read = internal::DecodeHashIndex(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, hashes);
  EXPECT_EQ(KindOf(internal::DecodeHashIndex(bytes.substr(1)).status()),
            ErrorKind::kCorruption);
}

TEST(HashIndexFile, IsReadAsItWasWritten) {
  support::TemporaryFolder folder;
  const auto context = Context();
  const auto paths = *io::TablePaths::Make(folder.path());
  io::FileNames names(context->random.get());
  const auto entry = WriteHashIndex(*context, paths, &names, "partition", 3, {7, 8, -9});
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->index_type, "HASH");
  EXPECT_EQ(entry->row_count, 3);
  EXPECT_EQ(entry->file_size, 12);
  const auto read = ReadHashIndex(*context, paths, *entry);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, (std::vector<int32_t>{7, 8, -9}));
  meta::IndexManifestEntry wrong = *entry;
  wrong.file_size = 16;
  wrong.row_count = 4;
  EXPECT_EQ(KindOf(ReadHashIndex(*context, paths, wrong).status()),
            ErrorKind::kCorruption);
}

TEST(HashIndexFile, ReadsWhatJavaWrote) {
  const support::GoldenTable golden = support::LoadGolden("bucket_dynamic");
  const auto context = Context();
  const auto paths = *io::TablePaths::Make(golden.path);
  const auto snapshot = meta::SnapshotFiles(context, paths).Get(2);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  const auto entries =
      meta::ReadIndexManifest(*context, *paths.ManifestFile(*snapshot->index_manifest));
  ASSERT_TRUE(entries.ok()) << entries.status();
  std::vector<size_t> keys(4);
  for (const auto& entry : *entries) {
    const auto hashes = ReadHashIndex(*context, paths, entry);
    ASSERT_TRUE(hashes.ok()) << hashes.status();
    keys[static_cast<size_t>(entry.bucket)] = hashes->size();
  }
  EXPECT_EQ(keys, (std::vector<size_t>{5, 5, 5, 3}));
}

}  // namespace
}  // namespace tarn::index

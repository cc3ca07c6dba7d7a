// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/dynamic_buckets.h"

#include <gtest/gtest.h>

#include <unordered_map>

#include "tarn/io/local_file_system.h"

namespace tarn::write {
namespace {

std::shared_ptr<base::Context> Context() {
  return base::MakeSystemContext(io::MakeLocalFileSystem(), 0);
}

TEST(HashBuckets, FindsWhatWasAddedThroughManyGrowths) {
  HashBuckets buckets;
  std::unordered_map<int32_t, int16_t> reference;
  uint32_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = state * 1664525U + 1013904223U;
    // Low bits repeat, as in the keys of one bucket.
    const auto hash = static_cast<int32_t>(state & 0xFFFFF000U);
    const auto bucket = static_cast<int16_t>(i % 300);
    const auto known = reference.find(hash);
    ASSERT_EQ(buckets.Find(hash), known == reference.end() ? -1 : known->second);
    if (known == reference.end()) {
      const int64_t bound = buckets.bytes_to_add();
      buckets.Add(hash, bucket);
      ASSERT_LE(buckets.bytes(), bound);
      reference[hash] = bucket;
    }
  }
  int64_t visited = 0;
  buckets.ForEach([&](int32_t hash, int16_t bucket) {
    ++visited;
    EXPECT_EQ(reference.at(hash), bucket);
  });
  EXPECT_EQ(visited, static_cast<int64_t>(reference.size()));
  EXPECT_EQ(buckets.size(), visited);
}

std::vector<int16_t> Assign(PartitionIndex* index, const std::vector<int32_t>& hashes) {
  const auto context = Context();
  std::vector<int16_t> out;
  int32_t max_bucket = 0;
  for (int32_t hash : hashes) {
    const auto bucket = index->Assign(hash, max_bucket, context->random.get());
    EXPECT_TRUE(bucket.ok()) << bucket.status();
    out.push_back(*bucket);
    max_bucket = std::max<int32_t>(max_bucket, *bucket);
  }
  return out;
}

TEST(PartitionIndex, FillsOneBucketAfterAnotherAndKeepsKeysWhereTheyAre) {
  PartitionIndex index({.target_rows = 2});
  EXPECT_EQ(Assign(&index, {10, 11, 12, 10, 13, 14, 11}),
            (std::vector<int16_t>{0, 0, 1, 0, 1, 2, 0}));
  EXPECT_EQ(index.TakeChanged(), (std::set<int16_t>{0, 1, 2}));
  EXPECT_EQ(Assign(&index, {10, 14}), (std::vector<int16_t>{0, 2}));
  EXPECT_EQ(index.TakeChanged(), std::set<int16_t>{});
}

TEST(PartitionIndex, GoesOnFillingWhatWasRestored) {
  PartitionIndex index({.target_rows = 3});
  for (int32_t hash : {1, 2, 3}) index.Restore(hash, 0);
  index.Restore(4, 1);
  EXPECT_EQ(Assign(&index, {5, 6, 7, 2}), (std::vector<int16_t>{1, 1, 2, 0}));
  EXPECT_EQ(index.TakeChanged(), (std::set<int16_t>{1, 2}));
}

TEST(PartitionIndex, OverfillsWhenThereMayBeNoMoreBuckets) {
  PartitionIndex index({.target_rows = 1, .max_buckets = 2});
  const auto buckets = Assign(&index, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(buckets[0], 0);
  EXPECT_EQ(buckets[1], 1);
  for (int16_t bucket : buckets) EXPECT_LT(bucket, 2);
}

}  // namespace
}  // namespace tarn::write

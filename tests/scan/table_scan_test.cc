// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/table_scan.h"

#include <set>

#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "tarn/base/context.h"
#include "tarn/io/local_file_system.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/schema_file.h"
#include "tarn/meta/snapshot_files.h"
#include "tests/support/golden.h"

namespace tarn::scan {
namespace {

using expr::CompareOp;
using expr::Leaf;

/// A golden table at its latest snapshot and schema.
struct Opened {
  explicit Opened(const std::string& name)
      : context(base::MakeSystemContext(io::MakeLocalFileSystem(), 1 << 20)),
        table(support::LoadGolden(name)),
        paths(*io::TablePaths::Make(table.path)),
        schema(**meta::SchemaFiles(context, paths).Latest()),
        snapshot(*meta::SnapshotFiles(context, paths).Latest()) {}

  Result<Plan> Scan(const ScanOptions& options = {}) const {
    return PlanBatch(*context, table.path, schema, snapshot, options);
  }
  Plan Planned(expr::PredicatePtr predicate, bool prune = true) const {
    ScanOptions options;
    options.predicate = std::move(predicate);
    options.prune = prune;
    auto plan = Scan(options);
    EXPECT_TRUE(plan.ok()) << plan.status();
    return *std::move(plan);
  }

  const std::shared_ptr<base::Context> context;
  const support::GoldenTable table;
  const io::TablePaths paths;
  const types::TableSchema schema;
  const std::optional<meta::Snapshot> snapshot;
};

TEST(PlanBatch, EveryLiveFileIsInOneSplitOrTheTableIsRefusedByName) {
  int planned = 0;
  for (const std::string& name : support::GoldenNames()) {
    SCOPED_TRACE(name);
    const Opened opened(name);
    const auto plan = opened.Scan();
    if (!plan.ok()) {
      EXPECT_EQ(KindOf(plan.status()), ErrorKind::kUnsupported) << plan.status();
      continue;
    }
    ++planned;
    std::multiset<std::string> actual, expected;
    for (const meta::Split& split : plan->splits) {
      EXPECT_FALSE(split.files.empty());
      for (const meta::DataFileMeta& file : split.files) {
        actual.insert(split.bucket_path + "/" + file.file_name);
        const auto there = opened.context->files->Exists(
            opened.table.path + "/" + split.bucket_path + "/" + file.file_name);
        EXPECT_TRUE(*there) << split.bucket_path << "/" << file.file_name;
      }
    }
    EXPECT_EQ(plan->counters.files_kept, static_cast<int64_t>(actual.size()));
    if (!opened.snapshot) continue;
    const auto has = [&](const char* key, const char* value) {
      const auto at = opened.schema.options.find(key);
      return at != opened.schema.options.end() && at->second == value;
    };
    const bool compacted_only =
        has("merge-engine", "first-row") ||
        (has("deletion-vectors.enabled", "true") && opened.schema.has_primary_key() &&
         !has("deletion-vectors.merge-on-read", "true"));
    size_t live = 0;
    for (const auto& entry :
         *meta::ReadLiveFiles(*opened.context, opened.paths, *opened.snapshot)) {
      if (entry.bucket < 0 || (compacted_only && entry.file.level == 0)) continue;
      ++live;
    }
    EXPECT_EQ(actual.size(), live);
    EXPECT_EQ(std::set<std::string>(actual.begin(), actual.end()).size(), live);
  }
  EXPECT_GT(planned, 80);
}

TEST(PlanBatch, ATableWithoutSnapshotsHasAnEmptyPlan) {
  const Opened opened("life_empty");
  const auto plan =
      PlanBatch(*opened.context, opened.table.path, opened.schema, std::nullopt, {});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_TRUE(plan->splits.empty());
  EXPECT_FALSE(plan->snapshot.has_value());
}

TEST(PlanBatch, WhatIsMissingIsRefusedWithItsName) {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"data_evolution", "data-evolution.enabled"},
      {"postpone_merge_on_read", "postpone.merge-on-read"}};
  for (const auto& [table, word] : refused) {
    const auto plan = Opened(table).Scan();
    EXPECT_EQ(KindOf(plan.status()), ErrorKind::kUnsupported) << table;
    EXPECT_NE(plan.status().ToString().find(word), std::string::npos) << plan.status();
  }
}

TEST(PlanBatch, PartitionsPruneManifestsAndFiles) {
  const Opened opened("part_many");
  const auto all = opened.Planned(nullptr);
  const auto one = opened.Planned(Leaf("p", CompareOp::kEqual, {arrow::MakeScalar(7)}));
  EXPECT_GT(one.counters.files_kept, 0);
  EXPECT_LT(one.counters.files_kept, all.counters.files_kept);
  for (const meta::Split& split : one.splits) {
    EXPECT_TRUE(split.bucket_path.starts_with("p=7/")) << split.bucket_path;
  }
  const auto none =
      opened.Planned(Leaf("p", CompareOp::kEqual, {arrow::MakeScalar(7777)}));
  EXPECT_EQ(none.counters.manifests_read, 0);
  EXPECT_TRUE(none.splits.empty());
  const auto off =
      opened.Planned(Leaf("p", CompareOp::kEqual, {arrow::MakeScalar(7777)}), false);
  EXPECT_EQ(off.counters.files_kept, all.counters.files_kept);
}

TEST(PlanBatch, GivenPartitionsAndBucketsAreReadAlone) {
  const Opened opened("part_many");
  const auto all = opened.Planned(nullptr);
  ScanOptions options;
  options.prune = false;
  options.partitions = {all.splits[0].partition};
  const auto chosen = opened.Scan(options);
  ASSERT_TRUE(chosen.ok() && !chosen->splits.empty()) << chosen.status();
  for (const meta::Split& split : chosen->splits) {
    EXPECT_EQ(split.partition, all.splits[0].partition);
  }
  const Opened buckets("bucket_fixed_3");
  ScanOptions one;
  one.bucket = 1;
  const auto plan = buckets.Scan(one);
  ASSERT_TRUE(plan.ok() && !plan->splits.empty());
  for (const meta::Split& split : plan->splits) EXPECT_EQ(split.bucket, 1);
}

TEST(PlanBatch, EqualityOnTheBucketKeyReadsOneBucket) {
  for (const char* name : {"bucket_append_key", "bucket_mod", "bucket_key_subset"}) {
    SCOPED_TRACE(name);
    const Opened opened(name);
    const std::string key = opened.schema.BucketKeys().at(0);
    const bool big =
        opened.schema.FieldsOf({key})->front().type.root() == types::TypeRoot::kBigInt;
    const auto constant = [&](int32_t value) -> std::shared_ptr<arrow::Scalar> {
      if (big) return arrow::MakeScalar(int64_t{value});
      return arrow::MakeScalar(value);
    };
    const auto buckets_of = [&](expr::PredicatePtr predicate) {
      std::set<int32_t> out;
      const Plan plan = opened.Planned(std::move(predicate));
      for (const meta::Split& split : plan.splits) out.insert(split.bucket);
      return out;
    };
    std::set<int32_t> seen;
    for (int value = 0; value < 20; ++value) {
      const auto one = buckets_of(Leaf(key, CompareOp::kEqual, {constant(value)}));
      EXPECT_LE(one.size(), 1u);
      seen.insert(one.begin(), one.end());
      const auto two =
          buckets_of(Leaf(key, CompareOp::kIn, {constant(value), constant(value + 1)}));
      EXPECT_LE(two.size(), 2u);
    }
    EXPECT_GT(seen.size(), 1u);
  }
}

}  // namespace
}  // namespace tarn::scan

// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/row_router.h"

#include <set>
#include <utility>

#include <arrow/api.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"

namespace tarn::write {
namespace {

using nlohmann::json;

types::TableSchema Schema(bool partitioned) {
  types::TableSchema schema;
  schema.fields = {{0, "p", types::DataType::String().NotNull(), {}, {}},
                   {1, "k", types::DataType::Int().NotNull(), {}, {}}};
  schema.primary_keys = {"p", "k"};
  if (partitioned) schema.partition_keys = {"p"};
  return schema;
}

Result<std::vector<RoutedRows>> Route(const types::TableSchema& schema,
                                      const json& changes, int32_t buckets) {
  ARROW_ASSIGN_OR_RAISE(auto chooser,
                        MakeFixedBuckets(arrow::default_memory_pool(), schema, buckets));
  ARROW_ASSIGN_OR_RAISE(auto router, RowRouter::Make(arrow::default_memory_pool(), schema,
                                                     std::move(chooser)));
  ARROW_ASSIGN_OR_RAISE(auto batch, support::ChangesFromJson(changes, schema.fields));
  return router.Route(batch);
}

json Change(const std::string& op, const std::string& p, int k) {
  return {{"op", op}, {"row", {{"p", p}, {"k", k}}}};
}

TEST(RowRouter, SendsEveryRowToItsPartitionAndBucketInOrder) {
  json changes = json::array();
  for (int i = 0; i < 200; ++i) {
    changes.push_back(Change(i % 3 == 0 ? "-D" : "+I", i % 2 == 0 ? "a" : "b", i));
  }
  const auto routed = Route(Schema(true), changes, 4);
  ASSERT_TRUE(routed.ok()) << routed.status();
  std::set<std::pair<std::string, int32_t>> places;
  int64_t rows = 0;
  for (const auto& part : *routed) {
    EXPECT_TRUE(places.emplace(part.partition, part.bucket).second);
    const auto& keys = static_cast<const arrow::Int32Array&>(*part.rows.rows->column(1));
    const auto& names =
        static_cast<const arrow::StringArray&>(*part.rows.rows->column(0));
    for (int64_t i = 0; i < keys.length(); ++i) {
      if (i > 0) {
        EXPECT_LT(keys.Value(i - 1), keys.Value(i));
      }
      EXPECT_EQ(part.rows.kinds_data()[i], keys.Value(i) % 3 == 0 ? 3 : 0);
      EXPECT_EQ(names.GetView(i), keys.Value(i) % 2 == 0 ? "a" : "b");
    }
    rows += keys.length();
  }
  EXPECT_EQ(rows, 200);
  EXPECT_EQ(places.size(), 8u);
}

TEST(RowRouter, DoesNotCopyABatchOfOnePlace) {
  const types::TableSchema schema = Schema(false);
  auto router =
      RowRouter::Make(arrow::default_memory_pool(), schema, MakeOneBucket(0, -1));
  ASSERT_TRUE(router.ok());
  auto batch = support::ChangesFromJson({Change("+I", "a", 1), Change("+I", "b", 2)},
                                        schema.fields);
  const auto routed = router->Route(*batch);
  ASSERT_EQ(routed->size(), 1u);
  EXPECT_EQ((*routed)[0].rows.rows->column(1)->data(), batch->rows->column(1)->data());
}

TEST(RowRouter, PutsAllRowsOfAPartitionInTheOneBucketThereIs) {
  auto router =
      RowRouter::Make(arrow::default_memory_pool(), Schema(true), MakeOneBucket(-2, -2));
  ASSERT_TRUE(router.ok());
  auto batch = support::ChangesFromJson(
      {Change("+I", "a", 1), Change("-D", "b", 2), Change("+I", "a", 3)},
      Schema(true).fields);
  const auto routed = router->Route(*batch);
  ASSERT_EQ(routed->size(), 2u);
  EXPECT_EQ((*routed)[0].bucket, -2);
  EXPECT_EQ((*routed)[0].rows.num_rows(), 2);
  EXPECT_EQ(router->TotalBuckets((*routed)[0].partition), -2);
}

}  // namespace
}  // namespace tarn::write

// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/bucket_chooser.h"

#include <utility>

#include <arrow/record_batch.h>

#include "tarn/options/options.h"
#include "tarn/types/bucket.h"

namespace tarn::write {
namespace {

class FixedBuckets final : public BucketChooser {
 public:
  FixedBuckets(arrow::MemoryPool* pool, std::vector<int> columns,
               types::BucketAssigner assigner)
      : pool_(pool), columns_(std::move(columns)), assigner_(std::move(assigner)) {}

  Result<std::vector<int32_t>> Choose(const arrow::RecordBatch& rows,
                                      const std::vector<int32_t>& /*partition_of_row*/,
                                      const std::vector<std::string>&) override {
    arrow::ArrayVector keys;
    for (int column : columns_) keys.push_back(rows.column(column));
    return assigner_.Assign(pool_, keys);
  }
  int32_t TotalBuckets(const std::string& /*partition*/) const override {
    return assigner_.num_buckets();
  }

 private:
  arrow::MemoryPool* pool_;
  std::vector<int> columns_;
  types::BucketAssigner assigner_;
};

class OneBucket final : public BucketChooser {
 public:
  OneBucket(int32_t bucket, int32_t total_buckets)
      : bucket_(bucket), total_buckets_(total_buckets) {}

  Result<std::vector<int32_t>> Choose(const arrow::RecordBatch& rows,
                                      const std::vector<int32_t>& /*partition_of_row*/,
                                      const std::vector<std::string>&) override {
    return std::vector<int32_t>(static_cast<size_t>(rows.num_rows()), bucket_);
  }
  int32_t TotalBuckets(const std::string& /*partition*/) const override {
    return total_buckets_;
  }

 private:
  const int32_t bucket_;
  const int32_t total_buckets_;
};

}  // namespace

Result<std::unique_ptr<BucketChooser>> MakeFixedBuckets(arrow::MemoryPool* pool,
                                                        const types::TableSchema& schema,
                                                        int32_t buckets) {
  const options::Options table(schema.options);
  ARROW_ASSIGN_OR_RAISE(const std::string name, table.Get(options::kBucketFunctionType));
  ARROW_ASSIGN_OR_RAISE(const auto function, types::ParseBucketFunction(name));
  ARROW_ASSIGN_OR_RAISE(auto columns, schema.IndexesOf(schema.BucketKeys()));
  std::vector<types::DataType> key_types;
  for (int column : columns) {
    key_types.push_back(schema.fields[static_cast<size_t>(column)].type);
  }
  ARROW_ASSIGN_OR_RAISE(auto assigner, types::BucketAssigner::Make(
                                           function, std::move(key_types), buckets));
  return std::make_unique<FixedBuckets>(pool, std::move(columns), std::move(assigner));
}

std::unique_ptr<BucketChooser> MakeOneBucket(int32_t bucket, int32_t total_buckets) {
  return std::make_unique<OneBucket>(bucket, total_buckets);
}

}  // namespace tarn::write

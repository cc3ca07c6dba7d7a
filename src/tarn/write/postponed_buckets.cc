// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/postponed_buckets.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "tarn/options/options.h"
#include "tarn/types/bucket.h"

namespace tarn::write {
namespace {

/// Whether Java's Avro format has the type (Paimon `AvroSchemaConverter`).
bool AvroHas(const types::DataType& type) {
  using types::TypeRoot;
  switch (type.root()) {
    case TypeRoot::kVariant:
    case TypeRoot::kBlob:
    case TypeRoot::kVector:
      return false;
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return type.precision() <= 6;
    case TypeRoot::kArray:
    case TypeRoot::kMultiset:
      return AvroHas(type.element());
    case TypeRoot::kMap:
      return AvroHas(type.key()) && AvroHas(type.element());
    case TypeRoot::kRow:
      return std::all_of(
          type.fields().begin(), type.fields().end(),
          [](const types::DataField& field) { return AvroHas(field.type); });
    default:
      return true;
  }
}

/// A commit user as part of a file's name, from which Java reads the writer's number.
std::string UserInName(std::string_view user) {
  std::string out;
  for (const char c : user) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                       (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
    out.push_back(plain ? c : '_');
  }
  for (const std::string_view mark : {"-s-", "-w-"}) {
    for (size_t at; (at = out.find(mark)) != std::string::npos;) out[at] = '_';
  }
  return out;
}

class RealBuckets final : public BucketChooser {
 public:
  RealBuckets(arrow::MemoryPool* pool, std::vector<int> columns,
              std::vector<types::DataType> types, types::BucketFunction function,
              std::function<Result<int32_t>(const std::string&)> bucket_count)
      : pool_(pool),
        columns_(std::move(columns)),
        types_(std::move(types)),
        function_(function),
        bucket_count_(std::move(bucket_count)) {}

  Result<std::vector<int32_t>> Choose(
      const arrow::RecordBatch& rows, const std::vector<int32_t>& partition_of_row,
      const std::vector<std::string>& partitions) override {
    arrow::ArrayVector keys;
    for (int column : columns_) keys.push_back(rows.column(column));
    // Buckets of all rows under each number of buckets that occurs.
    std::map<int32_t, std::vector<int32_t>> buckets_under;
    std::vector<const std::vector<int32_t>*> of_partition;
    for (const std::string& partition : partitions) {
      ARROW_ASSIGN_OR_RAISE(const int32_t count, CountOf(partition));
      auto found = buckets_under.find(count);
      if (found == buckets_under.end()) {
        ARROW_ASSIGN_OR_RAISE(const auto assigner,
                              types::BucketAssigner::Make(function_, types_, count));
        ARROW_ASSIGN_OR_RAISE(auto buckets, assigner.Assign(pool_, keys));
        found = buckets_under.emplace(count, std::move(buckets)).first;
      }
      of_partition.push_back(&found->second);
    }
    std::vector<int32_t> out(static_cast<size_t>(rows.num_rows()));
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = (*of_partition[static_cast<size_t>(partition_of_row[i])])[i];
    }
    return out;
  }

  int32_t TotalBuckets(const std::string& partition) const override {
    return counts_.at(partition);
  }

 private:
  Result<int32_t> CountOf(const std::string& partition) {
    const auto found = counts_.find(partition);
    if (found != counts_.end()) return found->second;
    ARROW_ASSIGN_OR_RAISE(const int32_t count, bucket_count_(partition));
    counts_.emplace(partition, count);
    return count;
  }

  arrow::MemoryPool* pool_;
  std::vector<int> columns_;
  std::vector<types::DataType> types_;
  types::BucketFunction function_;
  std::function<Result<int32_t>(const std::string&)> bucket_count_;
  std::map<std::string, int32_t> counts_;
};

}  // namespace

Result<std::shared_ptr<const types::TableSchema>> PostponedSchema(
    const types::TableSchema& schema, std::string_view commit_user,
    base::Random* random) {
  auto out = std::make_shared<types::TableSchema>(schema);
  bool avro = true;
  for (const types::DataField& field : schema.fields) avro = avro && AvroHas(field.type);
  if (avro) {
    out->options["file.format"] = "avro";
    out->options["metadata.stats-mode"] = "none";
  }
  ARROW_ASSIGN_OR_RAISE(const std::string prefix,
                        options::Options(schema.options).Get(options::kDataFilePrefix));
  out->options["data-file.prefix"] =
      fmt::format("{}-u-{}-s-{}-w-", prefix, UserInName(commit_user),
                  random->Next() % static_cast<uint64_t>(INT32_MAX));
  return std::shared_ptr<const types::TableSchema>(std::move(out));
}

Result<std::unique_ptr<BucketChooser>> MakeRealBuckets(
    arrow::MemoryPool* pool, const types::TableSchema& schema,
    std::function<Result<int32_t>(const std::string& partition)> bucket_count) {
  const options::Options table(schema.options);
  ARROW_ASSIGN_OR_RAISE(const std::string name, table.Get(options::kBucketFunctionType));
  ARROW_ASSIGN_OR_RAISE(const auto function, types::ParseBucketFunction(name));
  ARROW_ASSIGN_OR_RAISE(auto columns, schema.IndexesOf(schema.BucketKeys()));
  std::vector<types::DataType> key_types;
  for (int column : columns) {
    key_types.push_back(schema.fields[static_cast<size_t>(column)].type);
  }
  return std::make_unique<RealBuckets>(pool, std::move(columns), std::move(key_types),
                                       function, std::move(bucket_count));
}

}  // namespace tarn::write

// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/bucket_select.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/memory_pool.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "tarn/options/options.h"
#include "tarn/types/arrow_types.h"

namespace tarn::scan {
namespace {

using expr::Predicate;
using Scalars = std::vector<std::shared_ptr<arrow::Scalar>>;

/// More combinations than this are not worth enumerating (Java's bound).
constexpr size_t kCombinationsMax = 1000;

/// Constants that a conjunct allows for `column`; false when it does not bind it.
bool BoundBy(const Predicate& predicate, const std::string& column, Scalars* out) {
  if (predicate.kind == Predicate::Kind::kAnd) {
    for (const auto& child : predicate.children) {
      if (BoundBy(*child, column, out)) return true;
    }
    return false;
  }
  if (predicate.kind != Predicate::Kind::kLeaf || predicate.column != column)
    return false;
  if (predicate.op != expr::CompareOp::kEqual && predicate.op != expr::CompareOp::kIn) {
    return false;
  }
  for (const auto& constant : predicate.constants) {
    // Nothing equals NULL.
    if (constant != nullptr && constant->is_valid) out->push_back(constant);
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<BucketSelect>> BucketSelect::Make(const types::TableSchema& schema,
                                                         const Predicate& predicate) {
  const std::vector<std::string> names = schema.BucketKeys();
  ARROW_ASSIGN_OR_RAISE(const auto fields, schema.FieldsOf(names));
  if (fields.empty()) return nullptr;
  std::vector<Scalars> bound(fields.size());
  size_t combinations = 1;
  for (size_t i = 0; i < fields.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(fields[i].type));
    // 0.0 and -0.0 are equal and lie in different buckets.
    const bool floating =
        type->id() == arrow::Type::FLOAT || type->id() == arrow::Type::DOUBLE;
    if (floating || !BoundBy(predicate, names[i], &bound[i])) return nullptr;
    for (const auto& constant : bound[i]) {
      if (!constant->type->Equals(*type)) return nullptr;
    }
    combinations *= bound[i].size();
    if (combinations > kCombinationsMax) return nullptr;
  }

  std::unique_ptr<BucketSelect> out(new BucketSelect());
  ARROW_ASSIGN_OR_RAISE(
      const std::string function,
      options::Options(schema.options).Get(options::kBucketFunctionType));
  ARROW_ASSIGN_OR_RAISE(out->function_, types::ParseBucketFunction(function));
  size_t repeat = 1;  // rows for which a column keeps its value
  for (size_t i = 0; i < fields.size(); ++i) {
    out->types_.push_back(fields[i].type);
    ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(fields[i].type));
    ARROW_ASSIGN_OR_RAISE(const auto builder, arrow::MakeBuilder(type));
    for (size_t row = 0; row < combinations; ++row) {
      ARROW_RETURN_NOT_OK(
          builder->AppendScalar(*bound[i][row / repeat % bound[i].size()]));
    }
    if (!bound[i].empty()) repeat *= bound[i].size();
    ARROW_ASSIGN_OR_RAISE(auto array, builder->Finish());
    out->keys_.push_back(std::move(array));
  }
  return out;
}

Result<bool> BucketSelect::Contains(int32_t bucket, int32_t total_buckets) {
  if (total_buckets <= 0) return true;
  std::lock_guard<std::mutex> lock(mutex_);
  auto at = by_total_.find(total_buckets);
  if (at == by_total_.end()) {
    ARROW_ASSIGN_OR_RAISE(const auto assigner,
                          types::BucketAssigner::Make(function_, types_, total_buckets));
    ARROW_ASSIGN_OR_RAISE(const auto buckets,
                          assigner.Assign(arrow::default_memory_pool(), keys_));
    at = by_total_
             .emplace(total_buckets, std::set<int32_t>(buckets.begin(), buckets.end()))
             .first;
  }
  return at->second.contains(bucket);
}

}  // namespace tarn::scan

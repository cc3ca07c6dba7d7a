// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/expr/predicate.h"
#include "tarn/types/bucket.h"
#include "tarn/types/table_schema.h"

namespace tarn::scan {

/// The buckets that rows satisfying a predicate can lie in, when it binds every column of
/// the bucket key by `=` or IN (Paimon `BucketSelectConverter`). The count of buckets is
/// the one stored with each file, not the table's option. Thread-safe.
class BucketSelect {
 public:
  /// nullptr when the predicate selects no buckets.
  static Result<std::unique_ptr<BucketSelect>> Make(const types::TableSchema& schema,
                                                    const expr::Predicate& predicate);
  /// Counts of buckets that are not above 0 exclude nothing.
  Result<bool> Contains(int32_t bucket, int32_t total_buckets);

 private:
  BucketSelect() = default;

  types::BucketFunction function_ = types::BucketFunction::kDefault;
  std::vector<types::DataType> types_;
  arrow::ArrayVector keys_;  ///< one array per bucket key column, one row per combination
  std::mutex mutex_;
  std::map<int32_t, std::set<int32_t>> by_total_;
};

}  // namespace tarn::scan

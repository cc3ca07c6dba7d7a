// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/types/bucket.h"
#include "tarn/types/change_batch.h"
#include "tarn/types/table_schema.h"

namespace tarn::write {

/// The rows of one batch that go to one bucket, in their order of arrival.
struct RoutedRows {
  std::string partition;  ///< serialized binary row (arity prefix)
  int32_t bucket = 0;
  types::ChangeBatch rows;
};

/// Sends rows to partitions and fixed buckets in one pass: bucket ids and partition ids
/// are computed by column, then each bucket's rows are gathered once. Immutable;
/// thread-safe.
class RowRouter {
 public:
  /// Errors: kInvalidInput for what the bucket function cannot hash; kUnsupported for
  /// tables without fixed buckets, by name of the mode.
  static Result<RowRouter> Make(arrow::MemoryPool* pool, const types::TableSchema& schema,
                                int32_t buckets, types::BucketFunction function);

  /// Routes in the order in which places first appear. A batch of one place is not
  /// copied.
  Result<std::vector<RoutedRows>> Route(const types::ChangeBatch& batch) const;

 private:
  RowRouter() = default;

  arrow::MemoryPool* pool_ = nullptr;
  std::vector<int> bucket_key_columns_;
  std::vector<int> partition_columns_;
  std::vector<types::DataType> partition_types_;
  std::optional<types::BucketAssigner> assigner_;
};

}  // namespace tarn::write

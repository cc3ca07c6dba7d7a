// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/change_batch.h"
#include "tarn/types/table_schema.h"
#include "tarn/write/bucket_chooser.h"

namespace tarn::write {

/// The rows of one batch that go to one bucket, in their order of arrival.
struct RoutedRows {
  std::string partition;  ///< serialized binary row (arity prefix)
  int32_t bucket = 0;
  types::ChangeBatch rows;
};

/// Sends rows to partitions and buckets in one pass: partition ids and bucket ids are
/// computed by column, then each bucket's rows are gathered once. One caller at a time.
class RowRouter {
 public:
  static Result<RowRouter> Make(arrow::MemoryPool* pool, const types::TableSchema& schema,
                                std::unique_ptr<BucketChooser> buckets);

  /// Routes in the order in which places first appear. A batch of one place is not
  /// copied.
  Result<std::vector<RoutedRows>> Route(const types::ChangeBatch& batch) const;
  int32_t TotalBuckets(const std::string& partition) const {
    return buckets_->TotalBuckets(partition);
  }
  BucketChooser& buckets() { return *buckets_; }

 private:
  RowRouter() = default;

  arrow::MemoryPool* pool_ = nullptr;
  std::vector<int> partition_columns_;
  std::vector<types::DataType> partition_types_;
  std::unique_ptr<BucketChooser> buckets_;
};

}  // namespace tarn::write

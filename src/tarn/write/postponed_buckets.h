// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tarn/base/context.h"
#include "tarn/types/table_schema.h"
#include "tarn/write/bucket_chooser.h"

namespace tarn::write {

/// The schema that files of the postponed bucket are written with (Paimon
/// `PostponeBucketFileStoreWrite`): Avro without statistics where Avro has the types, and
/// a name that tells the files of one writer from those of others, since their order
/// counts:
/// `<prefix>-u-<user>-s-<number>-w-`.
Result<std::shared_ptr<const types::TableSchema>> PostponedSchema(
    const types::TableSchema& schema, std::string_view commit_user, base::Random* random);

/// The real buckets of a table with postponed ones: each partition has its own number of
/// them, and keeps it (Paimon `PostponeBatchWriteOperator`).
/// \param bucket_count  number of a partition's buckets, asked once
Result<std::unique_ptr<BucketChooser>> MakeRealBuckets(
    arrow::MemoryPool* pool, const types::TableSchema& schema,
    std::function<Result<int32_t>(const std::string& partition)> bucket_count);

}  // namespace tarn::write

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <arrow/type_fwd.h>
#include <parquet/type_fwd.h>

#include "tarn/types/data_type.h"

namespace parquet {
class ColumnDescriptor;
namespace internal {
class RecordReader;
}
}  // namespace parquet

namespace tarn::format {

/// Check that values stored as `column` can be decoded as `type` (format §9.4 of Paimon's
/// Parquet mapping, and every physical form of decimals).
/// Errors: kCorruption naming the column, its stored and its wanted type.
Status CheckPhysicalType(const parquet::ColumnDescriptor& column,
                         const types::DataType& type);

/// The values that `reader` holds after `ReadRecords`, in the engine's form:
/// type[values], NULL slots included. Buffers move out of the reader where the forms
/// agree. Errors: kUnsupported naming the column (an instant that 64 bits
/// of its type's ticks cannot hold), kCorruption (a decimal wider than its type).
Result<std::shared_ptr<arrow::Array>> TakeValues(parquet::internal::RecordReader* reader,
                                                 const types::DataType& type,
                                                 arrow::MemoryPool* pool);

/// One plain-encoded value of a footer's statistics as a one-row array of the engine
/// type; nullptr where the bytes cannot be such a value.
Result<std::shared_ptr<arrow::Array>> StatisticsValue(
    const parquet::ColumnDescriptor& column, const types::DataType& type,
    const std::string& encoded, arrow::MemoryPool* pool);

}  // namespace tarn::format

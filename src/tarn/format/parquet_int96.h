// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <parquet/types.h>

#include "tarn/format/parquet_levels.h"
#include "tarn/types/instant.h"

namespace parquet {
class ColumnWriter;
}

namespace tarn::format {

/// Fine timestamps in Parquet: nanoseconds of a day and the number of a Julian day, which
/// wraps in 32 bits as Java's does.

/// Nanoseconds since the epoch. Java writes days cut towards zero, so that the
/// nanoseconds of a day before 1970 may be negative.
types::FineNanos FineNanosOf(const parquet::Int96& value);

/// Write a leaf of fine timestamps (decimal128[slots]) to the INT96 column of `writer`,
/// with nanoseconds that are never negative: all readers take those.
/// Errors: kUnsupported for a day that 32 bits do not hold; throws what Parquet's library
/// throws.
Status WriteInt96(const LeafColumn& leaf, parquet::ColumnWriter* writer);

}  // namespace tarn::format

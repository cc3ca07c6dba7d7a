// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "tarn/index/column_index.h"

namespace tarn::index {

/// A bitmap of rows per value (Paimon `BitmapFileIndex`); a value of one row is stored as
/// its position. Big-endian:
///
/// ```
/// byte version, int32 rows, int32 values, byte has NULL, [int32 offset of the NULLs]
/// version 1:  (value, int32 offset) per value
/// version 2:  [int32 bytes of the NULLs], int32 blocks, (first value, int32 offset) per
///             block, int32 bytes of all blocks; blocks of int32 count and
///             (value, int32 offset, int32 bytes) in order of the values
/// body:       bitmaps
/// ```
///
/// nullptr for other column types. Errors: kCorruption; kUnsupported for a later version.
Result<std::unique_ptr<ColumnIndex>> OpenBitmapIndex(std::string_view bytes,
                                                     const types::DataType& type,
                                                     int64_t rows);

/// Whether columns of this type may have a bitmap index.
bool HasBitmapKeys(const types::DataType& type);

/// \param version      1 or 2
/// \param block_bytes  bytes of one block of version 2
std::unique_ptr<ColumnIndexBuilder> BuildBitmapIndex(const types::DataType& type,
                                                     int32_t version,
                                                     int64_t block_bytes);

}  // namespace tarn::index

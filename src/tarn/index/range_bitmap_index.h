// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "tarn/index/column_index.h"

namespace tarn::index {

/// Whether columns of this type may have a range-bitmap index: all with keys but
/// timestamps of more than microseconds.
bool HasRangeBitmap(const types::DataType& type);

/// The sorted values as a dictionary of chunks, and each row's number in it as bit slices
/// (Paimon `RangeBitmap`). Big-endian; every part opens with the length of its head:
///
/// ```
/// index:       int32 length { byte 1, int32 rows, int32 values, [min, max],
///              int32 bytes of the dictionary } dictionary slices
/// dictionary:  int32 length { byte 1, int32 chunks, int32 bytes of offsets, int32 bytes
///              of chunks } int32 offset per chunk, chunks, values behind the first ones
/// chunk:       byte 1, first value, int32 its number, int32 offset among the values,
///              int32 further values, then int32 bytes of values, int32 width (fixed) or
///              int32 bytes of offsets, int32 bytes of values (text)
/// slices:      int32 length { byte 1, byte slices, int32 bytes of the existing rows,
///              int32 bytes, (int32 offset, int32 bytes) per slice } bitmaps
/// ```
///
/// nullptr for other column types. Errors: kCorruption; kUnsupported for a later version.
Result<std::unique_ptr<ColumnIndex>> OpenRangeBitmap(std::string_view bytes,
                                                     const types::DataType& type,
                                                     int64_t rows);

/// \param chunk_bytes  bytes of the values of one chunk behind its first
std::unique_ptr<ColumnIndexBuilder> BuildRangeBitmap(const types::DataType& type,
                                                     int64_t chunk_bytes);

}  // namespace tarn::index

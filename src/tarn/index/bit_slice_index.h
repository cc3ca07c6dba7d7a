// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "tarn/index/column_index.h"

namespace tarn::index {

/// Whether columns of this type may have a bit-slice index: integers, times and DECIMAL
/// up to a precision of 18.
bool HasBitSlices(const types::DataType& type);

/// Numbers and, apart from them, amounts of negative numbers as bit slices (Paimon
/// `BitSliceIndexBitmapFileIndex`). Big-endian: byte version 1, int32 rows, then twice
/// (byte present, if so: byte version 1, int64 min, int64 max, bitmap of rows, int32
/// slices, bitmap per slice of the number above min, lowest bit first).
/// nullptr for other column types. Errors: kCorruption; kUnsupported for a later version.
Result<std::unique_ptr<ColumnIndex>> OpenBitSliceIndex(std::string_view bytes,
                                                       const types::DataType& type,
                                                       int64_t rows);

/// The smallest BIGINT has no amount: kInvalidInput at `Finish`, as in Java.
std::unique_ptr<ColumnIndexBuilder> BuildBitSliceIndex(const types::DataType& type);

}  // namespace tarn::index

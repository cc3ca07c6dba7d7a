// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "tarn/index/column_index.h"

namespace tarn::index {

/// Whether columns of this type may have a bloom filter: not BOOLEAN, DECIMAL and nested
/// types.
bool HasBloomHash(const types::DataType& type);

/// Hash of a value (Paimon `FastHash`): xxHash64 of text and bytes, Thomas Wang's mix of
/// numbers.
int64_t BloomHashOfBytes(std::string_view bytes);
int64_t BloomHashOfNumber(int64_t number);

/// int32 count of hash functions, big-endian, then the bits (Paimon
/// `BloomFilterFileIndex`). nullptr for other column types. Errors: kCorruption.
Result<std::unique_ptr<ColumnIndex>> OpenBloomFilter(std::string_view bytes,
                                                     const types::DataType& type);

/// \param items  values that are expected, 1 or more
/// \param fpp    share of absent values that may pass, above 0 and below 1
/// Errors: kInvalidInput for a filter above 256 MiB.
Result<std::unique_ptr<ColumnIndexBuilder>> BuildBloomFilter(const types::DataType& type,
                                                             int64_t items, double fpp);

}  // namespace tarn::index

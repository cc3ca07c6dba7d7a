// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"

namespace tarn::merge {

/// The first 8 bytes of `bytes` as a big-endian number; missing bytes are zero.
inline uint64_t CodeOfBytes(std::string_view bytes) {
  uint64_t code = 0;
  if (bytes.size() >= 8) {
    std::memcpy(&code, bytes.data(), 8);
  } else if (!bytes.empty()) {
    std::memcpy(&code, bytes.data(), bytes.size());
  }
  return __builtin_bswap64(code);
}

/// One column as numbers whose order is Paimon's (`KeyComparatorSupplier`): integers
/// signed, floats as `Double.compare`, text and bytes unsigned, decimals numeric, false
/// before true.
///
///   codes   uint64[rows]       orders rows; the low `bits` bits for fixed types, else
///   the
///                              first 8 bytes of the value
///   valid   uint8[rows]        empty = no NULL; codes of NULLs are 0
///   views   string_view[rows]  only where `codes` do not decide alone (`exact` false):
///   the
///                              whole value as comparable bytes, read when codes tie
struct ColumnCodes {
  bool exact = true;
  int bits = 64;
  std::vector<uint64_t> codes;
  std::vector<uint8_t> valid;
  std::vector<std::string_view> views;
  std::shared_ptr<const void> owner;  ///< keeps what `views` point into

  bool IsValid(int64_t i) const { return valid.empty() || valid[i] != 0; }
};

/// Errors: kUnsupported for nested types.
Result<ColumnCodes> EncodeColumn(const std::shared_ptr<arrow::Array>& column);

/// Rows of several columns as memcomparable keys: one number where all columns fit 8
/// bytes, else bytes whose first 8 are the number.
struct RowKeys {
  bool exact = true;
  std::vector<uint64_t> codes;
  std::vector<std::string_view> views;
  std::shared_ptr<const void> owner;

  int64_t rows() const { return static_cast<int64_t>(codes.size()); }
};

struct KeyEncoding {
  /// NULL stands before every value; without it a NULL is kCorruption.
  bool nullable = false;
  /// Values descend; NULLs still stand first (Paimon `UserDefinedSeqComparator`).
  bool descending = false;
};

/// Encode rows of `columns` (at least one, of equal length). Errors: kCorruption for a
/// NULL where none may be, kUnsupported for nested types.
Result<RowKeys> EncodeKeys(const std::vector<std::shared_ptr<arrow::Array>>& columns,
                           KeyEncoding encoding);

}  // namespace tarn::merge

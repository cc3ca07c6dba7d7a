// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "tarn/base/status.h"

namespace tarn::types {

/// The kind of a change. Values are those of `_VALUE_KIND` on disk (Paimon `RowKind`).
enum class RowKind : uint8_t {
  kInsert = 0,        ///< +I
  kUpdateBefore = 1,  ///< -U
  kUpdateAfter = 2,   ///< +U
  kDelete = 3,        ///< -D
};

/// -U and -D take something back.
constexpr bool IsRetract(RowKind kind) {
  return kind == RowKind::kUpdateBefore || kind == RowKind::kDelete;
}
constexpr bool IsAdd(RowKind kind) {
  return !IsRetract(kind);
}

/// "+I", "-U", "+U", "-D".
std::string_view ShortName(RowKind kind);
/// Errors: kInvalidInput for any other text.
Result<RowKind> RowKindFromShortName(std::string_view text);
/// Errors: kCorruption for a byte above 3.
Result<RowKind> RowKindFromByte(uint8_t byte);

}  // namespace tarn::types

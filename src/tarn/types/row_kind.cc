// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/row_kind.h"

namespace tarn::types {

std::string_view ShortName(RowKind kind) {
  switch (kind) {
    case RowKind::kInsert:
      return "+I";
    case RowKind::kUpdateBefore:
      return "-U";
    case RowKind::kUpdateAfter:
      return "+U";
    case RowKind::kDelete:
      return "-D";
  }
  return "??";
}

Result<RowKind> RowKindFromShortName(std::string_view text) {
  for (uint8_t byte = 0; byte <= 3; ++byte) {
    const auto kind = static_cast<RowKind>(byte);
    if (ShortName(kind) == text) return kind;
  }
  return InvalidInput(1040, "Row kind must be one of +I, -U, +U, -D:", V("text", text));
}

Result<RowKind> RowKindFromByte(uint8_t byte) {
  if (byte <= 3) return static_cast<RowKind>(byte);
  return Corruption(7055, "Stored row kind is not 0..3:", V("byte", int{byte}));
}

}  // namespace tarn::types

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "tarn/base/status.h"

namespace tarn::format {

/// A MAP may lie in a file as a ROW of shared columns (Paimon `MapSharedShreddingDefine`,
/// option `fields.<c>.map.storage-layout`). This member is the sign of it, whatever the
/// table's options say now.
inline constexpr std::string_view kSharedShreddingMark = "__field_mapping";

inline Status SharedShreddingRefused(std::string_view column) {
  return Unsupported(
      6435, "Maps in the layout shared-shredding are not read yet:", V("column", column));
}

}  // namespace tarn::format

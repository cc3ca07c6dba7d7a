// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tarn::format {

// Ids below that of `_KEY_` columns; one field may nest 1024 deep (Paimon
// `SpecialFields`).
inline constexpr int32_t kStructuredIdBase = 536870911;
inline constexpr int32_t kStructuredDepthMax = 1024;

/// Id of the element of a list, or the value of a map, that lies `depth` below field
/// `field_id`.
constexpr int32_t NestedElementId(int32_t field_id, int32_t depth) {
  return static_cast<int32_t>(kStructuredIdBase +
                              int64_t{kStructuredDepthMax} * field_id + depth);
}
/// Id of the key of such a map.
constexpr int32_t NestedKeyId(int32_t field_id, int32_t depth) {
  return static_cast<int32_t>(kStructuredIdBase -
                              int64_t{kStructuredDepthMax} * field_id - depth);
}

}  // namespace tarn::format

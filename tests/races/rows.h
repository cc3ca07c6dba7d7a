// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tarn::races {

/// Keys 0 to 7 are written by every commit of every writer.
inline constexpr int64_t kSharedKeys = 8;

/// The key that one commit alone writes.
inline int64_t OwnKey(int64_t writer, int64_t identifier) {
  return writer * 1'000'000 + identifier;
}

}  // namespace tarn::races

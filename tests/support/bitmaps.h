// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tarn::support {

/// Serialized bitmaps of the values [first, last], which share all but their lower 16
/// bits: one container, of runs where there are several values.
std::string Bitmap32(uint32_t first, uint32_t last);
std::string Bitmap64(uint64_t first, uint64_t last);

}  // namespace tarn::support

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "tarn/base/status.h"

namespace tarn::index {

/// Check the 32-bit Roaring bitmap in the portable format at the front of `bytes`: keys
/// and values ascend, counts agree with what they count, nothing is cut off. Libraries
/// trust these when they read, so stored bytes pass here first.
///
/// \return bytes that the bitmap takes; more may follow
/// Errors: kCorruption.
Result<size_t> CheckRoaringBytes(std::string_view bytes);

}  // namespace tarn::index

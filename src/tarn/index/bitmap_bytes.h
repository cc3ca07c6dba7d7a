// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <roaring/roaring.hh>

#include "tarn/base/status.h"

namespace tarn::index {

/// Read one bitmap of 32-bit row positions in the portable form of RoaringBitmap (Paimon
/// `RoaringBitmap32`) from the beginning of `bytes`, which are checked first
/// (`roaring_bytes.h`): the library believes what they state.
/// \param what  what the bytes are, for messages; \param used  bytes of the bitmap, if
/// wanted
/// Errors: kCorruption.
Result<Roaring> ReadRoaring(std::string_view bytes, std::string_view what,
                            size_t* used = nullptr);

/// Append a bitmap as Java serializes one that rows were added to: run containers where
/// they are smaller. (The library counts two bytes more for an array, and so makes runs
/// of some that Java leaves.)
void AppendRoaring(const Roaring& bitmap, std::string* out);

}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace tarn::cdc {

/// An unscaled decimal value, at most 38 digits.
using Unscaled = __int128;

/// Why a decimal could not be read.
enum class DecimalOutcome : uint8_t {
  kGood,
  kNotANumber,
  kOutOfRange,  ///< more than `precision` digits once brought to `scale`
};

/// Read decimal text ("-12.5", "1E+3", ".5") as an unscaled value of `scale`. Digits
/// beyond the scale are rounded half up, as Flink's `DecimalData.fromBigDecimal` does;
/// text of any length is read exactly.
DecimalOutcome DecimalFromText(std::string_view text, int precision, int scale,
                               Unscaled* out);

/// Read the big-endian two's complement bytes of Connect's Decimal, whose scale is
/// `wire_scale`, as an unscaled value of `scale` (rounded half up).
DecimalOutcome DecimalFromBytes(std::string_view bytes, int wire_scale, int precision,
                                int scale, Unscaled* out);

}  // namespace tarn::cdc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn::types {

/// Append single values as the canonical form of a row spells them
/// (docs/reference/canonical-rows.md). Each function appends to `out` and cannot fail.

/// A JSON string in quotes. Only `"`, `\` and control characters are escaped.
void AppendJsonString(std::string_view text, std::string* out);

/// Shortest digits that read back to the same value, laid out as Python's repr: `0.1`,
/// `1e+16`, `-0.0`. Non-finite values are the strings "NaN", "Infinity", "-Infinity".
void AppendDouble(double value, std::string* out);
void AppendFloat(float value, std::string* out);

/// `digits`, a decimal integer with an optional sign, with `scale` digits after the
/// point.
void AppendDecimal(std::string_view digits, int32_t scale, std::string* out);

/// `2024-01-31`; years beyond 9999 get a sign, as java.time.LocalDate writes them.
/// \param days since 1970-01-01
void AppendDate(int64_t days, std::string* out);

/// `12:34:56.789` with `precision` fraction digits, or all nine if more is stored.
/// \param nanos of the day, 0 to 86 399 999 999 999
void AppendTime(int64_t nanos, int32_t precision, std::string* out);

/// `2024-01-31T12:34:56.123`, fraction as in `AppendTime`.
/// \param value        since 1970-01-01T00:00:00 in units of 1 / `per_second` seconds
/// \param per_second   1, 1000, 1 000 000 or 1 000 000 000
void AppendTimestamp(int64_t value, int64_t per_second, int32_t precision,
                     std::string* out);
/// The same of seconds since then and the nanoseconds within one, 0 to 999 999 999.
void AppendInstant(int64_t seconds, int64_t nanos, int32_t precision, std::string* out);

}  // namespace tarn::types

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "tarn/base/status.h"

namespace tarn::base {

/// A number of bytes, written as Paimon writes it (`MemorySize`): "256 mb", "64kb",
/// "500". Units are powers of 1024: b, k|kb, m|mb, g|gb, t|tb, and their long names.
struct MemorySize {
  int64_t bytes = 0;

  static constexpr int64_t kInfinite = INT64_MAX;
  static constexpr MemorySize KiB(int64_t n) { return {n << 10}; }
  static constexpr MemorySize MiB(int64_t n) { return {n << 20}; }
  static constexpr MemorySize GiB(int64_t n) { return {n << 30}; }

  /// Errors: kInvalidInput for no number, an unknown unit, or an overflow.
  static Result<MemorySize> Parse(std::string_view text);
  /// With the largest unit that divides it: "256 mb", "500 bytes".
  std::string ToString() const;

  auto operator<=>(const MemorySize&) const = default;
};

/// A length of time in nanoseconds; covers about 292 years.
using Duration = std::chrono::nanoseconds;

/// Parse a duration as Paimon does (`TimeUtils.parseDuration`): "1 h", "7d", "10 min",
/// "30 seconds"; without a unit milliseconds. Errors: kInvalidInput.
Result<Duration> ParseDuration(std::string_view text);
/// With the largest unit that divides it: "1 h", "10 s", "0 ms".
std::string FormatDuration(Duration duration);

inline int64_t ToMillis(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

/// `text` without blanks (bytes up to ' ') at both ends, as Java's `String.trim`.
std::string_view Trim(std::string_view text);
/// ASCII letters lowered, everything else kept.
std::string ToLower(std::string_view text);

}  // namespace tarn::base

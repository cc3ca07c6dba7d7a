// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <roaring/roaring.hh>

#include "tarn/expr/predicate.h"

namespace tarn::index {

/// Numbers of rows as one bitmap per bit (O'Neil and Quass, "Improved query performance
/// with variant indexes"): row r is in slice i when bit i of its number is set.
struct BitSlices {
  Roaring existing;             ///< rows that have a number
  std::vector<Roaring> slices;  ///< lowest bit first

  /// Slices that numbers up to `number_max` need.
  static int SlicesFor(uint64_t number_max);
  /// Set the number of a row that has none. REQUIRES: enough slices.
  void Add(uint32_t row, uint64_t number);
  /// Existing rows whose number compares to `number` so. REQUIRES: op is one of =, <, <=,
  /// >, >=; the bits of `number` above the slices are 0.
  Roaring Compare(expr::CompareOp op, uint64_t number) const;
};

}  // namespace tarn::index

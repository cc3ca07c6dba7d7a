// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/bit_slices.h"

#include <bit>

namespace tarn::index {

int BitSlices::SlicesFor(uint64_t number_max) {
  return 64 - std::countl_zero(number_max);
}

void BitSlices::Add(uint32_t row, uint64_t number) {
  for (; number != 0; number &= number - 1) {
    slices[static_cast<size_t>(std::countr_zero(number))].add(row);
  }
  existing.add(row);
}

Roaring BitSlices::Compare(expr::CompareOp op, uint64_t number) const {
  using expr::CompareOp;
  Roaring less, greater;
  Roaring equal = existing;
  for (size_t i = slices.size(); i-- > 0;) {
    if (((number >> i) & 1) != 0) {
      less |= equal - slices[i];
      equal &= slices[i];
    } else {
      greater |= equal & slices[i];
      equal -= slices[i];
    }
  }
  switch (op) {
    case CompareOp::kLess:
      return less;
    case CompareOp::kLessOrEqual:
      return less | equal;
    case CompareOp::kGreater:
      return greater;
    case CompareOp::kGreaterOrEqual:
      return greater | equal;
    default:
      return equal;
  }
}

}  // namespace tarn::index

// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/memory_budget.h"

namespace tarn::base {

bool MemoryBudget::TryReserve(int64_t bytes) {
  int64_t reserved = reserved_.load(std::memory_order_relaxed);
  do {
    // `limit_ - reserved` cannot overflow, `reserved + bytes` could.
    if (bytes > limit_ - reserved) return false;
  } while (!reserved_.compare_exchange_weak(reserved, reserved + bytes,
                                            std::memory_order_relaxed));
  return true;
}

bool MemoryReservation::Resize(int64_t bytes) {
  if (bytes > bytes_) {
    if (!budget_->TryReserve(bytes - bytes_)) return false;
  } else if (bytes < bytes_) {
    budget_->Release(bytes_ - bytes);
  }
  bytes_ = bytes;
  return true;
}

}  // namespace tarn::base

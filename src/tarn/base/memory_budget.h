// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "tarn/base/status.h"

namespace tarn::base {

/// The one budget (design D6): write buffers, merge readers and encoders reserve from it.
/// Over budget means spill or wait, never death: `TryReserve` answers false and the
/// caller spills. Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(int64_t bytes) : limit_(bytes) {}
  int64_t limit_bytes() const { return limit_; }
  int64_t reserved_bytes() const { return reserved_.load(std::memory_order_relaxed); }
  bool TryReserve(int64_t bytes);
  void Release(int64_t bytes) { reserved_.fetch_sub(bytes, std::memory_order_relaxed); }

 private:
  const int64_t limit_;
  std::atomic<int64_t> reserved_{0};
};

/// A reservation that grows and shrinks and is given back when it dies. One caller at a
/// time.
class MemoryReservation {
 public:
  explicit MemoryReservation(std::shared_ptr<MemoryBudget> budget)
      : budget_(std::move(budget)) {}
  ~MemoryReservation() { Resize(0); }
  MemoryReservation(const MemoryReservation&) = delete;
  MemoryReservation& operator=(const MemoryReservation&) = delete;
  /// Make the reservation `bytes` large. Shrinking always works.
  bool Resize(int64_t bytes);
  int64_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<MemoryBudget> budget_;
  int64_t bytes_ = 0;
};

}  // namespace tarn::base

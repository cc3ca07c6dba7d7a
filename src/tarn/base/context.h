// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/file_system.h"
#include "tarn/base/memory_budget.h"
#include "tarn/base/status.h"

namespace tarn::base {

/// Time, so that a simulation can turn it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t NowMillis() = 0;       ///< wall clock, epoch milliseconds
  virtual int64_t MonotonicNanos() = 0;  ///< for durations
  virtual int64_t LocalOffsetMillis(
      int64_t epoch_millis) = 0;  ///< zone offset, east positive
  virtual void SleepFor(std::chrono::milliseconds duration) = 0;
};

/// Random numbers and unique names. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual uint64_t Next() = 0;
  std::string
  Uuid();  ///< random UUID in text form, lower case, as java.util.UUID prints it
};

/// Where background work runs. Thread-safe.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual int threads() const = 0;
  /// Run every task, possibly in parallel, and wait for all. The first error is answered.
  virtual Status RunAll(std::vector<std::function<Status()>> tasks) = 0;
};

/// Everything that a part may ask of its surroundings; passed in first, never global.
/// Immutable after construction; the services behind it are thread-safe.
struct Context {
  arrow::MemoryPool* pool = nullptr;
  std::shared_ptr<FileSystem> files;
  std::shared_ptr<Clock> clock;
  std::shared_ptr<Random> random;
  std::shared_ptr<Executor> executor;
  std::shared_ptr<MemoryBudget> budget;
  std::string spill_directory;  ///< where sorted runs are spilled to; "" = beside the
                                ///< system's temp
  std::string process_name;     ///< host and process, for markers and locks
};

/// The machine's clocks and zone (`TZ`).
std::shared_ptr<Clock> MakeSystemClock();

/// A generator seeded from the system's entropy, or from `seed` for tests.
std::shared_ptr<Random> MakeSystemRandom();
std::shared_ptr<Random> MakeSeededRandom(uint64_t seed);

/// A fixed pool. Whoever calls `RunAll` works too, so nested calls cannot starve; with
/// `threads` <= 1 the caller does everything.
std::shared_ptr<Executor> MakeThreadPool(int threads);

/// Memory that this process may use: the smaller of RAM and the cgroup's limit.
int64_t AvailableMemoryBytes();

/// Context of a normal process: system clock, threads, /dev/urandom. The file system is
/// given.
/// \param memory_bytes one budget for write buffers, readers and encoders; 0 = a share of
/// RAM
std::shared_ptr<Context> MakeSystemContext(std::shared_ptr<FileSystem> files,
                                           int64_t memory_bytes = 0);

}  // namespace tarn::base

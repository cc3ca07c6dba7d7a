// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/context.h"

#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <random>
#include <thread>

#include <arrow/memory_pool.h>

namespace tarn::base {
namespace {

class SystemClock final : public Clock {
 public:
  int64_t NowMillis() override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  int64_t MonotonicNanos() override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  int64_t LocalOffsetMillis(int64_t epoch_millis) override {
    const std::time_t seconds =
        static_cast<std::time_t>((epoch_millis - (epoch_millis < 0 ? 999 : 0)) / 1000);
    std::tm local{};
    if (localtime_r(&seconds, &local) == nullptr) return 0;
    return static_cast<int64_t>(local.tm_gmtoff) * 1000;
  }
  void SleepFor(std::chrono::milliseconds duration) override {
    std::this_thread::sleep_for(duration);
  }
};

/// One generator behind a lock: it names files, it is not on any hot path.
class LockedRandom final : public Random {
 public:
  explicit LockedRandom(std::seed_seq& seed) : engine_(seed) {}
  uint64_t Next() override {
    std::lock_guard<std::mutex> lock(mutex_);
    return engine_();
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

/// First number in a file of the kernel, or `missing`.
int64_t ReadKernelNumber(const char* path, int64_t missing) {
  std::FILE* file = std::fopen(path, "r");
  if (file == nullptr) return missing;
  long long value = 0;
  const int read = std::fscanf(file, "%lld", &value);  // "max" reads as nothing
  std::fclose(file);
  return read == 1 && value > 0 ? value : missing;
}

}  // namespace

std::string Random::Uuid() {
  uint64_t high = Next();
  uint64_t low = Next();
  high = (high & ~uint64_t{0xF000}) | 0x4000;                // version 4
  low = (low & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);  // IETF variant
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32,
                     (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48,
                     low & 0xFFFFFFFFFFFF);
}

std::shared_ptr<Clock> MakeSystemClock() {
  return std::make_shared<SystemClock>();
}

std::shared_ptr<Random> MakeSystemRandom() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(),
                     device(), device(), device(), device()};
  return std::make_shared<LockedRandom>(seed);
}

std::shared_ptr<Random> MakeSeededRandom(uint64_t seed) {
  std::seed_seq sequence{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
  return std::make_shared<LockedRandom>(sequence);
}

int64_t AvailableMemoryBytes() {
  int64_t bytes = int64_t{1} << 30;
  struct sysinfo info{};
  if (sysinfo(&info) == 0) {
    bytes = static_cast<int64_t>(info.totalram) * static_cast<int64_t>(info.mem_unit);
  }
  bytes = std::min(bytes, ReadKernelNumber("/sys/fs/cgroup/memory.max", bytes));
  return std::min(bytes,
                  ReadKernelNumber("/sys/fs/cgroup/memory/memory.limit_in_bytes", bytes));
}

std::shared_ptr<Context> MakeSystemContext(std::shared_ptr<FileSystem> files,
                                           int64_t memory_bytes) {
  auto context = std::make_shared<Context>();
  context->pool = arrow::default_memory_pool();
  context->files = std::move(files);
  context->clock = MakeSystemClock();
  context->random = MakeSystemRandom();
  context->executor =
      MakeThreadPool(static_cast<int>(std::thread::hardware_concurrency()));
  if (memory_bytes <= 0) memory_bytes = AvailableMemoryBytes() / 2;
  context->budget = std::make_shared<MemoryBudget>(memory_bytes);
  const char* temporary = std::getenv("TMPDIR");
  context->spill_directory =
      temporary != nullptr && *temporary != '\0' ? temporary : "/tmp";
  char host[256] = {};
  if (gethostname(host, sizeof(host) - 1) != 0) host[0] = '\0';
  context->process_name = fmt::format("{}:{}", host, getpid());
  return context;
}

}  // namespace tarn::base

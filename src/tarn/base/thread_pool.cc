// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "tarn/base/context.h"

namespace tarn::base {
namespace {

/// The tasks of one `RunAll`: workers and the caller draw the next one until none is
/// left.
class Job {
 public:
  explicit Job(std::vector<std::function<Status()>> tasks) : tasks_(std::move(tasks)) {}

  /// Run one task that nobody has drawn yet; false when there is none.
  bool RunNext() {
    const size_t index = next_.fetch_add(1, std::memory_order_relaxed);
    if (index >= tasks_.size()) return false;
    Status status = tasks_[index]();
    std::lock_guard<std::mutex> lock(mutex_);
    if (!status.ok() && index < failed_index_) {
      failed_index_ = index;
      failure_ = std::move(status);
    }
    if (++done_ == tasks_.size()) all_done_.notify_all();
    return true;
  }

  /// The error of the first task, in task order, that failed.
  Status Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    all_done_.wait(lock, [this] { return done_ == tasks_.size(); });
    return failure_;
  }

 private:
  const std::vector<std::function<Status()>> tasks_;
  std::atomic<size_t> next_{0};
  std::mutex mutex_;
  std::condition_variable all_done_;
  size_t done_ = 0;
  size_t failed_index_ = SIZE_MAX;
  Status failure_;
};

class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(int threads) : threads_(threads < 1 ? 1 : threads) {
    // The calling thread is one of them.
    for (int i = 1; i < threads_; ++i) workers_.emplace_back([this] { Work(); });
  }

  ~ThreadPool() override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  int threads() const override { return threads_; }

  Status RunAll(std::vector<std::function<Status()>> tasks) override {
    if (tasks.empty()) return Status::OK();
    const size_t count = tasks.size();
    auto job = std::make_shared<Job>(std::move(tasks));
    if (count > 1 && !workers_.empty()) {
      {
        std::lock_guard<std::mutex> lock(mutex_);
        jobs_.push_back(job);
      }
      wake_.notify_all();
    }
    while (job->RunNext()) {
    }
    return job->Wait();
  }

 private:
  void Work() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) return;
      std::shared_ptr<Job> job = jobs_.front();
      lock.unlock();
      const bool ran = job->RunNext();
      lock.lock();
      // A job without tasks left is dropped by the first worker who sees it.
      if (!ran && !jobs_.empty() && jobs_.front() == job) jobs_.pop_front();
    }
  }

  const int threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace

std::shared_ptr<Executor> MakeThreadPool(int threads) {
  return std::make_shared<ThreadPool>(threads);
}

}  // namespace tarn::base

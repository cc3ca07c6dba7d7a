// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/context.h"

#include <gtest/gtest.h>

#include <atomic>
#include <regex>
#include <set>
#include <thread>

namespace tarn::base {
namespace {

TEST(Random, UuidsAreOfVersionFourAndNeverTheSame) {
  const std::regex form(
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  auto random = MakeSystemRandom();
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = random->Uuid();
    EXPECT_TRUE(std::regex_match(uuid, form)) << uuid;
    EXPECT_TRUE(seen.insert(uuid).second);
  }
  EXPECT_NE(MakeSystemRandom()->Next(), MakeSystemRandom()->Next());
}

TEST(Random, ASeedRepeatsItself) {
  EXPECT_EQ(MakeSeededRandom(7)->Uuid(), MakeSeededRandom(7)->Uuid());
  EXPECT_NE(MakeSeededRandom(7)->Uuid(), MakeSeededRandom(8)->Uuid());
}

TEST(ThreadPool, RunsEveryTaskOnceAndWaitsForAll) {
  for (int threads : {1, 2, 8}) {
    auto pool = MakeThreadPool(threads);
    EXPECT_EQ(pool->threads(), threads);
    std::vector<std::atomic<int>> runs(100);
    std::vector<std::function<Status()>> tasks;
    for (auto& run : runs) {
      tasks.push_back([&run] {
        ++run;
        return Status::OK();
      });
    }
    EXPECT_TRUE(pool->RunAll(std::move(tasks)).ok());
    for (auto& run : runs) EXPECT_EQ(run, 1);
    EXPECT_TRUE(pool->RunAll({}).ok());
  }
}

TEST(ThreadPool, TasksRunAtTheSameTime) {
  auto pool = MakeThreadPool(2);
  std::atomic<int> arrived{0};
  auto meet = [&] {
    ++arrived;
    // Both must be inside at once; a pool of one thread would wait for ever.
    for (int i = 0; i < 5000 && arrived < 2; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return arrived == 2 ? Status::OK() : Status::UnknownError("alone");
  };
  EXPECT_TRUE(pool->RunAll({meet, meet}).ok());
}

TEST(ThreadPool, NestedCallsDoNotStarve) {
  auto pool = MakeThreadPool(3);
  std::atomic<int> runs{0};
  auto inner = [&] {
    std::vector<std::function<Status()>> tasks(10, [&] {
      ++runs;
      return Status::OK();
    });
    return pool->RunAll(std::move(tasks));
  };
  EXPECT_TRUE(pool->RunAll({inner, inner, inner, inner, inner, inner}).ok());
  EXPECT_EQ(runs, 60);
}

TEST(ThreadPool, TheErrorOfTheFirstTaskIsAnswered) {
  auto pool = MakeThreadPool(4);
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> ran{0};
    std::vector<std::function<Status()>> tasks;
    for (int i = 0; i < 20; ++i) {
      tasks.push_back([&ran, i]() -> Status {
        ++ran;
        if (i < 3) return Status::OK();
        return NotFound(4000, "Task failed:", V("index", i));
      });
    }
    const Status status = pool->RunAll(std::move(tasks));
    EXPECT_EQ(MessageOf(status), "Task failed: index=3");
    EXPECT_EQ(ran, 20);
  }
}

TEST(MemoryBudget, SaysNoInsteadOfGoingOver) {
  auto budget = std::make_shared<MemoryBudget>(100);
  MemoryReservation one(budget);
  EXPECT_TRUE(one.Resize(60));
  {
    MemoryReservation two(budget);
    EXPECT_FALSE(two.Resize(41));
    EXPECT_EQ(two.bytes(), 0);
    EXPECT_TRUE(two.Resize(40));
    EXPECT_FALSE(one.Resize(61));
    EXPECT_TRUE(one.Resize(10));
    EXPECT_TRUE(two.Resize(90));
    EXPECT_FALSE(two.Resize(INT64_MAX));
  }
  EXPECT_EQ(budget->reserved_bytes(), 10);
}

TEST(MemoryBudget, ManyThreadsNeverGoOver) {
  auto budget = std::make_shared<MemoryBudget>(1000);
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10000; ++i) {
        MemoryReservation mine(budget);
        mine.Resize(300 + i % 200);
        if (budget->reserved_bytes() > 1000) over = true;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(over);
  EXPECT_EQ(budget->reserved_bytes(), 0);
}

TEST(SystemContext, HasEverything) {
  auto context = MakeSystemContext(nullptr, 1 << 20);
  EXPECT_EQ(context->budget->limit_bytes(), 1 << 20);
  EXPECT_NE(context->pool, nullptr);
  EXPECT_GT(context->clock->NowMillis(), 1700000000000);
  const int64_t before = context->clock->MonotonicNanos();
  context->clock->SleepFor(std::chrono::milliseconds(2));
  EXPECT_GE(context->clock->MonotonicNanos() - before, 2000000);
  EXPECT_NE(context->process_name, "");
  EXPECT_GT(MakeSystemContext(nullptr)->budget->limit_bytes(), int64_t{1} << 27);
  EXPECT_LT(MakeSystemContext(nullptr)->budget->limit_bytes(), AvailableMemoryBytes());
}

}  // namespace
}  // namespace tarn::base

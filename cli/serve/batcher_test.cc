#include "cli/serve/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace verger::cli {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::SizeIs;

struct Job {
  int number = 0;
  int kind = 0;
  std::size_t bytes = 1;
};

// Runs batches only when it is let, and remembers them.
class Recorder {
 public:
  Batcher<Job> Make(BatcherOptions options) {
    return Batcher<Job>(
        options, [](const Job& job) { return job.kind; }, [](const Job& job) { return job.bytes; },
        [this](std::vector<Job> jobs) {
          std::unique_lock lock(mutex_);
          started_ += jobs.size();
          changed_.notify_all();
          changed_.wait(lock, [this] { return open_; });
          batches_.push_back({});
          for (const Job& job : jobs) batches_.back().push_back(job.number);
          done_ += jobs.size();
          changed_.notify_all();
        });
  }

  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void WaitForStarted(std::size_t jobs) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return started_ >= jobs; });
  }
  std::vector<std::vector<int>> WaitForDone(std::size_t jobs) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return done_ >= jobs; });
    return batches_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  std::size_t started_ = 0;
  std::size_t done_ = 0;
  std::vector<std::vector<int>> batches_;
};

TEST(BatcherTest, LoneJobStartsAtOnce) {
  Recorder recorder;
  auto batcher = recorder.Make({.workers = 2, .batch = 4, .wait = std::chrono::minutes(1)});
  recorder.Open();
  EXPECT_TRUE(batcher.Add({1}));
  EXPECT_THAT(recorder.WaitForDone(1), ElementsAre(ElementsAre(1)));
}

TEST(BatcherTest, JobsThatWaitAreTakenTogetherInTheirOrder) {
  Recorder recorder;
  auto batcher = recorder.Make({.workers = 1, .batch = 4});
  EXPECT_TRUE(batcher.Add({0}));
  recorder.WaitForStarted(1);
  for (int number = 1; number <= 8; ++number) EXPECT_TRUE(batcher.Add({number}));
  EXPECT_EQ(batcher.waiting(), 8U);
  recorder.Open();
  EXPECT_THAT(recorder.WaitForDone(9),
              ElementsAre(ElementsAre(0), ElementsAre(1, 2, 3, 4), ElementsAre(5, 6, 7, 8)));
}

TEST(BatcherTest, FewerThanABatchAreSharedAmongWorkers) {
  Recorder recorder;
  auto batcher = recorder.Make({.workers = 1, .batch = 4});
  EXPECT_TRUE(batcher.Add({0}));
  recorder.WaitForStarted(1);
  for (int number = 1; number <= 3; ++number) EXPECT_TRUE(batcher.Add({number}));
  recorder.Open();
  EXPECT_THAT(recorder.WaitForDone(4),
              ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2), ElementsAre(3)));
}

TEST(BatcherTest, BusyWorkersWaitForAFullBatchButNotForLong) {
  Recorder recorder;
  auto batcher = recorder.Make({.workers = 2, .batch = 3, .wait = milliseconds(2)});
  EXPECT_TRUE(batcher.Add({0}));
  recorder.WaitForStarted(1);
  EXPECT_TRUE(batcher.Add({1}));
  recorder.WaitForStarted(2);  // after 2 ms, though the first is not done
  recorder.Open();
  EXPECT_THAT(recorder.WaitForDone(2), SizeIs(2));
}

TEST(BatcherTest, FullQueueRefuses) {
  Recorder recorder;
  auto batcher = recorder.Make({.workers = 1, .most_waiting = 2, .batch = 1});
  EXPECT_TRUE(batcher.Add({0}));
  recorder.WaitForStarted(1);
  EXPECT_TRUE(batcher.Add({1}));
  EXPECT_TRUE(batcher.Add({2}));
  Job refused{3};
  EXPECT_FALSE(batcher.Add(std::move(refused)));
  EXPECT_EQ(refused.number, 3);
  recorder.Open();
  recorder.WaitForDone(3);
}

TEST(BatcherTest, ABatchHasOneKindAndLeavesTheOthersInOrder) {
  Recorder recorder;
  auto batcher = recorder.Make({.workers = 1, .batch = 2});
  EXPECT_TRUE(batcher.Add({0}));
  recorder.WaitForStarted(1);
  for (const Job& job : {Job{1, 0}, Job{2, 1}, Job{3, 0}, Job{4, 1}}) {
    EXPECT_TRUE(batcher.Add(Job(job)));
  }
  recorder.Open();
  EXPECT_THAT(recorder.WaitForDone(5),
              ElementsAre(ElementsAre(0), ElementsAre(1, 3), ElementsAre(2, 4)));
}

TEST(BatcherTest, HeavyJobsGoAlone) {
  Recorder recorder;
  auto batcher = recorder.Make({.workers = 1, .batch = 3});
  EXPECT_TRUE(batcher.Add({0}));
  recorder.WaitForStarted(1);
  constexpr std::size_t kHeavy = Batcher<Job>::kMostWeight;
  for (const Job& job : {Job{1, 0, 10}, Job{2, 0, kHeavy}, Job{3, 0, 10}, Job{4, 0, 10}}) {
    EXPECT_TRUE(batcher.Add(Job(job)));
  }
  recorder.Open();
  // 2 would make the batch too heavy; then fewer than a batch are left only behind 2, 3 and 4.
  EXPECT_THAT(recorder.WaitForDone(5), ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2),
                                                   ElementsAre(3), ElementsAre(4)));
}

TEST(BatcherTest, EveryJobRunsOnceFromManyThreads) {
  std::atomic<int> sum = 0;
  std::atomic<int> count = 0;
  {
    Batcher<Job> batcher(
        {.workers = 3, .most_waiting = 100'000, .batch = 4},
        [](const Job& job) { return job.kind; }, [](const Job& job) { return job.bytes; },
        [&](std::vector<Job> jobs) {
          for (const Job& job : jobs) {
            sum += job.number;
            ++count;
          }
        });
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int number = 0; number < 1000; ++number) {
          while (!batcher.Add({thread * 1000 + number, number % 2})) std::this_thread::yield();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    while (count < 4000) std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_EQ(count, 4000);
  EXPECT_EQ(sum, 3999 * 4000 / 2);
}

TEST(BatcherTest, FinishDropsWhatWaits) {
  Recorder recorder;
  auto batcher = recorder.Make({.workers = 1, .batch = 1});
  EXPECT_TRUE(batcher.Add({0}));
  recorder.WaitForStarted(1);
  EXPECT_TRUE(batcher.Add({1}));
  auto finished = std::async(std::launch::async, [&] { batcher.Finish(); });
  while (batcher.waiting() > 0) std::this_thread::yield();
  EXPECT_FALSE(batcher.Add({2}));
  recorder.Open();
  finished.get();
  EXPECT_THAT(recorder.WaitForDone(1), ElementsAre(ElementsAre(0)));
}

}  // namespace
}  // namespace verger::cli

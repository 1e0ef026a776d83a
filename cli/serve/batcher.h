// batcher.h: a bounded queue, whose jobs worker threads take in batches.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "cli/serve/message.h"

namespace verger::cli {

struct BatcherOptions {
  int workers = 1;
  std::size_t most_waiting = 256;  // jobs that no worker has taken
  std::size_t batch = 4;           // jobs that a worker takes at a time
  // How long a worker waits for a full batch, and then takes one job. It waits only while another
  // worker is busy: a lone job starts at once.
  std::chrono::microseconds wait{2000};
};

// Passes jobs, first come first served, to run() on worker threads: a batch at a time where a full
// one waits, else one, so that the others start on other workers. Safe from many threads.
//
// A batch has jobs of one kind: `key` tells them apart. `weight` bounds a batch too: it ends before
// the job that would take it above kMostWeight, so that a heavy job does not wait for others.
template <typename Job>
class Batcher {
 public:
  static constexpr std::size_t kMostWeight = 256 << 10;

  // run() must not throw. The jobs that it leaves are dropped.
  Batcher(BatcherOptions options, std::function<int(const Job&)> key,
          std::function<std::size_t(const Job&)> weight, std::function<void(std::vector<Job>&)> run)
      : options_(options), key_(std::move(key)), weight_(std::move(weight)), run_(std::move(run)) {
    for (int worker = 0; worker < options.workers; ++worker) {
      // All that a worker needs: an allocation that fails on its thread would end the process.
      std::vector<Job> batch;
      batch.reserve(std::max<std::size_t>(1, options.batch));
      threads_.emplace_back([this, batch = std::move(batch)]() mutable { Work(batch); });
    }
  }
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;
  ~Batcher() { Finish(); }

  // False, and leaves `job` as it is, if the queue is full.
  bool Add(Job&& job) {
    {
      const std::lock_guard lock(mutex_);
      if (finishing_ || waiting_.size() >= options_.most_waiting) return false;
      waiting_.push_back({std::move(job), Clock::now()});
    }
    changed_.notify_one();
    return true;
  }

  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

  // Ends the threads once they have run what they took; jobs that still wait are dropped.
  void Finish() {
    {
      const std::lock_guard lock(mutex_);
      finishing_ = true;
      waiting_.clear();
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  struct Waiting {
    Job job;
    Clock::time_point since;
  };

  void Work(std::vector<Job>& batch) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return finishing_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      if (busy_ > 0 && waiting_.size() < options_.batch && !finishing_) {
        const Clock::time_point until = waiting_.front().since + options_.wait;
        changed_.wait_until(lock, until, [this] {
          return finishing_ || busy_ == 0 || waiting_.size() >= options_.batch;
        });
        if (waiting_.empty()) continue;  // another worker took them
      }
      Take(batch);
      if (!waiting_.empty()) changed_.notify_one();
      ++busy_;
      lock.unlock();
      run_(batch);
      batch.clear();
      lock.lock();
      if (--busy_ == 0) changed_.notify_all();
    }
  }

  // Puts into `batch` the oldest job, and those behind it of its kind if there are enough.
  void Take(std::vector<Job>& batch) {
    const std::size_t most = waiting_.size() < options_.batch ? 1 : options_.batch;
    const int key = key_(waiting_.front().job);
    std::size_t weight = 0;
    for (auto at = waiting_.begin(); at != waiting_.end() && batch.size() < most;) {
      if (key_(at->job) != key) {
        ++at;
        continue;
      }
      weight += weight_(at->job);
      if (weight > kMostWeight && !batch.empty()) break;
      batch.push_back(std::move(at->job));
      at = waiting_.erase(at);
    }
  }

  const BatcherOptions options_;
  const std::function<int(const Job&)> key_;
  const std::function<std::size_t(const Job&)> weight_;
  const std::function<void(std::vector<Job>&)> run_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  int busy_ = 0;
  bool finishing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace verger::cli

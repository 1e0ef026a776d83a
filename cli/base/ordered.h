// ordered.h: work side by side, results in order.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "cli/base/error.h"

namespace verger::cli {

// How many threads work, and how many products exist at a time, so that memory does not grow with
// the work.
struct Workers {
  Workers(int threads) : Workers(threads, 2 * threads) {}
  Workers(int threads, int products) : threads(threads), products(products) {}

  int threads;
  int products;
};

// Calls produce(0) ... produce(count - 1) on the threads of `workers` and consume(i, product) on
// the calling thread, in the order of i.
//
// The first exception of either stops all and is thrown again once every thread has ended; products
// before it, in order, have then been consumed.
template <typename Product>
class OrderedWork {
 public:
  OrderedWork(std::size_t count, Workers workers, std::function<Product(std::size_t)> produce)
      : count_(count),
        window_(static_cast<std::size_t>(workers.products)),
        produce_(std::move(produce)) {
    try {
      for (int thread = 0; thread < workers.threads; ++thread) {
        threads_.emplace_back([this] { Work(); });
      }
    } catch (const std::system_error&) {
      // A limit on processes: fewer workers suffice, but one is required.
      if (threads_.empty()) {
        throw Failure(Exit::kFailed, "no thread can be started: raise the limit (ulimit -u)");
      }
    }
  }
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;
  ~OrderedWork() {
    Stop();
    for (std::thread& thread : threads_) thread.join();
  }

  // Blocks until the next product is there; false when there are no more.
  bool Next(Product* product) {
    std::unique_lock lock(mutex_);
    if (consumed_ == count_) return false;
    changed_.wait(lock, [this] { return ready_.contains(consumed_) || failed_at_ == consumed_; });
    if (failed_at_ == consumed_) std::rethrow_exception(failure_);
    const auto next = ready_.find(consumed_);
    *product = std::move(next->second);
    ready_.erase(next);
    ++consumed_;
    changed_.notify_all();
    return true;
  }

 private:
  static constexpr std::size_t kNever = static_cast<std::size_t>(-1);

  void Stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] {
        return stopped_ || started_ == count_ || started_ < consumed_ + window_;
      });
      if (stopped_ || started_ == count_) return;
      const std::size_t index = started_++;
      lock.unlock();
      try {
        Product product = produce_(index);
        lock.lock();
        ready_.emplace(index, std::move(product));
      } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        if (index < failed_at_) {
          failed_at_ = index;
          failure_ = std::current_exception();
        }
        stopped_ = true;
      }
      changed_.notify_all();
    }
  }

  const std::size_t count_;
  const std::size_t window_;
  const std::function<Product(std::size_t)> produce_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::map<std::size_t, Product> ready_;
  std::size_t started_ = 0;
  std::size_t consumed_ = 0;
  std::size_t failed_at_ = kNever;
  std::exception_ptr failure_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

// Workers that keep an engine of `threads` threads busy with photos. While one waits for the engine
// the others read and decode: one more than threads takes 2 to 5 % less time. More would only crowd
// the engine, but for those that wait for a bucket, or for the process of a decoder. The batches
// at a time, which a run that is killed does once more, do not grow by the one more.
inline Workers PhotoWorkers(int threads, bool in_bucket, bool isolated) {
  const int waiting = (in_bucket ? 2 : 0) + (isolated ? 2 : 0);
  const int busy = std::max(2, threads) + waiting;
  return {busy + (waiting == 0 ? 1 : 0), 2 * busy};
}

template <typename Product, typename Produce, typename Consume>
void RunOrdered(std::size_t count, Workers workers, Produce produce, Consume consume) {
  OrderedWork<Product> work(count, workers, produce);
  Product product;
  for (std::size_t index = 0; work.Next(&product); ++index) consume(index, std::move(product));
}

}  // namespace verger::cli

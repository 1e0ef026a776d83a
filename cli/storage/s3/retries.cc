#include "cli/storage/s3/retries.h"

#include <algorithm>
#include <atomic>
#include <random>

namespace verger::cli {
namespace {

std::atomic<std::uint64_t> retried{0};

class ArrowRetries : public arrow::fs::S3RetryStrategy {
 public:
  bool ShouldRetry(const AWSErrorDetail& error, std::int64_t attempted) override {
    if (!error.should_retry || attempted + 1 >= kS3Tries) return false;
    CountS3Retry();
    return true;
  }
  std::int64_t CalculateDelayBeforeNextRetry(const AWSErrorDetail&,
                                             std::int64_t attempted) override {
    return S3Pause(attempted);
  }
};

}  // namespace

std::uint64_t S3Retries() { return retried; }

void CountS3Retry() { ++retried; }

std::int64_t S3Pause(std::int64_t retries) {
  constexpr std::int64_t kFirst = 50;
  constexpr std::int64_t kMost = 5000;
  const std::int64_t most = std::min(kMost, kFirst << std::clamp<std::int64_t>(retries, 0, 10));
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_int_distribution<std::int64_t>(most / 2, most)(random);
}

std::shared_ptr<arrow::fs::S3RetryStrategy> MakeArrowRetries() {
  return std::make_shared<ArrowRetries>();
}

}  // namespace verger::cli

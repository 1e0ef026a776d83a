#include "cli/storage/s3/retries.h"

#include <algorithm>
#include <atomic>
#include <random>

namespace verger::cli {
namespace {

std::atomic<std::uint64_t> retried{0};

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

}  // namespace verger::cli

// retries.h: requests to S3 that are sent again, and how long to wait before.
#pragma once

#include <cstdint>

namespace verger::cli {

// Of each request.
inline constexpr int kS3Tries = 8;

// Requests of this process that were sent again.
std::uint64_t S3Retries();
void CountS3Retry();

// Units: milliseconds. After `retries` that have failed: doubles from 50 to 5,000, with jitter, so
// that many who failed together do not come back together.
std::int64_t S3Pause(std::int64_t retries);

}  // namespace verger::cli

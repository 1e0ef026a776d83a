// progress.h: how far a long call is, and whether to go on.
#pragma once

#include <cstdint>
#include <functional>

namespace verger {

// Called now and then, from the calling thread; false stops the call, which then returns kStopped.
// Empty: nobody asks.
using Progress = std::function<bool(std::int64_t done, std::int64_t total)>;

}  // namespace verger

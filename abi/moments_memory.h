// moments_memory.h: the message when memory for moments is refused.
#pragma once

#include <new>

#include "core/base/result.h"
#include "core/pca/moments.h"
#include "core/pca/moments_memory.h"

namespace verger::abi {

// Runs `body`. Errors: kInternal, with the remedy, if it runs out of memory.
template <typename Body>
Status WithMemory(const Moments& moments, Body&& body) {
  try {
    body();
    return Ok();
  } catch (const std::bad_alloc&) {
    return NoMemoryForMoments(moments.dimension());
  }
}

}  // namespace verger::abi

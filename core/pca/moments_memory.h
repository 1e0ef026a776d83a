// moments_memory.h: what the moments of wide features take.
#pragma once

#include <cstdint>

#include "core/base/result.h"

namespace verger {

// Refuses what cannot fit before it is tried: a system that promises more than it has ends the
// process later, without a word.
//
// Requires: `copies`, how many moments there will be at a time, saved ones included.
// Units:    `available` in bytes.
// Errors:   kInternal, with the remedy.
Status RequireMemoryForMoments(int dimension, int copies, std::uint64_t available);

// The words for when memory was asked for and refused.
Error NoMemoryForMoments(int dimension);

}  // namespace verger

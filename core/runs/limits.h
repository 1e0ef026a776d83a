// limits.h: how much a run takes at a time.
#pragma once

#include <cstdint>

#include "core/base/limits.h"

namespace verger {

// Photos that a worker hands to the network in one call, where no batch is asked for.
inline constexpr int kPhotosAtOnce = 16;
// Their bytes: with few workers and large photos, what bounds memory.
inline constexpr std::int64_t kMaxCallBytes = std::int64_t{64} << 20;
inline constexpr int kMaxThreads = 1024;
// How often a photo in a folder is read before an I/O error makes it a reject.
inline constexpr int kReadTries = 3;
// Rows of a part: what a kill may cost, and a file of 4 MB for ResNet-50.
inline constexpr int kPartRows = 512;

// Rows of a part in an output of so many photos: kPartRows up to 512 * 1024 photos; of more, as
// many as make 1024 parts, but no more than make 128 MiB of features, and never below kPartRows.
//
// Requires: photos >= 0, dimension >= 1.
std::int64_t PartRows(std::int64_t photos, int dimension);

// Bytes that the features of so many photos take in Preprocessing and again, with the scores, in
// Results.
//
// Requires: photos >= 0, dimension >= 1.
double OutputBytes(std::int64_t photos, int dimension);

}  // namespace verger

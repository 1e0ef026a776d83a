// limits.h: how much a run processes at a time.
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
// How often a request is sent that fails for a reason that may pass. The pause before each retry
// doubles from the first to the longest, with jitter.
inline constexpr int kRequestTries = 8;
inline constexpr int kFirstPauseMillis = 50;
inline constexpr int kLongestPauseMillis = 5000;
// Rows of a part: what a kill may cost, and a file of 4 MB for ResNet-50.
inline constexpr int kPartRows = 512;

// A sample of photos: it is taken from the first of a listing, because listing more takes longer
// than a better sample is worth.
inline constexpr std::int64_t kMaxSampleListing = 100'000;
inline constexpr std::int64_t kMaxSampleBytes = std::int64_t{256} << 20;
// Photos that may turn out unreadable, besides those that are requested.
inline constexpr int kSampleSpares = 16;
// Photos of one label: enough to tell labels apart.
inline constexpr int kSamplePhotosOfLabel = 12;
// Photos that a calibration for int8 reads: the results of more are the same.
inline constexpr int kCalibrationPhotos = 128;

// The choice of a precision ("auto"): its sample, and how long it may take. A run of fewer photos
// is done sooner in fp32 than after a choice.
inline constexpr int kChoicePhotos = 144;
inline constexpr double kMaxChoiceSeconds = 30;
inline constexpr int kMinPhotosForChoice = 1500;

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

// How much a run takes at a time, through the door.
#include "core/runs/limits.h"

#include <algorithm>
#include <cstring>

#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/verger.h"
#include "core/base/photo_limits.h"

extern "C" {

verger_status verger_limits_get(verger_limits* limits, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(limits != nullptr && limits->struct_size >= sizeof(std::size_t),
                     "verger_limits_get: limits must not be NULL, struct_size must be set"));
    const verger_limits all = {.struct_size = limits->struct_size,
                               .max_photo_bytes = kMaxPhotoBytes,
                               .max_call_bytes = kMaxCallBytes,
                               .photos_at_once = kPhotosAtOnce,
                               .max_batch = kMaxBatch,
                               .max_threads = kMaxThreads,
                               .max_dimension = kMaxDimension,
                               .part_rows = kPartRows,
                               .read_tries = kReadTries,
                               .max_photo_pixels = kMaxPhotoPixels,
                               .largest_max_bytes = kMostPhotoBytes,
                               .largest_max_pixels = kMostPhotoPixels,
                               .request_tries = kRequestTries,
                               .first_pause_ms = kFirstPauseMillis,
                               .longest_pause_ms = kLongestPauseMillis,
                               .max_sample_listing = kMaxSampleListing,
                               .max_sample_bytes = kMaxSampleBytes,
                               .sample_spares = kSampleSpares,
                               .sample_photos_of_label = kSamplePhotosOfLabel,
                               .calibration_photos = kCalibrationPhotos,
                               .choice_photos = kChoicePhotos,
                               .min_photos_for_choice = kMinPhotosForChoice,
                               .max_choice_seconds = kMaxChoiceSeconds};
    std::memcpy(limits, &all, std::min(limits->struct_size, sizeof(all)));
    return Ok();
  });
}

verger_status verger_too_large(int64_t bytes, int64_t max_bytes, verger_bytes* reason,
                               verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(reason != nullptr, "verger_too_large: reason must not be NULL"));
    *reason = abi::HandOut(MoreThanMaxBytes(bytes, max_bytes));
    return Ok();
  });
}

int64_t verger_part_rows(int64_t photos, int32_t dimension) {
  return verger::PartRows(std::max<int64_t>(photos, 0), std::max(dimension, 1));
}

double verger_output_bytes(int64_t photos, int32_t dimension) {
  return verger::OutputBytes(std::max<int64_t>(photos, 0), std::max(dimension, 1));
}

}  // extern "C"

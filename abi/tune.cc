// Models compared on a sample of photos, through the door.
#include <string>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_read.h"
#include "abi/bytes.h"
#include "abi/decoder.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "abi/photo_limits.h"
#include "abi/progress.h"
#include "core/tune/choose.h"
#include "core/tune/measure.h"

extern "C" {

verger_status verger_tune(const verger_model* const* candidates, size_t count,
                          const struct ArrowArray* photos, const struct ArrowSchema* photos_schema,
                          const verger_tune_options* options, verger_bytes* report,
                          verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(candidates != nullptr && report != nullptr,
                                        "verger_tune: candidates and report must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_tune_options set, abi::ReadOptions(options));
    VERGER_RETURN_IF_ERROR(
        abi::Require(set.threads >= 0 && set.seconds >= 0 && set.work >= 0,
                     "verger_tune: threads, seconds and work must be 0 or more"));
    std::vector<const Model*> models;
    for (size_t at = 0; at < count; ++at) {
      VERGER_RETURN_IF_ERROR(
          abi::Require(candidates[at] != nullptr, "verger_tune: a candidate must not be NULL"));
      models.push_back(&candidates[at]->model);
    }
    VERGER_ASSIGN_OR_RETURN(const std::vector<Bytes> contents,
                            abi::ReadPhotos(photos, photos_schema));
    VERGER_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                            abi::ReadTexts(photos, photos_schema, "path"));
    VERGER_ASSIGN_OR_RETURN(const std::vector<std::string> labels,
                            abi::ReadTexts(photos, photos_schema, "label"));
    std::vector<TunePhoto> sample;
    for (std::size_t row = 0; row < contents.size(); ++row) {
      sample.push_back({paths[row], labels[row], contents[row]});
    }
    TuneOptions tune_options;
    tune_options.threads = set.threads;
    if (set.seconds > 0) tune_options.seconds = set.seconds;
    tune_options.work = set.work;
    VERGER_ASSIGN_OR_RETURN(const PhotoLimits limits,
                            abi::ReadPhotoLimits(set.max_pixels, set.max_bytes));
    tune_options.limits.max_pixels = limits.max_pixels;
    tune_options.limits.max_bytes = limits.max_bytes;
    tune_options.loader = abi::LoaderOf(set.decoder);
    VERGER_ASSIGN_OR_RETURN(const TuneReport measured,
                            Measure(models, sample, tune_options, abi::ProgressOf(set.progress)));
    *report = abi::HandOut(ToJson(measured, Choose(measured)));
    return Ok();
  });
}

}  // extern "C"

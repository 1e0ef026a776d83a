#include "cli/runs/photo_features.h"

#include "cli/base/limits.h"

namespace verger::cli {

std::int64_t ExtractPhotos(const std::vector<PhotoSource>& sources,
                           const verger_extractor& extractor, const PhotoFeatureOptions& options,
                           const std::function<void(const Batch&)>& consume) {
  return MeasurePhotos(
      sources,
      {options.threads, options.max_bytes, Limits().photos_at_once, options.verb, options.progress,
       options.isolated},
      [&](const Batch& photos) { return ExtractFeatures(extractor, photos); }, consume);
}

}  // namespace verger::cli

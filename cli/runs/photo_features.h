// photo_features.h: features of photos that are for no output.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "abi/verger.h"
#include "cli/base/progress.h"
#include "cli/engine/batches.h"
#include "cli/runs/photo_sources.h"

namespace verger::cli {

struct PhotoFeatureOptions {
  int threads = 1;  // of the engine
  std::int64_t max_bytes = 0;
  std::string verb = "extract";  // for the progress
  ProgressMode progress = ProgressMode::kAuto;
  bool isolated = false;  // decoded by other processes
};

// As MeasurePhotos: `consume` gets path, label, features and error (text, list<float32> and text;
// one of the last two is null).
std::int64_t ExtractPhotos(const std::vector<PhotoSource>& sources,
                           const verger_extractor& extractor, const PhotoFeatureOptions& options,
                           const std::function<void(const Batch&)>& consume);

}  // namespace verger::cli

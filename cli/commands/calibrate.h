// calibrate.h: the calibration that int8 needs, measured on photos.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/base/progress.h"
#include "cli/engine/batches.h"
#include "cli/engine/handles.h"
#include "cli/photos/sample.h"

namespace verger::cli {

// A sample as verger_calibrate and verger_tune take it: columns content, path and label.
Batch AsBatch(const std::vector<SampledPhoto>& sample);

struct CalibrateSettings {
  int threads = 0;              // 0: as many as the processor has
  std::int64_t max_pixels = 0;  // as in PlanOptions
  std::int64_t max_bytes = 0;
  ProgressMode progress = ProgressMode::kAuto;
  verger_decoder decoder{};  // as in ExtractorSettings
};

// Returns the text of verger_calibrate for `model`, which is in fp32; shows a progress bar.
//
// Errors: Failure kUsage if no photo can be decoded, or the network has no convolutions;
//         Interrupted, with nothing left behind.
// Cost:   some 5 s for ResNet-50 on two cores.
std::string Calibrate(const verger_model& model, const std::vector<SampledPhoto>& photos,
                      const CalibrateSettings& settings);

}  // namespace verger::cli

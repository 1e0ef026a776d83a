// compare_models.h: compares models by speed and features on a sample of photos.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/base/progress.h"
#include "cli/commands/open_model.h"
#include "cli/photos/sample.h"

namespace verger::cli {

// Photos of the sample for a table: as many as most time budgets allow.
inline constexpr std::size_t kTunePhotos = 512;

struct CompareSettings {
  int threads = 0;              // 0: UsableThreads()
  double seconds = 0;           // about; 0: the library's choice
  std::int64_t work = 0;        // photos to be extracted afterwards; 0: not known
  std::int64_t max_pixels = 0;  // as in PlanOptions
  std::int64_t max_bytes = 0;
  ProgressMode progress = ProgressMode::kAuto;
  verger_decoder decoder{};  // as in ExtractorSettings
};

// Returns the JSON object of verger_tune; shows a progress bar. The first of `models` is the base.
//
// Errors: Failure kUsage if no photo can be decoded; Interrupted.
nlohmann::json CompareModels(const std::vector<OpenedModel>& models,
                             const std::vector<SampledPhoto>& sample,
                             const CompareSettings& settings);

// Opens the model in int8 by its own calibration, else by `photos`, which a run would take from
// SamplePhotos() too. `fp32` is the same model in fp32.
//
// Errors: as OpenModel(); Failure kUsage for a network that cannot be quantised; Interrupted.
OpenedModel OpenInt8(const std::string& model, ModelChoice choice, const OpenedModel& fp32,
                     const std::vector<SampledPhoto>& photos, const CompareSettings& settings);

// Measures fp32, bf16 where the processor has it, and int8 on a sample of the photos, prints the
// choice and its reason to stderr, and returns it. For few photos it returns fp32 at once, since
// measuring would cost more than it could save.
//
// `fp32` is the model of `choice` in fp32. Errors: as SamplePhotos() and OpenModel(); Interrupted.
OpenedModel ChoosePrecision(OpenedModel fp32, const std::string& model, const ModelChoice& choice,
                            const Place& photos, const Place& out, bool include_hidden,
                            const CompareSettings& settings);

}  // namespace verger::cli

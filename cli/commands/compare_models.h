// compare_models.h: models on a sample of photos: how fast, how near, which to take.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/base/progress.h"
#include "cli/commands/open_model.h"
#include "cli/photos/sample.h"

namespace verger::cli {

// Photos of a sample: for a table as many as most budgets allow to measure, for a choice before a
// run as few as tell precisions apart.
inline constexpr std::size_t kTunePhotos = 512;
inline constexpr std::size_t kChoicePhotos = 144;

struct CompareSettings {
  int threads = 0;              // 0: UsableThreads()
  double seconds = 0;           // about; 0: the library's choice
  std::int64_t work = 0;        // photos to be extracted afterwards; 0: not known
  std::int64_t max_pixels = 0;  // as in PlanOptions
  std::int64_t max_bytes = 0;
  ProgressMode progress = ProgressMode::kAuto;
};

// The JSON object of verger_tune, behind a progress bar. The first of `models` is the base.
//
// Errors: Failure kUsage if no photo can be decoded; Interrupted.
nlohmann::json CompareModels(const std::vector<OpenedModel>& models,
                             const std::vector<SampledPhoto>& sample,
                             const CompareSettings& settings);

// The model in int8: by the calibration that it brings, else by `photos`, which a run would take
// from SamplePhotos() too. `fp32` is the same model in fp32.
//
// Errors: as OpenModel(); Failure kUsage for a network that cannot be quantised; Interrupted.
OpenedModel OpenInt8(const std::string& model, ModelChoice choice, const OpenedModel& fp32,
                     const std::vector<SampledPhoto>& photos, const CompareSettings& settings);

// Measures fp32, bf16 where the processor has it, and int8 on a sample of the photos, says on
// stderr which is taken and why, and returns it. Of few photos fp32 is taken without measuring,
// which would cost more than it could gain.
//
// `fp32` is the model of `choice` in fp32. Errors: as SamplePhotos() and OpenModel(); Interrupted.
OpenedModel ChoosePrecision(OpenedModel fp32, const std::string& model, const ModelChoice& choice,
                            const Place& photos, const Place& out, bool include_hidden,
                            const CompareSettings& settings);

}  // namespace verger::cli

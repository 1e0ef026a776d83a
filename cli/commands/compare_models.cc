#include "cli/commands/compare_models.h"

#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/limits.h"
#include "cli/base/text.h"
#include "cli/commands/calibrate.h"
#include "cli/engine/usable_threads.h"

namespace verger::cli {
namespace {

// The library counts rounds; the progress bar shows them as photos of the sample.
struct SampleProgress {
  Progress* progress;
  std::uint64_t photos;
};

std::int32_t Step(void* user, std::int64_t done, std::int64_t total) {
  const auto* sample_progress = static_cast<const SampleProgress*>(user);
  sample_progress->progress->SetDone(sample_progress->photos * static_cast<std::uint64_t>(done) /
                                     static_cast<std::uint64_t>(total));
  return InterruptedBy();
}

void Say(const CompareSettings& settings, const std::string& line) {
  if (settings.progress == ProgressMode::kNever) return;
  fmt::print(stderr, "precision auto: {}\n", line);
}

}  // namespace

nlohmann::json CompareModels(const std::vector<OpenedModel>& models,
                             const std::vector<SampledPhoto>& sample,
                             const CompareSettings& settings) {
  std::vector<const verger_model*> candidates;
  for (const OpenedModel& model : models) candidates.push_back(model.handle.get());
  const std::uint64_t photos = sample.size() * models.size();
  Progress progress({"compare", ProgressUnit::kPhotos, photos, settings.progress});
  SampleProgress sample_progress{&progress, photos};
  const int threads = UsableThreads(settings.threads);
  const verger_tune_options options{sizeof(options),          threads,
                                    settings.seconds,         settings.work,
                                    settings.max_pixels,      settings.max_bytes,
                                    {Step, &sample_progress}, settings.decoder};
  const ExportedBatch batch(*AsBatch(sample));
  std::string report;
  try {
    report = TextOf(verger_tune, candidates.data(), candidates.size(), batch.array(),
                    batch.schema(), &options);
  } catch (const Failure&) {
    ThrowIfInterrupted("interrupted while comparing models: nothing was changed");
    throw;
  }
  return ParseJson(report);
}

OpenedModel OpenInt8(const std::string& model, ModelChoice choice, const OpenedModel& fp32,
                     const std::vector<SampledPhoto>& photos, const CompareSettings& settings) {
  choice.precision = "int8";
  if (!fp32.calibrated) {
    const int threads = UsableThreads(settings.threads);
    choice.calibration = Calibrate(
        *fp32.handle, photos,
        {threads, settings.max_pixels, settings.max_bytes, settings.progress, settings.decoder});
  }
  return OpenModel(model, choice, true);
}

OpenedModel ChoosePrecision(OpenedModel fp32, const std::string& model, const ModelChoice& choice,
                            const Place& photos, const Place& out, bool include_hidden,
                            const CompareSettings& settings) {
  std::int64_t listed = 0;
  const std::vector<SampledPhoto> sample = SampleLabels(
      photos, out, include_hidden, static_cast<std::size_t>(Limits().choice_photos), &listed);
  if (listed < Limits().min_photos_for_choice || sample.empty()) {
    Say(settings, fmt::format("fp32, because {} take less time than a comparison of precisions",
                              Pluralize(listed, "photo", "photos")));
    return fp32;
  }
  std::vector<OpenedModel> candidates;
  candidates.push_back(std::move(fp32));
  if (verger_has_bf16() != 0) {
    ModelChoice bf16 = choice;
    bf16.precision = "bf16";
    candidates.push_back(OpenModel(model, bf16, true));
  }
  try {
    std::vector<SampledPhoto> to_calibrate;
    if (!candidates[0].calibrated) {
      to_calibrate = SamplePhotos(photos, out, include_hidden,
                                  static_cast<std::size_t>(Limits().calibration_photos));
    }
    candidates.push_back(OpenInt8(model, choice, candidates[0], to_calibrate, settings));
  } catch (const Failure& failure) {
    if (failure.exit() == Exit::kInterrupted) throw;
    Say(settings, fmt::format("int8 is left out: {}", failure.what()));
  }
  CompareSettings measured = settings;
  measured.seconds = Limits().max_choice_seconds;
  measured.work = listed;
  const nlohmann::json report = CompareModels(candidates, sample, measured);
  std::string line = report.at("why");
  for (const nlohmann::json& candidate : report.at("candidates")) {
    const std::string why_not = candidate.at("why_not");
    if (!why_not.empty()) line += "; " + why_not;
  }
  Say(settings, fmt::format("{} (by {})", line, report.at("rule").get<std::string>()));
  return std::move(candidates[report.at("taken").get<std::size_t>()]);
}

}  // namespace verger::cli

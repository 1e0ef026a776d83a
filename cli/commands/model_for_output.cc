#include "cli/commands/model_for_output.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "cli/commands/calibrate.h"
#include "cli/commands/compare_models.h"
#include "cli/models/resolve.h"
#include "cli/photos/sample.h"

namespace verger::cli {
namespace {

// `choice` with what the output's rows of the same network have and it does not say.
ModelChoice LikeRows(ModelChoice choice, const Output& output, const OpenedModel& fp32) {
  const std::string manifest = output.manifest() ? ToJson(*output.manifest()) : "";
  const auto json =
      nlohmann::json::parse(TextOf(verger_model_choice, Borrowed(manifest), fp32.handle.get(),
                                   Borrowed(choice.preset), Borrowed(choice.precision)));
  choice.preset = json.at("preset");
  choice.precision = json.at("precision");
  choice.calibration = json.at("calibration");
  return choice;
}

// Before photos are read; the library would say it after.
void RequireBf16For(const std::string& precision) {
  if (precision != "bf16" || verger_has_bf16() != 0) return;
  throw Failure(
      Exit::kUsage,
      "bf16: this processor does not compute in it; what was begun in bf16 goes on where "
      "there is one (AVX512_BF16 or AMX); --precision fp32 or int8 makes every row again");
}

}  // namespace

OpenedModel OpenModelFirst(const ExtractOptions& options) {
  ModelChoice choice = options.Choice();
  RequireBf16For(choice.precision);
  choice.precision.clear();
  return OpenModel(options.model, choice);
}

OpenedModel ModelForOutput(OpenedModel first, const Output& output, const Place& photos,
                           const ExtractOptions& options, ProgressMode progress) {
  ModelChoice asked = options.Choice();
  const bool choose = asked.precision == kAutoPrecision;
  if (choose) asked.precision.clear();
  ModelChoice choice = LikeRows(asked, output, first);
  if (choose && choice.precision.empty()) {  // no rows decide
    const ExtractionOptions settings = options.Settings();
    return ChoosePrecision(
        std::move(first), options.model, choice, photos, output.place(),
        settings.plan.include_hidden,
        {settings.threads, 0, 0, settings.plan.max_pixels, settings.plan.max_bytes, progress});
  }
  RequireBf16For(choice.precision);
  if (choice.precision == "int8" && choice.calibration.empty() && !first.calibrated) {
    if (choice.preset != asked.preset) {
      ModelChoice fp32 = choice;
      fp32.precision.clear();
      first = OpenModel(options.model, fp32, true);
    }
    choice.calibration =
        Calibrate(*first.handle,
                  SamplePhotos(photos, output.place(), options.extraction.plan.include_hidden,
                               kCalibrationPhotos),
                  {options.Settings().threads, options.extraction.plan.max_pixels,
                   options.extraction.plan.max_bytes, progress});
  }
  const bool as_opened =
      choice.preset == asked.preset && (choice.precision.empty() || choice.precision == "fp32");
  return as_opened ? std::move(first) : OpenModel(options.model, choice, true);
}

}  // namespace verger::cli

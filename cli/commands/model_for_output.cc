#include "cli/commands/model_for_output.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "cli/base/json.h"
#include "cli/base/limits.h"
#include "cli/base/text.h"
#include "cli/commands/calibrate.h"
#include "cli/commands/compare_models.h"
#include "cli/models/catalogue.h"
#include "cli/models/resolve.h"
#include "cli/photos/sample.h"

namespace verger::cli {
namespace {

// `choice` with what the output's rows of the same network have and it does not say.
ModelChoice LikeRows(ModelChoice choice, const Output& output, const OpenedModel& fp32) {
  const std::string manifest = output.manifest() ? ToJson(*output.manifest()) : "";
  const auto json = ParseJson(TextOf(verger_model_choice, Borrowed(manifest), fp32.handle.get(),
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
      "bf16: this processor does not support it: continue this output on one that does "
      "(AVX512_BF16 or AMX), or give --precision fp32 or int8, which extracts every photo again");
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
  ModelChoice requested = options.Choice();
  const bool choose = requested.precision == kAutoPrecision;
  if (choose) requested.precision.clear();
  ModelChoice choice = LikeRows(requested, output, first);
  if (choose && choice.precision.empty()) {  // no rows decide
    const ExtractionOptions settings = options.Settings();
    return ChoosePrecision(std::move(first), options.model, choice, photos, output.place(),
                           settings.plan.include_hidden,
                           {settings.threads, 0, 0, settings.plan.max_pixels,
                            settings.plan.max_bytes, progress, settings.decoder});
  }
  RequireBf16For(choice.precision);
  if (choice.precision == "int8" && choice.calibration.empty() && !first.calibrated) {
    if (choice.preset != requested.preset) {
      ModelChoice fp32 = choice;
      fp32.precision.clear();
      first = OpenModel(options.model, fp32, true);
    }
    choice.calibration =
        Calibrate(*first.handle,
                  SamplePhotos(photos, output.place(), options.extraction.plan.include_hidden,
                               static_cast<std::size_t>(Limits().calibration_photos)),
                  {options.Settings().threads, options.extraction.plan.max_pixels,
                   options.extraction.plan.max_bytes, progress, options.extraction.decoder});
  }
  const bool as_opened =
      choice.preset == requested.preset && (choice.precision.empty() || choice.precision == "fp32");
  return as_opened ? std::move(first) : OpenModel(options.model, choice, true);
}

OpenedModel OneViewOfOutput(const Output& output, const std::string& model, ModelChoice choice) {
  const ModelIdentity& rows = output.Extracted().model;
  const std::string& name = model.empty() ? rows.name : model;
  choice.preset = IsEmbedded(name) ? "views=1" : JoinedPresets(rows.preset, "views=1");
  OpenedModel opened = OpenModel(name, choice, true);
  const ModelChoice like = LikeRows(choice, output, opened);
  return OpenModel(name, like, true);
}

OpenedModel ModelOfOutput(const Output& output, const std::string& model, ModelChoice choice) {
  const ModelIdentity& rows = output.Extracted().model;
  const std::string& name = model.empty() ? rows.name : model;
  RequireBf16For(rows.precision);
  // Those inside take size and decoding alone, which LikeRows knows.
  if (!IsEmbedded(name)) choice.preset = rows.preset;
  OpenedModel opened = OpenModel(name, choice);
  const ModelChoice like = LikeRows(choice, output, opened);
  if (like.preset != choice.preset || (!like.precision.empty() && like.precision != "fp32")) {
    opened = OpenModel(name, like, true);
  }
  if (opened.identity.SameFeatures(rows)) return opened;
  throw Failure(
      Exit::kBadInput,
      fmt::format("{}: its rows are from another network than {}: {} ({}), SHA-256 {}: give the "
                  "file of the rows' network by --model, with the same --output and --pool",
                  output.place().PathOf(""), Printable(name), Printable(rows.name),
                  Printable(rows.identity), rows.sha256.substr(0, 16)));
}

}  // namespace verger::cli

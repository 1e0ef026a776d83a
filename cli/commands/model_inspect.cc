// `model inspect`: what a model is.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/model_common.h"
#include "cli/commands/open_model.h"
#include "cli/commands/options.h"
#include "cli/commands/preset_options.h"
#include "cli/engine/handles.h"
#include "cli/models/resolve.h"

namespace verger::cli {
namespace {

struct InspectOptions {
  std::string model;
  PresetOptions preset;
  ModelChoice choice;
  bool json = false;
};

void Inspect(const InspectOptions& options) {
  const ResolvedModel resolved =
      ResolveModel(options.model, WithPreset(options.preset, options.choice));
  nlohmann::ordered_json description =
      resolved.embedded ? DescribeEmbedded(resolved.name, resolved.choice)
                        : DescribeBytes(resolved.name, resolved.bytes, resolved.choice);
  if (!resolved.embedded) description["bytes"] = resolved.bytes.size();
  description["origin"] = resolved.origin;
  if (options.json) {
    PrintJson(description);
    return;
  }
  for (const auto& [key, value] : description.items()) {
    if (key == "notes" || (key == "batch" && value == 0)) continue;
    Print(fmt::format("{:<10} {}\n", key,
                      value.is_string() ? Printable(value.get<std::string>()) : FormatJson(value)));
  }
  SayNotes(resolved.origin, description);
}

}  // namespace

void AddModelInspect(Command& model) {
  auto options = std::make_shared<InspectOptions>();
  Command command = model.AddCommand("inspect", "Open a model and describe it");
  command.AddOption("MODEL", &options->model, "Name of a model (verger model list), or a file")
      .Required()
      .TakesFile()
      .Suggest(InstalledModels);
  AddOptions(command, options->preset);
  AddFeatureOptions(command, options->choice);
  command.AddFlag("--json", &options->json, "Print JSON, for programs");
  command.SetFooter(
      "Examples:\n"
      "  verger model inspect efficientnet-lite0\n"
      "  verger model inspect mynet.onnx --preset torchvision --json");
  command.SetAction([options] { Inspect(*options); });
}

}  // namespace verger::cli

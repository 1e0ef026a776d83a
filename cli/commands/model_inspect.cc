// `model inspect`: what a model is.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

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
      ResolveModel(options.model, Chosen(options.preset, options.choice));
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
                      value.is_string() ? Printable(value.get<std::string>()) : value.dump()));
  }
  SayNotes(resolved.origin, description);
}

}  // namespace

void AddModelInspect(CLI::App& model) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = model.add_subcommand("inspect", "Open a model and tell what it is");
  command->add_option("MODEL", options->model, "A name of the list, or a file")->required();
  AddOptions(*command, options->preset);
  AddFeatureOptions(*command, options->choice);
  command->add_flag("--json", options->json, "For machines");
  command->footer(
      "Examples:\n"
      "  verger model inspect efficientnet-lite0\n"
      "  verger model inspect mynet.onnx --preset torchvision --json");
  command->callback([options] { Inspect(*options); });
}

}  // namespace verger::cli

// `model add`: copies a file of the user into the store.
#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "cli/base/digest.h"
#include "cli/base/error.h"
#include "cli/base/text.h"
#include "cli/commands/model_common.h"
#include "cli/commands/options.h"
#include "cli/commands/preset_options.h"
#include "cli/engine/handles.h"
#include "cli/models/catalogue.h"
#include "cli/models/place.h"
#include "cli/models/read_network.h"
#include "cli/models/store.h"

namespace verger::cli {
namespace {

struct AddFileOptions {
  std::string file, name, sha256, license;
  PresetOptions preset;
  ModelChoice choice;
  bool replace = false, json = false;
};

void AddFile(const AddFileOptions& options) {
  std::optional<Pin> pin;
  if (!options.sha256.empty()) pin = ParseSha256(options.sha256);
  const std::string bytes = ReadNetwork(options.file);
  if (pin && Sha256Hex(bytes) != pin->hex) {
    throw Failure(Exit::kBadInput,
                  fmt::format("'{}' has sha256 {}, not {}: download the file again",
                              Printable(options.file), Sha256Hex(bytes), pin->hex));
  }
  const ModelSource* known = RecogniseModel(bytes);
  if (known) RequireLicenseOf(*known, options.license);
  std::string name = options.name;
  if (name.empty()) name = known ? known->name : ModelNameFor(options.file);
  RequireModelName(name);
  ModelEntry entry =
      EntryFor(Printable(options.file), bytes, WithPreset(options.preset, options.choice));
  entry.name = name;
  entry.license = known ? known->license : options.license;
  entry.source = std::filesystem::absolute(options.file).lexically_normal().native();
  if (FindSource(name) && FindSource(name) != known) {
    fmt::print(stderr, "note: this file differs from the published {} ({})\n", name,
               ToString(FindSource(name)->pin));
  }
  entry = UserStore().Add(std::move(entry), bytes, options.replace);
  PrintStored(entry, options.json, "Added");
}

}  // namespace

void AddModelAdd(Command& model) {
  auto options = std::make_shared<AddFileOptions>();
  Command command = model.AddCommand("add", "Check a model file and copy it into the store");
  command
      .AddOption("FILE", &options->file,
                 "Keras's ResNet50 (.h5, .weights.h5, .keras) or an ONNX network")
      .Required()
      .TakesFile();
  command.AddOption("--name", &options->name, "Name of the model; by default from the file's name");
  AddOptions(command, options->preset);
  AddFeatureOptions(command, options->choice);
  command.AddOption("--sha256", &options->sha256,
                    "Refuse the file unless it has this digest; for weights in a second file, the "
                    "digest of both together, which verger model inspect prints");
  command.AddOption("--license", &options->license, "License of the model, to record with it");
  command.AddFlag("--replace", &options->replace, "Replace a stored model of this name");
  command.AddFlag("--json", &options->json, "Print the model as JSON");
  command.SetFooter(
      "Examples:\n"
      "  verger model add resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5\n"
      "  verger model add mynet.onnx --preset torchvision --name mynet\n"
      "  verger model add mynet.onnx --scale -1..1 --filter bicubic");
  command.SetAction([options] { AddFile(*options); });
}

}  // namespace verger::cli

// `model add`: a file of the user into the store.
#include <fmt/format.h>

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
                  fmt::format("'{}' has sha256 {}, not {}: bring the file anew",
                              Printable(options.file), Sha256Hex(bytes), pin->hex));
  }
  const ModelSource* known = RecogniseModel(bytes);
  if (known) RequireLicenseOf(*known, options.license);
  std::string name = options.name;
  if (name.empty()) name = known ? known->name : ModelNameFor(options.file);
  RequireModelName(name);
  ModelEntry entry =
      EntryFor(Printable(options.file), bytes, Chosen(options.preset, options.choice));
  entry.name = name;
  entry.license = known ? known->license : options.license;
  entry.source = std::filesystem::absolute(options.file).lexically_normal().native();
  if (FindSource(name) && FindSource(name) != known) {
    fmt::print(stderr, "note: this is not the published {} ({}), but a file of your own\n", name,
               Words(FindSource(name)->pin));
  }
  entry = UserStore().Add(std::move(entry), bytes, options.replace);
  if (options.json) {
    PrintJson(ToJson(entry));
  } else {
    SayKept(entry, "Added");
  }
}

}  // namespace

void AddModelAdd(CLI::App& model) {
  auto options = std::make_shared<AddFileOptions>();
  CLI::App* command = model.add_subcommand("add", "Check a model file and keep a copy");
  command
      ->add_option("FILE", options->file,
                   "Keras's ResNet50 (.h5, .weights.h5, .keras) or an ONNX network")
      ->required();
  command->add_option("--name", options->name, "What to call it; by default as the file");
  AddOptions(*command, options->preset);
  AddFeatureOptions(*command, options->choice);
  command->add_option("--sha256", options->sha256,
                      "Refuse the file unless it has this digest; of weights in another file, that "
                      "of both as one, as verger model inspect tells it");
  command->add_option("--license", options->license, "License of the model, to be listed");
  command->add_flag("--replace", options->replace, "Replace another model of this name");
  command->add_flag("--json", options->json, "Print the model as JSON");
  command->footer(
      "Examples:\n"
      "  verger model add resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5\n"
      "  verger model add mynet.onnx --preset torchvision --name mynet\n"
      "  verger model add mynet.onnx --scale -1..1 --filter bicubic");
  command->callback([options] { AddFile(*options); });
}

}  // namespace verger::cli

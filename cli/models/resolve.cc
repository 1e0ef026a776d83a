#include "cli/models/resolve.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "cli/base/files.h"
#include "cli/base/text.h"
#include "cli/models/catalogue.h"
#include "cli/models/place.h"
#include "cli/models/read_network.h"
#include "cli/models/store.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

bool LooksLikePath(const std::string& model) {
  if (model.find('/') != std::string::npos) return true;
  std::string extension = fs::path(model).extension();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (extension == ".h5" || extension == ".hdf5" || extension == ".keras" || extension == ".onnx") {
    return true;
  }
  std::error_code error;
  return fs::is_regular_file(model, error);
}

Failure Unknown(const ModelStore& store, const std::string& model) {
  std::set<std::string> names(EmbeddedModels().begin(), EmbeddedModels().end());
  for (const ModelEntry& entry : store.List()) names.insert(entry.name);
  std::string message =
      fmt::format("unknown model '{}': use one of: {}", Printable(model), fmt::join(names, ", "));
  if (const ModelSource* source = FindSource(model)) {
    message += fmt::format("\nTo download it ({}): verger model fetch {}",
                           HumanBytes(static_cast<double>(source->size)), model);
    message += fmt::format("\nIf you have {}: verger model add FILE", source->file_name);
    return Failure(Exit::kBadInput, message);
  }
  std::vector<std::string> fetchable;
  for (const ModelSource& source : Catalogue()) {
    if (!names.contains(source.name)) fetchable.push_back("verger model fetch " + source.name);
  }
  if (!fetchable.empty()) {
    message += fmt::format("\nTo download another one: {}", fmt::join(fetchable, ", "));
  }
  return Failure(Exit::kBadInput,
                 message + "\nTo add your own .h5 or .onnx: verger model add FILE");
}

}  // namespace

ResolvedModel ResolveModel(const std::string& model, const ModelChoice& choice) {
  if (IsEmbedded(model)) return {model, true, "", choice, "embedded"};
  if (LooksLikePath(model)) {
    std::string bytes = ReadNetwork(model);
    // The official weights keep their name wherever the file is.
    const ModelSource* known = RecogniseModel(bytes);
    return {known ? known->name : ModelNameFor(model), false, std::move(bytes), choice, model};
  }
  const ModelStore store(DefaultStoreFolder());
  if (auto stored = store.Read(model)) {
    const ModelEntry& entry = stored->entry;
    ModelChoice known = choice;
    known.preset = JoinedPresets(entry.preset, choice.preset);
    if (known.output.empty()) known.output = entry.output;
    if (known.pool.empty()) known.pool = entry.pool;
    return {entry.name, false, std::move(stored->bytes), known, entry.file.native(), true};
  }
  if (const ModelSource* source = FindSource(model); source && !KerasFolder().empty()) {
    const fs::path file = KerasFolder() / source->file_name;
    if (auto bytes = ReadFileIfPresent(file); bytes && IsFile(*source, *bytes)) {
      ModelChoice known = choice;
      known.preset = JoinedPresets(source->preset, choice.preset);
      return {model, false, *std::move(bytes), known, file.native(), true};
    }
  }
  std::error_code error;
  if (fs::is_directory(model, error)) ReadNetwork(model);  // throws, with what the folder is
  throw Unknown(store, model);
}

std::string JoinedPresets(const std::string& preset, const std::string& later) {
  return preset + (preset.empty() || later.empty() ? "" : ",") + later;
}

}  // namespace verger::cli

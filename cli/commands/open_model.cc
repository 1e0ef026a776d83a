#include "cli/commands/open_model.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "cli/base/json.h"
#include "cli/base/text.h"
#include "cli/models/catalogue.h"
#include "cli/models/resolve.h"

namespace verger::cli {
namespace {

ModelHandle Open(const ResolvedModel& resolved) {
  verger_model* opened = nullptr;
  // Messages name the file; the output keeps the short name.
  const verger_model_options options = ReadOptions(resolved.origin, resolved.choice);
  if (resolved.embedded) {
    Call(verger_model_embedded, resolved.name.c_str(), &options, &opened);
  } else {
    Call(verger_model_read, resolved.bytes.data(), resolved.bytes.size(), &options, &opened);
  }
  return ModelHandle(opened);
}

}  // namespace

verger_model_options ReadOptions(const std::string& name, const ModelChoice& choice) {
  const auto unless_empty = [](const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
  };
  verger_model_options options{};
  options.struct_size = sizeof(options);
  options.name = name.c_str();
  options.preset = unless_empty(choice.preset);
  options.output = unless_empty(choice.output);
  options.pool = unless_empty(choice.pool);
  options.precision = unless_empty(choice.precision);
  options.calibration = unless_empty(choice.calibration);
  return options;
}

void SayNotes(const std::string& name, const nlohmann::ordered_json& description) {
  for (const std::string note : description.at("notes")) {
    fmt::print(stderr, "note: {}: {}\n", Printable(name), Printable(note));
  }
}

OpenedModel OpenModel(const std::string& model, const ModelChoice& choice, bool again) {
  const std::string name = model.empty() ? EmbeddedModels()[0] : model;
  OpenedModel opened;
  const ResolvedModel resolved = ResolveModel(name, choice);
  opened.handle = Open(resolved);
  const auto description = ParseOrderedJson(verger_model_describe(opened.handle.get()));
  if (!resolved.stored && !again) SayNotes(resolved.origin, description);
  opened.identity = {resolved.name,
                     description.at("sha256"),
                     description.at("preset"),
                     description.at("identity"),
                     description.at("dimension"),
                     description.at("precision"),
                     description.at("calibration")};
  opened.views = description.at("views");
  opened.calibrated = description.at("calibrated");
  return opened;
}

}  // namespace verger::cli

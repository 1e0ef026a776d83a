#include "cli/commands/open_model.h"

#include <nlohmann/json.hpp>

#include "cli/models/catalogue.h"
#include "cli/models/resolve.h"

namespace verger::cli {
namespace {

ModelHandle Open(const ResolvedModel& resolved) {
  verger_model* opened = nullptr;
  if (resolved.embedded) {
    Call(verger_model_embedded, &opened);
  } else {
    // Messages name the file; the output keeps the short name.
    const verger_model_options options{sizeof(options), resolved.origin.c_str(),
                                       resolved.preset.empty() ? nullptr : resolved.preset.c_str()};
    Call(verger_model_read, resolved.bytes.data(), resolved.bytes.size(), &options, &opened);
  }
  return ModelHandle(opened);
}

}  // namespace

OpenedModel OpenModel(const std::string& model, const std::string& preset) {
  const std::string name = model.empty() ? std::string(kEmbeddedModel) : model;
  OpenedModel opened;
  const ResolvedModel resolved = ResolveModel(name, preset);
  opened.handle = Open(resolved);
  const auto description = nlohmann::json::parse(verger_model_describe(opened.handle.get()));
  opened.identity = {resolved.name, description.at("sha256"), description.at("preset"),
                     description.at("identity"), description.at("dimension")};
  return opened;
}

}  // namespace verger::cli

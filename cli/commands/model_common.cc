#include "cli/commands/model_common.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "cli/base/error.h"
#include "cli/base/json.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/open_model.h"
#include "cli/engine/handles.h"
#include "cli/models/place.h"

namespace verger::cli {

using Json = nlohmann::ordered_json;

ModelStore UserStore() { return ModelStore(DefaultStoreFolder()); }

std::vector<std::string> InstalledModels() {
  std::vector<std::string> names = EmbeddedModels();
  std::vector<std::string> damaged;
  for (const ModelEntry& entry : UserStore().List(&damaged)) names.push_back(entry.name);
  return names;
}

Json DescribeEmbedded(const std::string& name, const ModelChoice& choice) {
  verger_model* model = nullptr;
  const verger_model_options options = ReadOptions(name, choice);
  Call(verger_model_embedded, name.c_str(), &options, &model);
  return ParseOrderedJson(verger_model_describe(ModelHandle(model).get()));
}

std::vector<Json> DescribeAllEmbedded(std::vector<std::string>& absent) {
  std::vector<Json> models;
  for (const std::string& name : EmbeddedModels()) {
    try {
      models.push_back(DescribeEmbedded(name));
    } catch (const Failure& failure) {
      if (failure.exit() != Exit::kBadInput) throw;
      absent.emplace_back(failure.what());
    }
  }
  return models;
}

Json DescribeBytes(const std::string& name, const std::string& bytes, const ModelChoice& choice) {
  verger_model* model = nullptr;
  const verger_model_options options = ReadOptions(name, choice);
  Call(verger_model_read, bytes.data(), bytes.size(), &options, &model);
  return ParseOrderedJson(verger_model_describe(ModelHandle(model).get()));
}

ModelEntry EntryFor(const std::string& name, const std::string& bytes, const ModelChoice& choice) {
  const Json description = DescribeBytes(name, bytes, choice);
  SayNotes(name, description);
  ModelEntry entry;
  entry.name = name;
  entry.format = description.at("format");
  entry.preset = description.at("preset");
  entry.output = choice.output;
  entry.pool = choice.pool;
  entry.dimension = description.at("dimension");
  return entry;
}

Json ToJson(const ModelEntry& entry) {
  Json json = {
      {"name", entry.name},           {"format", entry.format}, {"preset", entry.preset},
      {"dimension", entry.dimension}, {"sha256", entry.sha256}, {"bytes", entry.bytes},
      {"file", entry.file.native()},  {"source", entry.source}, {"license", entry.license}};
  if (!entry.output.empty()) json["output"] = entry.output;
  if (!entry.pool.empty()) json["pool"] = entry.pool;
  return json;
}

void PrintJson(const Json& json) { Print(FormatJson(json, 2) + "\n"); }

void PrintStored(const ModelEntry& entry, bool json, const char* how) {
  if (json) return PrintJson(ToJson(entry));
  Print(fmt::format(
      "{} {}: {} features, preset {}, {}, in {}\nUse it: verger run PHOTOS OUT --model {}\n", how,
      entry.name, entry.dimension, entry.preset, HumanBytes(static_cast<double>(entry.bytes)),
      Printable(entry.file.native()), entry.name));
}

void RequireLicenseOf(const ModelSource& known, const std::string& license) {
  if (license.empty() || license == known.license) return;
  throw Failure(Exit::kUsage, fmt::format("{} has its own license, {}: leave out --license",
                                          known.name, known.license));
}

}  // namespace verger::cli

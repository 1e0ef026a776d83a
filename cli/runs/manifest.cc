#include "cli/runs/manifest.h"

#include <nlohmann/json.hpp>

#include "cli/base/json.h"
#include "cli/engine/output_rules.h"

// Only the mapping: what makes a manifest a good one, its versions and its layout are the library's
// (verger_manifest_read).
namespace verger::cli {

using Json = nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FileEntry, name, bytes, sha256)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ModelIdentity, name, sha256, preset, identity,
                                                dimension, precision, calibration)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Reject, path, reason)

static void to_json(Json& json, const PartEntry& part) {
  json = part.file;
  json.update(
      {{"rows", part.rows}, {"rejects", part.rejects}, {"first", part.first}, {"last", part.last}});
}

static void from_json(const Json& json, PartEntry& part) {
  part = {json.get<FileEntry>(), json.at("rows"), json.at("rejects"), json.value("first", ""),
          json.value("last", "")};
}

static void to_json(Json& json, const ResultEntry& result) {
  json = result.part;
  json["source"] = result.source;
}

static void from_json(const Json& json, ResultEntry& result) {
  result = {json.get<PartEntry>(), json.at("source")};
}

static void to_json(Json& json, const PcaSettings& settings) {
  json = {{"components", settings.components},
          {"variance_share", settings.variance_share},
          {"scores", settings.spark_scores ? "spark" : "centred"},
          {"fewer_will_do", settings.fewer_will_do}};
}

static void from_json(const Json& json, PcaSettings& settings) {
  settings = {json.at("components"), json.at("variance_share"), json.at("scores") == "spark",
              json.at("fewer_will_do")};
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Reduction, settings, moments, components, explained_variance,
                                   pca, results)

const char* NameOf(PathMode mode) { return mode == PathMode::kHash ? "hash" : "plain"; }

std::int64_t Manifest::rows() const {
  std::int64_t rows = 0;
  for (const PartEntry& part : preprocessing) rows += part.rows;
  return rows;
}

std::int64_t Manifest::rejected() const {
  std::int64_t rejected = 0;
  for (const PartEntry& part : preprocessing) rejected += part.rejects;
  return rejected;
}

std::string ToJson(const Manifest& manifest) {
  Json json = {{"format", "verger-manifest"}, {"version", 2},
               {"photos", manifest.photos},   {"path_mode", NameOf(manifest.path_mode)},
               {"inputs", manifest.inputs()}, {"labels", manifest.labels},
               {"model", manifest.model},     {"preprocessing", manifest.preprocessing},
               {"moments", manifest.moments}, {"replaced", manifest.replaced},
               {"rejects", manifest.rejects}};
  if (manifest.reduction) json["reduction"] = *manifest.reduction;
  return LayOutManifest(FormatJson(json), "the manifest of this run");
}

Manifest ManifestFromJson(std::string_view text, const std::string& name) {
  const Json json = ParseJson(LayOutManifest(text, name));
  Manifest manifest;
  manifest.photos = json.at("photos");
  if (json.at("path_mode") == NameOf(PathMode::kHash)) manifest.path_mode = PathMode::kHash;
  manifest.labels = json.at("labels");
  manifest.model = json.at("model");
  manifest.preprocessing = json.at("preprocessing");
  manifest.moments = json.at("moments");
  manifest.replaced = json.at("replaced");
  manifest.rejects = json.at("rejects");
  if (json.contains("reduction")) manifest.reduction = json.at("reduction").get<Reduction>();
  return manifest;
}

std::vector<PartEntry> PartsFromJson(const Json& json) {
  return json.get<std::vector<PartEntry>>();
}

std::vector<Reject> RejectsFromJson(const Json& json) { return json.get<std::vector<Reject>>(); }

}  // namespace verger::cli

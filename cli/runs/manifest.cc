#include "cli/runs/manifest.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/base/error.h"

namespace verger::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr const char* kFormat = "verger-manifest";
constexpr const char* kRemedy =
    "move it away and run again: the features in Preprocessing are taken over";

// A name that this program could have written: nothing else may be read or removed by it.
std::string OwnName(const Json& json) {
  const std::string name = json;
  const bool ours = name.starts_with("Preprocessing/") || name.starts_with("Results/") ||
                    name.starts_with("_verger/");
  if (!ours || name.find("..") != std::string::npos || name.find('\0') != std::string::npos) {
    throw Failure(Exit::kStorage, fmt::format("names a file that is not its own: {}", name));
  }
  return name;
}

std::int64_t Count(const Json& json) {
  const std::int64_t count = json;
  if (count < 0) throw Failure(Exit::kStorage, fmt::format("counts {} of something", count));
  return count;
}

Json Write(const FileEntry& file) {
  return {{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}};
}

FileEntry ReadFileEntry(const Json& json) {
  return {OwnName(json.at("name")), json.at("bytes"), json.at("sha256")};
}

Json Write(const PartEntry& part) {
  Json json = Write(part.file);
  json["rows"] = part.rows;
  json["rejects"] = part.rejects;
  return json;
}

PartEntry ReadPart(const Json& json) {
  return {ReadFileEntry(json), Count(json.at("rows")), Count(json.at("rejects"))};
}

Json Write(const ModelIdentity& model) {
  return {{"name", model.name},
          {"sha256", model.sha256},
          {"preset", model.preset},
          {"identity", model.identity},
          {"dimension", model.dimension}};
}

ModelIdentity ReadModel(const Json& json) {
  return {json.at("name"), json.at("sha256"), json.at("preset"), json.at("identity"),
          json.at("dimension")};
}

Json Write(const Reduction& reduction) {
  Json results = Json::array();
  for (const ResultEntry& result : reduction.results) {
    Json json = Write(result.part);
    json["source"] = result.source;
    results.push_back(std::move(json));
  }
  return {{"settings",
           {{"components", reduction.settings.components},
            {"variance_share", reduction.settings.variance_share},
            {"scores", reduction.settings.spark_scores ? "spark" : "centred"},
            {"fewer_will_do", reduction.settings.fewer_will_do}}},
          {"moments", reduction.moments},
          {"components", reduction.components},
          {"explained_variance", reduction.explained_variance},
          {"pca", Write(reduction.pca)},
          {"results", std::move(results)}};
}

Reduction ReadReduction(const Json& json, const std::string& moments) {
  Reduction reduction;
  const Json& settings = json.at("settings");
  reduction.settings = {settings.at("components"), settings.at("variance_share"),
                        settings.at("scores") == "spark", settings.at("fewer_will_do")};
  reduction.moments = json.value("moments", moments);  // versions before 0.2 fitted always
  reduction.components = json.at("components");
  reduction.explained_variance = json.at("explained_variance");
  reduction.pca = ReadFileEntry(json.at("pca"));
  for (const Json& result : json.at("results")) {
    reduction.results.push_back({ReadPart(result), result.at("source")});
  }
  return reduction;
}

Manifest Read(const Json& json) {
  Manifest manifest;
  manifest.photos = json.at("photos");
  const std::string mode = json.value("path_mode", NameOf(PathMode::kPlain));
  if (mode == NameOf(PathMode::kHash)) {
    manifest.path_mode = PathMode::kHash;
  } else if (mode != NameOf(PathMode::kPlain)) {
    throw Failure(Exit::kStorage, fmt::format("path_mode {}", mode));
  }
  manifest.labels = json.at("labels");
  manifest.model = ReadModel(json.at("model"));
  for (const Json& part : json.at("preprocessing")) {
    manifest.preprocessing.push_back(ReadPart(part));
  }
  manifest.moments = ReadFileEntry(json.at("moments"));
  for (const Json& name : json.at("replaced")) manifest.replaced.push_back(OwnName(name));
  for (const Json& reject : json.at("rejects")) {
    manifest.rejects.push_back({reject.at("path"), reject.at("reason")});
  }
  if (json.contains("reduction")) {
    manifest.reduction = ReadReduction(json.at("reduction"), manifest.moments.sha256);
  }
  return manifest;
}

Manifest ReadOrSay(const Json& json, const std::string& name) {
  try {
    return Read(json);
  } catch (const Failure& failure) {
    throw Failure(Exit::kStorage,
                  fmt::format("{}: damaged: {}; {}", name, failure.what(), kRemedy));
  }
}

}  // namespace

const char* NameOf(PathMode mode) { return mode == PathMode::kHash ? "hash" : "plain"; }

std::int64_t Manifest::rows() const {
  std::int64_t rows = 0;
  for (const PartEntry& part : preprocessing) rows += part.rows;
  return rows;
}

std::string ToJson(const Manifest& manifest) {
  Json parts = Json::array();
  for (const PartEntry& part : manifest.preprocessing) parts.push_back(Write(part));
  Json rejects = Json::array();
  for (const Reject& reject : manifest.rejects) {
    rejects.push_back({{"path", reject.path}, {"reason", reject.reason}});
  }
  Json json = {{"format", kFormat},
               {"version", kVersion},
               {"photos", manifest.photos},
               {"path_mode", NameOf(manifest.path_mode)},
               {"inputs", manifest.inputs()},
               {"rows", manifest.rows()},
               {"labels", manifest.labels},
               {"model", Write(manifest.model)},
               {"preprocessing", std::move(parts)},
               {"moments", Write(manifest.moments)}};
  if (manifest.reduction) json["reduction"] = Write(*manifest.reduction);
  json["replaced"] = manifest.replaced;
  json["rejects"] = std::move(rejects);
  return json.dump(1) + "\n";
}

Manifest ManifestFromJson(std::string_view text, const std::string& name) {
  try {
    const Json json = Json::parse(text);
    if (json.at("format") != kFormat) {
      throw Failure(Exit::kStorage, fmt::format("{}: not a manifest of verger; {}", name, kRemedy));
    }
    if (json.at("version") != kVersion) {
      throw Failure(Exit::kStorage,
                    fmt::format("{}: written by a newer verger; this one knows version {}: update "
                                "it",
                                name, kVersion));
    }
    Manifest manifest = ReadOrSay(json, name);
    if (json.at("inputs") != manifest.inputs()) {
      throw Failure(Exit::kStorage,
                    fmt::format("{}: damaged: its counts do not add up; {}", name, kRemedy));
    }
    return manifest;
  } catch (const Json::exception& error) {
    throw Failure(Exit::kStorage, fmt::format("{}: damaged: {}; {}", name, error.what(), kRemedy));
  }
}

}  // namespace verger::cli

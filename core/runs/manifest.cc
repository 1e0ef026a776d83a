#include "core/runs/manifest.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/base/json.h"
#include "core/base/json_depth.h"
#include "core/runs/manifest_json.h"
#include "core/runs/names.h"

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 2;  // 1: all rejects in the manifest, no first and last paths
constexpr const char* kFormat = "verger-manifest";
constexpr const char* kFp32 = "fp32";
constexpr const char* kRemedy =
    "move it away and run again: the next run keeps the features in Preprocessing";

// What is wrong with a document, on its way to the one place that names the file.
class Wrong : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A name that verger could have written: nothing else may be read or removed by it.
std::string OwnName(const Json& json, std::initializer_list<std::string_view> folders) {
  const std::string name = json;
  const bool own = std::any_of(folders.begin(), folders.end(), [&](std::string_view folder) {
    return FolderOf(name) == folder && !LastOf(name).empty();
  });
  if (!own || LastOf(name).starts_with('.') || name.find('\0') != std::string::npos) {
    throw Wrong(fmt::format("names a file that is not its own: {}", name));
  }
  return name;
}

// Sums of such numbers do not overflow.
constexpr std::int64_t kMostCounted = std::int64_t{1} << 40;

std::int64_t Count(const Json& json, std::int64_t most = kMostCounted) {
  if (!json.is_number_integer() || json < 0 || json > most) {
    throw Wrong(fmt::format("has {} as a count", FormatJson(json)));
  }
  return json;
}

int SmallCount(const Json& json) {
  return static_cast<int>(Count(json, std::numeric_limits<int>::max()));
}

Json Write(const FileEntry& file) {
  return {{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}};
}

FileEntry ReadFile(const Json& json, std::string_view folder) {
  return {OwnName(json.at("name"), {folder}), Count(json.at("bytes")), json.at("sha256")};
}

Json Write(const PartEntry& part) {
  Json json = Write(part.file);
  json["rows"] = part.rows;
  json["rejects"] = part.rejects;
  if (!part.last.empty()) {
    json["first"] = part.first;
    json["last"] = part.last;
  }
  return json;
}

PartEntry ReadPart(const Json& json, std::string_view folder) {
  PartEntry part{ReadFile(json, folder), Count(json.at("rows")), Count(json.at("rejects")), "", ""};
  // A range is known by both its ends, or not at all.
  if (json.contains("first") && json.contains("last")) {
    part.first = json.at("first");
    part.last = json.at("last");
  }
  return part;
}

Json Write(const ModelIdentity& model) {
  Json json = {{"name", model.name},
               {"sha256", model.sha256},
               {"preset", model.preset},
               {"identity", model.identity},
               {"dimension", model.dimension}};
  // As it was before there were precisions, where it can be.
  if (model.precision != kFp32) json["precision"] = model.precision;
  if (!model.calibration.empty()) json["calibration"] = model.calibration;
  return json;
}

ModelIdentity ReadModel(const Json& json) {
  return {json.at("name"),
          json.at("sha256"),
          json.at("preset"),
          json.at("identity"),
          SmallCount(json.at("dimension")),
          json.value("precision", kFp32),
          json.value("calibration", "")};
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
  reduction.settings = {SmallCount(settings.at("components")), settings.at("variance_share"),
                        settings.at("scores") == "spark", settings.at("fewer_will_do")};
  // Without the key, a PCA was always fitted to the moments of its version.
  reduction.moments = json.value("moments", moments);
  reduction.components = SmallCount(json.at("components"));
  reduction.explained_variance = json.at("explained_variance");
  reduction.pca = ReadFile(json.at("pca"), kStateFolder);
  for (const Json& result : json.at("results")) {
    reduction.results.push_back({ReadPart(result, kResults), result.at("source")});
  }
  return reduction;
}

Manifest Read(const Json& json) {
  Manifest manifest;
  manifest.photos = json.at("photos");
  const std::string mode = json.value("path_mode", "plain");
  if (mode != "plain" && mode != "hash") throw Wrong(fmt::format("path_mode is '{}'", mode));
  manifest.hashed = mode == "hash";
  manifest.labels = Count(json.at("labels"));
  manifest.model = ReadModel(json.at("model"));
  for (const Json& part : json.at("preprocessing")) {
    manifest.preprocessing.push_back(ReadPart(part, kPreprocessing));
  }
  manifest.moments = ReadFile(json.at("moments"), kStateFolder);
  if (json.contains("reduction")) {
    manifest.reduction = ReadReduction(json.at("reduction"), manifest.moments.sha256);
  }
  const auto names = manifest.Names();
  const std::size_t files = 1 + manifest.preprocessing.size() +
                            (manifest.reduction ? 1 + manifest.reduction->results.size() : 0);
  if (names.size() != files) throw Wrong("names a file twice");
  for (const Json& name : json.at("replaced")) {
    manifest.replaced.push_back(OwnName(name, {kPreprocessing}));
    if (names.contains(manifest.replaced.back())) {
      throw Wrong(fmt::format("lists {} as current and as replaced", manifest.replaced.back()));
    }
  }
  for (const Json& reject : json.at("rejects")) {
    if (manifest.rejects.size() == kRejectsListed) break;
    manifest.rejects.push_back({reject.at("path"), reject.at("reason")});
  }
  const auto rejects = static_cast<std::int64_t>(json.at("rejects").size());
  const bool all = rejects == manifest.rejected();
  const bool first = json.at("version") > 1 && rejects <= manifest.rejected();
  if (json.at("inputs") != manifest.inputs() || !(all || first)) {
    throw Wrong("its counts do not add up");
  }
  return manifest;
}

}  // namespace

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

std::set<std::string, std::less<>> Manifest::Names() const {
  std::set<std::string, std::less<>> names = {moments.name};
  for (const PartEntry& part : preprocessing) names.insert(part.file.name);
  if (!reduction) return names;
  names.insert(reduction->pca.name);
  for (const ResultEntry& result : reduction->results) names.insert(result.part.file.name);
  return names;
}

Json JsonOf(const std::vector<PartEntry>& parts) {
  Json json = Json::array();
  for (const PartEntry& part : parts) json.push_back(Write(part));
  return json;
}

Json JsonOf(const std::vector<Reject>& rejects) {
  Json json = Json::array();
  for (const Reject& reject : rejects) {
    if (json.size() == kRejectsListed) break;
    json.push_back({{"path", reject.path}, {"reason", reject.reason}});
  }
  return json;
}

Result<Manifest> ReadManifest(std::string_view text, std::string_view name) {
  const auto fail = [&](std::string_view why, std::string_view remedy) {
    return Error{Code::kBadOutput, fmt::format("{}: {}; {}", name, why, remedy)};
  };
  if (text.empty()) return fail("empty, or cannot be read", kRemedy);
  // Version 1 listed every reject, some 200 bytes each. Parsed it takes ten times as much memory.
  constexpr std::size_t kMostBytes = std::size_t{256} << 20;
  if (text.size() > kMostBytes) {
    return fail(fmt::format("{} bytes, more than {}", text.size(), kMostBytes), kRemedy);
  }
  if (IsDeepJson(text)) return fail("damaged: it is nested too deep", kRemedy);
  try {
    const Json json = ParseOrderedJson(text);
    if (json.at("format") != kFormat) return fail("not a manifest of verger", kRemedy);
    const std::int64_t version = json.at("version");
    if (version < 1 || version > kVersion) {
      return fail(fmt::format("written by a newer verger, in version {} of the format", version),
                  fmt::format("this one knows version {}: update it", kVersion));
    }
    return Read(json);
  } catch (const Json::exception& error) {
    return fail(fmt::format("damaged: {}", error.what()), kRemedy);
  } catch (const Wrong& error) {
    return fail(fmt::format("damaged: {}", error.what()), kRemedy);
  }
}

std::string WriteManifest(const Manifest& manifest) {
  Json json = {{"format", kFormat},
               {"version", kVersion},
               {"photos", manifest.photos},
               {"path_mode", manifest.hashed ? "hash" : "plain"},
               {"inputs", manifest.inputs()},
               {"rows", manifest.rows()},
               {"labels", manifest.labels},
               {"model", Write(manifest.model)},
               {"preprocessing", JsonOf(manifest.preprocessing)},
               {"moments", Write(manifest.moments)}};
  if (manifest.reduction) json["reduction"] = Write(*manifest.reduction);
  json["replaced"] = manifest.replaced;
  json["rejects"] = JsonOf(manifest.rejects);
  return FormatJson(json, 1) + "\n";
}

}  // namespace verger

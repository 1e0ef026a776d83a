#include "cli/app/read_app.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/json.h"

namespace verger::cli {
namespace {

Failure NoApp(const Place& place) {
  return {Exit::kBadInput,
          fmt::format("{}: no app there: make one by verger app OUT DIR", place.PathOf(""))};
}

// The paths that app.json lists. One that leads out of the app is none of verger's.
std::set<std::string> PathsOf(const Place& place, const std::string& index) {
  std::set<std::string> paths = {kAppDescription};
  try {
    const nlohmann::json json = ParseJson(index);
    for (const nlohmann::json& file : json.at("files")) {
      const std::string path = file.at("path");
      if (path.starts_with('/') || path.find("..") != std::string::npos) throw NoApp(place);
      paths.insert(path);
    }
  } catch (const nlohmann::json::exception&) {
    throw NoApp(place);
  }
  return paths;
}

}  // namespace

std::vector<AppFile> ReadApp(const Place& place) {
  const auto index = place.ReadIfPresent(kAppDescription);
  if (!index) throw NoApp(place);
  std::vector<AppFile> files;
  for (const std::string& path : PathsOf(place, *index)) {
    files.push_back({path, place.Read(path), place.ReadIfPresent(path + kCompressed).value_or("")});
  }
  return files;
}

}  // namespace verger::cli

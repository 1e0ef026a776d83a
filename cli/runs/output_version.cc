#include "cli/runs/output_version.h"

#include <fmt/core.h>

#include "cli/engine/output_rules.h"
#include "cli/runs/training.h"

namespace verger::cli {

std::string OutputVersion(const Place& place) {
  FileNames names;
  for (const std::string& name : place.List("_verger")) names.push_back("_verger/" + name);
  std::string version = LatestManifest(names).name;
  const std::string_view classifier = kClassifier;
  const std::size_t slash = classifier.rfind('/');
  for (const PlaceFile& file : place.ListFiles(std::string(classifier.substr(0, slash)))) {
    if (!std::string_view(file.name).ends_with(classifier.substr(slash + 1))) continue;
    version += fmt::format(" {} {}", file.bytes, file.modified);
  }
  return version;
}

}  // namespace verger::cli

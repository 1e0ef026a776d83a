#include "cli/models/place.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include "cli/base/error.h"
#include "cli/base/home.h"
#include "cli/base/text.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 64;

fs::path Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool StartsName(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool ContinuesName(char c) { return StartsName(c) || c == '.' || c == '_' || c == '-'; }

}  // namespace

fs::path DefaultStoreFolder() {
  if (const fs::path folder = Environment("VERGER_MODELS"); !folder.empty()) return folder;
  if (const fs::path data = Environment("XDG_DATA_HOME"); data.is_absolute()) {
    return data / "verger" / "models";
  }
  if (const fs::path home = HomeFolder(); !home.empty()) {
    return home / ".local" / "share" / "verger" / "models";
  }
  throw Failure(
      Exit::kStorage,
      "there is no home folder to keep models in: set HOME, or VERGER_MODELS to a folder");
}

fs::path KerasFolder() {
  if (const fs::path keras = Environment("KERAS_HOME"); !keras.empty()) return keras / "models";
  if (const fs::path home = HomeFolder(); !home.empty()) return home / ".keras" / "models";
  return {};
}

bool IsModelName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && StartsName(name[0]) &&
         std::all_of(name.begin(), name.end(), ContinuesName);
}

void RequireModelName(const std::string& name) {
  if (IsModelName(name)) return;
  throw Failure(Exit::kUsage,
                fmt::format("'{}' cannot name a model: use 1 to {} of a-z, 0-9, '.', '_' and '-', "
                            "the first a letter or a digit, e.g. {}",
                            Printable(name), kLongestName, ModelNameFor(name)));
}

std::string ModelNameFor(const fs::path& file) {
  std::string name;
  std::string stem = file.filename().native();
  for (const std::string_view extension : {".h5", ".hdf5", ".keras", ".onnx"}) {
    if (stem.size() > extension.size() && stem.ends_with(extension)) {
      stem.resize(stem.size() - extension.size());
    }
  }
  for (char c : stem) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!ContinuesName(c)) c = '-';
    const bool doubled = c == '-' && !name.empty() && name.back() == '-';
    if (name.empty() ? StartsName(c) : !doubled) name += c;
  }
  if (name.size() > kLongestName) name.resize(kLongestName);
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "model" : name;
}

}  // namespace verger::cli

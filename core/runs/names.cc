#include "core/runs/names.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace verger {
namespace {

struct Pattern {
  std::string_view stem;
  std::string_view ending;
  int digits;
};

Pattern PatternOf(Numbered kind) {
  switch (kind) {
    case Numbered::kManifest:
      return {"manifest-", ".json", 6};
    case Numbered::kMoments:
      return {"moments-", ".bin", 6};
    case Numbered::kPca:
      return {"pca-", ".json", 6};
    case Numbered::kPart:
      break;
  }
  return {"part-", ".parquet", 5};
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

}  // namespace

std::optional<std::int64_t> NumberIn(Numbered kind, std::string_view name) {
  const Pattern pattern = PatternOf(kind);
  if (!name.starts_with(pattern.stem) || !name.ends_with(pattern.ending) ||
      name.size() <= pattern.stem.size() + pattern.ending.size()) {
    return std::nullopt;
  }
  name.remove_prefix(pattern.stem.size());
  name.remove_suffix(pattern.ending.size());
  const std::size_t dash = std::min(name.find('-'), name.size());
  if (dash < name.size() && !IsToken(name.substr(dash + 1))) return std::nullopt;
  name = name.substr(0, dash);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  constexpr std::int64_t kMost = 999'999'999;  // far from where adding 1 goes wrong
  if (error != std::errc() || end != name.data() + name.size() || number < 0 || number > kMost) {
    return std::nullopt;
  }
  return number;
}

std::string NumberedName(Numbered kind, std::int64_t number, std::string_view run) {
  const Pattern pattern = PatternOf(kind);
  return fmt::format("{}{:0{}}{}{}{}", pattern.stem, number, pattern.digits, run.empty() ? "" : "-",
                     run, pattern.ending);
}

std::string StagedName(std::string_view run, std::string_view name) {
  return fmt::format("{}/{}-{}", kStagedFolder, run, LastOf(name));
}

bool IsStagedBy(std::string_view run, std::string_view name) {
  return !run.empty() && LastOf(name).starts_with(fmt::format("{}-", run));
}

bool IsData(std::string_view name) {
  const std::string_view last = LastOf(name);
  return !last.starts_with('.') && !last.starts_with('_');
}

std::string InFolder(std::string_view folder, std::string_view name) {
  return fmt::format("{}/{}", folder, name);
}

std::string_view LastOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view FolderOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

}  // namespace verger

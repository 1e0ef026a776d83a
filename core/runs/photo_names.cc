#include "core/runs/photo_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/runs/names.h"
#include "core/runs/printable.h"

namespace verger {
namespace {

constexpr std::array<std::string_view, 18> kEndings = {
    ".jpg",  ".jpeg", ".jpe", ".jfif", ".png",  ".apng", ".webp", ".heic", ".heif",
    ".avif", ".gif",  ".bmp", ".tif",  ".tiff", ".jp2",  ".jxl",  ".dng",  ".cr2"};
constexpr std::string_view kOddName = "its name is not plain UTF-8 text: rename it";
constexpr std::string_view kSameName = "another file's name looks the same: rename it";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualsLower(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return Lower(a) == b; });
}

// `path` with a '/' behind it if it is a folder's: by that they are sorted.
WalkedName Named(std::string_view folder, std::int64_t row, const RawName& raw) {
  WalkedName walked{row, std::string(folder), {}};
  if (!folder.empty()) walked.path += '/';
  const std::string printable = Printable(raw.name);
  walked.path += printable;
  if (raw.folder) {
    walked.path += '/';
  } else if (LastOf(printable) != LastOf(raw.name)) {
    walked.problem = kOddName;  // a folder's odd name is no fault of the photo's
  }
  return walked;
}

// Sorts by path, then by the bytes of names. Paths are compared from `common` on, where they begin
// to differ.
void Sort(std::size_t common, std::span<const RawName> names, std::vector<WalkedName>* walked) {
  const auto tail = [&](const WalkedName& name) {
    return std::string_view(name.path).substr(common);
  };
  std::sort(walked->begin(), walked->end(), [&](const WalkedName& a, const WalkedName& b) {
    const int order = tail(a).compare(tail(b));
    if (order != 0) return order < 0;
    return names[static_cast<std::size_t>(a.row)].name <
           names[static_cast<std::size_t>(b.row)].name;
  });
}

// Gives each of several photos of one path its own. Returns whether there were such.
bool PartAlike(std::vector<WalkedName>* walked) {
  bool parted = false;
  std::string alike;  // the path of the last photo, before it was changed
  int others = 0;
  for (WalkedName& name : *walked) {
    if (name.path != alike || name.path.ends_with('/')) {
      alike = name.path;
      others = 0;
      continue;
    }
    ++others;
    name.path += others == 1 ? " (another)" : fmt::format(" (another {})", others);
    name.problem = kSameName;
    parted = true;
  }
  return parted;
}

}  // namespace

bool IsPhotoName(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  return std::any_of(
      kEndings.begin(), kEndings.end(),
      [ending = name.substr(dot)](std::string_view known) { return EqualsLower(ending, known); });
}

std::string_view LabelOf(std::string_view path, std::string_view root) {
  std::string_view folder = FolderOf(path);
  while (folder.ends_with('/')) folder.remove_suffix(1);  // "a//b.jpg", as buckets may have it
  return folder.empty() ? root : LastOf(folder);
}

std::vector<WalkedName> WalkNames(std::string_view folder, std::span<const RawName> names) {
  std::vector<WalkedName> walked;
  for (std::size_t row = 0; row < names.size(); ++row) {
    if (!names[row].folder && !IsPhotoName(LastOf(names[row].name))) continue;
    walked.push_back(Named(folder, static_cast<std::int64_t>(row), names[row]));
  }
  const std::size_t common = folder.empty() ? 0 : folder.size() + 1;
  Sort(common, names, &walked);
  const auto name_of = [&](const WalkedName& name) {
    return names[static_cast<std::size_t>(name.row)].name;
  };
  walked.erase(std::unique(walked.begin(), walked.end(),
                           [&](const WalkedName& a, const WalkedName& b) {
                             return a.path == b.path && name_of(a) == name_of(b);
                           }),
               walked.end());
  if (PartAlike(&walked)) Sort(common, names, &walked);
  for (WalkedName& name : walked) {
    if (names[static_cast<std::size_t>(name.row)].folder) name.path.pop_back();
  }
  return walked;
}

}  // namespace verger

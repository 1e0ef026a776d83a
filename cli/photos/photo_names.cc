#include "cli/photos/photo_names.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace verger::cli {
namespace {

constexpr std::array<std::string_view, 18> kEndings = {
    ".jpg",  ".jpeg", ".jpe", ".jfif", ".png",  ".apng", ".webp", ".heic", ".heif",
    ".avif", ".gif",  ".bmp", ".tif",  ".tiff", ".jp2",  ".jxl",  ".dng",  ".cr2"};

}  // namespace

bool LooksLikeAPhoto(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  std::string ending(name.substr(dot));
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

}  // namespace verger::cli

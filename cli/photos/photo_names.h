// photo_names.h: what a name says of a file.
#pragma once

#include <string>
#include <string_view>

namespace verger::cli {

inline constexpr const char* kBadName = "its name is not plain UTF-8 text: rename it";

// Whether a file of this name, without its folder, is a photo.
bool LooksLikeAPhoto(std::string_view name);

}  // namespace verger::cli

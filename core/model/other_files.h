// other_files.h: what people have in hand instead of a network that is read, called what it is.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace verger {

// What `file` is and the shortest way from it to a file that is read, by its content, and by the
// ending of its name where that says nothing; "" for HDF5, for an archive of Keras, and for what is
// not known.
std::string WhatItIsInstead(Bytes file, std::string_view name);

// The same for a folder, by the names in it.
std::string WhatFolderIsInstead(std::span<const std::string> names);

}  // namespace verger

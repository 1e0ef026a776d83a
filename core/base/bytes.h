// bytes.h: the encoded things that come in: photos, model files, saved moments.
#pragma once

#include <cstddef>
#include <span>

namespace verger {

// Borrowed for the call it is passed to.
using Bytes = std::span<const std::byte>;

}  // namespace verger

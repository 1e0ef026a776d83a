// to_input.h: from a photo's pixels to those that a network is given.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/result.h"
#include "core/image/image.h"
#include "core/model/preset.h"

namespace verger {

// Resizes an image as the preset says, and crops it if that is part of it.
//
// Requires: pixels.size() == ByteCount(preset.input).
Status ToInput(const Image& image, const Preset& preset, std::span<std::uint8_t> pixels);

}  // namespace verger

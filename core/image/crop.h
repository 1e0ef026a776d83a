// crop.h: a part of an image.
#pragma once

#include "core/image/image.h"
#include "core/image/resize.h"

namespace verger {

// The pixels of `window`, in the memory that the image has.
//
// Requires: the window is inside the image.
void Crop(Window window, Image& image);

}  // namespace verger

// decoded_photo.h: what the decoder of one format hands to Decode().
#pragma once

#include "core/image/image.h"

namespace verger {

// `image` as stored; `orientation` is what its metadata asks for, 1 to 8 as in EXIF.
struct DecodedPhoto {
  Image image;
  int orientation = 1;
};

}  // namespace verger

// thumbnails.h: photos as small pictures, all in one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/image/image.h"

namespace verger {

// Thumbnails of one sprite: how large they are, and how closely they are kept.
struct ThumbnailStyle {
  int side = 40;       // pixels
  float quality = 60;  // of WebP, from 0 to 100
  int effort = 2;      // of libwebp, from 0 to 6
};

// RGB, as many rows of as many pixels as the style's side.
using Thumbnail = std::vector<std::uint8_t>;

// The middle square of a photo, upright. A large JPEG is decoded no larger than that takes.
//
// Errors: kBadPhoto, as Decode.
Result<Thumbnail> MakeThumbnail(Bytes photo, const ThumbnailStyle& style = {});

// The sprite that holds `count` thumbnails: how many stand side by side.
int SpriteColumns(std::size_t count);

// One WebP of all thumbnails, row by row, the last row filled up with grey. The same bytes for the
// same thumbnails.
//
// Errors: kInternal if libwebp fails, or for more than it can hold: 16,383 pixels a side.
// Cost:   some 40 us a thumbnail of 40 pixels on each of two threads.
Result<std::string> EncodeSprite(const std::vector<const Thumbnail*>& thumbnails,
                                 const ThumbnailStyle& style = {});

}  // namespace verger

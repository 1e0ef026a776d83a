// test_photos.h: small photos for tests, made by the libraries' own encoders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/image/decode.h"
#include "core/image/image.h"

namespace verger {

using Photo = std::vector<std::byte>;

// Pixels that differ in every row, column and channel; the same for the same size.
Image TestImage(Size size);

Photo ToPhoto(std::string_view bytes);

Photo EncodeJpeg(ImageView image, bool progressive = false, bool arithmetic = false);

// How many samples of light there are to one of colour.
struct JpegSampling {
  int across = 1;
  int down = 1;
};

// `restart`: units between two restart markers; 0: none.
Photo EncodeJpeg(ImageView image, JpegSampling sampling, unsigned restart, bool progressive,
                 int quality = 90);

// A progressive JPEG with a scan for DC, and one for each other coefficient of each component.
Photo EncodeJpegOf190Scans(ImageView image);
Photo EncodePng(ImageView image, bool interlaced = false);
Photo EncodeWebp(ImageView image, bool lossless = true);

// A JPEG with one more segment behind its start. Requires: `payload` fits one.
Photo WithJpegSegment(const Photo& jpeg, unsigned marker, std::string_view payload);

// A PNG with one more chunk behind its header.
Photo WithPngChunk(const Photo& png, std::string_view name, std::string_view data);

// The JPEG with a header that says that it is `side` x `side` pixels with colour at full size.
Photo WithJpegSide(Photo jpeg, unsigned side);

// The PNG with a header that says this size.
Photo WithPngSize(const Photo& png, std::uint32_t width, std::uint32_t height);

// Decode() with every pixel. Expects that with fewer pixels the same photos are refused, for the
// same reasons.
Result<Image> DecodeAtEveryScale(Bytes photo, const DecodeLimits& limits = {});

// EXIF that says nothing but this orientation, with the "Exif" prefix, in either byte order.
std::string ExifBlock(int orientation, bool big_endian = false);

}  // namespace verger

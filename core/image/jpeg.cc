#include "core/image/jpeg.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/image/content.h"
#include "core/image/jpeg_decoder.h"
#include "core/image/jpeg_scan.h"
#include "core/image/jpeg_scan_ends.h"
#include "core/image/jpeg_small.h"
#include "core/image/orientation.h"

namespace verger {
namespace {

// How many zeros an arithmetic-coded scan may lack at its end. A decoder reads zeros behind the
// data, so that an encoder need not write them (T.81, D.1.8), and a scan that is cut short looks
// like one whose photo ends in a flat area. They differ in how many zeros are read: whole photos of
// 36 million pixels, noise above and flat below, read 23, real photos at most 7; photos cut in the
// middle read 29 and more, most of them hundreds.
unsigned MaxZeros(std::int64_t pixels) { return 24 + static_cast<unsigned>(pixels >> 22); }

void Append(Bytes photo, std::size_t begin, std::size_t end, std::vector<std::byte>& bytes) {
  const auto at = [&](std::size_t i) { return photo.begin() + static_cast<std::ptrdiff_t>(i); };
  bytes.insert(bytes.end(), at(begin), at(end));
}

// Returns the photo with `zeros` zeros inserted behind the data of its scans. libjpeg does not
// report how many zeros it reads behind the data, but warns of those that it does not use.
std::vector<std::byte> Padded(Bytes photo, const std::vector<std::size_t>& scan_ends,
                              unsigned zeros) {
  std::vector<std::byte> padded;
  padded.reserve(photo.size() + scan_ends.size() * zeros);
  std::size_t begin = 0;
  for (const std::size_t end : scan_ends) {
    Append(photo, begin, end, padded);
    padded.insert(padded.end(), zeros, std::byte{0});
    begin = end;
  }
  Append(photo, begin, photo.size(), padded);
  return padded;
}

std::vector<std::byte> Without(Bytes photo, const std::vector<ByteRange>& ranges) {
  std::vector<std::byte> rest;
  rest.reserve(photo.size());
  std::size_t begin = 0;
  for (const ByteRange& range : ranges) {
    Append(photo, begin, range.begin, rest);
    begin = range.end;
  }
  Append(photo, begin, photo.size(), rest);
  return rest;
}

// a * b / 255, rounded, as Pillow multiplies bytes.
int MultiplyBytes(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

// Adobe stores CMYK inverted, so what libjpeg returns is 255 minus ink. Pillow treats every
// four-component JPEG as Adobe's, and so do we.
void InvertedCmykToRgb(const std::uint8_t* cmyk, int pixels, std::uint8_t* rgb) {
  for (int i = 0; i < pixels; ++i, cmyk += 4, rgb += 3) {
    const int light = cmyk[3];
    for (int c = 0; c < 3; ++c) {
      rgb[c] = static_cast<std::uint8_t>(light - MultiplyBytes(255 - cmyk[c], light));
    }
  }
}

// The largest divisor of a photo's sides that leaves `at_least` pixels of the upright image.
int Divisor(Size photo, Size at_least, int orientation) {
  if (orientation >= 5) std::swap(at_least.width, at_least.height);
  for (const int divisor : {8, 4, 2}) {
    if (photo.width / divisor >= at_least.width && photo.height / divisor >= at_least.height) {
      return divisor;
    }
  }
  return 1;
}

// The rest of Decode, once a decoder has read the header.
Result<DecodedPhoto> DecodeRows(Bytes photo, JpegDecoder& decoder, Size at_least) {
  DecodedPhoto decoded;
  decoded.orientation = Orientation(decoder.Exif(), decoder.Xmp());
  const int divisor = Divisor({decoder.width(), decoder.height()}, at_least, decoded.orientation);
  if (const auto frame = divisor > 1 ? decoder.Frame() : std::nullopt) {
    if (auto image = DecodeSmallJpeg(photo, *frame, divisor, decoder.max_scans())) {
      decoded.image = *std::move(image);
      return decoded;
    }
  }
  decoder.ScaleBy(divisor);
  if (!decoder.Start()) {
    return decoder.error();
  }
  if (!decoder.HasAllScans()) {
    return decoder.MissingScans();
  }
  const Size size = decoded.image.size = decoder.size();

  // The image grows with the rows that are really there: a short file with a large header
  // reserves addresses but never touches the memory.
  std::vector<std::uint8_t>& pixels = decoded.image.pixels;
  ReservePixels(decoded.image);
  const bool cmyk = decoder.components() == 4;
  const std::size_t row_bytes = std::size_t{3} * size.width;
  const std::size_t cmyk_row_bytes = cmyk ? std::size_t{4} * size.width : 0;
  std::vector<std::uint8_t> cmyk_rows(cmyk_row_bytes * JpegDecoder::kRows);
  for (int y = 0; y < size.height;) {
    pixels.resize(row_bytes * (y + std::min(JpegDecoder::kRows, size.height - y)));
    std::uint8_t* to = pixels.data() + row_bytes * y;
    const int rows =
        cmyk ? decoder.ReadRows(cmyk_rows.data(), cmyk_row_bytes) : decoder.ReadRows(to, row_bytes);
    if (rows == 0) {
      return decoder.error();
    }
    if (cmyk) {
      InvertedCmykToRgb(cmyk_rows.data(), rows * size.width, to);
    }
    y += rows;
  }
  if (!decoder.Finish()) {
    return decoder.error();
  }
  return decoded;
}

Result<DecodedPhoto> DecodeArithmetic(Bytes photo, std::int64_t pixels, const DecodeLimits& limits,
                                      Size at_least, StrayBytes& stray) {
  const std::vector<std::size_t> scan_ends = FindScanEnds(photo, limits.max_scans);
  const unsigned padding = MaxZeros(pixels);
  const std::vector<std::byte> padded = Padded(photo, scan_ends, padding);
  JpegDecoder decoder(padded, limits.max_scans, padding, stray);
  if (!decoder.ReadHeader()) {
    return decoder.error();
  }
  decoder.LimitScans(limits.max_pixels);
  Result<DecodedPhoto> decoded = DecodeRows(padded, decoder, at_least);
  if (decoded && decoder.padded_scans() < scan_ends.size()) {
    return MissingRows();
  }
  return decoded;
}

Result<DecodedPhoto> Decode(Bytes photo, const DecodeLimits& limits, Size at_least,
                            StrayBytes& stray) {
  JpegDecoder decoder(photo, limits.max_scans, 0, stray);
  if (!decoder.ReadHeader()) {
    return decoder.error();
  }
  VERGER_RETURN_IF_ERROR(
      CheckSize("JPEG", decoder.width(), decoder.height(), photo.size(), limits));
  const int components = decoder.components();
  if (components != 1 && components != 3 && components != 4) {
    return BadPhoto("JPEG", fmt::format("{} components, not 1, 3 or 4", components));
  }
  if (const std::int64_t bytes = decoder.CoefficientBytes();
      bytes > kCoefficientBytesPerPixel * limits.max_pixels) {
    return BadPhoto("JPEG",
                    MoreThanMaxPixels(fmt::format("its scans need as much memory as {} pixels",
                                                  bytes / kCoefficientBytesPerPixel),
                                      limits.max_pixels));
  }
  if (decoder.IsArithmetic()) {
    const std::int64_t pixels = std::int64_t{decoder.width()} * decoder.height();
    return DecodeArithmetic(photo, pixels, limits, at_least, stray);
  }
  decoder.LimitScans(limits.max_pixels);
  return DecodeRows(photo, decoder, at_least);
}

}  // namespace

Result<DecodedPhoto> DecodeJpeg(Bytes photo, const DecodeLimits& limits, Size at_least) {
  StrayBytes stray;
  stray.repeated.reserve(limits.max_scans);
  Result<DecodedPhoto> decoded = Decode(photo, limits, at_least, stray);
  if (!decoded) {
    return decoded;
  }
  if (stray.other > 0 && !IsWholeBeforeStrayBytes(photo)) {
    return BadPhoto("JPEG", fmt::format("{} extraneous bytes behind its rows: bytes astray further "
                                        "up may have pushed the last ones out",
                                        stray.other));
  }
  if (stray.repeated.empty()) {
    return decoded;
  }
  // A photo that was cut and then filled up with one byte has lost rows. Without these bytes the
  // decoder misses them.
  const std::vector<std::byte> rest = Without(photo, stray.repeated);
  decoded = DecodedPhoto{};
  StrayBytes none;
  return Decode(rest, limits, at_least, none);
}

}  // namespace verger

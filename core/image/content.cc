#include "core/image/content.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace verger {
namespace {

using namespace std::string_view_literals;

std::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Signature {
  std::string_view start;
  std::string_view reason;
};

constexpr std::string_view kRaw = "a camera's RAW file is not supported: convert it to JPEG";

constexpr std::array kSignatures = {
    Signature{"GIF87a"sv, "GIF is not supported: convert it to PNG"sv},
    Signature{"GIF89a"sv, "GIF is not supported: convert it to PNG"sv},
    // RAW files of Fujifilm, Panasonic, Olympus, Sigma and Canon; other makes' are TIFF.
    Signature{"FUJIFILMCCD-RAW"sv, kRaw},
    Signature{"IIU\0"sv, kRaw},
    Signature{"IIRO"sv, kRaw},
    Signature{"IIRS"sv, kRaw},
    Signature{"MMOR"sv, kRaw},
    Signature{"FOVb"sv, kRaw},
    Signature{"II\x1a\0\0\0HEAPCCDR"sv, kRaw},
    Signature{"II*\0\x10\0\0\0CR"sv, kRaw},
    Signature{
        "II*\0"sv,
        "TIFF, as the RAW files of most cameras are, is not supported: convert it to JPEG or PNG"sv},
    Signature{
        "MM\0*"sv,
        "TIFF, as the RAW files of most cameras are, is not supported: convert it to JPEG or PNG"sv},
    Signature{"BM"sv, "BMP is not supported: convert it to PNG"sv},
    Signature{"\xff\x0a"sv, "JPEG XL is not supported: convert it to JPEG"sv},
    Signature{"\0\0\0\x0cJXL "sv, "JPEG XL is not supported: convert it to JPEG"sv},
    Signature{"\0\0\0\x0cjP  "sv, "JPEG 2000 is not supported: convert it to JPEG"sv},
    Signature{"8BPS"sv, "Photoshop PSD is not supported: convert it to PNG"sv},
    Signature{"%PDF"sv, "this is a PDF, not a photo"sv},
    Signature{"PK\x03\x04"sv, "this is a ZIP archive, not a photo: unpack it"sv},
    Signature{"\x1f\x8b"sv, "this is gzip, not a photo: unpack it"sv},
    Signature{"version https://git-lfs"sv,
              "this is a Git LFS pointer, not a photo: run git lfs pull"sv},
};

// Brands of the ISO base media format that hold still pictures.
std::string_view IsoBrand(std::string_view text) {
  if (text.size() < 12 || text.substr(4, 4) != "ftyp") {
    return {};
  }
  const std::string_view brand = text.substr(8, 4);
  if (brand == "crx ") return kRaw;  // Canon's CR3
  if (brand == "avif" || brand == "avis") {
    return "AVIF is not supported: convert it to JPEG";
  }
  for (const std::string_view heif : {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1"}) {
    if (brand == heif) {
      return "HEIC is not supported: convert it to JPEG";
    }
  }
  return "this is a video, not a photo";
}

std::string_view MarkedUpText(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) {
    text.remove_prefix(3);
  }
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || text[begin] != '<') {
    return {};
  }
  std::string lower(text.substr(begin, 256));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower.find("<svg") != std::string::npos) {
    return "SVG is not supported: convert it to PNG";
  }
  for (const std::string_view tag : {"<!doctype html", "<html", "<head", "<body", "<!--"}) {
    if (lower.starts_with(tag)) {
      return "this is HTML, not a photo";
    }
  }
  return lower.starts_with("<?xml") ? "this is XML, not a photo"sv : std::string_view{};
}

}  // namespace

Content SniffContent(Bytes photo) {
  const std::string_view text = AsText(photo);
  if (text.starts_with("\xff\xd8\xff")) {
    return Content::kJpeg;
  }
  if (text.starts_with("\x89PNG\r\n\x1a\n")) {
    return Content::kPng;
  }
  if (text.size() >= 12 && text.starts_with("RIFF") && text.substr(8, 4) == "WEBP") {
    return Content::kWebp;
  }
  return Content::kOther;
}

std::string WhyNotAPhoto(Bytes photo) {
  const std::string_view text = AsText(photo);
  if (text.empty()) {
    return "the file is empty";
  }
  for (const Signature& signature : kSignatures) {
    if (text.starts_with(signature.start)) {
      return std::string(signature.reason);
    }
  }
  for (const std::string_view reason : {IsoBrand(text), MarkedUpText(text)}) {
    if (!reason.empty()) {
      return std::string(reason);
    }
  }
  return "not a JPEG, PNG or WebP photo";
}

Error BadPhoto(std::string_view format, std::string_view reason) {
  return {Code::kBadPhoto, fmt::format("{}: {}", format, reason)};
}

Status CheckSize(std::string_view format, std::int64_t width, std::int64_t height,
                 std::size_t bytes, const DecodeLimits& limits) {
  if (width < 1 || height < 1) {
    return BadPhoto(format, fmt::format("{} x {} pixels is no image", width, height));
  }
  if (width > limits.max_side || height > limits.max_side) {
    return BadPhoto(format, fmt::format("{} x {} pixels, the longest side allowed is {}", width,
                                        height, limits.max_side));
  }
  if (width * height > limits.max_pixels) {
    return BadPhoto(
        format, MoreThanMaxPixels(fmt::format("{} x {} pixels", width, height), limits.max_pixels));
  }
  if (width * height - limits.free_pixels >
      static_cast<std::int64_t>(bytes) * limits.max_pixels_per_byte) {
    return BadPhoto(format, fmt::format("{} x {} pixels in {} bytes: they cannot be there", width,
                                        height, bytes));
  }
  return Ok();
}

}  // namespace verger

#include "core/image/decode.h"

#include <utility>

#include "core/image/content.h"
#include "core/image/jpeg.h"
#include "core/image/png.h"
#include "core/image/upright.h"
#include "core/image/webp.h"

namespace verger {
namespace {

Result<DecodedPhoto> DecodeByContent(Bytes photo, const DecodeLimits& limits, Size at_least) {
  switch (SniffContent(photo)) {
    case Content::kJpeg:
      return DecodeJpeg(photo, limits, at_least);
    case Content::kPng:
      return DecodePng(photo, limits);
    case Content::kWebp:
      return DecodeWebp(photo, limits);
    case Content::kOther:
      break;
  }
  return Error{Code::kBadPhoto, WhyNotAPhoto(photo)};
}

}  // namespace

Result<Image> Decode(Bytes photo, const DecodeLimits& limits, Size at_least) {
  if (const auto bytes = static_cast<std::int64_t>(photo.size()); bytes > limits.max_bytes) {
    return Error{Code::kBadPhoto, MoreThanMaxBytes(bytes, limits.max_bytes)};
  }
  VERGER_ASSIGN_OR_RETURN(DecodedPhoto decoded, DecodeByContent(photo, limits, at_least));
  return Upright(std::move(decoded.image), decoded.orientation);
}

}  // namespace verger

// Photos to pixels through the door, either way: decoded here for another process, or by the
// caller.
#include <algorithm>
#include <new>
#include <string>
#include <string_view>

#include "abi/bytes.h"
#include "abi/decoder.h"
#include "abi/guard.h"
#include "abi/photo_limits.h"
#include "core/image/content.h"

namespace verger::abi {
namespace {

static_assert(kDecoderKilled == VERGER_DECODER_KILLED && kDecoderLate == VERGER_DECODER_LATE);

constexpr int kMostSide = 1 << 14;  // of a network's input: what is larger is no size

Result<Preset> PresetOf(const verger_decode_request& request) {
  VERGER_RETURN_IF_ERROR(
      Require(request.preset != nullptr && 0 < request.width && request.width <= kMostSide &&
                  0 < request.height && request.height <= kMostSide,
              "verger_decode: give the preset of a network, and the size of its input"));
  VERGER_ASSIGN_OR_RETURN(Preset preset, ReadPreset(request.preset));
  SetOwnInput({request.width, request.height}, &preset);
  VERGER_RETURN_IF_ERROR(CheckInput(preset));
  return preset;
}

Code CodeOf(verger_status status) {
  switch (status) {
    case VERGER_BAD_CALL:
      return Code::kBadCall;
    case VERGER_STOPPED:
      return Code::kStopped;
    default:
      return Code::kInternal;
  }
}

Result<std::string> Ask(const verger_decoder& decoder, const verger_decode_request& request,
                        std::span<std::uint8_t> pixels) {
  verger_error reason{};
  verger_error error{};
  const verger_status status =
      decoder.decode(decoder.user, &request, pixels.data(), pixels.size(), &reason, &error);
  reason.message[sizeof(reason.message) - 1] = '\0';
  error.message[sizeof(error.message) - 1] = '\0';
  if (status != VERGER_OK) return Error{CodeOf(status), error.message};
  return Printable(reason.message);  // from a process that is not to be trusted
}

verger_text BorrowedText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Writes to `pixels`; returns why the photo is rejected, or "".
Result<std::string> MakeThumbnailOf(Bytes photo, int side, std::span<std::uint8_t> pixels) {
  VERGER_RETURN_IF_ERROR(
      Require(0 < side && side <= kMostSide && pixels.size() == ByteCount({side, side}),
              "verger_decode: size must be 3 * width * width of a thumbnail"));
  try {
    const Result<Thumbnail> thumbnail = MakeThumbnail(photo, {.side = side});
    if (!thumbnail) return thumbnail.error().message;
    std::ranges::copy(*thumbnail, pixels.begin());
    return std::string();
  } catch (const std::bad_alloc&) {
    return std::string(kOutOfMemory);
  }
}

Result<std::string> DecodeTo(const verger_decode_request& request, std::span<std::uint8_t> pixels) {
  const Bytes photo = AsBytes(request.photo.data, request.photo.size);
  if (AsText(request.preset) == VERGER_THUMBNAIL) {
    return MakeThumbnailOf(photo, request.width, pixels);
  }
  VERGER_ASSIGN_OR_RETURN(const Preset preset, PresetOf(request));
  VERGER_RETURN_IF_ERROR(Require(pixels.size() == ViewBytes(preset),
                                 "verger_decode: size must be 3 * width * height * views"));
  VERGER_ASSIGN_OR_RETURN(const PhotoLimits most,
                          ReadPhotoLimits(request.max_pixels, request.max_bytes));
  DecodeLimits limits;
  limits.max_pixels = most.max_pixels;
  limits.max_bytes = most.max_bytes;
  return LoadViews(photo, limits, preset, pixels);
}

}  // namespace

ViewLoader LoaderOf(const verger_decoder& decoder) {
  if (decoder.decode == nullptr) return {};
  return [decoder](Bytes photo, const DecodeLimits& limits, const Preset& preset,
                   std::span<std::uint8_t> views) {
    const std::string parts = Parts(preset);
    return Ask(decoder,
               {sizeof(verger_decode_request), BorrowedText(photo), parts.c_str(),
                preset.input.width, preset.input.height, limits.max_pixels, limits.max_bytes},
               views);
  };
}

Result<std::string> DecodeThumbnail(const verger_decoder& decoder, Bytes photo,
                                    Thumbnail* thumbnail) {
  constexpr int kSide = ThumbnailStyle{}.side;
  thumbnail->resize(ByteCount({kSide, kSide}));
  return Ask(
      decoder,
      {sizeof(verger_decode_request), BorrowedText(photo), VERGER_THUMBNAIL, kSide, kSide, 0, 0},
      *thumbnail);
}

}  // namespace verger::abi

extern "C" {

verger_status verger_decode(const verger_decode_request* request, uint8_t* pixels, size_t size,
                            verger_error* reason, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(request != nullptr && pixels != nullptr && reason != nullptr,
                     "verger_decode: request, pixels and reason must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_decode_request set, abi::ReadOptions(request));
    VERGER_ASSIGN_OR_RETURN(const std::string why_not, abi::DecodeTo(set, {pixels, size}));
    abi::Fail(VERGER_OK, why_not, reason);
    return Ok();
  });
}

}  // extern "C"

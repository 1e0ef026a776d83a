// content.h: what bytes are, by their first ones, and the words for refusing them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/image/decode.h"
#include "core/image/image.h"

namespace verger {

enum class Content { kJpeg, kPng, kWebp, kOther };

// Never looks at a name. Reads at most the first 12 bytes.
Content SniffContent(Bytes photo);

// Says what `photo` is instead of a JPEG, PNG or WebP, with the remedy where there is one,
// e.g. "HEIC is not supported: convert it to JPEG". One short line.
std::string WhyNotAPhoto(Bytes photo);

// The reason of a photo that memory does not suffice for; its message ends with it.
inline constexpr std::string_view kOutOfMemory =
    "out of memory: allow more of it, or use fewer threads";

// An Error with code kBadPhoto and the message "FORMAT: reason".
Error BadPhoto(std::string_view format, std::string_view reason);

// Whether `limits` allow a photo of `bytes` to be an image of this size. Takes what headers say,
// which may be absurd.
//
// Errors: kBadPhoto, naming the limit.
Status CheckSize(std::string_view format, std::int64_t width, std::int64_t height,
                 std::size_t bytes, const DecodeLimits& limits);

}  // namespace verger

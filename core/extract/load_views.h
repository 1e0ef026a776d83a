// load_views.h: from an encoded photo to what a network is given of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/image/decode.h"
#include "core/image/traits.h"
#include "core/model/preset.h"

namespace verger {

// Bytes of all views of one photo.
inline std::size_t ViewBytes(const Preset& preset) {
  return static_cast<std::size_t>(preset.views) * ByteCount(preset.input);
}

// Decodes a photo and writes its views, as ToViews() does; measures its traits unless `traits` is
// null. Returns why the photo is rejected, or "". Photos that memory does not suffice for are
// rejected too.
//
// Requires: views.size() == ViewBytes(preset).
std::string LoadViews(Bytes photo, const DecodeLimits& limits, const Preset& preset,
                      std::span<std::uint8_t> views, std::optional<Traits>* traits = nullptr);

// The same without traits, by other means of the caller, such as another process. Safe from many
// threads. Errors: those of the means; a rejected photo is none.
using ViewLoader = std::function<Result<std::string>(
    Bytes photo, const DecodeLimits& limits, const Preset& preset, std::span<std::uint8_t> views)>;

// The reasons of photos that the caller's decoder did not get done with start so, where another
// run may fare better: it was killed from outside, or took too long.
inline constexpr std::string_view kDecoderKilled = "decoder killed";
inline constexpr std::string_view kDecoderLate = "decoder late";

}  // namespace verger

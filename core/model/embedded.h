// embedded.h: the networks that come with Verger, and their calibrations.
#pragma once

#include <array>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace verger {

// The first is the default.
inline constexpr std::array<std::string_view, 3> kEmbeddedNames = {
    "efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2"};

// The ONNX file of that name, as tools/make_efficientnet_lite.py makes it: inside this library if
// VERGER_EMBEDDED_NETWORKS of the build names it, else of the package that network_package.h finds.
//
// Errors: kBadCall, with the names that there are, for another name; as MapNetwork().
Result<Bytes> EmbeddedFile(std::string_view name = kEmbeddedNames[0]);

// Its calibration for int8, which tools/calibrate_embedded.py made once: the same for everyone.
Bytes EmbeddedCalibration(std::string_view name = kEmbeddedNames[0]);

}  // namespace verger

// embedded.h: the model files inside this library.
#pragma once

#include <array>
#include <string_view>

#include "core/base/bytes.h"

namespace verger {

// The first is the default.
inline constexpr std::array<std::string_view, 3> kEmbeddedNames = {
    "efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2"};

// The ONNX file of that name that tools/make_efficientnet_lite.py made for this build; empty if
// there is none.
Bytes EmbeddedFile(std::string_view name = kEmbeddedNames[0]);

// Its calibration for int8, which tools/calibrate_embedded.py made once: the same for everyone.
Bytes EmbeddedCalibration(std::string_view name = kEmbeddedNames[0]);

}  // namespace verger

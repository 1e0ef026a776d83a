// embedded.h: the model file inside this library.
#pragma once

#include "core/base/bytes.h"

namespace verger {

// Returns the ONNX file that tools/make_efficientnet_lite0.py made for this build.
Bytes EmbeddedFile();

}  // namespace verger

// embedded.h: the model file inside this library.
#pragma once

#include "core/base/bytes.h"

namespace verger {

// Returns the ONNX file that tools/make_efficientnet_lite0.py made for this build.
Bytes EmbeddedFile();

// Returns its calibration for int8, which tools/calibrate_embedded.py made once: the same for
// everyone.
Bytes EmbeddedCalibration();

}  // namespace verger

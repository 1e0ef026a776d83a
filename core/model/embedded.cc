#include "core/model/embedded.h"

// Laid down by embedded.S.
extern "C" const std::byte verger_embedded_model[];
extern "C" const std::byte verger_embedded_model_end[];
extern "C" const std::byte verger_embedded_calibration[];
extern "C" const std::byte verger_embedded_calibration_end[];

namespace verger {

Bytes EmbeddedFile() { return {verger_embedded_model, verger_embedded_model_end}; }

Bytes EmbeddedCalibration() {
  return {verger_embedded_calibration, verger_embedded_calibration_end};
}

}  // namespace verger

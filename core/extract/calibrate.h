// calibrate.h: a network's activations on photos.
#pragma once

#include <span>

#include "core/base/bytes.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/extract/load_views.h"
#include "core/image/decode.h"
#include "core/model/calibration.h"
#include "core/model/model.h"

namespace verger {

// Runs photos through a network in float32, and takes down what int8 needs to know. Photos that
// cannot be decoded are passed over. The same photos in the same order give the same
// calibration.
//
// `threads`: of the engine; 0: as many as the processor has. `loader`: decodes; empty: LoadViews().
// Errors: kBadCall if no photo can be decoded, and as FindPoints(); kStopped; kInternal if the
//         engine fails; those of the loader.
// Cost:   float32's time for each photo, and memory for all of one batch's activations: 50 MB for
//         ResNet-50 at 224 x 224.
Result<Calibration> Calibrate(const Model& model, std::span<const Bytes> photos,
                              const DecodeLimits& limits, int threads, const Progress& progress,
                              const ViewLoader& loader = {});

}  // namespace verger

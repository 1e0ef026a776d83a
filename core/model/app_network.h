// app_network.h: a network for the phone app.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/model/model.h"
#include "core/model/weight_storage.h"

namespace verger {

// The storage of weights where none is asked for: docs/decisions/0019-app-engine.md.
inline constexpr char kAppWeights[] = "int11";

// The file of an EfficientNet-Lite of any input size, for app/engine: its convolutions in order,
// batch norms folded into them. The app computes it in float32 whatever the model's precision.
//
// Errors: kBadModel, naming the networks there are and what differs, for any other network.
// Cost:   4 bytes a weight of memory besides the file.
Result<std::string> AppNetwork(const Model& model, WeightStorage storage);

}  // namespace verger

// preprocess.h: from pixels to a network's tensor, inside the network.
#pragma once

#include <memory>

#include "core/model/preset.h"

namespace ov {
class Model;
}

namespace verger {

enum class TensorLayout { kNchw, kNhwc };

// Puts `preset` before a network of one float32 image input, so that it takes
// uint8 NHWC RGB images instead. Throws what the engine throws.
void AddPreprocessing(std::shared_ptr<ov::Model>& network, const Preset& preset,
                      TensorLayout layout);

}  // namespace verger

// keras_config.h: what a saved network says of itself beside its weights.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/image/image.h"

namespace verger {

struct KerasConfig {
  std::vector<std::string>
      layers;                 // of ResNet50, or of the network that holds its layers, in order
  std::optional<Size> input;  // of its images, where both sides are fixed
  std::vector<std::string>
      before;              // classes of the layers that change pixels before ResNet50's own
  std::string difference;  // how a layer is not ResNet50's; "": none seen
};

// Reads the JSON of `model_config`, or of config.json in a .keras. A text that is not JSON, or has
// no ResNet50 in it, says nothing.
KerasConfig ReadKerasConfig(const std::string& json);

}  // namespace verger

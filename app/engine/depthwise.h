// depthwise.h: convolutions of each channel with a window of its own.
#pragma once

#include <cstddef>
#include <vector>

#include "app/engine/pointwise.h"
#include "core/model/network_file.h"

namespace verger::app {

// Its weights are (channels / 8, window, 8).
struct Depthwise {
  explicit Depthwise(const NetworkLayer& layer);

  std::size_t side;
  std::size_t stride;
  std::vector<float> weights;
  std::vector<float> bias;
};

// Writes one row of a panel, `width` pixels, from `in`, the first pixel of the first window: rows
// of it lie `step` floats apart. Each output is cut to 0 to 6.
void RunDepthwise(const Depthwise& depthwise, std::size_t panel, const float* in, std::size_t step,
                  std::size_t width, float* out);

}  // namespace verger::app

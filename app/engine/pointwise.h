// pointwise.h: convolutions whose window is one pixel, and the first one of a network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/model/network_file.h"

namespace verger::app {

// Maps lie in memory by panels of 8 channels: (channels / 8, pixels, 8). So all that a loop reads
// lies at fixed distances from one pointer.
inline constexpr std::size_t kPanel = 8;

// A dense convolution, its weights in the order in which they are read: (outputs / 8, length, 8).
struct Dense {
  explicit Dense(const NetworkLayer& layer);

  std::size_t panels;  // of outputs
  std::size_t length;  // numbers that make one output
  bool relu6;
  std::vector<float> weights;
  std::vector<float> bias;
};

// One panel of outputs for some pixels.
struct PanelJob {
  const Dense* dense;
  std::size_t panel;
  const float* in;          // the first pixel
  std::size_t step;         // from panel to panel of a map, from row to row of an image
  const float* add;         // what is added to the outputs, as they lie; or nullptr
  float* out;               //
  const std::uint32_t* at;  // of each pixel, its place behind `out` and `add`
  std::size_t pixels;
};

// Of a map: pixels lie behind each other.
void RunPointwise(const PanelJob& job);

// Of one row of an image of 3 channels, (rows, pixels, 3): a window of 3 x 3 every 2 pixels.
void RunStem(const PanelJob& job);

}  // namespace verger::app

// network_file.h: the network of the phone app, a flat file that app/engine computes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/image/image.h"
#include "core/model/preset.h"
#include "core/model/weight_storage.h"

namespace verger {

// A convolution, with what follows it.
struct NetworkLayer {
  enum class Kind : std::uint32_t { kDense, kDepthwise };

  Kind kind = Kind::kDense;
  int inputs = 0;   // channels
  int outputs = 0;  // channels
  int side = 1;     // of the window
  int stride = 1;
  std::array<int, 4> pads{};  // pixels of zeros: top, left, bottom, right
  bool relu6 = false;
  bool shortcut = false;       // adds what the layer before the last two gave
  std::vector<float> weights;  // (outputs, inputs or 1, side, side)
  std::vector<float> bias;     // a number an output
  std::vector<float> means;    // of each input on photos, where they are known; not in the file

  // Numbers that make one output channel.
  std::size_t length() const {
    return static_cast<std::size_t>(kind == Kind::kDense ? inputs : 1) *
           static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  }
  Size OutputSize(Size input) const {
    return {(input.width + pads[1] + pads[3] - side) / stride + 1,
            (input.height + pads[0] + pads[2] - side) / stride + 1};
  }
};

// An EfficientNet-Lite: a dense convolution of the image, a depthwise one and a narrowing one, then
// blocks of three (widening, depthwise, narrowing), a widening one, and the mean of each channel.
struct NetworkFile {
  std::string name;
  std::string identity;  // one line: the SHA-256 of the weights, and Identity() of the model
  Preset preset;         // of which name, size and decoding are left out
  std::vector<NetworkLayer> layers;

  int dimension() const { return layers.empty() ? 0 : layers.back().outputs; }
};

// Says that the app does not compute the network `name`, which ones it does, and `difference`.
Error NotOfTheApp(const std::string& name, const std::string& difference);

// Errors: kBadModel, naming the network and the networks there are, for layers that are no
//         EfficientNet-Lite, or whose maps have no pixels at this size of the input.
Status CheckNetwork(const NetworkFile& network);

// Lays out a network. Convolutions with a window of 1 are stored as `storage`; the others, 4 % of
// the weights and most sensitive, as int16 if that is one of intN. What rounded weights lose on
// average is added to the bias where the means of the inputs are known.
//
// Errors: as CheckNetwork(), and kBadModel for weights that are not finite.
Result<std::string> WriteNetworkFile(const NetworkFile& network, WeightStorage storage);

// Errors: kBadModel for bytes that WriteNetworkFile() did not write; no damage is read past.
// Cost:   4 bytes a weight.
Result<NetworkFile> ReadNetworkFile(Bytes file);

}  // namespace verger

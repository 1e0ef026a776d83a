// network.h: an EfficientNet-Lite on one thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/engine/block.h"
#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/model/network_file.h"
#include "core/model/preset.h"

namespace verger::app {

// Memory is planned when a network is opened; a photo allocates none.
class Network {
 public:
  // Errors: kBadModel for a file that verger::WriteNetworkFile() did not write.
  static Result<Network> Open(Bytes file);

  const std::string& identity() const { return identity_; }
  const Preset& preset() const { return preset_; }
  int dimension() const { return static_cast<int>(head_->panels * kPanel); }

  // Writes the features of one image.
  //
  // Shape: pixels, RGB of preset().input, rows top to bottom; features, dimension() numbers.
  // Cost:  EfficientNet-Lite0 at 224: 0.8 GFLOP.
  void Run(std::span<const std::uint8_t> pixels, std::span<float> features);

 private:
  Network() = default;
  void Normalise(std::span<const std::uint8_t> pixels);

  std::string identity_;
  Preset preset_;
  std::array<std::array<float, 256>, 3> tensor_of_{};  // of a pixel's value, by channel
  std::vector<float> image_;                           // with zeros around
  std::size_t image_row_ = 0;                          // floats
  std::size_t image_first_ = 0;                        // of the image's first pixel
  std::vector<Block> blocks_;
  std::optional<Dense> head_;
  std::size_t head_pixels_ = 0;
  std::array<std::vector<float>, 2> maps_;  // what a block reads, and what it writes
  Scratch scratch_;
};

}  // namespace verger::app

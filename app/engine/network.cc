#include "app/engine/network.h"

#include <algorithm>
#include <utility>

namespace verger::app {

Result<Network> Network::Open(Bytes file) {
  VERGER_ASSIGN_OR_RETURN(const NetworkFile read, ReadNetworkFile(file));
  Network network;
  network.identity_ = read.identity;
  network.preset_ = read.preset;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t value = 0; value < 256; ++value) {
      network.tensor_of_[c][value] =
          (static_cast<float>(value) - read.preset.mean[c]) / read.preset.scale[c];
    }
  }
  const Size input = read.preset.input;
  const auto [top, left, bottom, right] = read.layers[0].pads;
  network.image_row_ = static_cast<std::size_t>(3 * (left + input.width + right));
  network.image_first_ =
      static_cast<std::size_t>(top) * network.image_row_ + static_cast<std::size_t>(3 * left);
  network.image_.resize(static_cast<std::size_t>(top + input.height + bottom) * network.image_row_);
  Size map = input;
  std::size_t largest = 0;
  for (std::size_t at = 0; at + 3 <= read.layers.size(); at += 3) {
    const Block& block = network.blocks_.emplace_back(std::span(read.layers).subspan(at, 3), map);
    block.Reserve(network.scratch_);
    largest = std::max(largest, block.output_floats());
    map = block.output();
  }
  for (std::vector<float>& each : network.maps_) each.resize(largest);
  network.head_.emplace(read.layers.back());
  network.head_pixels_ = static_cast<std::size_t>(map.width) * static_cast<std::size_t>(map.height);
  std::vector<std::uint32_t>& at = network.scratch_.at;
  at.resize(std::max(at.size(), network.head_pixels_));
  for (std::size_t pixel = 0; pixel < at.size(); ++pixel) {
    at[pixel] = static_cast<std::uint32_t>(pixel * kPanel);
  }
  std::vector<float>& plane = network.scratch_.plane;
  plane.resize(std::max(plane.size(), network.head_pixels_ * kPanel));
  return network;
}

void Network::Normalise(std::span<const std::uint8_t> pixels) {
  const auto [width, height] = preset_.input;
  const std::size_t red = preset_.order == ChannelOrder::kRgb ? 0 : 2;
  const std::uint8_t* pixel = pixels.data();
  for (int y = 0; y < height; ++y) {
    float* out = image_.data() + image_first_ + static_cast<std::size_t>(y) * image_row_;
    for (int x = 0; x < width; ++x, pixel += 3, out += 3) {
      out[0] = tensor_of_[0][pixel[red]];
      out[1] = tensor_of_[1][pixel[1]];
      out[2] = tensor_of_[2][pixel[2 - red]];
    }
  }
}

void Network::Run(std::span<const std::uint8_t> pixels, std::span<float> features) {
  Normalise(pixels);
  const float* in = image_.data();
  for (const Block& block : blocks_) {
    block.Run(in, image_row_, scratch_, maps_[0].data());
    std::swap(maps_[0], maps_[1]);
    in = maps_[1].data();
  }
  float* plane = scratch_.plane.data();
  for (std::size_t panel = 0; panel < head_->panels; ++panel) {
    RunPointwise({&*head_, panel, in, head_pixels_ * kPanel, nullptr, plane, scratch_.at.data(),
                  head_pixels_});
    for (std::size_t c = 0; c < kPanel; ++c) {
      float sum = 0;
      for (std::size_t pixel = 0; pixel < head_pixels_; ++pixel) sum += plane[pixel * kPanel + c];
      features[panel * kPanel + c] = sum / static_cast<float>(head_pixels_);
    }
  }
}

}  // namespace verger::app

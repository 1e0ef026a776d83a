// features.cc: a photo's pixels to its features, for JavaScript.
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "app/engine/memory.h"
#include "app/engine/network.h"
#include "core/base/limits.h"
#include "core/extract/views.h"

namespace verger::app {
namespace {

// A module has one network and works on one photo at a time.
struct Engine {
  std::optional<Network> network;
  Image photo;
  std::size_t filled = 0;            // bytes of its pixels
  std::vector<std::uint8_t> inputs;  // the views, as the network takes them
  std::vector<float> of_view;
  std::vector<double> sums;
};

Engine& TheEngine() {
  static Engine engine;
  return engine;
}

Status NoNetwork() {
  return Error{Code::kBadCall, "no network is open: pass network.bin to Engine.load"};
}

Status Open(Bytes file) {
  VERGER_ASSIGN_OR_RETURN(Network network, Network::Open(file));
  Engine& engine = TheEngine();
  const Preset& preset = network.preset();
  const auto dimension = static_cast<std::size_t>(network.dimension());
  engine.inputs.resize(static_cast<std::size_t>(preset.views) * ByteCount(preset.input));
  engine.of_view.resize(dimension);
  engine.sums.resize(dimension);
  engine.network = std::move(network);
  return Ok();
}

Status Begin(int width, int height) {
  if (width < 1 || height < 1 || std::int64_t{width} * height > kMaxPhotoPixels) {
    return Error{Code::kBadPhoto, fmt::format("a photo of {} x {} pixels is too large, or none: "
                                              "choose one of at most {} pixels",
                                              width, height, kMaxPhotoPixels)};
  }
  Engine& engine = TheEngine();
  engine.photo.size = {width, height};
  engine.photo.pixels.resize(ByteCount(engine.photo.size));
  engine.filled = 0;
  return Ok();
}

Status Add(const std::uint8_t* rgba, std::size_t pixels) {
  Engine& engine = TheEngine();
  if (3 * pixels > engine.photo.pixels.size() - engine.filled) {
    return Error{Code::kBadCall, "more pixels than the photo has: pass width x height of them"};
  }
  std::uint8_t* rgb = engine.photo.pixels.data() + engine.filled;
  for (std::size_t at = 0; at < pixels; ++at, rgb += 3, rgba += 4) {
    rgb[0] = rgba[0];
    rgb[1] = rgba[1];
    rgb[2] = rgba[2];
  }
  engine.filled += 3 * pixels;
  return Ok();
}

// The mean over the views, as the program computes it (core/extract/extractor.cc).
Status Features(float* features) {
  Engine& engine = TheEngine();
  if (!engine.network) return NoNetwork();
  if (engine.filled != engine.photo.pixels.size() || engine.filled == 0) {
    return Error{Code::kBadCall, "fewer pixels than the photo has: pass width x height of them"};
  }
  Network& network = *engine.network;
  const Preset& preset = network.preset();
  engine.filled = 0;  // the pixels are used up
  VERGER_RETURN_IF_ERROR(ToViews(engine.photo, preset, engine.inputs));
  const std::size_t each = ByteCount(preset.input);
  const std::span<std::uint8_t> inputs = engine.inputs;
  std::ranges::fill(engine.sums, 0.0);
  for (std::size_t view = 0; view < static_cast<std::size_t>(preset.views); ++view) {
    network.Run(inputs.subspan(view * each, each), engine.of_view);
    for (std::size_t at = 0; at < engine.sums.size(); ++at) engine.sums[at] += engine.of_view[at];
  }
  for (std::size_t at = 0; at < engine.sums.size(); ++at) {
    features[at] = static_cast<float>(engine.sums[at] / preset.views);
  }
  return Ok();
}

}  // namespace

VERGER_WASM_EXPORT("network_open") int NetworkOpen(const void* file, std::size_t size) {
  return Report(Open({static_cast<const std::byte*>(file), size}));
}

// The line that names the network and its preset, as its classifier does.
VERGER_WASM_EXPORT("network_identity") const char* NetworkIdentity() {
  const std::optional<Network>& network = TheEngine().network;
  return network ? network->identity().c_str() : "";
}

VERGER_WASM_EXPORT("network_dimension") int NetworkDimension() {
  const std::optional<Network>& network = TheEngine().network;
  return network ? network->dimension() : 0;
}

VERGER_WASM_EXPORT("photo_begin") int PhotoBegin(int width, int height) {
  return Report(Begin(width, height));
}

// The next pixels of the photo, RGBA of which A is ignored.
VERGER_WASM_EXPORT("photo_add") int PhotoAdd(const std::uint8_t* rgba, std::size_t pixels) {
  return Report(Add(rgba, pixels));
}

// `features`: room for network_dimension() numbers.
VERGER_WASM_EXPORT("photo_features") int PhotoFeatures(float* features) {
  return Report(Features(features));
}

// What the network was last given: the views, RGB.
VERGER_WASM_EXPORT("photo_inputs") const std::uint8_t* PhotoInputs() {
  return TheEngine().inputs.data();
}
VERGER_WASM_EXPORT("photo_inputs_bytes") std::size_t PhotoInputsBytes() {
  return TheEngine().inputs.size();
}

}  // namespace verger::app

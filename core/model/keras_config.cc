#include "core/model/keras_config.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/base/json.h"
#include "core/base/json_depth.h"

namespace verger {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 8;
constexpr std::int64_t kMaxSide = 4096;
constexpr double kEpsilon = 1.001e-5;

// Layers that leave an image as it is when features are computed.
constexpr std::array<std::string_view, 3> kHarmless = {"InputLayer", "GaussianNoise", "Dropout"};

const Json& At(const Json& json, const char* key) {
  static const Json none;
  return json.is_object() && json.contains(key) ? json[key] : none;
}

std::string TextOf(const Json& json) { return json.is_string() ? json.get<std::string>() : ""; }

std::string NameOf(const Json& layer) { return TextOf(At(At(layer, "config"), "name")); }

const Json& LayersOf(const Json& model) { return At(At(model, "config"), "layers"); }

// The sides in [null, 100, 100, 3] of an input.
std::optional<Size> SidesOf(const Json& layer) {
  for (const char* key : {"batch_shape", "batch_input_shape"}) {
    const Json& shape = At(At(layer, "config"), key);
    if (!shape.is_array() || shape.size() != 4) continue;
    if (!shape[1].is_number_integer() || !shape[2].is_number_integer()) continue;
    const auto height = shape[1].get<std::int64_t>();
    const auto width = shape[2].get<std::int64_t>();
    if (height < 1 || width < 1 || height > kMaxSide || width > kMaxSide) continue;
    return Size{static_cast<int>(width), static_cast<int>(height)};
  }
  return std::nullopt;
}

// How a convolution or batch norm differs from ResNet50's of that name.
std::string DifferenceOf(const Json& layer) {
  const std::string name = NameOf(layer);
  const Json& config = At(layer, "config");
  if (name.ends_with("_bn")) {
    const Json& epsilon = At(config, "epsilon");
    if (!epsilon.is_number() || std::abs(epsilon.get<double>() - kEpsilon) < 1e-8) return "";
    return fmt::format("layer \"{}\" has epsilon {}, not {}", name, epsilon.get<double>(),
                       kEpsilon);
  }
  if (!name.ends_with("_conv")) return "";
  const bool first = name == "conv1_conv";
  const bool second_block =
      name.find("_block1_0_") != name.npos || name.find("_block1_1_") != name.npos;
  const int stride = first || (second_block && !name.starts_with("conv2_")) ? 2 : 1;
  const std::array<std::pair<const char*, int>, 2> expected = {
      {{"strides", stride}, {"dilation_rate", 1}}};
  for (const auto& [key, value] : expected) {
    const Json& sides = At(config, key);
    if (!sides.is_array() || sides.size() != 2) continue;
    if (sides[0] == value && sides[1] == value) continue;
    return fmt::format("layer \"{}\" has {} {}, not {}", name, key, FormatJson(sides), value);
  }
  return "";
}

// Returns whether ResNet50 is in `model`. If not, `config` is as it was: by taking back what was
// added, not by a copy for each network inside another one, of which a file may name millions.
bool ReadModel(const Json& model, int depth, KerasConfig& config) {
  const Json& layers = LayersOf(model);
  if (!layers.is_array() || depth > kMaxDepth) return false;
  const std::size_t before = config.before.size();
  const std::optional<Size> input = config.input;
  const bool own =
      std::ranges::any_of(layers, [](const Json& layer) { return NameOf(layer) == "conv1_conv"; });
  for (const Json& layer : layers) {
    const std::string kind = TextOf(At(layer, "class_name"));
    const std::string name = NameOf(layer);
    if (own && (name == "conv1_pad" || name == "conv1_conv")) {
      for (const Json& each : layers) {
        config.layers.push_back(NameOf(each));
        if (config.difference.empty()) config.difference = DifferenceOf(each);
      }
      return true;
    }
    if (const auto sides = SidesOf(layer)) config.input = sides;
    if (!own && LayersOf(layer).is_array() && ReadModel(layer, depth + 1, config)) return true;
    const bool harmless =
        kind.starts_with("Random") || std::ranges::find(kHarmless, kind) != kHarmless.end();
    if (!harmless && !kind.empty()) config.before.push_back(kind);
  }
  config.before.resize(before);
  config.input = input;
  return false;
}

}  // namespace

KerasConfig ReadKerasConfig(const std::string& json) {
  KerasConfig config;
  if (IsDeepJson(json)) return config;
  const Json model = ParseJsonOrDiscard(json);
  if (!model.is_discarded()) ReadModel(model, 0, config);
  return config;
}

}  // namespace verger

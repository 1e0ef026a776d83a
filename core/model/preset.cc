#include "core/model/preset.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace verger {
namespace {

constexpr Size kInput{224, 224};

// Filter: Keras's users resize with Pillow, whose default is bicubic, and Lite0 was evaluated
// with bicubic; torchvision and the TensorFlow-Slim networks were trained on bilinear.
// Source: keras.applications.imagenet_utils ("caffe" and "tf" modes); the published
//         evaluation settings of EfficientNet-Lite and of torchvision's weights.
const std::array<Preset, 4>& Presets() {
  static const std::array<Preset, 4> presets = {{
      {"keras",
       kInput,
       Filter::kBicubic,
       ChannelOrder::kBgr,
       {103.939F, 116.779F, 123.68F},
       {1, 1, 1}},
      {"efficientnet-lite",
       kInput,
       Filter::kBicubic,
       ChannelOrder::kRgb,
       {127, 127, 127},
       {128, 128, 128}},
      {"torchvision",
       kInput,
       Filter::kBilinear,
       ChannelOrder::kRgb,
       {123.675F, 116.28F, 103.53F},  // 255 times 0.485, 0.456, 0.406
       {58.395F, 57.12F, 57.375F}},   // 255 times 0.229, 0.224, 0.225
      {"tensorflow",
       kInput,
       Filter::kBilinear,
       ChannelOrder::kRgb,
       {127.5F, 127.5F, 127.5F},
       {127.5F, 127.5F, 127.5F}},
  }};
  return presets;
}

}  // namespace

std::vector<std::string> PresetNames() {
  std::vector<std::string> names;
  for (const Preset& preset : Presets()) names.push_back(preset.name);
  return names;
}

Result<Preset> FindPreset(std::string_view name) {
  const auto& presets = Presets();
  const auto found = std::ranges::find(presets, name, &Preset::name);
  if (found == presets.end()) {
    return Error{Code::kBadCall, fmt::format("there is no preset \"{}\"; choose one of: {}", name,
                                             fmt::join(PresetNames(), ", "))};
  }
  return *found;
}

std::string Identity(const Preset& preset) {
  return fmt::format("{}:{}x{}:{}:{}:{}:{}", preset.name, preset.input.width, preset.input.height,
                     preset.filter == Filter::kBicubic ? "bicubic" : "bilinear",
                     preset.order == ChannelOrder::kBgr ? "bgr" : "rgb",
                     fmt::join(preset.mean, ","), fmt::join(preset.scale, ","));
}

}  // namespace verger

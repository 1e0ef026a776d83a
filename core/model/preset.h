// preset.h: the exact preprocessing a network was trained with.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/image/image.h"
#include "core/image/resize.h"

namespace verger {

enum class ChannelOrder { kRgb, kBgr };

// tensor[c] = (pixel[order[c]] - mean[c]) / scale[c], in float32.
struct Preset {
  std::string name;
  Size input;  // of the network
  Filter filter = Filter::kBicubic;
  ChannelOrder order = ChannelOrder::kRgb;
  std::array<float, 3> mean{};  // in the order of the tensor's channels, on a scale of 0 to 255
  std::array<float, 3> scale{1, 1, 1};
};

// Names of the presets there are: "keras", "efficientnet-lite", "torchvision", "tensorflow".
std::vector<std::string> PresetNames();

// The same, separated by commas.
inline constexpr char kPresetNames[] = "keras,efficientnet-lite,torchvision,tensorflow";

// Returns the preset of that name with an input of 224 x 224.
//
// Errors: kBadCall, listing the names there are.
Result<Preset> FindPreset(std::string_view name);

// One line that is the same for two presets just when they make the same tensor,
// e.g. "keras:224x224:bicubic:bgr:103.939,116.779,123.68:1,1,1".
std::string Identity(const Preset& preset);

}  // namespace verger

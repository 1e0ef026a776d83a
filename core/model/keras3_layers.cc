#include "core/model/keras3_layers.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>

#include "core/model/hdf5_read.h"
#include "core/model/resnet50_layers.h"

namespace verger {
namespace {

constexpr int kMaxDepth = 8;
// Of all networks together: links may lead back, so that a small file has endless paths.
constexpr std::ptrdiff_t kMaxNames = 100'000;
constexpr std::array<const char*, 2> kOfTwo = {"kernel", "bias"};
constexpr std::array<const char*, 4> kOfFour = {"gamma", "beta", "moving_mean", "moving_variance"};

Hdf5Handle OpenGroup(hid_t parent, const std::string& name) {
  return Hdf5Handle(IsHardLink(parent, name) ? H5Gopen2(parent, name.c_str(), H5P_DEFAULT)
                                             : H5I_INVALID_HID);
}

// Adds the layer whose weights lie in `vars`. `key`: the name of its group.
bool AddLayer(hid_t vars, const std::string& key, const std::string& path, std::ptrdiff_t& left,
              KerasLayers& layers) {
  const auto numbers = ReadLinks(vars);
  if (!numbers || (left -= std::ssize(*numbers)) < 0) return false;
  if (numbers->empty()) return true;
  std::string name = key;
  if (const auto stored_names = ReadTexts(vars, "name"); stored_names && stored_names->size() == 1)
    name = stored_names->front();
  if (!layers.weights.contains(name)) layers.names.push_back(name);
  const std::span<const char* const> known =
      numbers->size() == kOfFour.size() ? std::span<const char* const>(kOfFour) : kOfTwo;
  for (std::size_t at = 0; at < numbers->size(); ++at) {
    const std::string weight = at < known.size() ? known[at] : (*numbers)[at];
    layers.weights[name][weight] = path + "/" + std::to_string(at);
  }
  return true;
}

// `left`: how many more names of layers and weights may be read.
bool AddModel(hid_t group, const std::string& name, const std::string& path, int depth,
              std::ptrdiff_t& left, std::vector<KerasLayers>& models) {
  const std::size_t index = models.size();
  models.push_back({name, {}, {}, false});
  const Hdf5Handle layers = OpenGroup(group, "layers");
  const auto keys = layers ? ReadLinks(layers.get()) : std::nullopt;
  if (!keys || depth > kMaxDepth || (left -= std::ssize(*keys)) < 0) return false;
  for (const std::string& key : *keys) {
    const Hdf5Handle layer = OpenGroup(layers.get(), key);
    const std::string here = path + "layers/" + key;
    if (!layer) return false;
    if (IsHardLink(layer.get(), "layers")) {
      if (!AddModel(layer.get(), key, here + "/", depth + 1, left, models)) return false;
    } else if (const Hdf5Handle vars = OpenGroup(layer.get(), "vars")) {
      if (!AddLayer(vars.get(), key, here + "/vars", left, models[index])) return false;
    }
  }
  return true;
}

// "conv2d", "conv2d_1", ... as ResNet50's layers are called, if there are just as many of both
// classes.
void NameByClass(KerasLayers& layers) {
  for (const auto& [kind, ending] :
       {std::pair("conv2d", "_conv"), std::pair("batch_normalization", "_bn")}) {
    const std::vector<std::string> known = ResNet50Layers(ending);
    const auto number = [&](std::size_t at) {
      return at == 0 ? kind : fmt::format("{}_{}", kind, at);
    };
    if (!layers.weights.contains(number(known.size() - 1)) ||
        layers.weights.contains(number(known.size()))) {
      return;
    }
    for (std::size_t at = 0; at < known.size(); ++at) {
      auto node = layers.weights.extract(number(at));
      if (node.empty()) return;
      std::ranges::replace(layers.names, node.key(), known[at]);
      node.key() = known[at];
      layers.weights.insert(std::move(node));
    }
  }
}

}  // namespace

std::optional<std::vector<KerasLayers>> ReadKeras3Layers(hid_t root) {
  std::vector<KerasLayers> models;
  std::ptrdiff_t left = kMaxNames;
  if (!AddModel(root, "", "", 0, left, models)) return std::nullopt;
  for (KerasLayers& model : models) NameByClass(model);
  return models;
}

}  // namespace verger

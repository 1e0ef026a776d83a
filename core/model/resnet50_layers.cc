#include "core/model/resnet50_layers.h"

#include <fmt/core.h>

#include <set>
#include <string_view>

namespace verger {

std::vector<std::string> ResNet50Layers(const std::string& kind) {
  std::vector<std::string> names = {"conv1" + kind};
  for (std::size_t stage = 0; stage < kResNet50Stages.size(); ++stage) {
    for (int block = 1; block <= kResNet50Stages[stage].blocks; ++block) {
      const std::string name = fmt::format("conv{}_block{}", stage + 2, block);
      names.insert(names.end(), {name + "_1" + kind, name + "_2" + kind});
      if (block == 1) names.push_back(name + "_0" + kind);
      names.push_back(name + "_3" + kind);
    }
  }
  return names;
}

bool IsResNet50Layer(const std::string& name) {
  static const std::set<std::string> names = [] {
    std::set<std::string> all = {"conv1_pad", "conv1_relu", "pool1_pad", "pool1_pool"};
    for (const char* kind : {"_conv", "_bn"}) {
      for (const std::string& layer : ResNet50Layers(kind)) all.insert(layer);
    }
    for (const std::string& layer : ResNet50Layers("_relu")) {
      const std::size_t number = layer.size() - std::string_view("1_relu").size();
      if (layer[number] == '1' || layer[number] == '2') all.insert(layer);
      // The third is added to the shortcut first.
      const std::string block = layer.substr(0, number);
      if (layer[number] == '3') all.insert({block + "add", block + "out"});
    }
    return all;
  }();
  return names.contains(name);
}

}  // namespace verger

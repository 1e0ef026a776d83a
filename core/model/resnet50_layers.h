// resnet50_layers.h: the names of ResNet50's layers, as Keras has them.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace verger {

struct ResNet50Stage {
  std::size_t width;  // of the bottleneck; the stage's output is 4 times wider
  int blocks;
  std::size_t stride;  // of the first block
};
inline constexpr std::array<ResNet50Stage, 4> kResNet50Stages = {
    {{64, 3, 1}, {128, 4, 2}, {256, 6, 2}, {512, 3, 2}}};

// The layer that tells ResNet50 among the networks of a file.
inline constexpr char kResNet50First[] = "conv1_conv";

// The layers with weights in the order of the network, "conv1_conv", "conv1_bn", ...: convolutions
// (`kind` "_conv") or batch norms ("_bn").
// Source: keras.applications.resnet: in a first block _0_ comes behind _2_.
std::vector<std::string> ResNet50Layers(const std::string& kind);

// Whether the network has a layer of that name between its input and its pooling, weightless ones
// too.
bool IsResNet50Layer(const std::string& name);

}  // namespace verger

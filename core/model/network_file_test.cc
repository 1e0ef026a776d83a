#include "core/model/network_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace verger {
namespace {

using testing::HasSubstr;
using Kind = NetworkLayer::Kind;

NetworkLayer Layer(Kind kind, int inputs, int outputs, int side, int stride) {
  NetworkLayer layer;
  layer.kind = kind;
  layer.inputs = inputs;
  layer.outputs = outputs;
  layer.side = side;
  layer.stride = stride;
  if (side > 1)
    layer.pads = {stride == 1 ? side / 2 : 0, stride == 1 ? side / 2 : 0, side / 2, side / 2};
  layer.relu6 = true;
  const std::size_t size = static_cast<std::size_t>(outputs) * layer.length();
  for (std::size_t at = 0; at < size; ++at) {
    layer.weights.push_back(std::sin(static_cast<float>(at) * 12.9898F) * 0.1F);
  }
  layer.bias.assign(static_cast<std::size_t>(outputs), 0.25F);
  return layer;
}

// The least that is an EfficientNet-Lite: one block with a shortcut.
NetworkFile Small() {
  NetworkFile network;
  network.name = "small";
  network.identity = "0123 efficientnet-lite:16x16";
  network.preset.input = {16, 16};
  network.preset.mean = {127, 127, 127};
  network.preset.scale = {128, 128, 128};
  network.layers = {Layer(Kind::kDense, 3, 8, 3, 2),       Layer(Kind::kDepthwise, 8, 8, 3, 1),
                    Layer(Kind::kDense, 8, 8, 1, 1),       Layer(Kind::kDense, 8, 16, 1, 1),
                    Layer(Kind::kDepthwise, 16, 16, 5, 1), Layer(Kind::kDense, 16, 8, 1, 1),
                    Layer(Kind::kDense, 8, 24, 1, 1)};
  for (const std::size_t narrowing : {2, 5}) network.layers[narrowing].relu6 = false;
  network.layers[5].shortcut = true;
  return network;
}

Bytes AsBytes(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(NetworkFile, ComesBackAsItWas) {
  const NetworkFile network = Small();
  const auto file = WriteNetworkFile(network, WeightStorage::kFp32);
  ASSERT_TRUE(file) << file.error().message;
  const auto read = ReadNetworkFile(AsBytes(*file));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, network.name);
  EXPECT_EQ(read->identity, network.identity);
  EXPECT_EQ(read->preset.input, network.preset.input);
  EXPECT_EQ(read->preset.mean, network.preset.mean);
  EXPECT_EQ(read->preset.scale, network.preset.scale);
  EXPECT_EQ(read->dimension(), 24);
  ASSERT_EQ(read->layers.size(), network.layers.size());
  for (std::size_t at = 0; at < network.layers.size(); ++at) {
    EXPECT_EQ(read->layers[at].weights, network.layers[at].weights);
    EXPECT_EQ(read->layers[at].bias, network.layers[at].bias);
    EXPECT_EQ(read->layers[at].pads, network.layers[at].pads);
    EXPECT_EQ(read->layers[at].stride, network.layers[at].stride);
    EXPECT_EQ(read->layers[at].shortcut, network.layers[at].shortcut);
  }
}

TEST(NetworkFile, StoresOnlyNarrowWindowsInWholeNumbers) {
  const NetworkFile network = Small();
  const auto read = ReadNetworkFile(AsBytes(*WriteNetworkFile(network, WeightStorage::kInt8)));
  ASSERT_TRUE(read) << read.error().message;
  for (std::size_t at = 0; at < network.layers.size(); ++at) {
    const NetworkLayer& layer = network.layers[at];
    const float bound = 0.1F / (layer.side > 1 ? 32767 : 127) / 2 * 1.01F;
    for (std::size_t weight = 0; weight < layer.weights.size(); ++weight) {
      EXPECT_NEAR(read->layers[at].weights[weight], layer.weights[weight], bound) << at;
    }
  }
}

TEST(NetworkFile, IsRefusedWhenItsEndIsMissing) {
  const std::string file = *WriteNetworkFile(Small(), WeightStorage::kInt10);
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto read = ReadNetworkFile(AsBytes(file).first(size));
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, Code::kBadModel);
  }
  EXPECT_THAT(ReadNetworkFile(AsBytes(file + "x")).error().message,
              HasSubstr("load the page again"));
}

TEST(NetworkFile, NoDamageIsReadPast) {
  const std::string file = *WriteNetworkFile(Small(), WeightStorage::kInt12);
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const char flip : {'\x01', '\x80', '\xFF'}) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      const auto read = ReadNetworkFile(AsBytes(damaged));  // the sanitizers watch
      EXPECT_TRUE(read || read.error().code == Code::kBadModel) << at;
    }
  }
}

TEST(NetworkFile, OtherNetworksAreRefused) {
  const auto why = [](auto change) {
    NetworkFile network = Small();
    change(network.layers);
    const auto file = WriteNetworkFile(network, WeightStorage::kFp32);
    EXPECT_FALSE(file);
    EXPECT_EQ(file.error().code, Code::kBadModel);
    EXPECT_THAT(file.error().message,
                testing::AllOf(HasSubstr("small: the phone app computes EfficientNet-Lite0"),
                               HasSubstr("--model efficientnet-lite0")));
    return file.error().message;
  };
  using Layers = std::vector<NetworkLayer>;
  EXPECT_THAT(why([](Layers& layers) { layers.pop_back(); }), HasSubstr("6 convolutions"));
  EXPECT_THAT(why([](Layers& layers) { layers[1].kind = Kind::kDense; }),
              HasSubstr("convolution 2 is not depthwise"));
  EXPECT_THAT(why([](Layers& layers) { layers[3].relu6 = false; }),
              HasSubstr("convolution 4 has no ReLU6"));
  EXPECT_THAT(why([](Layers& layers) { layers[4].side = 7; }), HasSubstr("a window of 7 x 7"));
  EXPECT_THAT(why([](Layers& layers) { layers[4].stride = 0; }), HasSubstr("a stride of 0"));
  EXPECT_THAT(why([](Layers& layers) { layers[6].inputs = 16; }), HasSubstr("takes 16 channels"));
  EXPECT_THAT(why([](Layers& layers) { layers[4].stride = 2; }),
              HasSubstr("convolution 6 has a shortcut of another shape"));
  EXPECT_THAT(why([](Layers& layers) { layers[4].pads = {5, 0, 0, 0}; }), HasSubstr("padded by 5"));
}

TEST(NetworkFile, WeightsThatAreNotFiniteAreRefused) {
  NetworkFile network = Small();
  network.layers[2].weights[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(WriteNetworkFile(network, WeightStorage::kFp32).error().message,
              HasSubstr("small has weights that are not finite"));
}

}  // namespace
}  // namespace verger

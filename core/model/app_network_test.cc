#include "core/model/app_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/network_file.h"
#include "core/model/test_onnx_file.h"

namespace verger {
namespace {

using testing::HasSubstr;

NetworkFile ReadBack(const Result<Model>& model, WeightStorage storage = WeightStorage::kFp32) {
  EXPECT_TRUE(model) << model.error().message;
  const Result<std::string> file = AppNetwork(*model, storage);
  EXPECT_TRUE(file) << file.error().message;
  const Result<NetworkFile> read = ReadNetworkFile(std::as_bytes(std::span(*file)));
  EXPECT_TRUE(read) << read.error().message;
  return *read;
}

TEST(AppNetwork, HasTheLayersOfLite0) {
  const NetworkFile network = ReadBack(EmbeddedModel());
  EXPECT_EQ(network.dimension(), 1280);
  ASSERT_EQ(network.layers.size(), 1U + 2 + 3 * 15 + 1);
  EXPECT_EQ(network.layers[0].outputs, 32);
  EXPECT_EQ(network.layers[0].pads, (std::array<int, 4>{0, 0, 1, 1}));
  EXPECT_EQ(network.layers[0].length(), 27U);
  EXPECT_EQ(network.layers.back().inputs, 320);
  int shortcuts = 0;
  for (const NetworkLayer& layer : network.layers) shortcuts += layer.shortcut ? 1 : 0;
  EXPECT_EQ(shortcuts, 9);
  EXPECT_EQ(network.preset.input, (Size{224, 224}));
  EXPECT_EQ(network.preset.filter, Filter::kBicubic);
  EXPECT_EQ(network.preset.mean[0], 127);
  EXPECT_EQ(network.preset.scale[2], 128);
  EXPECT_EQ(network.identity, EmbeddedModel()->sha256 + " " + Identity(*EmbeddedModel()));
}

TEST(AppNetwork, TakesTheOthersAndOtherSizes) {
  const NetworkFile lite2 = ReadBack(EmbeddedModel("efficientnet-lite2", "size=320,views=3"));
  EXPECT_EQ(lite2.preset.input, (Size{320, 320}));
  EXPECT_EQ(lite2.preset.views, 3);
  EXPECT_GT(lite2.layers.size(), 49U);
  // 112, 56, 28, 14, 7 and, of the last stride, an odd map: 7 -> 4 is padded by 1 on both sides.
  const NetworkFile small = ReadBack(EmbeddedModel("efficientnet-lite1", "size=112"));
  std::vector<std::array<int, 4>> pads;
  for (const NetworkLayer& layer : small.layers) {
    if (layer.stride == 2) pads.push_back(layer.pads);
  }
  ASSERT_EQ(pads.size(), 5U);
  EXPECT_EQ(pads[0], (std::array<int, 4>{0, 0, 1, 1}));
  EXPECT_EQ(pads[4], (std::array<int, 4>{2, 2, 2, 2}));
}

TEST(AppNetwork, RefusesOtherNetworks) {
  const std::string means = test_onnx_file::Model(test_onnx_file::ChannelMeans());
  const auto model = ReadModel(test_onnx_file::AsBytes(means), "means.onnx", "tensorflow");
  ASSERT_TRUE(model) << model.error().message;
  const auto file = AppNetwork(*model, WeightStorage::kFp32);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::kBadModel);
  EXPECT_THAT(file.error().message,
              testing::AllOf(HasSubstr("means.onnx: the phone app computes EfficientNet-Lite0"),
                             HasSubstr("0 convolutions")));
}

}  // namespace
}  // namespace verger

// The engine of the phone app beside OpenVINO, on this machine; in a browser: tests/app.
#include "app/engine/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <openvino/openvino.hpp>

#include "core/model/app_network.h"

namespace verger::app {
namespace {

std::vector<std::uint8_t> Pixels(Size size) {
  std::vector<std::uint8_t> pixels(ByteCount(size));
  for (std::size_t at = 0; at < pixels.size(); ++at) {
    const auto x = static_cast<float>(at / 3 % static_cast<std::size_t>(size.width));
    const auto y = static_cast<float>(at / 3 / static_cast<std::size_t>(size.width));
    const float value = std::sin(x * 0.11F + static_cast<float>(at % 3)) * std::cos(y * 0.07F);
    pixels[at] = static_cast<std::uint8_t>(127 + 120 * value);
  }
  return pixels;
}

std::vector<float> OfOpenVino(const Model& model, std::vector<std::uint8_t> pixels) {
  ov::Core core;
  const auto network = model.network->clone();
  const Size size = model.preset.input;
  const ov::Shape shape{1, static_cast<std::size_t>(size.height),
                        static_cast<std::size_t>(size.width), 3};
  network->reshape(ov::PartialShape(shape));
  auto compiled =
      core.compile_model(network, "CPU", ov::hint::inference_precision(ov::element::f32),
                         ov::inference_num_threads(1));
  auto request = compiled.create_infer_request();
  request.set_input_tensor(ov::Tensor(ov::element::u8, shape, pixels.data()));
  request.infer();
  const ov::Tensor out = request.get_output_tensor();
  return {out.data<float>(), out.data<float>() + out.get_size()};
}

// The largest difference, as a share of the largest feature.
double Difference(const std::string& name, const std::string& preset, const char* weights) {
  const Model model = *EmbeddedModel(name, preset);
  const auto file = AppNetwork(model, *ReadWeightStorage(weights));
  if (!file) {
    ADD_FAILURE() << file.error().message;
    return 1;
  }
  auto network = Network::Open(std::as_bytes(std::span(*file)));
  EXPECT_TRUE(network) << network.error().message;
  const std::vector<std::uint8_t> pixels = Pixels(model.preset.input);
  std::vector<float> features(static_cast<std::size_t>(network->dimension()));
  network->Run(pixels, features);
  const std::vector<float> first = features;
  network->Run(pixels, features);
  EXPECT_EQ(features, first);  // nothing of a photo stays
  const std::vector<float> expected = OfOpenVino(model, pixels);
  EXPECT_EQ(features.size(), expected.size());
  double largest = 0;
  double difference = 0;
  for (std::size_t at = 0; at < expected.size(); ++at) {
    largest = std::max<double>(largest, std::abs(expected[at]));
    difference = std::max<double>(difference, std::abs(features[at] - expected[at]));
  }
  return difference / largest;
}

TEST(AppEngine, EqualsOpenVinoInFloat32) {
  EXPECT_LE(Difference("efficientnet-lite0", "", "fp32"), 1e-5);
  EXPECT_LE(Difference("efficientnet-lite1", "", "fp32"), 1e-5);
  EXPECT_LE(Difference("efficientnet-lite2", "", "fp32"), 1e-5);
}

TEST(AppEngine, TakesOddMaps) {
  EXPECT_LE(Difference("efficientnet-lite0", "size=116", "fp32"), 1e-5);
  EXPECT_LE(Difference("efficientnet-lite1", "size=180", "fp32"), 1e-5);
  EXPECT_LE(Difference("efficientnet-lite2", "size=320", "fp32"), 1e-5);
}

TEST(AppEngine, ComesNearWithFewerBits) {
  EXPECT_LE(Difference("efficientnet-lite0", "", "fp16"), 0.01);
  EXPECT_LE(Difference("efficientnet-lite0", "", "int12"), 0.006);
  EXPECT_LE(Difference("efficientnet-lite0", "", kAppWeights), 0.01);
}

TEST(AppEngine, RefusesWhatIsNoNetwork) {
  const auto network = Network::Open({});
  ASSERT_FALSE(network);
  EXPECT_THAT(network.error().message, testing::HasSubstr("load the page again"));
}

}  // namespace
}  // namespace verger::app

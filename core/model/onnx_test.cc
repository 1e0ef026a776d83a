// ReadModel on ONNX files: what is taken, what is refused, and what the preset does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openvino/openvino.hpp>

#include "core/base/sha256.h"
#include "core/model/embedded.h"
#include "core/model/engine.h"
#include "core/model/model.h"
#include "core/model/test_onnx_file.h"

namespace verger {
namespace {

using namespace test_onnx_file;
using testing::AllOf;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;
using testing::StartsWith;
using Network = Graph;

Result<verger::Model> Read(const Network& network, const std::string& preset = "tensorflow") {
  return ReadModel(AsBytes(test_onnx_file::Model(network)), "pear.onnx", preset);
}

// Features of two images, each of one colour.
std::vector<float> FeaturesOf(const verger::Model& model, std::array<std::uint8_t, 3> first,
                              std::array<std::uint8_t, 3> second) {
  const std::shared_ptr<ov::Model> network = model.network->clone();
  const auto height = static_cast<std::size_t>(model.preset.input.height);
  const auto width = static_cast<std::size_t>(model.preset.input.width);
  ov::InferRequest request = Engine().compile_model(network, "CPU").create_infer_request();
  ov::Tensor pixels(ov::element::u8, {2, height, width, 3});
  for (std::size_t at = 0; at < pixels.get_size(); ++at) {
    const bool is_first = at < pixels.get_size() / 2;
    pixels.data<std::uint8_t>()[at] = (is_first ? first : second)[at % 3];
  }
  request.set_input_tensor(pixels);
  request.infer();
  const ov::Tensor features = request.get_output_tensor();
  EXPECT_EQ(features.get_shape(), (ov::Shape{2, static_cast<std::size_t>(model.dimension)}));
  return {features.data<const float>(), features.data<const float>() + features.get_size()};
}

void ExpectMeans(const verger::Model& model) {
  EXPECT_THAT(FeaturesOf(model, {0, 51, 255}, {255, 204, 127}),
              Pointwise(FloatNear(1e-6F), {-1.F, -0.6F, 1.F, 1.F, 0.6F, 127 / 127.5F - 1}));
}

void ExpectRefused(const Result<verger::Model>& result, const std::string& reason) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kBadModel) << result.error().message;
  EXPECT_THAT(result.error().message, AllOf(StartsWith("pear.onnx: "), HasSubstr(reason)));
  EXPECT_THAT(result.error().message, testing::Not(HasSubstr("\n")));
}

TEST(Onnx, TheEmbeddedModelsAreEfficientNetLite) {
  for (const auto& [name, side] : {std::pair("efficientnet-lite0", 224),
                                   {"efficientnet-lite1", 240},
                                   {"efficientnet-lite2", 260}}) {
    const Result<verger::Model> model = EmbeddedModel(name);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->name, name);
    EXPECT_EQ(model->dimension, 1280);
    EXPECT_EQ(model->preset.name, "efficientnet-lite");
    EXPECT_EQ(model->preset.input, (Size{side, side}));
    EXPECT_EQ(model->sha256, Sha256(*EmbeddedFile(name)));
  }
  EXPECT_EQ(EmbeddedModel()->name, "efficientnet-lite0");
  EXPECT_EQ(EmbeddedModel("pear").error().code, Code::kBadCall);
  EXPECT_THAT(EmbeddedModel("pear").error().message, HasSubstr("efficientnet-lite2"));
}

// Outputs that are already written have them: they could not be continued with others.
TEST(Onnx, TheBytesOfTheEmbeddedModelsStay) {
  for (const auto& [name, sha256] :
       {std::pair("efficientnet-lite0",
                  "4deb15cb2043720630251ab0c2c51f37a83a45b3a2df5d89018b54aea1e9b2fa"),
        {"efficientnet-lite1", "aa2c4a7a843cf13a7b4f7067975fda8a42cf1f8d33d37f514533580ab1a9df81"},
        {"efficientnet-lite2",
         "e4462b2431adf6a0996f907cbb9b08223d216a4fba5c7cf24460ea613f4bdd6f"}}) {
    EXPECT_EQ(Sha256(*EmbeddedFile(name)), sha256);
  }
}

TEST(Onnx, OfTheEmbeddedModelsOnlyTheSizeCanBeChanged) {
  const std::string name = "efficientnet-lite2";
  EXPECT_EQ(EmbeddedModel(name, "size=112")->preset.input, (Size{112, 112}));
  EXPECT_EQ(ShortText(EmbeddedModel(name, "efficientnet-lite,size=112")->preset),
            "efficientnet-lite,size=112");
  EXPECT_NE(Identity(*EmbeddedModel(name, "size=112")), Identity(*EmbeddedModel(name)));
  EXPECT_THAT(EmbeddedModel(name, "keras").error().message, HasSubstr("leave out keras"));
  EXPECT_THAT(EmbeddedModel(name, "filter=box").error().message, HasSubstr("leave out filter=box"));
  EXPECT_THAT(EmbeddedModel(name, "size=100").error().message, HasSubstr("112 to 320"));
  EXPECT_EQ(EmbeddedModel(name, "", {"pool", ""}).error().code, Code::kBadCall);
}

TEST(Onnx, BatchAndSidesMayBeFixedOrFree) {
  for (std::int64_t batch : {kFree, std::int64_t{1}, std::int64_t{4}}) {
    const Result<verger::Model> model = Read(ChannelMeans(batch, 6, 10));
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->format, ModelFormat::kOnnx);
    EXPECT_EQ(model->dimension, 3);
    EXPECT_EQ(model->preset.input, (Size{10, 6}));
    ExpectMeans(*model);
  }
  const Result<verger::Model> free = Read(ChannelMeans(kFree, kFree, kFree));
  ASSERT_TRUE(free) << free.error().message;
  EXPECT_EQ(free->preset.input, (Size{224, 224}));
}

TEST(Onnx, ChannelsMayComeLast) {
  Network network = ChannelMeans();
  network.inputs[0].shape = {kFree, 6, 10, 3};
  network.nodes = {Node("Transpose", {"image"}, "turned", IntsAttribute("perm", {0, 3, 1, 2})),
                   Node("GlobalAveragePool", {"turned"}, "pool"),
                   Node("Flatten", {"pool"}, "features")};
  const Result<verger::Model> model = Read(network);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->preset.input, (Size{10, 6}));
  ExpectMeans(*model);
}

TEST(Onnx, MapsOfOnePixelAreVectorsAndOneVectorInTwoShapesIsOne) {
  Network network = ChannelMeans();
  network.outputs = {{"pool", {kFree, 3, 1, 1}}, {"features", {kFree, 3}}};
  const Result<verger::Model> model = Read(network);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->network->outputs().size(), 1);
  ExpectMeans(*model);
}

TEST(Onnx, PresetsDifferAsTheyShould) {
  const std::array<std::uint8_t, 3> pixel = {10, 100, 200};
  const auto means = [&](const std::string& preset) {
    std::vector<float> both = FeaturesOf(*Read(ChannelMeans(), preset), pixel, pixel);
    both.resize(3);
    return both;
  };
  EXPECT_THAT(means("keras"),
              Pointwise(FloatNear(1e-4F), {200 - 103.939F, 100 - 116.779F, 10 - 123.68F}));
  EXPECT_THAT(means("efficientnet-lite"),
              Pointwise(FloatNear(1e-6F), {-117 / 128.F, -27 / 128.F, 73 / 128.F}));
  EXPECT_THAT(means("torchvision"), Pointwise(FloatNear(1e-5F), {(10 / 255.F - 0.485F) / 0.229F,
                                                                 (100 / 255.F - 0.456F) / 0.224F,
                                                                 (200 / 255.F - 0.406F) / 0.225F}));
}

TEST(Onnx, APresetMustBeNamed) {
  const Result<verger::Model> none = Read(ChannelMeans(), "");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kBadCall);
  EXPECT_THAT(none.error().message, HasSubstr("torchvision"));
  EXPECT_EQ(Read(ChannelMeans(), "nonsense").error().code, Code::kBadCall);
}

TEST(Onnx, RefusesWhatIsNoVectorAnImage) {
  Network maps = ChannelMeans();
  maps.nodes = {Node("Relu", {"image"}, "features")};
  maps.outputs[0].shape = {kFree, 3, 8, 8};
  ExpectRefused(Read(maps), "after the global pooling");

  Network fixed = ChannelMeans(1);  // adds up the batch
  fixed.nodes = {Node("ReduceMean", {"image"}, "features", IntsAttribute("axes", {0, 2}))};
  fixed.outputs[0].shape = {1, 3, 1, 8};
  ExpectRefused(Read(fixed), "(batch, D)");

  Network integers = ChannelMeans();
  const std::string to_int64 = Text(5, Text(1, "to") + Number(3, 7) + Number(20, 2));
  integers.nodes.push_back(Node("Cast", {"features"}, "whole", to_int64));
  integers.outputs = {{"whole", {kFree, 3}, 7}};
  ExpectRefused(Read(integers), "i64");
}

TEST(Onnx, RefusesInputsThatAreNoImages) {
  Network grey = ChannelMeans();
  grey.inputs[0].shape = {kFree, 1, 8, 8};
  ExpectRefused(Read(grey), "3 channels");
  Network half = ChannelMeans();
  half.inputs[0].type = half.outputs[0].type = kFloat16;
  ExpectRefused(Read(half), "f16");
  Network two = ChannelMeans();
  two.inputs.push_back({"mask", {kFree, 3, 8, 8}});
  two.nodes[0] = Node("Add", {"image", "mask"}, "sum");
  two.nodes.insert(two.nodes.begin() + 1, Node("GlobalAveragePool", {"sum"}, "pool"));
  ExpectRefused(Read(two), "2 inputs");
  ExpectRefused(Read(ChannelMeans(kFree, 1 << 20, 8)), "1 to 4096");
}

TEST(Onnx, RefusesWeightsInAnotherFile) {
  Network network = ChannelMeans();
  network.initializers = {ExternalInitializer("w", "weights.bin")};
  network.nodes.push_back(Node("Add", {"features", "w"}, "moved"));
  network.outputs[0].name = "moved";
  ExpectRefused(Read(network), "external data");
}

TEST(Onnx, RefusesWhatTheEngineDoesNotKnow) {
  Network network = ChannelMeans();
  network.nodes[1] = Node("NoSuchOperation", {"pool"}, "features");
  ExpectRefused(Read(network), "not a network the engine can run");
}

TEST(Onnx, RefusesForeignBytesWithARemedy) {
  const auto read = [](std::string_view file) { return ReadModel(AsBytes(file), "pear.onnx", ""); };
  ExpectRefused(read(""), "empty");
  ExpectRefused(read("version https://git-lfs.github.com/spec/v1"), "git lfs pull");
  ExpectRefused(read("<!doctype html><html>"), "web page");
  ExpectRefused(read(std::string_view("PK\x03\x04zip", 7)), "zip archive that is cut short");
  ExpectRefused(read("\x80\x02\x8a\x0alF"), "pickle");
  ExpectRefused(read("\xff\xd8\xff\xe0 a photo"), "a photo (JPEG)");
  ExpectRefused(read("some photo"), "neither a Keras .h5 nor an ONNX file");
}

TEST(Onnx, DamageNeverEscapesAsAnException) {
  const std::string whole = test_onnx_file::Model(ChannelMeans());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x11);
    const Result<verger::Model> read = ReadModel(AsBytes(flipped), "pear.onnx", "keras");
    EXPECT_TRUE(read || read.error().code == Code::kBadModel) << at;
  }
  const auto embedded = *EmbeddedFile();
  for (std::size_t size : {embedded.size() / 3, embedded.size() - 1000}) {
    ExpectRefused(ReadModel(embedded.first(size), "pear.onnx", "keras"), "cut short");
  }
}

}  // namespace
}  // namespace verger

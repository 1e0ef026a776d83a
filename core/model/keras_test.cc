// ReadModel on Keras's .h5: layouts that are read, and files that are refused by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <openvino/openvino.hpp>
#include <thread>

#include "core/model/model.h"
#include "core/model/test_keras_file.h"

namespace verger {
namespace {

using namespace test_keras_file;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// From pages that cannot be written to: HDF5 reads where the file lies.
Result<Model> Read(std::string_view file) {
  const std::size_t size = std::max<std::size_t>(file.size(), 1);
  void* const pages =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  EXPECT_NE(pages, MAP_FAILED);
  file.copy(static_cast<char*>(pages), file.size());
  EXPECT_EQ(::mprotect(pages, size, PROT_READ), 0);
  Result<Model> model =
      ReadModel({static_cast<const std::byte*>(pages), file.size()}, "pear.h5", "");
  ::munmap(pages, size);
  return model;
}

void ExpectRead(const std::string& file) {
  const Result<Model> model = Read(file);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->format, ModelFormat::kKerasH5);
  EXPECT_EQ(model->dimension, 2048);
  EXPECT_EQ(model->preset.name, "keras");
  EXPECT_EQ(model->network->input().get_element_type(), ov::element::u8);
  EXPECT_EQ(model->network->input().get_partial_shape(), (ov::PartialShape{-1, 224, 224, 3}));
  EXPECT_EQ(model->network->output().get_partial_shape(), (ov::PartialShape{-1, 2048}));
}

void ExpectRefused(std::string_view file, const std::string& layer, const std::string& reason) {
  const Result<Model> model = Read(file);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, Code::kBadModel) << model.error().message;
  EXPECT_THAT(model.error().message,
              AllOf(StartsWith("pear.h5: "), HasSubstr(layer), HasSubstr(reason)));
}

// ResNet50 with one weight changed by `change`.
std::string With(const std::string& layer, const std::string& weight,
                 const std::function<void(Weight&)>& change) {
  std::vector<Layer> layers = ResNet50();
  for (Layer& each : layers) {
    for (Weight& of : each.weights) {
      if (each.name == layer && of.name == weight) change(of);
    }
  }
  return Make(layers);
}

// ResNet50 in which `create` has put another object in the place of one weight.
std::string Replacing(const std::string& path,
                      const std::function<void(hid_t, const char*)>& create) {
  Options options;
  options.sabotage = [&](hid_t root) {
    H5Ldelete(root, path.c_str(), H5P_DEFAULT);
    create(root, path.c_str());
  };
  return Make(ResNet50(), options);
}

const std::string kBias = "conv1_conv/conv1_conv/bias:0";

TEST(Keras, ReadsEveryLayoutKerasHasWritten) {
  ExpectRead(Make(ResNet50()));
  ExpectRead(Make(ResNet50(), {.names = Names::kVariable}));
  ExpectRead(Make(ResNet50(), {.whole_model = true}));
}

TEST(Keras, IgnoresTheClassifier) {
  std::vector<Layer> layers = ResNet50();
  layers.push_back({"predictions", {{"kernel", {2048, 1000}, 0}, {"bias", {1000}, 0}}});
  ExpectRead(Make(layers));
}

TEST(Keras, ReadsFromManyThreads) {
  const std::string file = Make(ResNet50());
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 3; ++thread) threads.emplace_back([&] { ExpectRead(file); });
}

TEST(Keras, NamesTheLayerThatIsMissing) {
  std::vector<Layer> layers = ResNet50();
  std::erase_if(layers, [](const Layer& layer) { return layer.name == "conv4_block6_2_bn"; });
  ExpectRefused(Make(layers), "conv4_block6_2_bn", "missing");
  Options options;
  options.sabotage = [](hid_t root) { H5Ldelete(root, "conv3_block1_0_conv", H5P_DEFAULT); };
  ExpectRefused(Make(ResNet50(), options), "conv3_block1_0_conv", "missing");
  ExpectRefused(Replacing(kBias, [](hid_t, const char*) {}), "conv1_conv", "missing");
  ExpectRefused(With("conv2_block1_1_bn", "gamma", [](Weight& w) { w.name = "alpha"; }),
                "conv2_block1_1_bn", "gamma");
}

TEST(Keras, RecognisesTheOlderFileOfTheSameName) {
  ExpectRefused(Make({{"conv1", {}}, {"res2a_branch2a", {}}}), "res2a_branch2a", "older");
}

TEST(Keras, RefusesWeightsThatDoNotFit) {
  ExpectRefused(With("conv1_conv", "kernel", [](Weight& w) { w.shape = {7, 7, 64, 3}; }),
                "conv1_conv", "(7, 7, 64, 3), not (7, 7, 3, 64)");
  ExpectRefused(With("conv5_block3_3_bn", "beta", [](Weight& w) { w.shape = {1 << 20, 1 << 20}; }),
                "conv5_block3_3_bn", "has the shape");
  ExpectRefused(With("conv1_bn", "beta", [](Weight& w) { w.shape = {}; }), "conv1_bn", "shape");
  const auto doubles = [](hid_t root, const char* path) {
    WriteFilled(root, path, {64}, H5T_IEEE_F64LE, 0);
  };
  ExpectRefused(Replacing(kBias, doubles), "conv1_conv", "not float32");
}

TEST(Keras, RefusesNumbersThatPoisonFeatures) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  ExpectRefused(With("conv3_block2_2_conv", "kernel", [](Weight& w) { w.value = kNan; }),
                "conv3_block2_2_conv", "NaN");
  ExpectRefused(With("conv1_bn", "moving_variance", [](Weight& w) { w.value = -1; }), "conv1_bn",
                "variance below 0");
  std::vector<Layer> layers = ResNet50();
  layers[1].weights[0].value = 3e38F;  // conv1_conv/kernel
  layers[2].weights[3].value = 0;      // conv1_bn/moving_variance: a scale of 316
  ExpectRefused(Make(layers), "conv1_bn", "too large");
}

TEST(Keras, NeverReadsAnotherFile) {
  ExpectRefused(Replacing(kBias,
                          [](hid_t root, const char* path) {
                            H5Lcreate_external("/etc/other.h5", "/bias", root, path, H5P_DEFAULT,
                                               H5P_DEFAULT);
                          }),
                "conv1_conv", "missing");
  ExpectRefused(Replacing(kBias,
                          [](hid_t root, const char* path) {
                            H5Lcreate_soft("/conv1_bn/conv1_bn/beta:0", root, path, H5P_DEFAULT,
                                           H5P_DEFAULT);
                          }),
                "conv1_conv", "missing");
  ExpectRefused(Replacing(kBias,
                          [](hid_t root, const char* path) {
                            const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
                            H5Pset_external(properties, "/etc/passwd", 0, 256);
                            const hsize_t side = 64;
                            const hid_t space = H5Screate_simple(1, &side, nullptr);
                            H5Dclose(H5Dcreate2(root, path, H5T_IEEE_F32LE, space, H5P_DEFAULT,
                                                properties, H5P_DEFAULT));
                            H5Sclose(space);
                            H5Pclose(properties);
                          }),
                "conv1_conv", "outside the file");
}

TEST(Keras, RefusesForeignAndDamagedFiles) {
  const std::string signature("\x89HDF\r\n\x1a\n");
  ExpectRefused(signature, "", "truncated or damaged");
  ExpectRefused(signature + std::string(4096, '\xff'), "", "truncated or damaged");
  Options nameless;
  nameless.sabotage = [](hid_t root) { H5Adelete(root, "layer_names"); };
  ExpectRefused(Make(ResNet50(), nameless), "layer_names", "legacy");
  const std::string whole = Make(ResNet50());
  for (std::size_t part = 1; part < 40; ++part) {
    ExpectRefused(std::string_view(whole).substr(0, whole.size() * part / 40), "",
                  "truncated or damaged");
  }
}

// Hard links may lead back: without a bound these files have paths without end.
TEST(Keras, RefusesNetworksThatHoldThemselves) {
  Options options;
  options.sabotage = [](hid_t root) {
    H5Adelete(root, "layer_names");
    const hid_t layers = H5Gcreate2(root, "layers", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    for (int link = 0; link < 1000; ++link) {
      H5Lcreate_hard(root, "/", layers, std::to_string(link).c_str(), H5P_DEFAULT, H5P_DEFAULT);
    }
    H5Gclose(layers);
  };
  ExpectRefused(Make({}, options), "layers", "damaged");
}

TEST(Keras, RefusesLayersThatShareEndlessNames) {
  std::vector<Layer> layers = ResNet50();
  layers.resize(2);
  Layer& layer = layers.back();
  const Weight weight = layer.weights.front();
  for (int more = 0; more < 1000; ++more) {
    layer.weights.push_back({"w" + std::to_string(more), weight.shape, 0});
  }
  Options options;
  options.names = Names::kVariable;
  options.sabotage = [&](hid_t root) {
    std::vector<std::string> names;
    for (int link = 0; link < 101; ++link) {
      names.push_back("link" + std::to_string(link));
      H5Lcreate_hard(root, layer.name.c_str(), root, names.back().c_str(), H5P_DEFAULT,
                     H5P_DEFAULT);
    }
    H5Adelete(root, "layer_names");
    WriteNames(root, "layer_names", names, Names::kVariable);
  };
  ExpectRefused(Make(layers, options), "", "more than 100000 weights");
}

TEST(Keras, RefusesArraysInCountlessChunks) {
  const auto chunks = [](hid_t root, const char* path) {
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    const std::array<hsize_t, 4> chunk = {1, 1, 1, 1};
    H5Pset_chunk(properties, 4, chunk.data());
    const std::array<hsize_t, 4> shape = {3, 3, 128, 128};
    const hid_t space = H5Screate_simple(4, shape.data(), nullptr);
    H5Dclose(H5Dcreate2(root, path, H5T_IEEE_F32LE, space, H5P_DEFAULT, properties, H5P_DEFAULT));
    H5Sclose(space);
    H5Pclose(properties);
  };
  Options options;
  const std::string kernel = "conv3_block1_2_conv/conv3_block1_2_conv/kernel:0";
  options.sabotage = [&](hid_t root) {
    H5Ldelete(root, kernel.c_str(), H5P_DEFAULT);
    chunks(root, kernel.c_str());
  };
  ExpectRefused(Make(ResNet50(), options), "conv3_block1_2_conv", "chunks");
}

TEST(Keras, SurvivesFlippedBytes) {
  std::vector<Layer> layers = ResNet50();
  layers.resize(5);  // never a whole network, so that every trial is quick
  const std::string whole = Make(layers);
  std::size_t noticed = 0;
  for (std::size_t at = 8; at < whole.size(); at += 96) {
    std::string flipped = whole;
    for (std::size_t byte = at; byte < std::min(at + 4, whole.size()); ++byte) {
      flipped[byte] = static_cast<char>(flipped[byte] ^ 0x5a);
    }
    const Result<Model> model = Read(flipped);
    ASSERT_FALSE(model) << at;
    EXPECT_EQ(model.error().code, Code::kBadModel) << model.error().message;
    noticed += model.error().message != Read(whole).error().message ? 1 : 0;
  }
  EXPECT_GT(noticed, 10);
}

}  // namespace
}  // namespace verger

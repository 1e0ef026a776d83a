// Networks at sizes that are not their own: who takes them, and how windows are padded then.
#include "core/model/input_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openvino/op/util/convolution_base.hpp>
#include <openvino/openvino.hpp>

#include "core/model/model.h"
#include "core/model/test_onnx_file.h"

namespace verger {
namespace {

using namespace test_onnx_file;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Pads = std::vector<std::ptrdiff_t>;

Result<verger::Model> Read(const Graph& graph, const std::string& preset) {
  return ReadModel(AsBytes(test_onnx_file::Model(graph)), "pear.onnx", preset);
}

void ExpectRefused(const Graph& graph, const std::string& preset, const std::string& why) {
  const Result<verger::Model> model = Read(graph, preset);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, Code::kBadModel);
  EXPECT_THAT(model.error().message,
              AllOf(StartsWith("pear.onnx: "), HasSubstr(why), HasSubstr("leave the size out")));
}

// Its features are `pooling` of the image, flattened.
Graph Pooled(std::int64_t side, const std::string& pooling) {
  Graph graph = ChannelMeans(kFree, side, side);
  graph.nodes[0] = pooling;
  graph.outputs[0].shape = {kFree, kFree};
  return graph;
}

// Three convolutions with stride 2 and a window of 3 x 3, and the mean of what they give.
Graph Convolutions(const std::vector<std::int64_t>& pads) {
  Graph graph = ChannelMeans(kFree, 224, 224);
  graph.initializers = {FloatInitializer("kernel", std::vector<float>(81, 0.1F), {3, 3, 3, 3})};
  graph.nodes.clear();
  std::string top = "image";
  for (const char* name : {"first", "second", "third"}) {
    graph.nodes.push_back(Node("Conv", {top, "kernel"}, name,
                               IntsAttribute("kernel_shape", {3, 3}) +
                                   IntsAttribute("strides", {2, 2}) + IntsAttribute("pads", pads)));
    top = name;
  }
  graph.nodes.push_back(Node("GlobalAveragePool", {top}, "pool"));
  graph.nodes.push_back(Node("Flatten", {"pool"}, "features"));
  return graph;
}

// Pixels of padding at both ends of an axis, of each convolution in turn.
std::vector<Pads> PadsOf(const verger::Model& model) {
  std::vector<Pads> pads;
  for (const auto& node : model.network->get_ordered_ops()) {
    const auto* convolution = dynamic_cast<ov::op::util::ConvolutionFwdPropBase*>(node.get());
    if (convolution == nullptr) continue;
    pads.push_back({convolution->get_pads_begin()[0], convolution->get_pads_end()[0]});
  }
  return pads;
}

TEST(InputSize, ANetworkWithAGlobalPoolingTakesAny) {
  for (const std::int64_t side : {std::int64_t{224}, kFree}) {
    const Graph graph = ChannelMeans(kFree, side, side);
    const Result<verger::Model> other = Read(graph, "tensorflow,size=112");
    ASSERT_TRUE(other) << other.error().message;
    EXPECT_EQ(other->preset.input, (Size{112, 112}));
    EXPECT_EQ(ShortText(other->preset), "tensorflow,size=112");
    EXPECT_EQ(other->network->input().get_partial_shape(), (ov::PartialShape{-1, 112, 112, 3}));
    EXPECT_THAT(Identity(*other), HasSubstr(":112x112:"));

    const Result<verger::Model> own = Read(graph, "tensorflow,size=224");
    ASSERT_TRUE(own) << own.error().message;
    EXPECT_EQ(ShortText(own->preset), "tensorflow");
    EXPECT_EQ(Identity(*own), Identity(*Read(graph, "tensorflow")));
  }
}

TEST(InputSize, ANetworkOfAFixedBatchKeepsIt) {
  const Result<verger::Model> model = Read(ChannelMeans(4, 224, 300), "tensorflow,size=160");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->preset.input, (Size{160, 160}));
}

TEST(InputSize, MapsThatBecomeFeaturesAreRefused) {
  const std::string attributes =
      IntsAttribute("kernel_shape", {56, 56}) + IntsAttribute("strides", {56, 56});
  const Graph graph = Pooled(224, Node("AveragePool", {"image"}, "pool", attributes));
  EXPECT_EQ(Read(graph, "tensorflow")->dimension, 48);
  ExpectRefused(graph, "tensorflow,size=112", "12 features instead of 48");
}

TEST(InputSize, AGlobalPoolingByAFixedWindowIsRefused) {
  for (const char* kind : {"AveragePool", "MaxPool"}) {
    const std::string attributes =
        IntsAttribute("kernel_shape", {224, 224}) + IntsAttribute("strides", {224, 224});
    const Graph graph = Pooled(224, Node(kind, {"image"}, "pool", attributes));
    EXPECT_EQ(Read(graph, "tensorflow")->dimension, 3);
    ExpectRefused(graph, "tensorflow,size=320", "has a window of fixed sides");
    ExpectRefused(graph, "tensorflow,size=112", "instead of its own 224 x 224");
  }
}

// 116, 58, 29, 15: the third convolution has an odd map.
TEST(InputSize, TensorFlowsPaddingFollowsTheSize) {
  const Graph same = Convolutions({0, 0, 1, 1});
  EXPECT_THAT(PadsOf(*Read(same, "tensorflow")), ElementsAre(Pads{0, 1}, Pads{0, 1}, Pads{0, 1}));
  EXPECT_THAT(PadsOf(*Read(same, "tensorflow,size=116")),
              ElementsAre(Pads{0, 1}, Pads{0, 1}, Pads{1, 1}));
}

TEST(InputSize, OtherPaddingStays) {
  for (const Pads& pads : {Pads{1, 1}, Pads{0, 0}, Pads{1, 0}}) {
    const std::int64_t before = pads[0];
    const std::int64_t after = pads[1];
    const Result<verger::Model> model =
        Read(Convolutions({before, before, after, after}), "tensorflow,size=116");
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_THAT(PadsOf(*model), ElementsAre(pads, pads, pads));
  }
}

}  // namespace
}  // namespace verger

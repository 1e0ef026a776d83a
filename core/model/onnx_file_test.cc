#include "core/model/onnx_file.h"

#include <gtest/gtest.h>

#include <string>

#include "core/model/embedded.h"
#include "core/model/test_onnx_file.h"

namespace verger {
namespace {

using namespace test_onnx_file;

OnnxKind Inspect(const std::string& file) { return InspectOnnx(AsBytes(file)).kind; }

TEST(ExternalData, WholeFilesAreSelfContained) {
  EXPECT_EQ(Inspect(Model(ChannelMeans())), OnnxKind::kSelfContained);
  EXPECT_EQ(InspectOnnx(*EmbeddedFile()).kind, OnnxKind::kSelfContained);
}

TEST(ExternalData, IsFoundWhereverATensorMayHide) {
  const std::string tensor = ExternalInitializer("w", "/etc/passwd");
  const std::string graph_initializer = Text(5, tensor);
  const std::string constant = Text(1, Text(5, Text(5, tensor)));           // node, attribute, t
  const std::string list = Text(1, Text(5, Text(10, tensor)));              // attribute, tensors
  const std::string branch = Text(1, Text(5, Text(6, graph_initializer)));  // attribute, g
  const std::string branches = Text(1, Text(5, Text(11, constant)));        // attribute, graphs
  const std::string sparse = Text(15, Text(1, tensor));                     // values
  const std::string sparse_constant = Text(1, Text(5, Text(22, Text(2, tensor))));
  for (const std::string& inside :
       {graph_initializer, constant, list, branch, branches, sparse, sparse_constant}) {
    EXPECT_EQ(Inspect(Text(7, inside)), OnnxKind::kExternalTensor);
    EXPECT_EQ(Inspect(Text(7, "") + Text(20, Text(2, inside))), OnnxKind::kExternalTensor);
  }
  const std::string function = Text(25, Text(7, Text(5, Text(5, tensor))));
  EXPECT_EQ(Inspect(Text(7, "") + function), OnnxKind::kExternalTensor);
  const std::string function_default = Text(25, Text(11, Text(5, tensor)));
  EXPECT_EQ(Inspect(Text(7, "") + function_default), OnnxKind::kExternalTensor);
}

TEST(ExternalData, EitherOfItsTwoFieldsIsEnough) {
  EXPECT_EQ(Inspect(Text(7, Text(5, Number(14, 1)))), OnnxKind::kExternalTensor);
  EXPECT_EQ(Inspect(Text(7, Text(5, Text(13, "")))), OnnxKind::kExternalTensor);
  EXPECT_EQ(Inspect(Text(7, Text(5, Number(14, 0)))), OnnxKind::kSelfContained);
  // An enum that protobuf cuts to 32 bits.
  EXPECT_EQ(Inspect(Text(7, Text(5, Number(14, (1ULL << 32) | 1)))), OnnxKind::kExternalTensor);
}

TEST(ExternalData, IsFoldedIntoOneFile) {
  Graph graph = ChannelMeans();
  graph.initializers = {ExternalInitializer("w", "weights.bin")};
  const std::string file = Model(graph);
  EXPECT_EQ(*SideFilesOf(AsBytes(file), "m"), std::vector<std::string>{"weights.bin"});
  const std::string weights(12, 'x');
  const Result<std::string> whole =
      WholeOnnx(AsBytes(file), {{"weights.bin", AsBytes(weights)}}, "m");
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(Inspect(*whole), OnnxKind::kSelfContained);
  EXPECT_NE(whole->find(Text(9, weights)), std::string::npos);
  EXPECT_FALSE(WholeOnnx(AsBytes(file), {}, "m"));
  const std::string few = weights.substr(1);
  EXPECT_FALSE(WholeOnnx(AsBytes(file), {{"weights.bin", AsBytes(few)}}, "m"));
}

TEST(ExternalData, IsNotMultipliedByTensorsThatShareIt) {
  const std::string weights(4096, 'x');
  const auto join = [&](int tensors) {
    Graph graph = ChannelMeans();
    for (int i = 0; i < tensors; ++i) {
      graph.initializers.push_back(Number(1, 1024) + Number(2, 1) + Text(8, "w") +
                                   Text(13, Text(1, "location") + Text(2, "weights.bin")) +
                                   Number(14, 1));
    }
    const std::string file = Model(graph);
    return WholeOnnx(AsBytes(file), {{"weights.bin", AsBytes(weights)}}, "m");
  };
  EXPECT_TRUE(join(2));
  const Result<std::string> many = join(40);
  ASSERT_FALSE(many);
  EXPECT_NE(many.error().message.find("the same weights many times"), std::string::npos);
}

TEST(ExternalData, StaysInTheFolderOfTheFile) {
  const auto sides = [](std::string_view location) {
    Graph graph = ChannelMeans();
    graph.initializers = {ExternalInitializer("w", location)};
    const std::string file = Model(graph);
    return SideFilesOf(AsBytes(file), "m").has_value();
  };
  for (const char* inside : {"w", "w.bin", "sub/w.bin", "..w"})
    EXPECT_TRUE(sides(inside)) << inside;
  for (const char* outside : {"", "/w", "../w", "a/../w", "./w", "a//w", "a/..", "a\\w", "a\r/w"}) {
    EXPECT_FALSE(sides(outside)) << outside;
  }
}

TEST(ExternalData, BrokenOrForeignBytesAreNotOnnx) {
  EXPECT_EQ(Inspect(""), OnnxKind::kNotOnnx);
  EXPECT_EQ(Inspect("hello, orchard"), OnnxKind::kNotOnnx);
  EXPECT_EQ(Inspect(Number(1, 8)), OnnxKind::kNotOnnx) << "no graph";
  EXPECT_EQ(Inspect(std::string(20, '\xff')), OnnxKind::kNotOnnx) << "endless number";
  // A tag of more than 32 bits, which protobuf would cut to field 5.
  const std::string long_tag = Varint((1ULL << 32) | (5 << 3) | 2);
  EXPECT_EQ(Inspect(Text(7, long_tag + Varint(0))), OnnxKind::kNotOnnx);
  std::string deep;
  for (int level = 0; level < 200; ++level) deep = Text(1, Text(5, Text(6, deep)));
  EXPECT_EQ(Inspect(Text(7, deep)), OnnxKind::kNotOnnx);
}

TEST(ExternalData, EveryTruncationIsSeenOrHarmless) {
  const std::string whole = Model(ChannelMeans());
  const std::size_t graph_end = whole.size() - Text(8, Text(1, "") + Number(2, 13)).size();
  for (std::size_t size = 0; size < graph_end; ++size) {
    EXPECT_EQ(Inspect(whole.substr(0, size)), OnnxKind::kNotOnnx) << size;
  }
}

}  // namespace
}  // namespace verger

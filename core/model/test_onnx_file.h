// test_onnx_file.h: tiny ONNX files for tests, written field by field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"

namespace verger::test_onnx_file {

constexpr std::int64_t kFree = -1;  // a side that the file leaves open
constexpr int kFloat = 1;
constexpr int kFloat16 = 10;

// protobuf's wire format, and the fields of onnx.proto that the tests need.
std::string Varint(std::uint64_t number);
std::string Number(int field, std::uint64_t number);
std::string Text(int field, std::string_view text);

struct Tensor {
  std::string name;
  std::vector<std::int64_t> shape;
  int type = kFloat;
};
std::string ValueInfo(const Tensor& tensor);
std::string Node(std::string_view kind, const std::vector<std::string>& inputs,
                 std::string_view output, std::string_view attributes = "");
std::string IntsAttribute(std::string_view name, const std::vector<std::int64_t>& values);
// One axis unless `shape` says more.
std::string FloatInitializer(std::string_view name, const std::vector<float>& values,
                             std::vector<std::int64_t> shape = {});
std::string ExternalInitializer(std::string_view name, std::string_view location);

// The parts of a graph, already encoded by the functions above.
struct Graph {
  std::vector<std::string> nodes;
  std::vector<std::string> initializers;
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
};
std::string Model(const Graph& graph);

// The mean of each channel of an image: 3 features.
Graph ChannelMeans(std::int64_t batch = kFree, std::int64_t height = 8, std::int64_t width = 8);

inline Bytes AsBytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace verger::test_onnx_file

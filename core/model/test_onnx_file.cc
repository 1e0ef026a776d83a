#include "core/model/test_onnx_file.h"

#include <cstring>

namespace verger::test_onnx_file {

std::string Varint(std::uint64_t number) {
  std::string bytes;
  for (; number > 127; number >>= 7) bytes += static_cast<char>(128 | (number & 127));
  return bytes + static_cast<char>(number);
}

std::string Number(int field, std::uint64_t number) {
  return Varint(static_cast<std::uint64_t>(field) << 3) + Varint(number);
}

std::string Text(int field, std::string_view text) {
  return Varint(static_cast<std::uint64_t>(field) << 3 | 2) + Varint(text.size()) +
         std::string(text);
}

std::string ValueInfo(const Tensor& tensor) {
  std::string shape;
  for (std::int64_t side : tensor.shape) {
    const auto length = static_cast<std::uint64_t>(side);
    shape +=
        Text(1, side == kFree ? Text(2, "free" + std::to_string(shape.size())) : Number(1, length));
  }
  const std::string type = Number(1, static_cast<std::uint64_t>(tensor.type)) + Text(2, shape);
  return Text(1, tensor.name) + Text(2, Text(1, type));
}

std::string Node(std::string_view kind, const std::vector<std::string>& inputs,
                 std::string_view output, std::string_view attributes) {
  std::string node;
  for (const std::string& input : inputs) node += Text(1, input);
  return node + Text(2, output) + Text(4, kind) + std::string(attributes);
}

std::string IntsAttribute(std::string_view name, const std::vector<std::int64_t>& values) {
  std::string attribute = Text(1, name) + Number(20, 7);
  for (std::int64_t value : values) attribute += Number(8, static_cast<std::uint64_t>(value));
  return Text(5, attribute);
}

std::string FloatInitializer(std::string_view name, const std::vector<float>& values,
                             std::vector<std::int64_t> shape) {
  std::string raw(values.size() * sizeof(float), '\0');
  std::memcpy(raw.data(), values.data(), raw.size());
  if (shape.empty()) shape = {static_cast<std::int64_t>(values.size())};
  std::string sides;
  for (std::int64_t side : shape) sides += Number(1, static_cast<std::uint64_t>(side));
  return sides + Number(2, kFloat) + Text(8, name) + Text(9, raw);
}

std::string ExternalInitializer(std::string_view name, std::string_view location) {
  return Number(1, 3) + Number(2, kFloat) + Text(8, name) +
         Text(13, Text(1, "location") + Text(2, location)) + Number(14, 1);
}

std::string Model(const Graph& graph) {
  std::string body;
  for (const std::string& node : graph.nodes) body += Text(1, node);
  body += Text(2, "test");
  for (const std::string& initializer : graph.initializers) body += Text(5, initializer);
  for (const Tensor& input : graph.inputs) body += Text(11, ValueInfo(input));
  for (const Tensor& output : graph.outputs) body += Text(12, ValueInfo(output));
  return Number(1, 8) + Text(7, body) + Text(8, Text(1, "") + Number(2, 13));
}

Graph ChannelMeans(std::int64_t batch, std::int64_t height, std::int64_t width) {
  return {{Node("GlobalAveragePool", {"image"}, "pool"), Node("Flatten", {"pool"}, "features")},
          {},
          {{"image", {batch, 3, height, width}}},
          {{"features", {batch, 3}}}};
}

}  // namespace verger::test_onnx_file

#include "core/model/onnx_model.h"

#include <fmt/core.h>

#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <optional>

#include "core/base/limits.h"

namespace verger {
namespace {

constexpr std::int64_t kMaxSide = 4096;

std::string Text(const ov::PartialShape& shape) { return shape.to_string(); }

// Finds the channels of an input, preferring NCHW where both readings fit.
std::optional<TensorLayout> LayoutOf(const ov::PartialShape& shape) {
  if (shape.rank().is_dynamic() || shape.size() != 4) return std::nullopt;
  if (shape[1] == 3) return TensorLayout::kNchw;
  if (shape[3] == 3) return TensorLayout::kNhwc;
  return std::nullopt;
}

ov::PartialShape ImageShape(ov::Dimension batch, Size size, TensorLayout layout) {
  if (layout == TensorLayout::kNchw) return {batch, 3, size.height, size.width};
  return {batch, size.height, size.width, 3};
}

// Returns the features' length if `shape` is (batch, D) or (batch, D, 1, 1), else 0.
int VectorLength(const ov::PartialShape& shape, std::int64_t batch) {
  if (shape.is_dynamic() || (shape.size() != 2 && shape.size() != 4)) return 0;
  if (shape[0] != batch || (shape.size() == 4 && (shape[2] != 1 || shape[3] != 1))) return 0;
  const std::int64_t length = shape[1].get_length();
  return length >= 1 && length <= kMaxDimension ? static_cast<int>(length) : 0;
}

// Leaves one output, a (batch, D) matrix.
std::shared_ptr<ov::Model> KeepFeatures(const ov::Model& network) {
  ov::Output<ov::Node> features = network.output(0).get_node()->input_value(0);
  if (network.output(0).get_partial_shape().size() == 4) {
    const auto axes = ov::opset13::Constant::create(ov::element::i64, {2}, {2, 3});
    features = std::make_shared<ov::opset13::Squeeze>(features, axes);
  }
  return std::make_shared<ov::Model>(ov::OutputVector{features}, network.get_parameters(),
                                     network.get_friendly_name());
}

}  // namespace

Result<OnnxNetwork> ReadOnnx(Bytes file, const std::string& name, Size fallback) {
  const auto bad = [&](const std::string& what) {
    return Error{Code::kBadModel, fmt::format("{}: {}", name, what)};
  };
  const std::string text(reinterpret_cast<const char*>(file.data()), file.size());
  const std::shared_ptr<ov::Model> network = ov::Core().read_model(text, ov::Tensor());

  if (network->inputs().size() != 1) {
    return bad(fmt::format("has {} inputs; export it with the image as its only input",
                           network->inputs().size()));
  }
  const ov::PartialShape image = network->input().get_partial_shape();
  const std::optional<TensorLayout> layout = LayoutOf(image);
  if (!layout || network->input().get_element_type() != ov::element::f32) {
    return bad(
        fmt::format("takes {} {}; export it for float32 images of 3 channels, (batch, 3, "
                    "height, width) or (batch, height, width, 3)",
                    network->input().get_element_type().get_type_name(), Text(image)));
  }
  const std::size_t row = *layout == TensorLayout::kNchw ? 2 : 1;
  const auto side = [](const ov::Dimension& length, int otherwise) -> std::int64_t {
    return length.is_static() ? length.get_length() : otherwise;
  };
  const std::int64_t height = side(image[row], fallback.height);
  const std::int64_t width = side(image[row + 1], fallback.width);
  if (height < 1 || width < 1 || height > kMaxSide || width > kMaxSide) {
    return bad(
        fmt::format("takes images of {} x {}; a side must be 1 to {}", width, height, kMaxSide));
  }
  const Size size{static_cast<int>(width), static_cast<int>(height)};

  // A batch of 2 shows whether the graph holds a batch of its own somewhere.
  network->reshape(ImageShape(2, size, *layout));
  const ov::Output<ov::Node> output = network->output(0);
  const int dimension = VectorLength(output.get_partial_shape(), 2);
  if (dimension == 0 || output.get_element_type() != ov::element::f32) {
    return bad(
        fmt::format("gives {} {} for 2 images; export it with float32 features (batch, D) "
                    "as its first output, after the global pooling",
                    output.get_element_type().get_type_name(), Text(output.get_partial_shape())));
  }
  const std::shared_ptr<ov::Model> features = KeepFeatures(*network);
  features->reshape(ImageShape(ov::Dimension::dynamic(), size, *layout));
  return OnnxNetwork{features, *layout, size, dimension};
}

}  // namespace verger

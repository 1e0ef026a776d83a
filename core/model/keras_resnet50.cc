#include "core/model/keras_resnet50.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <optional>
#include <string_view>

#include "core/model/resnet50_layers.h"

namespace verger {
namespace {

namespace op = ov::opset13;
using Node = ov::Output<ov::Node>;

constexpr double kEpsilon = 1.001e-5;

struct Convolution {
  std::size_t kernel;
  std::size_t in;
  std::size_t out;
  std::size_t stride;
  std::ptrdiff_t pad;
};

class Builder {
 public:
  explicit Builder(const KerasH5& weights) : weights_(weights) {}

  // The convolution `name`_conv followed by the batch norm `name`_bn.
  Result<Node> Convolve(const Node& input, const std::string& name, const Convolution& shape) const;

  // Three convolutions beside a shortcut.
  Result<Node> Block(const Node& input, const std::string& name, std::size_t in, std::size_t width,
                     std::size_t stride, bool projects) const;

 private:
  const KerasH5& weights_;
};

Result<Node> Builder::Convolve(const Node& input, const std::string& name,
                               const Convolution& shape) const {
  const std::string conv = name + "_conv";
  const std::string norm = name + "_bn";
  const std::array<hsize_t, 4> kernel_shape = {shape.kernel, shape.kernel, shape.in, shape.out};
  const std::array<hsize_t, 1> vector_shape = {shape.out};
  VERGER_ASSIGN_OR_RETURN(const auto kernel, weights_.Read(conv, "kernel", kernel_shape));
  VERGER_ASSIGN_OR_RETURN(const auto bias, weights_.Read(conv, "bias", vector_shape));
  VERGER_ASSIGN_OR_RETURN(const auto gamma, weights_.Read(norm, "gamma", vector_shape));
  VERGER_ASSIGN_OR_RETURN(const auto beta, weights_.Read(norm, "beta", vector_shape));
  VERGER_ASSIGN_OR_RETURN(const auto mean, weights_.Read(norm, "moving_mean", vector_shape));
  VERGER_ASSIGN_OR_RETURN(const auto variance,
                          weights_.Read(norm, "moving_variance", vector_shape));

  // Keras keeps kernels as height, width, in, out; the engine wants out, in, height, width.
  const std::size_t area = shape.kernel * shape.kernel;
  ov::Tensor folded_kernel(ov::element::f32, {shape.out, shape.in, shape.kernel, shape.kernel});
  ov::Tensor folded_bias(ov::element::f32, {1, shape.out, 1, 1});
  float* const to = folded_kernel.data<float>();
  bool finite = true;
  for (std::size_t out = 0; out < shape.out; ++out) {
    const double scale = gamma[out] / std::sqrt(variance[out] + kEpsilon);
    const auto shift = static_cast<float>((double{bias[out]} - mean[out]) * scale + beta[out]);
    folded_bias.data<float>()[out] = shift;
    finite = finite && std::isfinite(shift);
    for (std::size_t in = 0; in < shape.in; ++in) {
      for (std::size_t at = 0; at < area; ++at) {
        const auto value =
            static_cast<float>(kernel[(at * shape.in + in) * shape.out + out] * scale);
        to[(out * shape.in + in) * area + at] = value;
        finite = finite && std::isfinite(value);
      }
    }
  }
  if (!finite) {
    return weights_.Bad(fmt::format(
        "layer \"{}\": a variance below 0 or numbers too large; download the file again", norm));
  }
  const auto convolution = std::make_shared<op::Convolution>(
      input, std::make_shared<op::Constant>(folded_kernel), ov::Strides{shape.stride, shape.stride},
      ov::CoordinateDiff{shape.pad, shape.pad}, ov::CoordinateDiff{shape.pad, shape.pad},
      ov::Strides{1, 1});
  const auto sum =
      std::make_shared<op::Add>(convolution, std::make_shared<op::Constant>(folded_bias));
  sum->set_friendly_name(conv);
  return Node(sum);
}

Node Relu(const Node& input) { return std::make_shared<op::Relu>(input); }

Result<Node> Builder::Block(const Node& input, const std::string& name, std::size_t in,
                            std::size_t width, std::size_t stride, bool projects) const {
  const std::size_t out = 4 * width;
  Node shortcut = input;
  if (projects) {
    VERGER_ASSIGN_OR_RETURN(shortcut, Convolve(input, name + "_0", {1, in, out, stride, 0}));
  }
  VERGER_ASSIGN_OR_RETURN(const Node first,
                          Convolve(input, name + "_1", {1, in, width, stride, 0}));
  VERGER_ASSIGN_OR_RETURN(const Node second,
                          Convolve(Relu(first), name + "_2", {3, width, width, 1, 1}));
  VERGER_ASSIGN_OR_RETURN(const Node third,
                          Convolve(Relu(second), name + "_3", {1, width, out, 1, 0}));
  return Relu(std::make_shared<op::Add>(shortcut, third));
}

// The kin of ResNet50 whose first layers have the same names.
std::string_view KindOf(const KerasH5& weights) {
  const auto any = [&](std::string_view part) {
    return std::ranges::any_of(weights.layers(), [&](const std::string& layer) {
      return layer.find(part) != std::string::npos;
    });
  };
  if (any("preact") || any("post_bn")) return "a ResNet of version 2, such as ResNet50V2";
  if (any("conv3_block8")) return "ResNet152";
  if (any("conv4_block7")) return "ResNet101";
  if (any("_2_reduce") || !weights.HasWeight(kResNet50First, "bias")) return "ResNeXt or the like";
  return "another network";
}

// A layer that ResNet50 has not would be left out in silence, and the features be nobody's. What
// lies behind the pooling may be anything.
Status CheckLayers(const KerasH5& weights, const std::vector<std::string>& described) {
  const std::vector<std::string>& names = described.empty() ? weights.layers() : described;
  const bool ordered = !described.empty() || weights.ordered();
  const auto first = std::ranges::find_if(names, IsResNet50Layer);
  const auto last = std::find_if(names.rbegin(), names.rend(), IsResNet50Layer).base();
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (IsResNet50Layer(*name)) continue;
    const bool is_block = name->starts_with("conv") && name->find("_block") == 5;
    if (is_block || (ordered && name >= first && name < last)) {
      return weights.Bad(fmt::format(
          "layer \"{}\" is beyond ResNet50: these are the weights of {}; export it in Keras as "
          "ONNX: model.export(\"mine.onnx\", format=\"onnx\")",
          *name, KindOf(weights)));
    }
    if (!ordered) {
      return weights.Bad(fmt::format(
          "layer \"{}\" is none of ResNet50's, and the file does not tell whether it lies behind "
          "the pooling; save the network by model.save(\"mine.h5\"), which does",
          *name));
    }
  }
  return Ok();
}

}  // namespace

Result<std::shared_ptr<ov::Model>> BuildKerasResNet50(const KerasH5& weights, Size input,
                                                      const std::vector<std::string>& described) {
  if (weights.HasLayer("res2a_branch2a")) {
    return weights.Bad(
        "an older ResNet50 file of the same name (layer \"res2a_branch2a\"); use the present one "
        "of keras-applications, whose first layer is \"conv1_conv\"");
  }
  if (weights.HasLayer(kResNet50First)) {
    VERGER_RETURN_IF_ERROR(CheckLayers(weights, described));
  }
  const Builder builder(weights);
  const auto image = std::make_shared<op::Parameter>(
      ov::element::f32, ov::PartialShape{-1, 3, input.height, input.width});
  VERGER_ASSIGN_OR_RETURN(const Node stem, builder.Convolve(image, "conv1", {7, 3, 64, 2, 3}));
  // Keras pads with zeros; after a ReLU that is the same as padding with nothing.
  Node top = std::make_shared<op::MaxPool>(Relu(stem), ov::Strides{2, 2}, ov::Strides{1, 1},
                                           ov::Shape{1, 1}, ov::Shape{1, 1}, ov::Shape{3, 3});
  std::size_t width = 64;
  for (std::size_t stage = 0; stage < kResNet50Stages.size(); ++stage) {
    for (int block = 0; block < kResNet50Stages[stage].blocks; ++block) {
      const std::string name = fmt::format("conv{}_block{}", stage + 2, block + 1);
      VERGER_ASSIGN_OR_RETURN(
          top, builder.Block(top, name, width, kResNet50Stages[stage].width,
                             block == 0 ? kResNet50Stages[stage].stride : 1, block == 0));
      width = 4 * kResNet50Stages[stage].width;
    }
  }
  const auto axes = op::Constant::create(ov::element::i64, {2}, {2, 3});
  const auto features = std::make_shared<op::ReduceMean>(top, axes, false);
  return std::make_shared<ov::Model>(ov::OutputVector{features}, ov::ParameterVector{image},
                                     "resnet50");
}

}  // namespace verger

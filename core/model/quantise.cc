#include "core/model/quantise.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <openvino/pass/constant_folding.hpp>
#include <openvino/pass/manager.hpp>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "core/model/quantise_weights.h"

namespace verger {
namespace {

namespace op = ov::opset13;
using NodePtr = std::shared_ptr<ov::Node>;

constexpr std::size_t kActivationLevels = 256;
constexpr std::size_t kWeightLevels = 255;  // what the engine lowers; 7 bits use the middle of them
constexpr float kWeightReach = 127;         // the outermost level, in steps

// Every node, inputs first, by the graph alone: OpenVINO's own order may change with its version.
std::vector<NodePtr> InOrder(const ov::Model& network) {
  std::vector<NodePtr> order;
  std::set<const ov::Node*> visited;
  std::vector<std::pair<NodePtr, std::size_t>> path;
  for (const auto& result : network.get_results()) path.emplace_back(result, 0);
  while (!path.empty()) {
    auto& [node, next] = path.back();
    if (next < node->get_input_size()) {
      const NodePtr input = node->get_input_node_shared_ptr(next++);
      if (visited.insert(input.get()).second) path.emplace_back(input, 0);
    } else {
      order.push_back(node);
      path.pop_back();
    }
  }
  return order;
}

bool IsConstant(const ov::Output<ov::Node>& output) {
  return ov::is_type<op::Constant>(output.get_node());
}

bool IsGrouped(const ov::Node& node) { return ov::is_type<op::GroupConvolution>(&node); }

// Of images: of another rank, ranges and biases would have other shapes.
bool IsConvolution(const ov::Node& node) {
  return (ov::is_type<op::Convolution>(&node) || IsGrouped(node)) &&
         node.get_output_partial_shape(0).size() == 4 && IsConstant(node.input_value(1)) &&
         node.get_input_element_type(1) == ov::element::f32;
}

bool HasFiniteWeights(const ov::Node& convolution) {
  const auto* weights = ov::as_type<op::Constant>(convolution.get_input_node_ptr(1));
  const std::span numbers(weights->get_data_ptr<float>(), ov::shape_size(weights->get_shape()));
  return std::ranges::all_of(numbers, [](float number) { return std::isfinite(number); });
}

// The sum of two images, as of a residual block.
bool IsSumOfImages(const ov::Node& node) {
  return ov::is_type<op::Add>(&node) && !IsConstant(node.input_value(0)) &&
         !IsConstant(node.input_value(1)) && node.get_output_partial_shape(0).size() == 4 &&
         node.get_input_partial_shape(0).same_scheme(node.get_input_partial_shape(1));
}

KernelShape ShapeOf(const ov::Node& convolution) {
  const ov::Shape& shape = convolution.get_input_shape(1);
  const bool grouped = IsGrouped(convolution);
  KernelShape kernel;
  kernel.outputs = grouped ? shape[0] * shape[1] : shape[0];
  kernel.inputs = grouped ? shape[2] : shape[1];
  kernel.taps = ov::shape_size(shape) / std::max<std::size_t>(1, kernel.outputs * kernel.inputs);
  return kernel;
}

std::size_t InputChannels(const ov::Node& convolution) {
  const std::size_t groups = IsGrouped(convolution) ? convolution.get_input_shape(1)[0] : 1;
  return groups * ShapeOf(convolution).inputs;
}

NodePtr Quantised(const ov::Output<ov::Node>& tensor, const NodePtr& low, const NodePtr& high,
                  std::size_t levels) {
  return std::make_shared<op::FakeQuantize>(tensor, low, high, low, high, levels);
}

NodePtr Numbers(const ov::Shape& shape, const std::vector<float>& values) {
  return op::Constant::create(ov::element::f32, shape, values);
}

// Puts int8 between `tensor` and those of its readers that take it.
void QuantiseTensor(const ov::Output<ov::Node>& tensor, const ActivationRange& range,
                    const std::vector<NodePtr>& readers) {
  const std::set<ov::Input<ov::Node>> inputs = tensor.get_target_inputs();
  // Positive numbers reach one step further. If negative ones did, as in two's complement, the
  // engine would compute with signed numbers on processors with AMX alone, and features would
  // differ there.
  const float low = range.with_negatives ? -range.high * 127 / 128 : 0;
  const NodePtr quantised = Quantised(tensor, Numbers({1, 1, 1, 1}, {low}),
                                      Numbers({1, 1, 1, 1}, {range.high}), kActivationLevels);
  for (ov::Input<ov::Node> input : inputs) {
    const NodePtr reader = input.get_node()->shared_from_this();
    const bool is_weights = IsConvolution(*reader) && input.get_index() != 0;
    if (std::ranges::find(readers, reader) == readers.end() || is_weights) continue;
    input.replace_source_output(quantised);
  }
}

// What the outputs of a convolution lose, on average, by its new weights.
std::vector<float> BiasFor(const ov::Node& convolution, const QuantisedWeights& weights,
                           const std::vector<float>& means) {
  const KernelShape kernel = ShapeOf(convolution);
  const std::size_t groups = InputChannels(convolution) / kernel.inputs;
  const std::size_t outputs_of_group = kernel.outputs / groups;
  std::vector<float> bias(kernel.outputs);
  for (std::size_t output = 0; output < kernel.outputs; ++output) {
    double sum = 0;
    for (std::size_t input = 0; input < kernel.inputs; ++input) {
      const std::size_t channel = output / outputs_of_group * kernel.inputs + input;
      sum += weights.moved[output * kernel.inputs + input] * means[channel];
    }
    bias[output] = static_cast<float>(sum);
  }
  return bias;
}

// The input of `convolution`'s only reader that adds a constant bias; or none.
std::optional<ov::Input<ov::Node>> ConstantBias(const ov::Node& convolution) {
  const auto readers = convolution.output(0).get_target_inputs();
  if (readers.size() != 1) return std::nullopt;
  ov::Node* sum = readers.begin()->get_node();
  if (!ov::is_type<op::Add>(sum)) return std::nullopt;
  const std::size_t other = 1 - readers.begin()->get_index();
  if (!IsConstant(sum->input_value(other))) return std::nullopt;
  const std::size_t channels = ShapeOf(convolution).outputs;
  if (sum->get_input_shape(other) != ov::Shape{1, channels, 1, 1}) return std::nullopt;
  return sum->input(other);
}

void AddBias(const NodePtr& convolution, std::vector<float> bias) {
  const ov::Shape shape = {1, bias.size(), 1, 1};
  if (auto input = ConstantBias(*convolution)) {
    const auto* old = ov::as_type<op::Constant>(input->get_source_output().get_node());
    const std::vector<float> before = old->cast_vector<float>();
    for (std::size_t at = 0; at < bias.size(); ++at) bias[at] += before[at];
    input->replace_source_output(Numbers(shape, bias));
    return;
  }
  const auto readers = convolution->output(0).get_target_inputs();
  const auto sum = std::make_shared<op::Add>(convolution, Numbers(shape, bias));
  for (ov::Input<ov::Node> reader : readers) reader.replace_source_output(sum);
}

void QuantiseConvolution(const NodePtr& convolution, const std::vector<float>& means) {
  const auto* constant = ov::as_type<op::Constant>(convolution->get_input_node_ptr(1));
  const ov::Shape shape = constant->get_shape();
  const KernelShape kernel = ShapeOf(*convolution);
  const bool depthwise = IsGrouped(*convolution) && kernel.inputs == 1;
  const QuantisedWeights weights =
      QuantiseWeights({constant->get_data_ptr<float>(), ov::shape_size(shape)}, kernel,
                      depthwise ? kStepsOf8Bits : kStepsOf7Bits);
  std::vector<float> high;
  std::vector<float> low;
  for (const float scale : weights.scales) {
    high.push_back(scale * kWeightReach);
    low.push_back(-high.back());
  }
  ov::Shape per_channel(shape.size(), 1);
  per_channel[0] = shape[0];
  if (IsGrouped(*convolution)) per_channel[1] = shape[1];
  AddBias(convolution, BiasFor(*convolution, weights, means));
  convolution->input(1).replace_source_output(Quantised(Numbers(shape, weights.values),
                                                        Numbers(per_channel, low),
                                                        Numbers(per_channel, high), kWeightLevels));
}

}  // namespace

Result<QuantisationPoints> FindPoints(const std::shared_ptr<ov::Model>& network,
                                      const std::string& name) {
  ov::pass::Manager passes;
  passes.register_pass<ov::pass::ConstantFolding>();
  passes.run_passes(network);
  QuantisationPoints points;
  std::set<ov::Output<ov::Node>> visited;
  for (const NodePtr& node : InOrder(*network)) {
    if (ov::is_type<op::FakeQuantize>(node)) {
      return Error{Code::kBadCall, fmt::format("{} is quantised already: leave out the precision, "
                                               "or give the network before it was quantised",
                                               name)};
    }
    const bool convolution = IsConvolution(*node);
    if (!convolution && !IsSumOfImages(*node)) continue;
    if (convolution && !HasFiniteWeights(*node)) {
      return Error{Code::kBadModel,
                   fmt::format("{} has weights that are not finite: export it again", name)};
    }
    if (convolution) points.convolutions.push_back(node);
    points.tensor_readers.push_back(node);
    for (std::size_t input = 0; input < (convolution ? 1 : 2); ++input) {
      const ov::Output<ov::Node> tensor = node->input_value(input);
      if (visited.insert(tensor).second) points.tensors.push_back(tensor);
    }
  }
  if (points.convolutions.empty()) {
    return Error{Code::kBadCall,
                 fmt::format("{} has no convolutions, and int8 is for networks of convolutions: "
                             "choose fp32 or bf16",
                             name)};
  }
  return points;
}

Result<QuantisationPoints> PointsFor(const std::shared_ptr<ov::Model>& network,
                                     const Calibration& calibration, const std::string& name) {
  VERGER_ASSIGN_OR_RETURN(QuantisationPoints points, FindPoints(network, name));
  bool fits = calibration.ranges.size() == points.tensors.size() &&
              calibration.means.size() == points.convolutions.size();
  for (std::size_t at = 0; fits && at < points.convolutions.size(); ++at) {
    fits = calibration.means[at].size() == InputChannels(*points.convolutions[at]);
  }
  if (!fits) {
    return Error{Code::kBadModel,
                 fmt::format("{}: the calibration is of another network; leave it out, and it is "
                             "made from the photos",
                             name)};
  }
  return points;
}

Status Quantise(const std::shared_ptr<ov::Model>& network, const Calibration& calibration,
                const std::string& name) {
  VERGER_ASSIGN_OR_RETURN(const QuantisationPoints points, PointsFor(network, calibration, name));
  for (std::size_t at = 0; at < points.tensors.size(); ++at) {
    QuantiseTensor(points.tensors[at], calibration.ranges[at], points.tensor_readers);
  }
  for (std::size_t at = 0; at < points.convolutions.size(); ++at) {
    QuantiseConvolution(points.convolutions[at], calibration.means[at]);
  }
  network->validate_nodes_and_infer_types();
  return Ok();
}

}  // namespace verger

#include "core/model/app_network.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <openvino/pass/constant_folding.hpp>
#include <openvino/pass/manager.hpp>
#include <optional>
#include <span>
#include <vector>

#include "core/model/calibration.h"
#include "core/model/engine_error.h"
#include "core/model/network_file.h"

namespace verger {
namespace {

namespace op = ov::opset13;
using Kind = NetworkLayer::Kind;

// Where a tensor stands in the chain: behind so many layers. 0: the image.
using Place = std::size_t;

std::optional<std::vector<float>> ConstantOf(const ov::Output<ov::Node>& output) {
  const auto* constant = ov::as_type<op::Constant>(output.get_node());
  if (constant == nullptr) return std::nullopt;
  return constant->cast_vector<float>();
}

// Walks a network from the image to the features, and gathers its convolutions.
class Walk {
 public:
  // Returns what is no part of such a chain; "" if all is.
  std::string Take(const ov::Node& node) {
    if (ov::is_type<op::Constant>(&node) || ov::is_type<op::Result>(&node)) return "";
    if (ov::is_type<op::Parameter>(&node)) return At(node, 0);
    if (ov::is_type<op::Convolution>(&node) || ov::is_type<op::GroupConvolution>(&node)) {
      return TakeConvolution(node);
    }
    // Which input is the chain's, of nodes whose other input is a constant.
    const std::size_t chain = PlaceOf(node.input_value(0)) || node.get_input_size() < 2 ? 0 : 1;
    const std::optional<Place> place = PlaceOf(node.input_value(chain));
    if (!place) return Unknown(node);
    if (place == Place{0}) return At(node, 0);  // the preset, which the engine has as numbers
    if (pooled_) return At(node, *place);       // reshapes of the features
    if (ov::is_type<op::BatchNormInference>(&node)) return TakeNorm(node, *place);
    if (ov::is_type<op::Add>(&node)) return TakeSum(node, *place, 1 - chain);
    if (ov::is_type<op::Multiply>(&node)) return TakeProduct(node, *place, 1 - chain);
    if (place == layers.size() && TakeBound(node, 1 - chain)) return At(node, *place);
    if (ov::is_type<op::ReduceMean>(&node) || ov::is_type<op::AvgPool>(&node)) {
      pooled_ = place == layers.size() && ov::shape_size(node.get_output_shape(0)) ==
                                              static_cast<std::size_t>(layers.back().outputs);
      return pooled_ ? At(node, *place) : Unknown(node);
    }
    return Unknown(node);
  }

  std::vector<NetworkLayer> layers;

 private:
  static std::string Unknown(const ov::Node& node) {
    return fmt::format("it has a {} named \"{}\" where none of them has", node.get_type_name(),
                       node.get_friendly_name());
  }

  std::string At(const ov::Node& node, Place place) {
    places_[&node] = place;
    return "";
  }
  std::optional<Place> PlaceOf(const ov::Output<ov::Node>& output) const {
    const auto known = places_.find(output.get_node());
    return known == places_.end() ? std::nullopt : std::optional(known->second);
  }
  // Numbers a channel of the last layer, where nothing but a convolution and its norm is so far.
  bool Fits(const std::vector<float>& numbers, Place place) const {
    return place == layers.size() && !above_0_ && !below_6_ && !layers.back().shortcut &&
           numbers.size() == static_cast<std::size_t>(layers.back().outputs);
  }
  void Scale(std::size_t channel, double factor, double offset) {
    NetworkLayer& layer = layers.back();
    const std::size_t length = layer.length();
    for (float& weight : std::span(layer.weights).subspan(channel * length, length)) {
      weight = static_cast<float>(weight * factor);
    }
    layer.bias[channel] = static_cast<float>(layer.bias[channel] * factor + offset);
  }

  // A ReLU6, or one of the two nodes that ONNX's Clip becomes.
  bool TakeBound(const ov::Node& node, std::size_t other) {
    const auto bound = [&](float number) {
      const auto constant = ConstantOf(node.input_value(other));
      return constant && constant->size() == 1 && constant->front() == number;
    };
    if (const auto* clamp = ov::as_type<const op::Clamp>(&node)) {
      above_0_ = clamp->get_min() == 0;
      below_6_ = clamp->get_max() == 6;
      if (!above_0_ || !below_6_) return false;
    } else if (ov::is_type<op::Maximum>(&node) && bound(0)) {
      above_0_ = true;
    } else if (ov::is_type<op::Minimum>(&node) && bound(6)) {
      below_6_ = true;
    } else {
      return false;
    }
    layers.back().relu6 = above_0_ && below_6_;
    return true;
  }

  std::string TakeConvolution(const ov::Node& node) {
    const auto* convolution = dynamic_cast<const ov::op::util::ConvolutionFwdPropBase*>(&node);
    const std::optional<Place> place = PlaceOf(node.input_value(0));
    std::optional<std::vector<float>> weights = ConstantOf(node.input_value(1));
    const ov::Shape shape = node.get_input_partial_shape(1).to_shape();
    const bool grouped = ov::is_type<op::GroupConvolution>(&node);
    const ov::Strides& strides = convolution->get_strides();
    if (place != layers.size() || !weights || shape.size() != (grouped ? 5 : 4) ||
        (grouped && (shape[1] != 1 || shape[2] != 1)) || shape.back() != shape[shape.size() - 2] ||
        strides[0] != strides[1] || convolution->get_dilations() != ov::Strides{1, 1}) {
      return Unknown(node);
    }
    NetworkLayer layer;
    layer.kind = grouped ? Kind::kDepthwise : Kind::kDense;
    layer.outputs = static_cast<int>(shape[0]);
    layer.inputs = static_cast<int>(grouped ? shape[0] : shape[1]);
    layer.side = static_cast<int>(shape.back());
    layer.stride = static_cast<int>(strides[0]);
    const auto before = convolution->get_pads_begin();
    const auto after = convolution->get_pads_end();
    layer.pads = {static_cast<int>(before[0]), static_cast<int>(before[1]),
                  static_cast<int>(after[0]), static_cast<int>(after[1])};
    layer.weights = *std::move(weights);
    layer.bias.assign(shape[0], 0);
    layers.push_back(std::move(layer));
    above_0_ = below_6_ = false;
    return At(node, layers.size());
  }

  std::string TakeNorm(const ov::Node& node, Place place) {
    const auto* norm = ov::as_type<const op::BatchNormInference>(&node);
    std::array<std::vector<float>, 4> parts;  // gamma, beta, mean, variance
    for (std::size_t part = 0; part < parts.size(); ++part) {
      const auto numbers = ConstantOf(node.input_value(part + 1));
      if (!numbers || !Fits(*numbers, place)) return Unknown(node);
      parts[part] = *numbers;
    }
    const auto& [gamma, beta, mean, variance] = parts;
    for (std::size_t channel = 0; channel < gamma.size(); ++channel) {
      const double factor = gamma[channel] / std::sqrt(variance[channel] + norm->get_eps_value());
      Scale(channel, factor, beta[channel] - mean[channel] * factor);
    }
    return At(node, place);
  }

  std::string TakeProduct(const ov::Node& node, Place place, std::size_t other) {
    const auto factors = ConstantOf(node.input_value(other));
    if (!factors || !Fits(*factors, place)) return Unknown(node);
    for (std::size_t channel = 0; channel < factors->size(); ++channel) {
      Scale(channel, (*factors)[channel], 0);
    }
    return At(node, place);
  }

  std::string TakeSum(const ov::Node& node, Place place, std::size_t other) {
    if (const std::optional<Place> second = PlaceOf(node.input_value(other))) {
      // What a block gives, and what it took: three layers before.
      if (std::max(place, *second) != layers.size() ||
          std::min(place, *second) + 3 != layers.size()) {
        return Unknown(node);
      }
      layers.back().shortcut = true;
      return At(node, layers.size());
    }
    const auto bias = ConstantOf(node.input_value(other));
    if (!bias || !Fits(*bias, place)) return Unknown(node);
    for (std::size_t channel = 0; channel < bias->size(); ++channel) {
      layers.back().bias[channel] += (*bias)[channel];
    }
    return At(node, place);
  }

  std::map<const ov::Node*, Place> places_;
  bool above_0_ = false;  // what the last layer's numbers are cut to so far
  bool below_6_ = false;
  bool pooled_ = false;
};

Result<NetworkFile> ReadLayers(const Model& model) {
  NetworkFile file;
  file.name = model.name;
  file.identity = model.sha256 + " " + Identity(model);
  file.preset = model.preset;
  const std::shared_ptr<ov::Model> network = model.network->clone();
  network->reshape(ov::PartialShape{1, model.preset.input.height, model.preset.input.width, 3});
  ov::pass::Manager passes;
  passes.register_pass<ov::pass::ConstantFolding>();
  passes.run_passes(network);
  Walk walk;
  for (const std::shared_ptr<ov::Node>& node : network->get_ordered_ops()) {
    if (const std::string why = walk.Take(*node); !why.empty()) {
      return NotOfTheApp(model.name, why);
    }
  }
  file.layers = std::move(walk.layers);
  // Both are in the order of the network's convolutions.
  const auto calibration = Calibration::Parse(model.known_calibration);
  if (calibration && calibration->means.size() == file.layers.size()) {
    for (std::size_t at = 0; at < file.layers.size(); ++at) {
      file.layers[at].means = calibration->means[at];
    }
  }
  return file;
}

}  // namespace

Result<std::string> AppNetwork(const Model& model, WeightStorage storage) {
  try {
    VERGER_ASSIGN_OR_RETURN(const NetworkFile file, ReadLayers(model));
    return WriteNetworkFile(file, storage);
  } catch (const ov::Exception& exception) {
    return Error{Code::kBadModel, fmt::format("{}: cannot be written for the phone app ({}); run "
                                              "the photos with --model efficientnet-lite0",
                                              model.name, CauseOf(exception.what()))};
  }
}

}  // namespace verger

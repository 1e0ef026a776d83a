#include "core/model/class_scores.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <string_view>

namespace verger {
namespace {

namespace op = ov::opset13;
using Tensor = ov::Output<ov::Node>;

constexpr std::array<std::string_view, 7> kWords = {"logit", "prob",  "softmax", "class",
                                                    "score", "predi", "label"};

bool NamesScores(const Tensor& tensor) {
  return std::ranges::any_of(tensor.get_names(), [](std::string name) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    return std::ranges::any_of(
        kWords, [&](std::string_view word) { return name.find(word) != std::string::npos; });
  });
}

std::int64_t Elements(const Tensor& tensor) {
  const ov::PartialShape& shape = tensor.get_partial_shape();
  return shape.is_static() ? static_cast<std::int64_t>(ov::shape_size(shape.to_shape())) : 0;
}

bool IsOnePixel(const Tensor& map) {
  const ov::PartialShape& shape = map.get_partial_shape();
  return shape.is_static() && shape.size() == 4 && shape[2] == 1 && shape[3] == 1;
}

// Of an ov::Node that only gives its first input another shape or type.
bool Passes(const ov::Node& node) {
  return ov::is_type<op::Reshape>(&node) || ov::is_type<op::Squeeze>(&node) ||
         ov::is_type<op::Unsqueeze>(&node) || ov::is_type<op::Convert>(&node) ||
         ov::is_type<op::Result>(&node);
}

bool IsConstant(const Tensor& tensor) {
  const ov::Node* node = tensor.get_node();
  // Weights may be kept in another type or order.
  while (node->get_input_size() > 0 &&
         (Passes(*node) || ov::is_type<op::Transpose>(node) || ov::is_type<op::Multiply>(node) ||
          ov::is_type<op::Subtract>(node))) {
    node = node->get_input_node_ptr(0);
  }
  return ov::is_type<op::Constant>(node);
}

// A bias, or a factor.
bool Shifts(const ov::Node& node) {
  return (ov::is_type<op::Add>(&node) || ov::is_type<op::Multiply>(&node)) &&
         IsConstant(node.input_value(1));
}

// Goes back to the first tensor that `passes` not, and says whether one on the way names scores.
template <typename Predicate>
bool GoBack(Tensor& at, Predicate passes) {
  bool named = NamesScores(at);
  while (at.get_node()->get_input_size() > 0 && passes(*at.get_node())) {
    at = at.get_node()->input_value(0);
    named = named || NamesScores(at);
  }
  return named;
}

}  // namespace

std::string NoteOnClassScores(const Tensor& features) {
  Tensor at = features;
  bool named = GoBack(at, Passes);
  const bool softmax =
      ov::is_type<op::Softmax>(at.get_node()) || ov::is_type<op::LogSoftmax>(at.get_node());
  if (softmax) at = at.get_node()->input_value(0);
  named = GoBack(at, [](const ov::Node& node) { return Passes(node) || Shifts(node); }) || named;
  const ov::Node& last = *at.get_node();
  const bool layer = ov::is_type<op::MatMul>(&last) ||
                     (ov::is_type<op::Convolution>(&last) && IsOnePixel(last.input_value(0)));
  const bool narrows = layer && IsConstant(last.input_value(1)) &&
                       Elements(features) < Elements(last.input_value(0));
  const std::int64_t numbers =
      features.get_partial_shape().is_static() && features.get_partial_shape().size() > 1
          ? Elements(features) / features.get_partial_shape()[0].get_length()
          : Elements(features);
  if (!softmax && !named && !narrows && numbers != 1000) return "";

  std::string front = "export the network without it, after the global pooling";
  if (narrows) {
    Tensor before = last.input_value(0);
    while (before.get_names().empty() && Passes(*before.get_node())) {
      before = before.get_node()->input_value(0);
    }
    if (!before.get_names().empty()) {
      const auto& names = before.get_names();
      front = fmt::format("to leave it out: --output \"{}\" (output= in Python)",
                          *std::min_element(names.begin(), names.end()));
    }
  }
  return softmax || named || numbers == 1000
             ? fmt::format(
                   "its {} numbers look like scores of classes, not features: a classifier; "
                   "{}",
                   numbers, front)
             : fmt::format(
                   "its last layer is fully connected and narrows to {} numbers: if that is "
                   "a classifier, they are scores of classes, not features; {}",
                   numbers, front);
}

}  // namespace verger

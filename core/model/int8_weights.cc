#include "core/model/int8_weights.h"

#include <algorithm>
#include <cstdlib>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>
#include <vector>

namespace verger {
namespace {

namespace op = ov::opset13;

constexpr int kLargest = 64;  // 255 * 64 * 2 < 2^15

// Weights of 8 bits are far from their zero point, or stand for themselves.
bool IsWide(const op::Constant& weights) {
  if (ov::shape_size(weights.get_shape()) < 2) return false;  // a zero point
  const auto far = [](int value) { return std::abs(value) > kLargest; };
  if (weights.get_element_type() == ov::element::i8) {
    return std::ranges::any_of(weights.cast_vector<std::int8_t>(), far);
  }
  if (weights.get_element_type() != ov::element::u8) return false;
  return std::ranges::any_of(weights.cast_vector<std::uint8_t>(),
                             [&](int value) { return far(value - 128); });
}

}  // namespace

bool HasWideInt8Weights(const ov::Model& network) {
  bool quantised = false;  // are the activations?
  bool wide = false;
  for (const auto& node : network.get_ops()) {
    if (const auto* quantise = ov::as_type<op::FakeQuantize>(node.get())) {
      const bool of_weights = ov::is_type<op::Constant>(quantise->get_input_node_ptr(0));
      quantised = quantised || !of_weights;
      wide = wide || (of_weights && quantise->get_levels() > 128);
    } else if (const auto* weights = ov::as_type<op::Constant>(node.get())) {
      wide = wide || IsWide(*weights);
    } else if (node->get_output_size() == 1 && node->get_input_size() == 1 &&
               ov::is_type<op::Convert>(node) &&
               !ov::is_type<op::Constant>(node->get_input_node_ptr(0))) {
      // Quantisation at run time (DynamicQuantizeLinear) is a conversion to 8 bits.
      const ov::element::Type type = node->get_output_element_type(0);
      quantised = quantised || type == ov::element::u8 || type == ov::element::i8;
    }
  }
  return quantised && wide;
}

}  // namespace verger

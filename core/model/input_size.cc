#include "core/model/input_size.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <openvino/op/util/avg_pool_base.hpp>
#include <openvino/op/util/convolution_base.hpp>
#include <openvino/op/util/max_pool_base.hpp>
#include <openvino/openvino.hpp>
#include <optional>
#include <vector>

namespace verger {
namespace {

using Lengths = std::vector<std::int64_t>;

// A window that slides over a map, by axis.
struct Window {
  Lengths map;    // sides of its input
  Lengths sides;  // of the window, with the gaps of a dilated one
  Lengths strides;
  Lengths before, after;  // pixels of padding

  bool IsStrided() const {
    return std::ranges::any_of(strides, [](std::int64_t stride) { return stride > 1; });
  }
  bool IsLopsided() const { return before != after; }
  bool IsPadded() const {
    const auto some = [](std::int64_t pixels) { return pixels > 0; };
    return std::ranges::any_of(before, some) || std::ranges::any_of(after, some);
  }
  // ceil(map / stride) windows, the odd pixel at the end.
  bool IsSame() const {
    for (std::size_t axis = 0; axis < map.size(); ++axis) {
      const std::int64_t windows = (map[axis] + strides[axis] - 1) / strides[axis];
      const std::int64_t pads =
          std::max<std::int64_t>((windows - 1) * strides[axis] + sides[axis] - map[axis], 0);
      if (before[axis] != pads / 2 || after[axis] != pads - pads / 2) return false;
    }
    return true;
  }
};

template <class Vector>
Lengths ToLengths(const Vector& lengths) {
  return {lengths.begin(), lengths.end()};
}

// The sides of a map (batch, channels, sides...), if they are known.
std::optional<Lengths> SidesOf(const ov::PartialShape& shape) {
  if (shape.rank().is_dynamic()) return std::nullopt;
  Lengths sides;
  for (std::size_t axis = 2; axis < shape.size(); ++axis) {
    if (shape[axis].is_dynamic()) return std::nullopt;
    sides.push_back(shape[axis].get_length());
  }
  return sides;
}

template <class Pool>
std::optional<Window> WindowOfPool(const Pool& pool) {
  const auto map = SidesOf(pool.get_input_partial_shape(0));
  if (!map || pool.get_auto_pad() != ov::op::PadType::EXPLICIT) return std::nullopt;
  return Window{*map, ToLengths(pool.get_kernel()), ToLengths(pool.get_strides()),
                ToLengths(pool.get_pads_begin()), ToLengths(pool.get_pads_end())};
}

std::optional<Window> WindowOfConvolution(const ov::op::util::ConvolutionFwdPropBase& convolution) {
  const auto map = SidesOf(convolution.get_input_partial_shape(0));
  const ov::PartialShape& kernel = convolution.get_input_partial_shape(1);
  if (!map || kernel.is_dynamic() || kernel.size() < map->size() ||
      convolution.get_auto_pad() != ov::op::PadType::EXPLICIT) {
    return std::nullopt;
  }
  Lengths sides;  // a kernel's last axes
  for (std::size_t axis = 0; axis < map->size(); ++axis) {
    const std::int64_t taps = kernel[kernel.size() - map->size() + axis].get_length();
    sides.push_back((taps - 1) * static_cast<std::int64_t>(convolution.get_dilations()[axis]) + 1);
  }
  return Window{*map, sides, ToLengths(convolution.get_strides()),
                ToLengths(convolution.get_pads_begin()), ToLengths(convolution.get_pads_end())};
}

std::optional<Window> WindowOf(const ov::Node& node) {
  using namespace ov::op::util;
  if (const auto* convolution = dynamic_cast<const ConvolutionFwdPropBase*>(&node)) {
    return WindowOfConvolution(*convolution);
  }
  if (const auto* pool = dynamic_cast<const MaxPoolBase*>(&node)) return WindowOfPool(*pool);
  if (const auto* pool = dynamic_cast<const AvgPoolBase*>(&node)) return WindowOfPool(*pool);
  return std::nullopt;
}

void SetSame(ov::Node& node) {
  using namespace ov::op::util;
  constexpr auto kSame = ov::op::PadType::SAME_UPPER;
  if (auto* convolution = dynamic_cast<ConvolutionFwdPropBase*>(&node)) {
    convolution->set_auto_pad(kSame);
  } else if (auto* pool = dynamic_cast<MaxPoolBase*>(&node)) {
    pool->set_auto_pad(kSame);
  } else if (auto* average = dynamic_cast<AvgPoolBase*>(&node)) {
    average->set_auto_pad(kSame);
  }
}

}  // namespace

void PadBySame(ov::Model& network) {
  std::vector<std::shared_ptr<ov::Node>> same;
  bool of_tensorflow = false;
  for (const std::shared_ptr<ov::Node>& node : network.get_ordered_ops()) {
    const std::optional<Window> window = WindowOf(*node);
    if (!window || !window->IsStrided() || !window->IsPadded() || !window->IsSame()) continue;
    of_tensorflow = of_tensorflow || window->IsLopsided();
    same.push_back(node);
  }
  if (!of_tensorflow) return;
  for (const std::shared_ptr<ov::Node>& node : same) SetSame(*node);
}

std::string NarrowPooling(const ov::Model& own, const ov::Model& other) {
  std::map<std::string, Lengths> whole;  // windows by the names of their poolings
  for (const std::shared_ptr<ov::Node>& node : own.get_ordered_ops()) {
    if (dynamic_cast<const ov::op::util::ConvolutionFwdPropBase*>(node.get())) continue;
    const std::optional<Window> window = WindowOf(*node);
    const bool one_pixel =
        window && std::ranges::all_of(window->map, [](auto x) { return x == 1; });
    if (window && !one_pixel && window->sides == window->map) {
      whole[node->get_friendly_name()] = window->sides;
    }
  }
  for (const std::shared_ptr<ov::Node>& node : other.get_ordered_ops()) {
    const auto known = whole.find(node->get_friendly_name());
    if (known == whole.end()) continue;
    const std::optional<Window> window = WindowOf(*node);
    if (window && window->map != known->second) return known->first;
  }
  return "";
}

}  // namespace verger

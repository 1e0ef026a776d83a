#include "core/model/preprocess.h"

#include <openvino/core/preprocess/pre_post_process.hpp>
#include <openvino/openvino.hpp>

namespace verger {

void AddPreprocessing(std::shared_ptr<ov::Model>& network, const Preset& preset,
                      TensorLayout layout) {
  ov::preprocess::PrePostProcessor chain(network);
  ov::preprocess::InputInfo& input = chain.input();
  input.tensor().set_element_type(ov::element::u8).set_layout("NHWC");
  input.model().set_layout(layout == TensorLayout::kNchw ? "NCHW" : "NHWC");
  if (preset.order == ChannelOrder::kBgr) input.preprocess().reverse_channels();
  input.preprocess().convert_element_type(ov::element::f32);
  input.preprocess().mean({preset.mean.begin(), preset.mean.end()});
  if (preset.scale != std::array<float, 3>{1, 1, 1}) {
    input.preprocess().scale({preset.scale.begin(), preset.scale.end()});
  }
  network = chain.build();
}

}  // namespace verger

// keras_h5.cc: HDF5 files of Keras, both layouts.
#include "core/model/keras_h5.h"

#include <array>

#include "core/model/keras_config.h"
#include "core/model/resnet50_layers.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const auto h5 = KerasH5::Open(fuzz::AsBytes(data, size), "fuzz.h5", kResNet50First);
  if (!h5) {
    VERGER_FUZZ_REQUIRE(!h5.error().message.empty());
    return 0;
  }
  ReadKerasConfig(h5->Config());
  // Shapes that the seeds have.
  const std::array<hsize_t, 1> vector = {4};
  const std::array<hsize_t, 4> kernel = {3, 3, 2, 4};
  for (const std::string& layer : h5->layers()) {
    for (const char* weight : {"kernel", "bias", "gamma", "moving_variance"}) {
      if (!h5->HasWeight(layer, weight)) continue;
      for (const std::span<const hsize_t> shape : {std::span<const hsize_t>(vector), {kernel}}) {
        std::size_t count = 1;
        for (const hsize_t side : shape) count *= static_cast<std::size_t>(side);
        const auto values = h5->Read(layer, weight, shape);
        if (values) VERGER_FUZZ_REQUIRE(values->size() == count);
      }
    }
  }
  return 0;
}

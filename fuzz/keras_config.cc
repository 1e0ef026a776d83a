// keras_config.cc: what a Keras file says of its layers, as JSON.
#include "core/model/keras_config.h"

#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const KerasConfig config = ReadKerasConfig(std::string(fuzz::AsText(data, size)));
  if (config.input) {
    VERGER_FUZZ_REQUIRE(config.input->width > 0 && config.input->height > 0);
  }
  return 0;
}

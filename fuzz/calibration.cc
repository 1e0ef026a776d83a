// calibration.cc: calibrations for int8.
#include "core/model/calibration.h"

#include "fuzz/input.h"
#include "fuzz/seal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const std::string file = fuzz::SealAtEnd(fuzz::AsBytes(data, size), 16);
  const auto calibration = Calibration::Parse(fuzz::AsBytes(file));
  if (calibration) VERGER_FUZZ_REQUIRE(Calibration::Parse(fuzz::AsBytes(calibration->Serialize())));
  return 0;
}

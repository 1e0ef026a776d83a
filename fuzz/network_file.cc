// network_file.cc: the phone app's networks.
#include "core/model/network_file.h"

#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const auto network = ReadNetworkFile(fuzz::AsBytes(data, size));
  if (!network) return 0;
  const auto written = WriteNetworkFile(*network, WeightStorage::kFp32);
  if (!written) return 0;  // weights that are not finite
  const auto again = ReadNetworkFile(fuzz::AsBytes(*written));
  VERGER_FUZZ_REQUIRE(again.has_value());
  VERGER_FUZZ_REQUIRE(again->layers.size() == network->layers.size());
  return 0;
}

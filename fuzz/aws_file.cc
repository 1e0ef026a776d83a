// aws_file.cc: AWS's files of profiles, a kind of INI.
#include "core/runs/aws_profiles.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  std::size_t bytes = 0;
  for (const auto& [name, section] : ReadAwsFile(fuzz::AsText(data, size))) {
    for (const auto& [key, value] : section) bytes += value.size();
  }
  VERGER_FUZZ_REQUIRE(bytes <= size);
  return 0;
}

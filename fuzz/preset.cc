// preset.cc: the text of a preset.
#include "core/model/preset.h"

#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const auto preset = ReadPreset(fuzz::AsText(data, size));
  if (!preset) return 0;
  const auto again = ReadPreset(Parts(*preset));
  VERGER_FUZZ_REQUIRE(again.has_value());
  VERGER_FUZZ_REQUIRE(Identity(*again) == Identity(*preset));
  VERGER_FUZZ_REQUIRE(ShorterSide(*preset) >= 0 && PixelsNeeded(*preset).width > 0);
  return 0;
}

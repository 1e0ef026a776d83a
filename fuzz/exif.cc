// exif.cc: the orientation in EXIF and XMP. Input: how many bytes are EXIF, then both.
#include <algorithm>

#include "core/image/orientation.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  fuzz::Numbers numbers(fuzz::AsBytes(data, size));
  const std::size_t length = numbers.Take<std::uint16_t>();
  const Bytes rest = numbers.rest();
  const Bytes exif = rest.first(std::min(length, rest.size()));
  const Bytes xmp = rest.subspan(exif.size());
  const int orientation =
      Orientation(exif, {reinterpret_cast<const char*>(xmp.data()), xmp.size()});
  VERGER_FUZZ_REQUIRE(1 <= orientation && orientation <= 8);
  return 0;
}

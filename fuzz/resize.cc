// resize.cc: sizes and windows of a resize. Input: numbers, then pixels.
#include "core/image/resize.h"

#include <algorithm>

#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  constexpr int kMost = 300;
  fuzz::Numbers numbers(fuzz::AsBytes(data, size));
  const Size from{numbers.Between(1, kMost), numbers.Between(1, kMost)};
  const Size target{numbers.Between(0, kMost), numbers.Between(0, kMost)};
  const auto filter = static_cast<Filter>(numbers.Between(0, 5));
  const Window window{numbers.Between(-2, kMost),
                      numbers.Between(-2, kMost),
                      {numbers.Between(0, kMost), numbers.Between(0, kMost)}};
  std::vector<std::uint8_t> pixels(ByteCount(from), 200);
  const Bytes rest = numbers.rest();
  std::transform(rest.begin(),
                 rest.begin() + static_cast<std::ptrdiff_t>(std::min(rest.size(), pixels.size())),
                 pixels.begin(),
                 [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });

  std::vector<std::uint8_t> whole(ByteCount(target));
  const bool is_size = target.width > 0 && target.height > 0;
  VERGER_FUZZ_REQUIRE(Resize({from, pixels}, target, filter, whole).has_value() == is_size);
  std::vector<std::uint8_t> part(ByteCount(window.size));
  if (!ResizeWindow({from, pixels}, target, window, filter, part)) return 0;
  // A window has the pixels that the whole has there.
  for (int y = 0; y < window.size.height; ++y) {
    const auto row = [](const std::vector<std::uint8_t>& image, int width, int x, int at) {
      return image.data() +
             std::size_t{3} * (static_cast<std::size_t>(at) * static_cast<std::size_t>(width) +
                               static_cast<std::size_t>(x));
    };
    VERGER_FUZZ_REQUIRE(std::memcmp(row(part, window.size.width, 0, y),
                                    row(whole, target.width, window.left, window.top + y),
                                    std::size_t{3} * static_cast<std::size_t>(window.size.width)) ==
                        0);
  }
  return 0;
}

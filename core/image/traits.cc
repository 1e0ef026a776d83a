#include "core/image/traits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "core/image/content.h"
#include "core/image/grid.h"
#include "core/image/perimeter.h"

namespace verger {
namespace {

constexpr int kLongestSide = 256;
constexpr int kNear = 16;
constexpr double kPlainShare = 0.6;
constexpr double kLeastArea = 0.01;

using Colour = std::array<std::uint8_t, 3>;

// The image as means of square blocks; pixels beyond the last whole block go.
Grid<Colour> Shrink(ImageView image) {
  const int longer = std::max(image.size.width, image.size.height);
  const int shorter = std::min(image.size.width, image.size.height);
  const int block = std::min((longer + kLongestSide - 1) / kLongestSide, shorter);
  Grid<Colour> small({image.size.width / block, image.size.height / block}, Colour{});
  const auto pixels = static_cast<std::uint32_t>(block) * static_cast<std::uint32_t>(block);
  std::vector<std::uint32_t> sums(std::size_t{3} * small.size.width);
  for (int y = 0; y < small.size.height; ++y) {
    std::ranges::fill(sums, pixels / 2);
    for (int row = y * block; row < (y + 1) * block; ++row) {
      const std::uint8_t* from = &image.pixels[ByteCount({image.size.width, row})];
      for (std::size_t x = 0; x < sums.size(); x += 3) {
        for (int each = 0; each < block; ++each, from += 3) {
          for (std::size_t c = 0; c < 3; ++c) sums[x + c] += from[c];
        }
      }
    }
    for (int x = 0; x < small.size.width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        small.values[small.Index(x, y)][c] =
            static_cast<std::uint8_t>(sums[std::size_t{3} * x + c] / pixels);
      }
    }
  }
  return small;
}

bool AreNear(Colour a, Colour b) {
  for (std::size_t c = 0; c < 3; ++c) {
    if (std::abs(a[c] - b[c]) > kNear) return false;
  }
  return true;
}

// Indices of the pixels at the border, each once.
std::vector<std::size_t> Border(const Grid<Colour>& image) {
  const auto [width, height] = image.size;
  std::vector<std::size_t> border;
  for (int y = 0; y < height; ++y) {
    const bool whole = y == 0 || y == height - 1;
    for (int x = 0; x < width; x += whole ? 1 : std::max(width - 1, 1)) {
      border.push_back(image.Index(x, y));
    }
  }
  return border;
}

// The smallest value that half of them do not exceed.
Colour Median(const Grid<Colour>& image, const std::vector<std::size_t>& pixels) {
  Colour median{};
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<std::uint8_t> values;
    for (const std::size_t at : pixels) values.push_back(image.values[at][c]);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
    std::ranges::nth_element(values, middle);
    median[c] = *middle;
  }
  return median;
}

// Takes the pixels that hang together with `start`, itself included, off `open`; calls `take` with
// each. `corners`: also those that touch by a corner.
template <typename Take>
void Spread(std::size_t start, bool corners, Mask& open, Take take) {
  const auto [width, height] = open.size;
  std::vector<std::size_t> waiting = {start};
  open.values[start] = 0;
  while (!waiting.empty()) {
    const std::size_t at = waiting.back();
    waiting.pop_back();
    take(at);
    const int x = static_cast<int>(at % static_cast<std::size_t>(width));
    const int y = static_cast<int>(at / static_cast<std::size_t>(width));
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        if (!corners && dx != 0 && dy != 0) continue;
        const int to_x = x + dx;
        const int to_y = y + dy;
        if (to_x < 0 || to_x >= width || to_y < 0 || to_y >= height) continue;
        const std::size_t to = open.Index(to_x, to_y);
        if (open.values[to] == 0) continue;
        open.values[to] = 0;
        waiting.push_back(to);
      }
    }
  }
}

// All that is not background, or an empty mask where the background is not plain.
Mask Foreground(const Grid<Colour>& image) {
  const std::vector<std::size_t> border = Border(image);
  const Colour colour = Median(image, border);
  const auto near = std::ranges::count_if(
      border, [&](std::size_t at) { return AreNear(image.values[at], colour); });
  if (static_cast<double>(near) < kPlainShare * static_cast<double>(border.size())) {
    return Mask(image.size, 0);
  }
  Mask open(image.size, 0);
  std::ranges::transform(image.values, open.values.begin(), [&](Colour pixel) {
    return static_cast<std::uint8_t>(AreNear(pixel, colour));
  });
  Mask foreground(image.size, 1);
  for (const std::size_t at : border) {
    if (open.values[at] == 0) continue;
    Spread(at, false, open, [&](std::size_t pixel) { foreground.values[pixel] = 0; });
  }
  return foreground;
}

// Of the regions of `foreground`, the pixels of the largest; of equals, of the one that is first.
std::vector<std::size_t> LargestRegion(Mask foreground) {
  std::vector<std::size_t> largest;
  for (std::size_t at = 0; at < foreground.values.size(); ++at) {
    if (foreground.values[at] == 0) continue;
    std::vector<std::size_t> region;
    Spread(at, true, foreground, [&](std::size_t pixel) { region.push_back(pixel); });
    if (region.size() > largest.size()) largest = std::move(region);
  }
  return largest;
}

std::array<double, 256> LinearOfSrgb() {
  std::array<double, 256> linear{};
  for (std::size_t value = 0; value < linear.size(); ++value) {
    const double share = static_cast<double>(value) / 255;
    linear[value] = share > 0.04045 ? std::pow((share + 0.055) / 1.055, 2.4) : share / 12.92;
  }
  return linear;
}

std::array<double, 3> Lab(Colour pixel) {
  static const std::array<double, 256> kLinear = LinearOfSrgb();
  const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
  const double red = kLinear[pixel[0]];
  const double green = kLinear[pixel[1]];
  const double blue = kLinear[pixel[2]];
  const double x = f((0.412453 * red + 0.357580 * green + 0.180423 * blue) / 0.95047);
  const double y = f(0.212671 * red + 0.715160 * green + 0.072169 * blue);
  const double z = f((0.019334 * red + 0.119193 * green + 0.950227 * blue) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

}  // namespace

std::optional<Traits> MeasureTraits(ImageView image) {
  const Grid<Colour> small = Shrink(image);
  const std::vector<std::size_t> pixels = LargestRegion(Foreground(small));
  const auto count = static_cast<double>(pixels.size());
  const double area = count / static_cast<double>(small.values.size());
  if (area < kLeastArea) return std::nullopt;
  Mask region(small.size, 0);
  std::array<double, 3> sums{};
  for (const std::size_t at : pixels) {
    region.values[at] = 1;
    const std::array<double, 3> lab = Lab(small.values[at]);
    for (std::size_t c = 0; c < 3; ++c) sums[c] += lab[c];
  }
  const double perimeter = Perimeter(region);
  const double roundness = std::min(1.0, 4 * std::numbers::pi * count / (perimeter * perimeter));
  return Traits{sums[0] / count, sums[1] / count, sums[2] / count, area, roundness};
}

Result<std::optional<Traits>> MeasurePhoto(Bytes photo, const DecodeLimits& limits) {
  try {
    VERGER_ASSIGN_OR_RETURN(const Image image, Decode(photo, limits, kAllPixels));
    return MeasureTraits(image.view());
  } catch (const std::bad_alloc&) {
    return Error{Code::kBadPhoto, std::string(kOutOfMemory)};
  }
}

}  // namespace verger

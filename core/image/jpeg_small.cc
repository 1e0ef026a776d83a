#include "core/image/jpeg_small.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/image/jpeg_coefficients.h"
#include "core/image/jpeg_small_kernels.h"

namespace verger {
namespace {

constexpr int kBlock = 8;

// Pixels of a component: of each block, and all of a row of units.
struct Plane {
  Size block;
  std::size_t stride = 0;
  std::vector<std::uint8_t> pixels;
};

// How many pixels a side of a component's blocks has, of the light's `pixels`; 0 for what is not
// supported.
int BlockSide(int pixels, int blocks_of_unit, int most) {
  const int side = pixels * most / blocks_of_unit;
  const bool whole = most % blocks_of_unit == 0 && (side & (side - 1)) == 0;
  return whole && side <= kBlock ? side : 0;
}

// The rows of units, one after the other, as pixels.
class Rows {
 public:
  Rows(const JpegFrame& frame, std::vector<Plane> planes, int order)
      : frame_(frame), planes_(std::move(planes)), order_(order) {}

  void Make(const std::vector<JpegCoefficients>& coefficients) {
    for (std::size_t i = 0; i < planes_.size(); ++i) {
      const JpegFrame::Component& component = frame_.components[i];
      const JpegCoefficients& from = coefficients[i];
      Plane& plane = planes_[i];
      plane.stride = from.stride * static_cast<std::size_t>(plane.block.width);
      plane.pixels.resize(plane.stride * Height(i) + kColourPixels);
      for (int y = 0; y < component.down; ++y) {
        const std::size_t block_row = from.first_row + static_cast<std::size_t>(y);
        SmallPixels({.coefficients = from.values.data() + block_row * from.stride,
                     .plane = from.plane,
                     .blocks = from.stride,
                     .steps = component.steps.data(),
                     .order = order_,
                     .width = plane.block.width,
                     .height = plane.block.height},
                    plane.pixels.data() + plane.stride * plane.block.height * y, plane.stride);
      }
    }
  }

  // Writes row `y` of the units made last as `width` pixels of RGB.
  // Shape: `rgb` has room for kColourPixels more.
  void Rgb(std::size_t y, std::size_t width, std::uint8_t* rgb) const {
    const auto row = [&](std::size_t i) {
      const Plane& plane = planes_[i < planes_.size() ? i : 0];
      return plane.pixels.data() + plane.stride * y;
    };
    if (frame_.colour == JpegFrame::Colour::kYcc) {
      YccToRgb(row(0), row(1), row(2), width, rgb);
      return;
    }
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const std::uint8_t* from = row(channel);
      for (std::size_t x = 0; x < width; ++x) rgb[3 * x + channel] = from[x];
    }
  }

 private:
  std::size_t Height(std::size_t i) const {
    return std::size_t{1} * planes_[i].block.height * frame_.components[i].down;
  }

  const JpegFrame& frame_;
  std::vector<Plane> planes_;
  const int order_;
};

}  // namespace

std::optional<Image> DecodeSmallJpeg(Bytes photo, const JpegFrame& frame, int divisor,
                                     int max_scans) {
  const int order = kBlock / divisor;
  std::vector<Plane> planes;
  for (const JpegFrame::Component& component : frame.components) {
    const Size block{BlockSide(order, component.across, frame.unit_across()),
                     BlockSide(order, component.down, frame.unit_down())};
    if (block.width == 0 || block.height == 0) return std::nullopt;
    planes.emplace_back().block = block;
  }

  Image image;
  image.size = {(frame.size.width + divisor - 1) / divisor,
                (frame.size.height + divisor - 1) / divisor};
  // Grows with the rows that are really there, as the image of JpegDecoder.
  ReservePixels(image);
  const auto width = static_cast<std::size_t>(image.size.width);
  std::vector<std::uint8_t> rgb(3 * (width + kColourPixels));
  Rows rows(frame, std::move(planes), order);
  int left = image.size.height;
  const auto use = [&](const std::vector<JpegCoefficients>& coefficients) {
    rows.Make(coefficients);
    const int ready = std::min(left, order * frame.unit_down());
    for (int y = 0; y < ready; ++y) {
      rows.Rgb(static_cast<std::size_t>(y), width, rgb.data());
      image.pixels.insert(image.pixels.end(), rgb.data(), rgb.data() + 3 * width);
    }
    left -= ready;
  };
  if (!ReadCoefficients(photo, frame, LowCoefficients(order), max_scans, use)) return std::nullopt;
  return image;
}

}  // namespace verger

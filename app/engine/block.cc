#include "app/engine/block.h"

#include <algorithm>

namespace verger::app {
namespace {

// What is made of a strip, and what it is made of, stays in the second cache.
constexpr std::size_t kStripFloats = std::size_t{160} << 10;
// What is narrowed at a time is read once for each panel of outputs.
constexpr std::size_t kChunkFloats = std::size_t{48} << 10;

std::size_t Pixels(Size size) {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
}

int StripRows(std::size_t floats_of_row, int rows) {
  const int most = static_cast<int>(
      std::clamp<std::size_t>(kStripFloats / floats_of_row, 1, static_cast<std::size_t>(rows)));
  const int strips = (rows + most - 1) / most;
  return (rows + strips - 1) / strips;
}

}  // namespace

Block::Block(std::span<const NetworkLayer> layers, Size input)
    : stem_(layers[0].side > 1),
      shortcut_(layers[2].shortcut),
      widen_(layers[0]),
      depthwise_(layers[1]),
      narrow_(layers[2]),
      wide_size_(layers[0].OutputSize(input)),
      narrow_size_(layers[1].OutputSize(wide_size_)),
      zeros_above_(layers[1].pads[0]) {
  const std::array<int, 4>& pads = layers[1].pads;
  const auto width = static_cast<std::size_t>(wide_size_.width);
  pitch_ = width + static_cast<std::size_t>(pads[1] + pads[3]);
  const auto row_of_out = static_cast<std::size_t>(narrow_size_.width);
  const std::size_t row_floats = depthwise_.stride * (pitch_ * kPanel + width * widen_.length) +
                                 row_of_out * (widen_.panels + narrow_.panels) * kPanel;
  strip_rows_ = StripRows(row_floats, narrow_size_.height);
  chunk_ = std::max<std::size_t>(kChunkFloats / (widen_.panels * kPanel), 24);
  const std::size_t rows = std::min(PlaneRows(), static_cast<std::size_t>(wide_size_.height));
  plane_at_.resize((stem_ ? 1 : rows) * width);
  for (std::size_t at = 0; at < plane_at_.size(); ++at) {
    const std::size_t place = at / width * pitch_ + static_cast<std::size_t>(pads[1]) + at % width;
    plane_at_[at] = static_cast<std::uint32_t>(place * kPanel);
  }
}

std::size_t Block::output_floats() const { return narrow_.panels * kPanel * Pixels(narrow_size_); }

std::size_t Block::PlaneRows() const {
  return static_cast<std::size_t>(strip_rows_ - 1) * depthwise_.stride + depthwise_.side;
}

void Block::Reserve(Scratch& scratch) const {
  const std::size_t strip =
      static_cast<std::size_t>(strip_rows_) * static_cast<std::size_t>(narrow_size_.width);
  const auto grow = [](auto& vector, std::size_t size) {
    vector.resize(std::max(vector.size(), size));
  };
  grow(scratch.plane, PlaneRows() * pitch_ * kPanel);
  grow(scratch.strip, widen_.panels * kPanel * strip);
  grow(scratch.at, std::min(chunk_, strip));
}

void Block::Widen(const float* in, std::size_t image_row, std::size_t panel, int begin, int end,
                  float* plane) const {
  const auto width = static_cast<std::size_t>(wide_size_.width);
  if (!stem_) {
    const std::size_t first = static_cast<std::size_t>(begin) * width;
    const std::size_t pixels = static_cast<std::size_t>(end) * width - first;
    RunPointwise({&widen_, panel, in + first * kPanel, Pixels(wide_size_) * kPanel, nullptr, plane,
                  plane_at_.data(), pixels});
    return;
  }
  for (int y = begin; y < end; ++y, plane += pitch_ * kPanel) {
    RunStem({&widen_, panel, in + 2 * static_cast<std::size_t>(y) * image_row, image_row, nullptr,
             plane, plane_at_.data(), width});
  }
}

void Block::Narrow(const float* in, const Scratch& scratch, int top, int rows, float* out) const {
  const auto width = static_cast<std::size_t>(narrow_size_.width);
  const std::size_t pixels = static_cast<std::size_t>(rows) * width;
  const std::size_t map = Pixels(narrow_size_);
  for (std::size_t first = 0; first < pixels; first += chunk_) {
    const std::size_t count = std::min(chunk_, pixels - first);
    for (std::size_t panel = 0; panel < narrow_.panels; ++panel) {
      const std::size_t place =
          (panel * map + static_cast<std::size_t>(top) * width + first) * kPanel;
      RunPointwise({&narrow_, panel, scratch.strip.data() + first * kPanel, pixels * kPanel,
                    shortcut_ ? in + place : nullptr, out + place, scratch.at.data(), count});
    }
  }
}

void Block::Run(const float* in, std::size_t image_row, Scratch& scratch, float* out) const {
  const auto width = static_cast<std::size_t>(narrow_size_.width);
  const std::size_t step = pitch_ * kPanel;
  const int stride = static_cast<int>(depthwise_.stride);
  float* plane = scratch.plane.data();
  for (int top = 0; top < narrow_size_.height; top += strip_rows_) {
    const int rows = std::min(strip_rows_, narrow_size_.height - top);
    const int first = top * stride - zeros_above_;  // row of the wide map; above it are zeros
    const int count = (rows - 1) * stride + static_cast<int>(depthwise_.side);
    const int begin = std::max(first, 0);
    const int end = std::min(first + count, wide_size_.height);
    std::fill_n(plane, static_cast<std::size_t>(count) * step, 0.0F);
    for (std::size_t panel = 0; panel < widen_.panels; ++panel) {
      Widen(in, image_row, panel, begin, end,
            plane + static_cast<std::size_t>(begin - first) * step);
      float* to = scratch.strip.data() + panel * static_cast<std::size_t>(rows) * width * kPanel;
      for (int y = 0; y < rows; ++y, to += width * kPanel) {
        RunDepthwise(depthwise_, panel, plane + static_cast<std::size_t>(y * stride) * step, step,
                     width, to);
      }
    }
    Narrow(in, scratch, top, rows, out);
  }
}

}  // namespace verger::app

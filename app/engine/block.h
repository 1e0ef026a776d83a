// block.h: three convolutions that are computed together: widening, depthwise, narrowing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "app/engine/depthwise.h"
#include "app/engine/pointwise.h"
#include "core/image/image.h"
#include "core/model/network_file.h"

namespace verger::app {

// Memory that blocks use in turn.
struct Scratch {
  std::vector<float> plane;       // a panel of the wide map, with its zeros around
  std::vector<float> strip;       // what the depthwise convolution gives of some rows
  std::vector<std::uint32_t> at;  // of pixels behind each other: 0, 8, 16, ...
};

// The wide map, the largest of a network, is never in memory as a whole: its panels are made one
// after the other, and only of as many rows as the caches hold with what is made of them.
class Block {
 public:
  // `layers`: the three; `input`: the map's size, or the image's if they are a network's first.
  Block(std::span<const NetworkLayer> layers, Size input);

  Size output() const { return narrow_size_; }
  std::size_t output_floats() const;

  // Makes `scratch` large enough.
  void Reserve(Scratch& scratch) const;

  // Computes the block. `in`: a map by panels; or the image, with its zeros around, of which a row
  // has `image_row` floats. `out`: the map by panels, elsewhere. Allocates nothing.
  void Run(const float* in, std::size_t image_row, Scratch& scratch, float* out) const;

 private:
  void Widen(const float* in, std::size_t image_row, std::size_t panel, int begin, int end,
             float* plane) const;
  void Narrow(const float* in, const Scratch& scratch, int top, int rows, float* out) const;
  std::size_t PlaneRows() const;

  bool stem_;
  bool shortcut_;
  Dense widen_;
  Depthwise depthwise_;
  Dense narrow_;
  Size wide_size_;
  Size narrow_size_;
  int zeros_above_;
  std::size_t pitch_;                    // pixels of a row of a plane
  int strip_rows_;                       // rows of the output that are made at a time
  std::size_t chunk_;                    // pixels that are narrowed at a time
  std::vector<std::uint32_t> plane_at_;  // of each pixel of the wide map, its place in a plane
};

}  // namespace verger::app

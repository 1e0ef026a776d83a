#include "app/engine/pointwise.h"

#include <limits>

#include "app/engine/simd.h"

namespace verger::app {
namespace {

// Pixels of a tile: as many sums of two vectors as registers hold beside what they are made of. A
// product that is not fused takes one of the 16 registers more.
#ifdef __wasm_relaxed_simd__
constexpr std::size_t kTile = 6;
#else
constexpr std::size_t kTile = 5;
#endif

// kPixels outputs of a panel. Each is the sum of runs of kRun numbers, `step` floats apart; those
// of the next pixel lie kNext floats behind.
template <std::size_t kPixels, std::size_t kRun, std::size_t kNext>
void Tile(const PanelJob& job, std::size_t first) {
  const Dense& dense = *job.dense;
  const float* in = job.in + first * kNext;
  const float* weights = dense.weights.data() + job.panel * dense.length * kPanel;
  const float* bias = dense.bias.data() + job.panel * kPanel;
  Floats left[kPixels];
  Floats right[kPixels];
  VERGER_UNROLL
  for (std::size_t p = 0; p < kPixels; ++p) {
    left[p] = Load(bias);
    right[p] = Load(bias + 4);
  }
  const std::size_t step = job.step;
  for (std::size_t run = dense.length / kRun; run > 0; --run) {
    const float* number_at = in;
    VERGER_KEEP_LOOP
    for (std::size_t k = kRun; k > 0; --k) {
      const Floats left_weights = Load(weights);
      const Floats right_weights = Load(weights + 4);
      VERGER_UNROLL
      for (std::size_t p = 0; p < kPixels; ++p) {
        const Floats number = Splat(number_at[p * kNext]);
        left[p] = MultiplyAdd(number, left_weights, left[p]);
        right[p] = MultiplyAdd(number, right_weights, right[p]);
      }
      weights += kPanel;
      ++number_at;
      VERGER_KEEP_POINTERS(weights, number_at);
    }
    in += step;
  }
  const float most = std::numeric_limits<float>::infinity();
  const Floats low = Splat(dense.relu6 ? 0 : -most);
  const Floats high = Splat(dense.relu6 ? 6 : most);
  const std::uint32_t* at = job.at + first;
  VERGER_UNROLL
  for (std::size_t p = 0; p < kPixels; ++p) {
    if (job.add != nullptr) {
      left[p] += Load(job.add + at[p]);
      right[p] += Load(job.add + at[p] + 4);
    }
    Store(Clamp(left[p], low, high), job.out + at[p]);
    Store(Clamp(right[p], low, high), job.out + at[p] + 4);
  }
}

// All pixels, in tiles that differ by a pixel at most: a last tile of one would take as long as
// one of four.
template <std::size_t kRun, std::size_t kNext>
void Tiles(const PanelJob& job) {
  const std::size_t tiles = (job.pixels + kTile - 1) / kTile;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t first = job.pixels * tile / tiles;
    switch (job.pixels * (tile + 1) / tiles - first) {
      case 1:
        Tile<1, kRun, kNext>(job, first);
        break;
      case 2:
        Tile<2, kRun, kNext>(job, first);
        break;
      case 3:
        Tile<3, kRun, kNext>(job, first);
        break;
      case 4:
        Tile<4, kRun, kNext>(job, first);
        break;
      case 5:
        Tile<5, kRun, kNext>(job, first);
        break;
      default:
        Tile<kTile, kRun, kNext>(job, first);
    }
  }
}

}  // namespace

Dense::Dense(const NetworkLayer& layer)
    : panels(static_cast<std::size_t>(layer.outputs) / kPanel),
      length(layer.length()),
      relu6(layer.relu6),
      weights(layer.weights.size()),
      bias(layer.bias) {
  // The image has its channels behind each other, in pixels, and pixels in rows.
  const auto taps = static_cast<std::size_t>(layer.side * layer.side);
  const auto inputs = static_cast<std::size_t>(layer.inputs);
  for (std::size_t output = 0; output < panels * kPanel; ++output) {
    float* panel = &weights[output / kPanel * length * kPanel + output % kPanel];
    for (std::size_t input = 0; input < inputs; ++input) {
      for (std::size_t tap = 0; tap < taps; ++tap) {
        panel[(tap * inputs + input) * kPanel] =
            layer.weights[(output * inputs + input) * taps + tap];
      }
    }
  }
}

void RunPointwise(const PanelJob& job) { Tiles<kPanel, kPanel>(job); }

void RunStem(const PanelJob& job) { Tiles<9, 6>(job); }

}  // namespace verger::app

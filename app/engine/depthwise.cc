#include "app/engine/depthwise.h"

#include "app/engine/simd.h"

namespace verger::app {
namespace {

struct Row {
  const float* in;
  std::size_t step;
  const float* weights;
  const float* bias;
  float* out;
};

// kPixels outputs that share what they read, half a panel at a time.
template <std::size_t kSide, std::size_t kStride, std::size_t kPixels>
inline void Outputs(const Row& row, std::size_t first) {
  VERGER_UNROLL
  for (std::size_t half = 0; half < kPanel; half += 4) {
    Floats sums[kPixels];
    VERGER_UNROLL
    for (std::size_t p = 0; p < kPixels; ++p) sums[p] = Load(row.bias + half);
    const float* in = row.in + first * kStride * kPanel + half;
    const float* weights = row.weights + half;
    VERGER_UNROLL
    for (std::size_t y = 0; y < kSide; ++y) {
      VERGER_UNROLL
      for (std::size_t x = 0; x < kSide; ++x) {
        const Floats weight = Load(weights + (y * kSide + x) * kPanel);
        VERGER_UNROLL
        for (std::size_t p = 0; p < kPixels; ++p) {
          sums[p] = MultiplyAdd(Load(in + (p * kStride + x) * kPanel), weight, sums[p]);
        }
      }
      in += row.step;
    }
    VERGER_UNROLL
    for (std::size_t p = 0; p < kPixels; ++p) {
      Store(Clamp(sums[p], Splat(0), Splat(6)), row.out + (first + p) * kPanel + half);
    }
  }
}

template <std::size_t kSide, std::size_t kStride>
void Run(const Row& row, std::size_t width) {
  std::size_t first = 0;
  for (; first + 4 <= width; first += 4) Outputs<kSide, kStride, 4>(row, first);
  switch (width - first) {
    case 3:
      Outputs<kSide, kStride, 3>(row, first);
      break;
    case 2:
      Outputs<kSide, kStride, 2>(row, first);
      break;
    case 1:
      Outputs<kSide, kStride, 1>(row, first);
      break;
    default:
      break;
  }
}

}  // namespace

Depthwise::Depthwise(const NetworkLayer& layer)
    : side(static_cast<std::size_t>(layer.side)),
      stride(static_cast<std::size_t>(layer.stride)),
      weights(layer.weights.size()),
      bias(layer.bias) {
  const std::size_t taps = side * side;
  for (std::size_t channel = 0; channel < bias.size(); ++channel) {
    float* panel = &weights[channel / kPanel * taps * kPanel + channel % kPanel];
    for (std::size_t tap = 0; tap < taps; ++tap) {
      panel[tap * kPanel] = layer.weights[channel * taps + tap];
    }
  }
}

void RunDepthwise(const Depthwise& depthwise, std::size_t panel, const float* in, std::size_t step,
                  std::size_t width, float* out) {
  const std::size_t taps = depthwise.side * depthwise.side;
  const Row row{in, step, depthwise.weights.data() + panel * taps * kPanel,
                depthwise.bias.data() + panel * kPanel, out};
  if (depthwise.side == 3) {
    depthwise.stride == 1 ? Run<3, 1>(row, width) : Run<3, 2>(row, width);
  } else {
    depthwise.stride == 1 ? Run<5, 1>(row, width) : Run<5, 2>(row, width);
  }
}

}  // namespace verger::app

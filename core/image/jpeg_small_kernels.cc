#include "core/image/jpeg_small_kernels.h"

#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/image/jpeg_small_kernels.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each kind of processor
#include <hwy/highway.h>

#ifndef VERGER_JPEG_SMALL_TABLES
#define VERGER_JPEG_SMALL_TABLES
namespace verger {

// sqrt(2) cos(i pi / 16), of kWaveBits bits.
inline constexpr int kWaveBits = 11;
inline constexpr std::array<int, 9> kQuarterWave = {0, 2841, 2676, 2408, 2048, 1609, 1108, 565, 0};

// Half-wave `u` of a DCT of `points`, at point `x`; that of 0 is 1.
constexpr int Wave(int points, int u, int x) {
  if (u == 0) return 1 << kWaveBits;
  const int i = (2 * x + 1) * u * (8 / points) % 32;
  const int half = i <= 16 ? i : 32 - i;
  return half <= 8 ? kQuarterWave[half] : -kQuarterWave[16 - half];
}

// Where a block has its first coefficients: half-waves across and down.
struct Waves {
  std::size_t across;
  std::size_t down;
};
inline constexpr std::array<Waves, LowCoefficients(4)> kZigzag = {
    {{0, 0}, {1, 0}, {0, 1}, {0, 2}, {1, 1}, {2, 0}, {3, 0}, {2, 1}, {1, 2}, {0, 3}}};

}  // namespace verger
#endif

HWY_BEFORE_NAMESPACE();
namespace verger::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::CappedTag<std::int32_t, 16>;
using V32 = hn::Vec<D32>;

// Between the two passes values have kMoreBits bits behind the point. The light of any photo is
// below kMost, for which nothing overflows.
constexpr int kMoreBits = 2;
constexpr int kMost = 4096;

// The inverse DCT of kCount coefficients to kPoints points, without its last shift. Values of 0
// waves are even, of 1 odd about the middle, and so on in turns: what one half of the points is the
// sum of, the other half is the difference of.
template <int kCount, int kPoints>
HWY_INLINE void Points(const V32* in, V32* out, V32 round) {
  const D32 d32;
  HWY_UNROLL(4)
  for (int x = 0; x < (kPoints + 1) / 2; ++x) {
    V32 even = round;
    V32 odd = hn::Zero(d32);
    HWY_UNROLL(4)
    for (int u = 0; u < kCount; u += 2) {
      even = hn::Add(even, hn::Mul(in[u], hn::Set(d32, Wave(kPoints, u, x))));
    }
    HWY_UNROLL(4)
    for (int u = 1; u < kCount; u += 2) {
      odd = hn::Add(odd, hn::Mul(in[u], hn::Set(d32, Wave(kPoints, u, x))));
    }
    out[x] = hn::Add(even, odd);
    out[kPoints - 1 - x] = hn::Sub(even, odd);
  }
}

// Writes pixels 0, 1 ... of each block, from lanes of int32.
template <int kWidth>
HWY_INLINE void StorePixels(const V32* pixels, std::uint8_t* to) {
  const D32 d32;
  const auto join = [](V32 low, V32 high, auto bits) HWY_ATTR {
    return hn::Or(low, hn::ShiftLeft<decltype(bits)::value>(high));
  };
  using Bits8 = std::integral_constant<int, 8>;
  using Bits16 = std::integral_constant<int, 16>;
  if constexpr (kWidth == 1) {
    hn::StoreU(hn::DemoteTo(hn::Rebind<std::uint8_t, D32>(), pixels[0]),
               hn::Rebind<std::uint8_t, D32>(), to);
  } else if constexpr (kWidth == 2) {
    hn::StoreU(hn::DemoteTo(hn::Rebind<std::uint16_t, D32>(), join(pixels[0], pixels[1], Bits8())),
               hn::Rebind<std::uint16_t, D32>(), reinterpret_cast<std::uint16_t*>(to));
  } else {
    const auto four = [&](const V32* of) HWY_ATTR {
      return join(join(of[0], of[1], Bits8()), join(of[2], of[3], Bits8()), Bits16());
    };
    if constexpr (kWidth == 4) {
      hn::StoreU(four(pixels), d32, reinterpret_cast<std::int32_t*>(to));
    } else {
      hn::StoreInterleaved2(four(pixels), four(pixels + 4), d32,
                            reinterpret_cast<std::int32_t*>(to));
    }
  }
}

template <int kOrder, int kWidth, int kHeight>
void Blocks(const JpegBlockRow& row, std::uint8_t* out, std::size_t out_stride) {
  const D32 d32;
  const hn::Rebind<std::int16_t, D32> d16;
  // Down: 11 bits of waves, of which kMoreBits stay. Across: 11 more, and 3 since a block has 8 x 8
  // pixels.
  constexpr int kDownShift = kWaveBits - kMoreBits;
  constexpr int kAcrossShift = kWaveBits + kMoreBits + 3;
  const auto down_round = hn::Set(d32, 1 << (kDownShift - 1));
  const auto across_round = hn::Set(d32, (1 << (kAcrossShift - 1)) + (128 << kAcrossShift));
  for (std::size_t x = 0; x < row.blocks; x += hn::Lanes(d32)) {
    V32 waves[kOrder][kOrder];  // across, down
    HWY_UNROLL(4)
    for (int u = 0; u < kOrder; ++u) {
      for (int v = 0; v < kOrder; ++v) waves[u][v] = hn::Zero(d32);
    }
    for (std::size_t k = 0; k < LowCoefficients(kOrder); ++k) {
      const auto [across, down] = kZigzag[k];
      const auto value =
          hn::Mul(hn::PromoteTo(d32, hn::LoadU(d16, row.coefficients + k * row.plane + x)),
                  hn::Set(d32, row.steps[8 * down + across]));
      waves[across][down] = hn::Min(hn::Max(value, hn::Set(d32, -kMost)), hn::Set(d32, kMost));
    }
    V32 columns[kOrder][kHeight];
    HWY_UNROLL(4)
    for (int u = 0; u < kOrder; ++u) {
      Points<kOrder, kHeight>(waves[u], columns[u], down_round);
    }
    for (int y = 0; y < kHeight; ++y) {
      V32 of_row[kOrder];
      for (int u = 0; u < kOrder; ++u) of_row[u] = hn::ShiftRight<kDownShift>(columns[u][y]);
      V32 pixels[kWidth];
      Points<kOrder, kWidth>(of_row, pixels, across_round);
      for (V32& pixel : pixels) {
        pixel =
            hn::Min(hn::Max(hn::ShiftRight<kAcrossShift>(pixel), hn::Zero(d32)), hn::Set(d32, 255));
      }
      StorePixels<kWidth>(pixels, out + y * out_stride + x * kWidth);
    }
  }
}

template <int kOrder, int kWidth>
void BlocksOfWidth(const JpegBlockRow& row, std::uint8_t* out, std::size_t out_stride) {
  if constexpr (kOrder <= 1) {
    if (row.height == 1) return Blocks<kOrder, kWidth, 1>(row, out, out_stride);
  }
  if constexpr (kOrder <= 2) {
    if (row.height == 2) return Blocks<kOrder, kWidth, 2>(row, out, out_stride);
  }
  if (row.height == 4) return Blocks<kOrder, kWidth, 4>(row, out, out_stride);
  Blocks<kOrder, kWidth, 8>(row, out, out_stride);
}

template <int kOrder>
void BlocksOfOrder(const JpegBlockRow& row, std::uint8_t* out, std::size_t out_stride) {
  if constexpr (kOrder <= 1) {
    if (row.width == 1) return BlocksOfWidth<kOrder, 1>(row, out, out_stride);
  }
  if constexpr (kOrder <= 2) {
    if (row.width == 2) return BlocksOfWidth<kOrder, 2>(row, out, out_stride);
  }
  if (row.width == 4) return BlocksOfWidth<kOrder, 4>(row, out, out_stride);
  BlocksOfWidth<kOrder, 8>(row, out, out_stride);
}

void Small(const JpegBlockRow& row, std::uint8_t* out, std::size_t out_stride) {
  if (row.order == 1) return BlocksOfOrder<1>(row, out, out_stride);
  if (row.order == 2) return BlocksOfOrder<2>(row, out, out_stride);
  BlocksOfOrder<4>(row, out, out_stride);
}

void Rgb(const std::uint8_t* y, const std::uint8_t* cb, const std::uint8_t* cr, std::size_t pixels,
         std::uint8_t* rgb) {
  const D32 d32;
  const hn::Rebind<std::uint8_t, D32> d8;
  constexpr int kBits = 16;
  const auto round = hn::Set(d32, 1 << (kBits - 1));
  const auto pixel = [&](V32 sum) HWY_ATTR { return hn::DemoteTo(d8, hn::ShiftRight<kBits>(sum)); };
  for (std::size_t x = 0; x < pixels; x += hn::Lanes(d32)) {
    const auto light =
        hn::Add(hn::ShiftLeft<kBits>(hn::PromoteTo(d32, hn::LoadU(d8, y + x))), round);
    const auto blue = hn::Sub(hn::PromoteTo(d32, hn::LoadU(d8, cb + x)), hn::Set(d32, 128));
    const auto red = hn::Sub(hn::PromoteTo(d32, hn::LoadU(d8, cr + x)), hn::Set(d32, 128));
    const auto times = [&](V32 v, int factor) HWY_ATTR { return hn::Mul(v, hn::Set(d32, factor)); };
    // 1.402, 0.34414, 0.71414 and 1.772, of 16 bits.
    hn::StoreInterleaved3(pixel(hn::Add(light, times(red, 91881))),
                          pixel(hn::Sub(hn::Sub(light, times(blue, 22554)), times(red, 46802))),
                          pixel(hn::Add(light, times(blue, 116130))), d8, rgb + 3 * x);
  }
}

}  // namespace verger::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace verger {

HWY_EXPORT(Small);
HWY_EXPORT(Rgb);

void SmallPixels(const JpegBlockRow& row, std::uint8_t* out, std::size_t out_stride) {
  HWY_DYNAMIC_DISPATCH(Small)(row, out, out_stride);
}

void YccToRgb(const std::uint8_t* y, const std::uint8_t* cb, const std::uint8_t* cr,
              std::size_t pixels, std::uint8_t* rgb) {
  HWY_DYNAMIC_DISPATCH(Rgb)(y, cb, cr, pixels, rgb);
}

}  // namespace verger
#endif  // HWY_ONCE

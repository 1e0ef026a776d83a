#include "core/image/resize_kernels.h"

#include <cstring>

#include "core/image/resize_scalar.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/image/resize_kernels.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each kind of processor
#include <hwy/highway.h>

// Sums are arrays, and only an unrolled loop keeps arrays in registers.
#undef VERGER_UNROLL
#define VERGER_UNROLL _Pragma("GCC unroll 4")

HWY_BEFORE_NAMESPACE();
namespace verger::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

void Across(const std::uint8_t* in, std::size_t in_stride, int rows, const ResizeFilter& filter,
            std::uint8_t* out, std::size_t out_stride) {
  ScalarResizeAcross(in, in_stride, rows, filter, out, out_stride);
}

void Down(const std::uint8_t* in, std::size_t row_bytes, const ResizeFilter& filter,
          std::uint8_t* out) {
  ScalarResizeDown(in, row_bytes, filter, out);
}

#else

namespace hn = hwy::HWY_NAMESPACE;

// sum + a[2i] * b[2i] + a[2i+1] * b[2i+1] in lane i. Sums wrap, so that only the last one,
// which fits, matters.
template <class D32, class V32, class V16>
HWY_INLINE V32 AddPairs(D32 d32, V32 sum, V16 a, V16 b) {
#if (HWY_ARCH_X86 || HWY_ARCH_WASM) && HWY_TARGET != HWY_EMU128
  V32 unused = hn::Zero(d32);
  return hn::ReorderWidenMulAccumulate(d32, a, b, sum, unused);
#else
  const auto pair_a = hn::BitCast(d32, a);
  const auto pair_b = hn::BitCast(d32, b);
  const auto even = hn::Mul(hn::ShiftRight<16>(hn::ShiftLeft<16>(pair_a)),
                            hn::ShiftRight<16>(hn::ShiftLeft<16>(pair_b)));
  const auto odd = hn::Mul(hn::ShiftRight<16>(pair_a), hn::ShiftRight<16>(pair_b));
  return hn::Add(sum, hn::Add(even, odd));
#endif
}

// Joins the halves of a sum of weights.
template <class V32>
HWY_INLINE V32 Join(V32 high, V32 low) {
  return hn::Add(hn::ShiftLeft<kLowBits>(high), low);
}

// Rounds a sum to a pixel not yet clamped to 0..255.
template <class D32, class V32>
HWY_INLINE V32 ToPixel(D32 d32, V32 sum) {
  return hn::ShiftRight<kWeightBits>(hn::Add(sum, hn::Set(d32, 1 << (kWeightBits - 1))));
}

// Two pixels to a block of 16 bytes: R R' G G' B B' as 16-bit pairs, and nothing (0x80) behind.
alignas(32) constexpr std::uint8_t kPixelPairs[32] = {
    0, 0x80, 3, 0x80, 1, 0x80, 4,  0x80, 2, 0x80, 5,  0x80, 0x80, 0x80, 0x80, 0x80,
    6, 0x80, 9, 0x80, 7, 0x80, 10, 0x80, 8, 0x80, 11, 0x80, 0x80, 0x80, 0x80, 0x80};
// The two weights that belong to each block, four times.
alignas(32) constexpr std::uint8_t kWeightPairs[32] = {
    0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7};

// One block of 4 lanes from two, or the one there is.
template <class D32, class V32>
HWY_INLINE auto AddBlocks(D32 d32, V32 v) {
  if constexpr (hn::MaxLanes(D32()) == 8) {
    const hn::Half<D32> half;
    return hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v));
  } else {
    (void)d32;
    return v;
  }
}

// kRows rows at once: weights are loaded and spread once for all of them.
template <int kRows>
HWY_INLINE void AcrossRows(const std::uint8_t* in, std::size_t in_stride,
                           const ResizeFilter& filter, std::uint8_t* out, std::size_t out_stride) {
  const hn::CappedTag<std::uint8_t, 32> d8;
  const hn::Repartition<std::int16_t, decltype(d8)> d16;
  const hn::Repartition<std::int32_t, decltype(d8)> d32;
  const hn::CappedTag<std::int32_t, 4> d32_block;
  const hn::Rebind<std::uint8_t, decltype(d32_block)> d8_pixel;
  using V32 = hn::Vec<decltype(d32)>;
  const int taps = static_cast<int>(hn::Lanes(d32)) / 2;
  const auto pixel_pairs = hn::Load(d8, kPixelPairs);
  const auto weight_pairs = hn::Load(d8, kWeightPairs);

  const int targets = filter.targets();
  for (int i = 0; i < targets; ++i) {
    const std::int16_t* high = filter.high.data() + std::size_t(i) * filter.stride;
    const std::int16_t* low = filter.low.data() + std::size_t(i) * filter.stride;
    const std::uint8_t* from = in + 3 * std::size_t(filter.first[i]);
    V32 high_sum[kRows];
    V32 low_sum[kRows];
    VERGER_UNROLL
    for (int r = 0; r < kRows; ++r) {
      high_sum[r] = hn::Zero(d32);
      low_sum[r] = hn::Zero(d32);
    }
    for (int t = 0; t < filter.count[i]; t += taps) {
      const auto spread = [&](const std::int16_t* weights) HWY_ATTR {
        return hn::BitCast(
            d16,
            hn::TableLookupBytes(hn::BitCast(d8, hn::LoadDup128(d16, weights + t)), weight_pairs));
      };
      const auto high_pairs = spread(high);
      const auto low_pairs = spread(low);
      VERGER_UNROLL
      for (int r = 0; r < kRows; ++r) {
        const auto pixels = hn::BitCast(
            d16,
            hn::TableLookupBytesOr0(hn::LoadDup128(d8, from + r * in_stride + 3 * t), pixel_pairs));
        high_sum[r] = AddPairs(d32, high_sum[r], pixels, high_pairs);
        low_sum[r] = AddPairs(d32, low_sum[r], pixels, low_pairs);
      }
    }
    VERGER_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const auto pixel = ToPixel(d32_block, AddBlocks(d32, Join(high_sum[r], low_sum[r])));
      const std::uint32_t rgb = hn::GetLane(
          hn::BitCast(hn::CappedTag<std::uint32_t, 1>(), hn::DemoteTo(d8_pixel, pixel)));
      std::uint8_t* to = out + r * out_stride + 3 * std::size_t(i);
      if (i + 1 < targets) {
        std::memcpy(to, &rgb, 4);  // one store; the next pixel overwrites the fourth byte
      } else {
        std::memcpy(to, &rgb, 3);
      }
    }
  }
}

void Across(const std::uint8_t* in, std::size_t in_stride, int rows, const ResizeFilter& filter,
            std::uint8_t* out, std::size_t out_stride) {
  int y = 0;
  for (; y + 4 <= rows; y += 4) {
    AcrossRows<4>(in + y * in_stride, in_stride, filter, out + y * out_stride, out_stride);
  }
  for (; y < rows; ++y) {
    AcrossRows<1>(in + y * in_stride, in_stride, filter, out + y * out_stride, out_stride);
  }
}

// Byte 0 of each 32-bit lane of a block, to bytes 0 to 3, 4 to 7, 8 to 11 and 12 to 15.
alignas(16) constexpr std::uint8_t kPack[4][16] = {
    {0, 4, 8, 12, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80},
    {0x80, 0x80, 0x80, 0x80, 0, 4, 8, 12, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80},
    {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 4, 8, 12, 0x80, 0x80, 0x80, 0x80},
    {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 4, 8, 12}};

// Bytes `x` and after of target row `i`, one vector of them.
template <class D8>
HWY_INLINE void DownVector(D8 d8, const std::uint8_t* in, std::size_t row_bytes,
                           const ResizeFilter& filter, int i, std::uint8_t* out) {
  const hn::Repartition<std::int16_t, D8> d16;
  const hn::Repartition<std::int32_t, D8> d32;
  using V32 = hn::Vec<decltype(d32)>;
  const std::size_t weights = std::size_t(i) * filter.stride;
  const auto zero = hn::Zero(d8);
  V32 high_sum[4] = {hn::Zero(d32), hn::Zero(d32), hn::Zero(d32), hn::Zero(d32)};
  V32 low_sum[4] = {hn::Zero(d32), hn::Zero(d32), hn::Zero(d32), hn::Zero(d32)};
  const int count = filter.count[i];
  const std::uint8_t* row = in + filter.first[i] * row_bytes;
  for (int t = 0; t < count; t += 2, row += 2 * row_bytes) {
    const auto pair = [&](const std::vector<std::int16_t>& from) HWY_ATTR {
      std::int32_t both;
      std::memcpy(&both, from.data() + weights + t, sizeof(both));
      return hn::BitCast(d16, hn::Set(d32, both));
    };
    const auto high = pair(filter.high);
    const auto low = pair(filter.low);
    // An odd last row is paired with itself, at weight 0.
    const auto a = hn::LoadU(d8, row);
    const auto b = hn::LoadU(d8, t + 1 < count ? row + row_bytes : row);
    const auto lower = hn::InterleaveLower(d8, a, b);
    const auto upper = hn::InterleaveUpper(d8, a, b);
    const auto add = [&](int k, auto pixels) HWY_ATTR {
      high_sum[k] = AddPairs(d32, high_sum[k], hn::BitCast(d16, pixels), high);
      low_sum[k] = AddPairs(d32, low_sum[k], hn::BitCast(d16, pixels), low);
    };
    add(0, hn::InterleaveLower(d8, lower, zero));
    add(1, hn::InterleaveUpper(d8, lower, zero));
    add(2, hn::InterleaveLower(d8, upper, zero));
    add(3, hn::InterleaveUpper(d8, upper, zero));
  }
  auto packed = zero;
  VERGER_UNROLL
  for (int k = 0; k < 4; ++k) {
    const auto pixel = hn::Min(hn::Max(ToPixel(d32, Join(high_sum[k], low_sum[k])), hn::Zero(d32)),
                               hn::Set(d32, 255));
    packed = hn::Or(packed,
                    hn::TableLookupBytesOr0(hn::BitCast(d8, pixel), hn::LoadDup128(d8, kPack[k])));
  }
  hn::StoreU(packed, d8, out);
}

void Down(const std::uint8_t* in, std::size_t row_bytes, const ResizeFilter& filter,
          std::uint8_t* out) {
  const hn::ScalableTag<std::uint8_t> d8;
  const std::size_t step = hn::Lanes(d8);
  if (row_bytes < step) {
    ScalarResizeDown(in, row_bytes, filter, out);
    return;
  }
  for (int i = 0; i < filter.targets(); ++i, out += row_bytes) {
    for (std::size_t x = 0; x < row_bytes; x += step) {
      // The last vector goes back to end with the row; it writes some bytes twice.
      const std::size_t at = std::min(x, row_bytes - step);
      DownVector(d8, in + at, row_bytes, filter, i, out + at);
    }
  }
}

#endif  // HWY_TARGET

}  // namespace verger::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace verger {

HWY_EXPORT(Across);
HWY_EXPORT(Down);

void ResizeAcross(const std::uint8_t* in, std::size_t in_stride, int rows,
                  const ResizeFilter& filter, std::uint8_t* out, std::size_t out_stride) {
  HWY_DYNAMIC_DISPATCH(Across)(in, in_stride, rows, filter, out, out_stride);
}

void ResizeDown(const std::uint8_t* in, std::size_t row_bytes, const ResizeFilter& filter,
                std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(Down)(in, row_bytes, filter, out);
}

}  // namespace verger
#endif  // HWY_ONCE

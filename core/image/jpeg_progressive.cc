// jpeg_progressive.cc: scans that give some bits of some coefficients.
//
// Which coefficients are not 0 decides how many bits a later scan has: so all are followed, though
// only low ones are kept.
#include <bit>
#include <cstdlib>

#include "core/image/jpeg_block_scan.h"

namespace verger {
namespace {

constexpr int kMostLight = 1024;    // of 8 bits a sample
constexpr unsigned kMostBits = 10;  // of other coefficients

// Bits `first` to `last`.
std::uint64_t Range(unsigned first, unsigned last) {
  return ~std::uint64_t{0} << first & ~std::uint64_t{0} >> (63 - last);
}

struct ReadLight {
  const JpegScan& scan;

  bool operator()(JpegBits& bits, JpegScanComponent& component, std::size_t block) const {
    bits.Refill();
    const JpegStep step = component.dc->Step(bits.word);
    if (step.bits == 0) return false;
    component.light += step.Number(bits.word);
    bits.Skip(step.bits);
    component.coefficients->values[block] =
        static_cast<std::int16_t>(component.light * (1 << scan.bit));
    return std::abs(component.light) <= kMostLight >> scan.bit;
  }
};

struct RefineLight {
  const JpegScan& scan;

  bool operator()(JpegBits& bits, JpegScanComponent& component, std::size_t block) const {
    bits.Refill();
    component.coefficients->values[block] |= static_cast<std::int16_t>(bits.Take(1) << scan.bit);
    return true;
  }
};

struct ReadOthers {
  JpegScan& scan;

  bool operator()(JpegBits& bits, JpegScanComponent& component, std::size_t block) const {
    if (scan.ends > 0) {
      --scan.ends;
      return true;
    }
    JpegCoefficients& coefficients = *component.coefficients;
    std::uint64_t nonzero = 0;
    for (unsigned k = scan.first - 1; k < scan.last;) {
      bits.Refill();
      const JpegStep step = component.ac->Step(bits.word);
      if (step.bits == 0) return false;
      k += step.advance;
      if (k >= JpegStep::kEnd) {
        scan.ends = TakeEnds(bits, step);
        break;
      }
      if (k > scan.last || step.number_bits + scan.bit > kMostBits) return false;
      if (step.number_bits > 0) {
        nonzero |= std::uint64_t{1} << k;
        if (k < coefficients.count) {
          coefficients.values[k * coefficients.plane + block] =
              static_cast<std::int16_t>(step.Number(bits.word) * (1 << scan.bit));
        }
      }
      bits.Skip(step.bits);
    }
    component.nonzero[block] |= nonzero;
    return true;
  }
};

// A block's coefficients are bits of a word: those that are 0 so far, of which a symbol names one,
// and the others, of which each that is passed on the way there has a bit behind the symbol.
struct RefineOthers {
  JpegScan& scan;

  bool operator()(JpegBits& bits, JpegScanComponent& component, std::size_t block) const {
    const std::uint64_t before = component.nonzero[block];
    const std::uint64_t range = Range(scan.first, scan.last);
    std::uint64_t others = before & range;
    if (scan.ends > 0) {
      --scan.ends;
      bits.Refill();
      Refine(bits, component, block, others);
      return true;
    }
    const JpegCoefficients& coefficients = *component.coefficients;
    std::uint64_t zeros = ~before & range;
    std::uint64_t after = before;
    while ((zeros | others) != 0) {
      if (others == 0 && scan.last == 63) {
        const auto k = static_cast<unsigned>(std::countr_zero(zeros));
        if (k >= coefficients.count) {
          const bool whole = PassOver(bits, *component.ac, k - 1, scan.ends, &after);
          component.nonzero[block] = after;
          return whole;
        }
      }
      bits.Refill();
      const JpegStep step = component.ac->Step(bits.word);
      if (step.bits == 0) return false;
      if (step.advance == JpegStep::kEnd) {
        scan.ends = TakeEnds(bits, step);
        bits.Refill();
        Refine(bits, component, block, others);
        break;
      }
      const int number = step.Number(bits.word);
      bits.Skip(step.bits);
      zeros = Without(zeros, step.advance - 1);
      if (zeros == 0) return false;
      const std::uint64_t place = zeros & (0 - zeros);
      const std::uint64_t passed = others & (place - 1);
      Refine(bits, component, block, passed);
      zeros ^= place;
      others ^= passed;
      if (step.number_bits > 0) {
        after |= place;
        if (const auto k = static_cast<std::size_t>(std::countr_zero(place));
            k < coefficients.count) {
          component.coefficients->values[k * coefficients.plane + block] =
              static_cast<std::int16_t>(number * (1 << scan.bit));
        }
      }
    }
    component.nonzero[block] = after;
    return true;
  }

 private:
  // All but the lowest `count` ones. Mostly few: without a jump that cannot be foreseen.
  static std::uint64_t Without(std::uint64_t ones, unsigned count) {
    const std::uint64_t one = ones & (ones - 1);
    const std::uint64_t two = one & (one - 1);
    ones = (count & 1) != 0 ? one : ones;
    const std::uint64_t more = (count & 1) != 0 ? two & (two - 1) : two;
    ones = (count & 2) != 0 ? more : ones;
    for (count >>= 2; count > 0; --count) {
      for (int i = 0; i < 4; ++i) ones &= ones - 1;
    }
    return ones;
  }

  // Takes a bit for each of some coefficients. Requires: Refill(), and then at most a symbol.
  void Refine(JpegBits& bits, JpegScanComponent& component, std::size_t block,
              std::uint64_t which) const {
    JpegCoefficients& coefficients = *component.coefficients;
    if ((which & Range(0, static_cast<unsigned>(coefficients.count) - 1)) != 0) {
      for (; which != 0; which &= which - 1) {
        const auto k = static_cast<std::size_t>(std::countr_zero(which));
        if (k >= coefficients.count) break;
        bits.Refill();
        std::int16_t& value = coefficients.values[k * coefficients.plane + block];
        const int more = static_cast<int>(bits.Take(1) << scan.bit);
        value = static_cast<std::int16_t>(value < 0 ? value - more : value + more);
      }
      bits.Refill();
    }
    constexpr unsigned kReady = 56 - 17;
    auto count = static_cast<unsigned>(std::popcount(which));
    for (; count > kReady; count -= kReady) {
      bits.Skip(kReady);
      bits.Refill();
    }
    bits.Skip(count);
  }
};

}  // namespace

bool ReadProgressive(JpegScan& scan, JpegScanData& data) {
  const bool others = scan.first > 0;
  if (scan.bit_before == 0) {
    return others ? ForEachBlock(scan, data, ReadOthers{scan})
                  : ForEachBlock(scan, data, ReadLight{scan});
  }
  return others ? ForEachBlock(scan, data, RefineOthers{scan})
                : ForEachBlock(scan, data, RefineLight{scan});
}

}  // namespace verger

// jpeg_lookup.h: Huffman codes of a JPEG as tables that the bits ahead are looked up in.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/image/jpeg_bits.h"
#include "core/image/jpeg_code.h"

namespace verger {

// One symbol and the bits of its number.
struct JpegStep {
  std::uint8_t bits = 0;         // of both; 0: no code
  std::uint8_t code_bits = 0;    // of the symbol
  std::uint8_t number_bits = 0;  // behind it
  std::uint8_t advance = 0;      // coefficients up to its own; kEnd for the end of a block

  static constexpr unsigned kEnd = 128;

  // The number, of the bits ahead. Source: T.81, F.2.2.1.
  int Number(std::uint64_t word) const {
    const std::uint64_t ahead = word << code_bits;
    const int low = -static_cast<int>(~ahead >> 63) & ((1 << number_bits) - 1);
    return static_cast<int>((ahead >> 1) >> (63 - number_bits)) - low;
  }
};

// Whole symbols of AC, with the bits of their numbers: as many as the next bits have, but for ends
// of several blocks.
struct JpegSkip {
  std::uint8_t bits = 0;
  std::uint8_t advance = 0;  // of all; plus kEnd if they end a block

  static constexpr std::uint8_t kNone = 255;  // no symbol is that short
};

// The same from the beginning of a block on, with the numbers of its coefficients 1 and 2.
struct JpegStart {
  std::uint8_t bits = 0;  // 0: not both numbers are that short
  std::uint8_t advance = 0;
  std::array<std::int16_t, 2> numbers{};
};

// A code that is ready for use. Cost: 40 KB, some 100 us to make.
class JpegLookup {
 public:
  // Of what. Symbols that it has no use for are no code: numbers larger than those of 8 bits a
  // sample, of a refinement larger than 1, and of sequential AC ends of several blocks.
  enum class Use { kDc, kSequentialAc, kProgressiveAc, kRefinementOfAc };

  JpegLookup() = default;
  JpegLookup(const JpegCode& code, Use use);

  // Requires: 16 bits of `word` count.
  JpegStep Step(std::uint64_t word) const {
    const JpegStep step = steps_[word >> (64 - kStepBits)];
    return step.bits != 0 ? step : LongStep(word);
  }

  // Requires: another use than DC; 16 bits of `word` count.
  JpegSkip Skip(std::uint64_t word) const { return skips_[word >> (64 - kSkipBits)]; }

  // Coefficients from the one behind Skip()'s present one on that are not 0: bit i for the i-th.
  // Requires: a progressive use; a Skip() that is not kNone.
  std::uint64_t Places(std::uint64_t word) const { return places_[word >> (64 - kSkipBits)]; }

  // Requires: Use::kSequentialAc; 16 bits of `word` count.
  JpegStart Start(std::uint64_t word) const { return starts_[word >> (64 - kSkipBits)]; }

  // What a Skip() takes at most: a symbol that ends with them, and its number.
  static constexpr unsigned kMostSkip = 12 + 10;

 private:
  static constexpr unsigned kStepBits = 11;
  static constexpr unsigned kSkipBits = 12;

  JpegStep StepOf(unsigned symbol, unsigned code_bits) const;
  JpegStep LongStep(std::uint64_t word) const;
  void AddSkip(std::uint64_t word);

  JpegCode code_;
  Use use_ = Use::kDc;
  std::vector<JpegStep> steps_;
  std::vector<JpegSkip> skips_;
  std::vector<JpegStart> starts_;
  std::vector<std::uint32_t> places_;
};

}  // namespace verger

#include "core/image/jpeg_lookup.h"

#include <algorithm>
#include <optional>

namespace verger {
namespace {

// Of the number that belongs to a symbol.
unsigned MostBits(JpegLookup::Use use) {
  switch (use) {
    case JpegLookup::Use::kDc:
      return 11;
    case JpegLookup::Use::kRefinementOfAc:
      return 1;
    default:
      return 10;
  }
}

constexpr unsigned kLastCoefficient = 63;
constexpr unsigned kMostPlaces = 32;  // that one word has

// Whether libjpeg takes it: each length's codes fit, but for one of ones only. Of DC, numbers have
// at most 15 bits.
bool IsCode(const JpegCode& code, JpegLookup::Use use) {
  unsigned next = 0;
  unsigned symbols = 0;
  for (unsigned bits = 1; bits <= code.counts.size(); ++bits) {
    const auto count = static_cast<unsigned>(code.counts[bits - 1]);
    next = (next << 1) + count;
    symbols += count;
    if (count > 0 && next >= 1U << bits) return false;
  }
  return symbols <= code.symbols.size() &&
         (use != JpegLookup::Use::kDc ||
          std::all_of(code.symbols.begin(), code.symbols.begin() + symbols,
                      [](std::uint8_t symbol) { return symbol <= 15; }));
}

}  // namespace

JpegLookup::JpegLookup(const JpegCode& code, Use use)
    : code_(IsCode(code, use) ? code : JpegCode()), use_(use), steps_(std::size_t{1} << kStepBits) {
  // Codes of each length follow each other: so do the places of what begins with them.
  std::size_t place = 0;
  std::size_t symbol = 0;
  for (unsigned bits = 1; bits <= kStepBits; ++bits) {
    const std::size_t places = std::size_t{1} << (kStepBits - bits);
    for (int i = 0; i < code_.counts[bits - 1]; ++i, ++symbol, place += places) {
      std::fill_n(steps_.begin() + static_cast<std::ptrdiff_t>(place), places,
                  StepOf(code_.symbols[symbol], bits));
    }
  }
  if (use == Use::kDc) return;
  for (std::uint64_t ahead = 0; ahead < std::uint64_t{1} << kSkipBits; ++ahead) {
    AddSkip(ahead << (64 - kSkipBits));
  }
}

JpegStep JpegLookup::StepOf(unsigned symbol, unsigned code_bits) const {
  const bool light = use_ == Use::kDc;
  const unsigned zeros = light ? 0 : symbol >> 4;
  unsigned number_bits = light ? symbol : symbol & 15;
  unsigned advance = light ? 0 : zeros + 1;
  if (number_bits > MostBits(use_)) return {};
  if (!light && number_bits == 0 && zeros < 15) {
    if (zeros > 0 && use_ == Use::kSequentialAc) return {};
    number_bits = zeros;
    advance = JpegStep::kEnd;
  }
  const auto byte = [](unsigned number) { return static_cast<std::uint8_t>(number); };
  return {byte(code_bits + number_bits), byte(code_bits), byte(number_bits), byte(advance)};
}

JpegStep JpegLookup::LongStep(std::uint64_t word) const {
  unsigned bits = 0;
  const std::optional<unsigned> symbol = code_.Read([&] { return word << bits++ >> 63; });
  return symbol ? StepOf(*symbol, bits) : JpegStep();
}

// A symbol counts if its code is among the bits, even if its number is not: but for the first two
// coefficients, whose numbers count as well.
void JpegLookup::AddSkip(std::uint64_t word) {
  JpegSkip skip;
  JpegStart start;
  std::uint32_t places = 0;
  bool has_numbers = true;  // of the start, so far
  const bool sequential = use_ == Use::kSequentialAc;
  const unsigned most = sequential ? kLastCoefficient : kMostPlaces;
  while (skip.bits < kSkipBits) {
    const JpegStep step = steps_[word << skip.bits >> (64 - kStepBits)];
    const bool ends = step.advance == JpegStep::kEnd;
    if (step.bits == 0 || skip.bits + step.code_bits > kSkipBits ||
        (ends ? step.number_bits > 0 : skip.advance + step.advance > most)) {
      break;
    }
    const unsigned k = skip.advance + step.advance;
    if (!ends && step.number_bits > 0) places |= sequential ? 0 : 1U << (k - 1);
    if (k <= start.numbers.size() && step.number_bits > 0) {
      has_numbers = has_numbers && skip.bits + step.bits <= kSkipBits;
      if (has_numbers) {
        start.numbers[k - 1] = static_cast<std::int16_t>(step.Number(word << skip.bits));
      }
    }
    skip.bits = static_cast<std::uint8_t>(skip.bits + step.bits);
    skip.advance = static_cast<std::uint8_t>(k);
    if (has_numbers) {
      start.bits = skip.bits;
      start.advance = skip.advance;
    }
    if (ends || k == kLastCoefficient) break;
  }
  if (skip.bits == 0) skip.advance = JpegSkip::kNone;
  skips_.push_back(skip);
  if (sequential) {
    starts_.push_back(start);
  } else {
    places_.push_back(places);
  }
}

}  // namespace verger

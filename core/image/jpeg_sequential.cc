// jpeg_sequential.cc: the low coefficients of each block, and the rest of it passed over.
#include <cstdlib>

#include "core/image/jpeg_block_scan.h"

namespace verger {
namespace {

constexpr int kMostLight = 1024;  // of 8 bits a sample

bool ReadBlock(JpegBits& bits, JpegScanComponent& component, std::size_t block) {
  JpegCoefficients& coefficients = *component.coefficients;
  const auto last = static_cast<unsigned>(coefficients.count) - 1;
  const std::size_t plane = coefficients.plane;
  std::int16_t* const to = coefficients.values.data() + block;

  bits.Refill();
  const JpegStep dc = component.dc->Step(bits.word);
  if (dc.bits == 0) return false;
  component.light += dc.Number(bits.word);
  bits.Skip(dc.bits);
  if (std::abs(component.light) > kMostLight) return false;
  *to = static_cast<std::int16_t>(component.light);

  unsigned k = 0;
  const JpegLookup& ac = *component.ac;
  if (JpegStart start; last == start.numbers.size()) {
    start = ac.Start(bits.word);
    to[plane] = start.numbers[0];
    to[2 * plane] = start.numbers[1];
    bits.Skip(start.bits);
    k = start.advance;
  }
  while (k < last) {
    bits.Refill();
    const JpegStep step = ac.Step(bits.word);
    if (step.bits == 0) return false;
    const int number = step.Number(bits.word);
    bits.Skip(step.bits);
    k += step.advance;
    if (k <= last) to[k * plane] = static_cast<std::int16_t>(number);
  }
  unsigned ends = 0;
  return k >= JpegStep::kEnd || PassOver(bits, ac, k, ends);
}

}  // namespace

bool ReadSequential(JpegScan& scan, JpegScanData& data) {
  return ForEachBlock(scan, data, ReadBlock);
}

}  // namespace verger

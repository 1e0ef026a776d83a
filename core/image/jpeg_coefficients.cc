#include "core/image/jpeg_coefficients.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/image/jpeg_block_scan.h"
#include "core/image/jpeg_code.h"

namespace verger {
namespace {

constexpr unsigned kHuffmanCodes = 0xC4;
constexpr unsigned kStartOfImage = 0xD8;
constexpr unsigned kEndOfImage = 0xD9;
constexpr unsigned kStartOfScan = 0xDA;
constexpr unsigned kRestartInterval = 0xDD;
constexpr unsigned kMostBlocks = 10;  // in a unit
constexpr std::size_t kCoefficients = 64;

unsigned At(Bytes bytes, std::size_t at) { return std::to_integer<unsigned>(bytes[at]); }

// The photo's segments and scans, in the order in which they come.
class Reader {
 public:
  Reader(Bytes photo, const JpegFrame& frame, std::size_t count, int max_scans,
         const UseJpegRow& use)
      : photo_(photo), frame_(frame), max_scans_(max_scans), use_(use) {
    const Size units = frame.units();
    for (const JpegFrame::Component& component : frame.components) {
      JpegCoefficients& to = coefficients_.emplace_back();
      const std::size_t blocks = std::size_t{1} * units.width * component.across;
      to.count = count;
      to.rows = std::size_t{1} * (frame.progressive ? units.height : 1) * component.down;
      to.stride = (blocks + to.kRowBlocks - 1) / to.kRowBlocks * to.kRowBlocks;
      to.plane = to.rows * to.stride;
      to.values.resize(to.count * to.plane);
      nonzero_.emplace_back(frame.progressive ? to.plane : 0);
      bits_.emplace_back().fill(kNoBits);
    }
  }

  bool Read() {
    if (photo_.size() < 2 || At(photo_, 0) != 0xFF || At(photo_, 1) != kStartOfImage) return false;
    at_ = 2;
    while (photo_.size() - at_ >= 2) {
      const unsigned code = At(photo_, at_ + 1);
      if (At(photo_, at_) != 0xFF) return false;
      at_ += 2;
      if (code == kEndOfImage) return frame_.progressive ? HasAllBits() && UseRows() : scans_ > 0;
      if (!ReadSegment(code)) return false;
    }
    return false;
  }

 private:
  using Use = JpegLookup::Use;

  static constexpr unsigned kNoBits = 255;

  // What libjpeg has read before the first scan is not looked at again, but for codes.
  bool ReadSegment(unsigned code) {
    const bool has_length = code >= 0xC0 && (code < 0xD0 || code > kEndOfImage) && code != 0xFF;
    if (!has_length || photo_.size() - at_ < 2) return false;
    const std::size_t length = At(photo_, at_) << 8 | At(photo_, at_ + 1);
    if (length < 2 || photo_.size() - at_ < length) return false;
    const Bytes segment = photo_.subspan(at_ + 2, length - 2);
    at_ += length;
    switch (code) {
      case kHuffmanCodes:
        return ReadCodes(segment, codes_);
      case kRestartInterval:
        if (segment.size() != 2) return false;
        restart_interval_ = At(segment, 0) << 8 | At(segment, 1);
        return true;
      case kStartOfScan:
        return ReadScan(segment);
      default:
        return scans_ == 0;
    }
  }

  bool ReadScan(Bytes header) {
    ++scans_;
    const std::size_t all = frame_.components.size();
    const std::size_t count = header.empty() ? 0 : At(header, 0);
    if (count < 1 || count > all || header.size() != 4 + 2 * count || scans_ > max_scans_ ||
        (!frame_.progressive && (count < all || scans_ > 1))) {
      return false;
    }
    JpegScan scan;
    if (frame_.progressive) {
      scan.first = At(header, header.size() - 3);
      scan.last = At(header, header.size() - 2);
      scan.bit_before = At(header, header.size() - 1) >> 4;
      scan.bit = At(header, header.size() - 1) & 15;
    }
    scan.restart_interval = restart_interval_;
    std::array<JpegLookup, 8> lookups;
    std::array<bool, 8> ready{};
    const auto lookup = [&](unsigned number, Use use) {
      if (!std::exchange(ready[number], true)) lookups[number] = JpegLookup(codes_[number], use);
      return &lookups[number];
    };
    const bool light = scan.first == 0;
    for (std::size_t i = 0, next = 0; i < count; ++i) {
      const unsigned id = At(header, 1 + 2 * i);
      const unsigned codes = At(header, 2 + 2 * i);
      while (next < all && frame_.components[next].id != id) ++next;
      if (next == all || (codes & ~0x33U) != 0) return false;
      JpegScanComponent& component = scan.components.emplace_back();
      component.index = next++;
      component.coefficients = &coefficients_[component.index];
      component.nonzero = nonzero_[component.index].data();
      if (light && scan.bit_before == 0) {
        component.dc = lookup(codes >> 4, Use::kDc);
      }
      if (!light || !frame_.progressive) {
        component.ac = lookup(4 + (codes & 3), scan.bit_before > 0  ? Use::kRefinementOfAc
                                               : frame_.progressive ? Use::kProgressiveAc
                                                                    : Use::kSequentialAc);
      }
    }
    if (!SetUnits(scan) || (frame_.progressive && !TakeBits(scan))) return false;
    if (!frame_.progressive) {
      scan.end_row = [this](std::size_t /*row*/) {
        use_(coefficients_);
        for (JpegCoefficients& each : coefficients_)
          std::ranges::fill(each.values, std::int16_t{0});
      };
    }
    JpegScanData data(photo_, at_);
    if (!(frame_.progressive ? ReadProgressive(scan, data) : ReadSequential(scan, data))) {
      return false;
    }
    at_ = data.at();
    return true;
  }

  // A scan of one component has a block in a unit, and only those of the image (T.81, A.2.2).
  bool SetUnits(JpegScan& scan) const {
    Size units = frame_.units();
    unsigned blocks = 0;
    for (JpegScanComponent& component : scan.components) {
      const JpegFrame::Component& of_frame = frame_.components[component.index];
      if (scan.components.size() == 1) {
        const auto in_image = [](int pixels, int blocks_of_unit, int most) {
          return (pixels * blocks_of_unit + 8 * most - 1) / (8 * most);
        };
        units = {in_image(frame_.size.width, of_frame.across, frame_.unit_across()),
                 in_image(frame_.size.height, of_frame.down, frame_.unit_down())};
      } else {
        component.across = static_cast<std::size_t>(of_frame.across);
        component.down = static_cast<std::size_t>(of_frame.down);
      }
      blocks += static_cast<unsigned>(component.across * component.down);
    }
    scan.columns = static_cast<std::size_t>(units.width);
    scan.rows = static_cast<std::size_t>(units.height);
    return blocks <= kMostBlocks;
  }

  // Whether a scan gives the bits that are next, of coefficients that may come together. Notes
  // that it does.
  bool TakeBits(const JpegScan& scan) {
    const bool light = scan.first == 0;
    const bool refines = scan.bit_before > 0;
    if (scan.last >= kCoefficients || scan.first > scan.last || (light && scan.last > 0) ||
        (!light && scan.components.size() > 1) || (refines && scan.bit != scan.bit_before - 1) ||
        scan.bit > kMostBit) {
      return false;
    }
    for (const JpegScanComponent& component : scan.components) {
      std::array<unsigned, kCoefficients>& bits = bits_[component.index];
      if (!light && bits[0] == kNoBits) return false;
      for (unsigned k = scan.first; k <= scan.last; ++k) {
        if (bits[k] != (refines ? scan.bit_before : kNoBits)) return false;
        bits[k] = scan.bit;
      }
    }
    return true;
  }

  bool HasAllBits() const {
    return std::ranges::all_of(bits_, [](const std::array<unsigned, kCoefficients>& bits) {
      return std::ranges::all_of(bits, [](unsigned bit) { return bit == 0; });
    });
  }

  bool UseRows() {
    for (int row = 0; row < frame_.units().height; ++row) {
      for (std::size_t i = 0; i < coefficients_.size(); ++i) {
        coefficients_[i].first_row = std::size_t{1} * row * frame_.components[i].down;
      }
      use_(coefficients_);
    }
    return true;
  }

  static constexpr unsigned kMostBit = 10;

  const Bytes photo_;
  const JpegFrame& frame_;
  const int max_scans_;
  const UseJpegRow& use_;
  std::size_t at_ = 0;
  JpegCodes codes_{};
  unsigned restart_interval_ = 0;
  int scans_ = 0;
  std::vector<JpegCoefficients> coefficients_;
  std::vector<std::vector<std::uint64_t>> nonzero_;
  // The lowest bit that scans gave of each coefficient.
  std::vector<std::array<unsigned, kCoefficients>> bits_;
};

}  // namespace

bool ReadCoefficients(Bytes photo, const JpegFrame& frame, std::size_t count, int max_scans,
                      const UseJpegRow& use) {
  return Reader(photo, frame, count, max_scans, use).Read();
}

}  // namespace verger

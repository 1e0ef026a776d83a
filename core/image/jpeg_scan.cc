#include "core/image/jpeg_scan.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "core/image/jpeg_code.h"

namespace verger {
namespace {

constexpr int kCoefficients = 64;

unsigned At(Bytes bytes, std::size_t at) { return std::to_integer<unsigned>(bytes[at]); }
unsigned BigEndian16(Bytes bytes, std::size_t at) { return At(bytes, at) << 8 | At(bytes, at + 1); }

// The bits of a scan's data, up to its first marker.
class Bits {
 public:
  explicit Bits(Bytes data) : data_(data) {}

  // 0 or 1; behind the end, 0, and IsPastEnd() from then on.
  unsigned Next() {
    if (left_ == 0 && !Load()) return 0;
    --left_;
    return byte_ >> left_ & 1;
  }
  bool IsPastEnd() const { return past_end_; }
  // Whether a byte ends here, filled up with ones as encoders do, or the bits end where a byte
  // does.
  bool AtEndOfByte() const {
    const unsigned rest = (1U << left_) - 1;
    return (byte_ & rest) == rest;
  }
  // Whether the last bytes and the next one are the same: what fills up a photo that was cut.
  bool RunsOn() const {
    return 2 <= at_ && at_ < data_.size() && data_[at_ - 2] == data_[at_] &&
           data_[at_ - 1] == data_[at_];
  }
  // Whether no byte follows this one.
  bool AtLastByte() const { return at_ >= data_.size() || IsMarker(); }

 private:
  bool IsMarker() const {
    return At(data_, at_) == 0xFF && (at_ + 1 >= data_.size() || At(data_, at_ + 1) != 0);
  }
  bool Load() {
    if (AtLastByte()) {
      past_end_ = true;
      return false;
    }
    byte_ = At(data_, at_);
    at_ += byte_ == 0xFF ? 2 : 1;  // a zero follows, which is no data
    left_ = 8;
    return true;
  }

  Bytes data_;
  std::size_t at_ = 0;
  unsigned byte_ = 0;
  unsigned left_ = 0;
  bool past_end_ = false;
};

struct Component {
  unsigned id = 0;
  unsigned across = 0;  // blocks in a unit
  unsigned down = 0;
  unsigned dc = 0;  // numbers of its codes
  unsigned ac = 0;
  int light = 0;  // DC of its last block
};

// What it takes to follow the data of the one scan.
class Scan {
 public:
  // Reads the segments up to the scan. Returns whether it is one that can be followed.
  bool ReadHeaders(Bytes jpeg) {
    std::size_t at = 2;
    while (at + 4 <= jpeg.size()) {
      const unsigned code = At(jpeg, at + 1);
      if (At(jpeg, at) != 0xFF || code == 0 || code == 0xFF || (0xD0 <= code && code <= 0xD8) ||
          code == 1) {
        ++at;
        continue;
      }
      const std::size_t length = std::max(2U, BigEndian16(jpeg, at + 2));
      if (jpeg.size() - at - 2 < length) return false;
      const Bytes segment = jpeg.subspan(at + 4, length - 2);
      at += 2 + length;
      if (code == 0xC4) {
        ReadCodes(segment, codes_);
      } else if (code == 0xC0 || code == 0xC1) {
        ReadFrame(segment);
      } else if (code == 0xDD &&
                 std::ranges::any_of(segment, [](auto b) { return b != std::byte{0}; })) {
        return false;  // restart markers
      } else if (code == 0xDA) {
        data_ = jpeg.subspan(at);
        return ReadScan(segment);
      }
    }
    return false;
  }

  bool IsWholeBeforeRest() {
    Bits bits(data_);
    for (std::int64_t unit = 0; unit < units_; ++unit) {
      if (!ReadUnit(bits) || bits.IsPastEnd()) return false;
    }
    if (!bits.AtEndOfByte() || bits.RunsOn()) return false;
    // More blocks, to the very end, are rows. Where they came from, light may be of any strength.
    for (std::size_t i = 0; !bits.IsPastEnd(); i = (i + 1) % components_.size()) {
      Component& component = components_[i];
      for (unsigned block = 0; block < component.across * component.down; ++block) {
        component.light = 0;
        if (!ReadBlock(bits, component) || bits.IsPastEnd()) return true;
        if (bits.AtLastByte() && bits.AtEndOfByte()) return false;
      }
    }
    return true;
  }

 private:
  void ReadFrame(Bytes segment) {
    if (segment.size() < 6) return;
    height_ = BigEndian16(segment, 1);
    width_ = BigEndian16(segment, 3);
    components_.clear();
    for (std::size_t at = 6; at + 3 <= segment.size(); at += 3) {
      const unsigned sampling = At(segment, at + 1);
      components_.push_back({At(segment, at), sampling >> 4, sampling & 15});
    }
  }

  // Returns whether the scan has all components.
  bool ReadScan(Bytes segment) {
    if (components_.empty() || segment.size() < 1 + 2 * components_.size() ||
        At(segment, 0) != components_.size()) {
      return false;
    }
    unsigned most_across = 1;
    unsigned most_down = 1;
    for (std::size_t i = 0; i < components_.size(); ++i) {
      Component& component = components_[i];
      if (At(segment, 1 + 2 * i) != component.id || component.across * component.down == 0) {
        return false;
      }
      component.dc = At(segment, 2 + 2 * i) >> 4 & 3;
      component.ac = At(segment, 2 + 2 * i) & 3;
      if (components_.size() == 1) component.across = component.down = 1;  // T.81, A.2.2
      most_across = std::max(most_across, component.across);
      most_down = std::max(most_down, component.down);
    }
    const auto units = [](unsigned pixels, unsigned blocks) {
      return static_cast<std::int64_t>((pixels + 8 * blocks - 1) / (8 * blocks));
    };
    units_ = units(width_, most_across) * units(height_, most_down);
    return true;
  }

  bool ReadUnit(Bits& bits) {
    for (Component& component : components_) {
      for (unsigned block = 0; block < component.across * component.down; ++block) {
        if (!ReadBlock(bits, component)) return false;
      }
    }
    return true;
  }

  // Returns false for what no encoder writes.
  bool ReadBlock(Bits& bits, Component& component) {
    const auto next = [&] { return bits.Next(); };
    const std::optional<unsigned> size = codes_[component.dc].Read(next);
    if (!size || *size > 11) return false;
    component.light += ReadNumber(bits, *size);
    if (std::abs(component.light) > 1024) return false;  // of 8 bits a sample
    for (int k = 1; k < kCoefficients; ++k) {
      const std::optional<unsigned> symbol = codes_[4 + component.ac].Read(next);
      if (!symbol) return false;
      const unsigned zeros = *symbol >> 4;
      const unsigned bits_of_number = *symbol & 15;
      if (bits_of_number == 0 && zeros != 15) return zeros == 0;  // end of block
      k += static_cast<int>(zeros);
      if (k >= kCoefficients || bits_of_number > 10) return false;
      ReadNumber(bits, bits_of_number);
    }
    return true;
  }

  static int ReadNumber(Bits& bits, unsigned size) {
    int number = 0;
    for (unsigned i = 0; i < size; ++i) number = number << 1 | static_cast<int>(bits.Next());
    const bool negative = size > 0 && number < 1 << (size - 1);
    return negative ? number - (1 << size) + 1 : number;
  }

  JpegCodes codes_{};
  std::vector<Component> components_;
  unsigned width_ = 0;
  unsigned height_ = 0;
  std::int64_t units_ = 0;
  Bytes data_;
};

}  // namespace

bool IsWholeBeforeStrayBytes(Bytes jpeg) {
  Scan scan;
  return scan.ReadHeaders(jpeg) && scan.IsWholeBeforeRest();
}

}  // namespace verger

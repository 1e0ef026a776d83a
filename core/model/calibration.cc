#include "core/model/calibration.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/base/sha256.h"

namespace verger {
namespace {

static_assert(std::endian::native == std::endian::little, "calibrations are little-endian");

constexpr std::string_view kMagic = "VGRCAL2\n";
constexpr std::size_t kSubject = 16;   // hexadecimal digits
constexpr std::size_t kChecksum = 16;  // hexadecimal digits of the SHA-256 of all before them
constexpr std::uint32_t kMostPoints = 1 << 16;
constexpr std::uint32_t kMostChannels = 1 << 20;

std::uint32_t Bits(float value) { return std::bit_cast<std::uint32_t>(value); }

class Writer {
 public:
  void Count(std::size_t count) {
    const auto number = static_cast<std::uint32_t>(count);
    text_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void Number(float bf16) {
    const auto half = static_cast<std::uint16_t>(Bits(bf16) >> 16U);
    text_.append(reinterpret_cast<const char*>(&half), sizeof half);
  }
  std::string text_;
};

// Reads until the bytes end; then it has failed, and gives zeros.
class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_(bytes) {}

  std::uint32_t Count(std::uint32_t most) {
    std::uint32_t number = 0;
    Take(&number, sizeof number);
    if (number > most) failed_ = true;
    return failed_ ? 0 : number;
  }
  float Number() {
    std::uint16_t half = 0;
    Take(&half, sizeof half);
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16U);
    if (!std::isfinite(value)) failed_ = true;
    return value;
  }
  bool whole() const { return !failed_ && rest_.empty(); }
  bool failed() const { return failed_; }

 private:
  void Take(void* to, std::size_t size) {
    if (rest_.size() < size) {
      failed_ = true;
      return;
    }
    std::memcpy(to, rest_.data(), size);
    rest_ = rest_.subspan(size);
  }

  Bytes rest_;
  bool failed_ = false;
};

std::string Checksum(std::string_view text) {
  return Sha256(std::as_bytes(std::span(text))).substr(0, kChecksum);
}

}  // namespace

float UpToBf16(float value) {
  const std::uint32_t cut = Bits(value) & 0xFFFF0000U;
  return std::bit_cast<float>(cut == Bits(value) ? cut : cut + 0x10000U);
}

float NearestBf16(float value) {
  return std::bit_cast<float>((Bits(value) + 0x8000U) & 0xFFFF0000U);
}

std::string Calibration::Serialize() const {
  Writer writer;
  writer.text_ = std::string(kMagic) + subject;
  writer.Count(ranges.size());
  for (const ActivationRange& range : ranges) {
    writer.Number(range.with_negatives ? -range.high : range.high);
  }
  writer.Count(means.size());
  for (const std::vector<float>& channels : means) {
    writer.Count(channels.size());
    for (const float mean : channels) writer.Number(mean);
  }
  return writer.text_ + Checksum(writer.text_);
}

Result<Calibration> Calibration::Parse(Bytes bytes) {
  const Error bad{Code::kBadModel,
                  "not a calibration, or damaged: leave it out, and it is made from the photos"};
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  constexpr std::size_t kHeader = kMagic.size() + kSubject;
  if (!text.starts_with(kMagic) || text.size() < kHeader + kChecksum) return bad;
  const std::string_view body = text.substr(0, text.size() - kChecksum);
  if (Checksum(body) != text.substr(body.size())) return bad;
  Reader reader(bytes.subspan(kHeader, body.size() - kHeader));
  Calibration calibration;
  calibration.subject = body.substr(kMagic.size(), kSubject);
  calibration.ranges.resize(reader.Count(kMostPoints));
  for (ActivationRange& range : calibration.ranges) {
    const float number = reader.Number();
    range = {number < 0, std::abs(number)};
    if (range.high == 0) return bad;
  }
  calibration.means.resize(reader.Count(kMostPoints));
  for (std::vector<float>& channels : calibration.means) {
    const std::uint32_t count = reader.Count(kMostChannels);
    for (std::uint32_t channel = 0; channel < count && !reader.failed(); ++channel) {
      channels.push_back(reader.Number());
    }
  }
  if (!reader.whole()) return bad;
  return calibration;
}

}  // namespace verger

#include "core/model/weight_storage.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace verger {
namespace {

// In the order of WeightStorage.
constexpr std::array<std::string_view, 11> kNames = {
    "fp32", "fp16", "int8", "int9", "int10", "int11", "int12", "int13", "int14", "int15", "int16"};

// Of a number of intN; 0 for floats.
int BitsOf(WeightStorage storage) {
  const int at = static_cast<int>(storage) - static_cast<int>(WeightStorage::kInt8);
  return at < 0 ? 0 : 8 + at;
}

std::size_t LowPlaneBytes(int bits, std::size_t numbers) {
  return (numbers * static_cast<std::size_t>(bits - 8) + 7) / 8;
}

// Rounds to the nearest, ties to even; what is too small for a normal number becomes a subnormal.
std::uint16_t ToFp16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000);
  const float size = std::abs(value);
  if (size < 0x1p-14F) {  // steps of 2^-24
    return static_cast<std::uint16_t>(sign | std::lrint(static_cast<double>(size) * 0x1p24));
  }
  const std::uint32_t magnitude = (bits & 0x7FFFFFFF) - (112U << 23);
  const std::uint32_t rounded = magnitude + 0xFFF + (magnitude >> 13 & 1);
  return static_cast<std::uint16_t>(sign | std::min<std::uint32_t>(rounded >> 13, 0x7BFF));
}

float FromFp16(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000U} << 16;
  const std::uint32_t magnitude = half & 0x7FFFU;
  if (magnitude < 0x400) {
    const float size = static_cast<float>(magnitude) * 0x1p-24F;
    return sign != 0 ? -size : size;
  }
  return std::bit_cast<float>(sign | ((magnitude << 13) + (112U << 23)));
}

// A bf16 that is not below `value`, so that the largest number of a channel keeps its bits.
std::uint16_t StepAtLeast(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0xFFFF) >> 16);
}

float FromBf16(std::uint16_t step) { return std::bit_cast<float>(std::uint32_t{step} << 16); }

void Append(std::string& out, std::uint16_t number) {
  out += static_cast<char>(number & 0xFF);
  out += static_cast<char>(number >> 8);
}

std::uint16_t NumberAt(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[2 * at]) |
                                    std::to_integer<unsigned>(bytes[2 * at + 1]) << 8);
}

// Writes the lower bits of numbers one behind the other, from the lowest bit of a byte on.
class BitWriter {
 public:
  void Add(unsigned value, int bits, std::string& out) {
    pending_ |= value << filled_;
    filled_ += bits;
    for (; filled_ >= 8; filled_ -= 8, pending_ >>= 8) out += static_cast<char>(pending_ & 0xFF);
  }
  void Finish(std::string& out) {
    if (filled_ > 0) out += static_cast<char>(pending_ & 0xFF);
  }

 private:
  unsigned pending_ = 0;
  int filled_ = 0;
};

std::string StoreInt(int bits, std::size_t channels, std::span<const float> weights) {
  const std::size_t length = weights.size() / channels;
  const int most = (1 << (bits - 1)) - 1;
  std::string steps;
  std::string high;
  std::string low;
  BitWriter writer;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const std::span<const float> row = weights.subspan(channel * length, length);
    float largest = 0;
    for (const float weight : row) largest = std::max(largest, std::abs(weight));
    const std::uint16_t stored_step = StepAtLeast(largest / static_cast<float>(most));
    Append(steps, stored_step);
    const float step = FromBf16(stored_step);
    for (const float weight : row) {
      const long whole = step > 0 ? std::lrint(static_cast<double>(weight) / step) : 0;
      const auto number = static_cast<unsigned>(std::clamp<long>(whole, -most, most) + most + 1);
      high += static_cast<char>(number >> (bits - 8));
      writer.Add(number & ((1U << (bits - 8)) - 1), bits - 8, low);
    }
  }
  writer.Finish(low);
  return steps + high + low;
}

std::vector<float> LoadInt(int bits, std::size_t channels, std::size_t length, Bytes stored) {
  const std::size_t numbers = channels * length;
  const Bytes high = stored.subspan(2 * channels, numbers);
  const Bytes low = stored.subspan(2 * channels + numbers);
  const int low_bits = bits - 8;
  const unsigned mask = (1U << low_bits) - 1;
  const int zero = 1 << (bits - 1);
  std::vector<float> weights(numbers);
  unsigned pending = 0;
  int filled = 0;
  std::size_t next = 0;
  for (std::size_t at = 0; at < numbers; ++at) {
    if (filled < low_bits) {
      pending |= std::to_integer<unsigned>(low[next++]) << filled;
      filled += 8;
    }
    const unsigned number = std::to_integer<unsigned>(high[at]) << low_bits | (pending & mask);
    pending >>= low_bits;
    filled -= low_bits;
    weights[at] = static_cast<float>(static_cast<int>(number) - zero) *
                  FromBf16(NumberAt(stored, at / length));
  }
  return weights;
}

}  // namespace

Result<WeightStorage> ReadWeightStorage(std::string_view name) {
  const auto known = std::ranges::find(kNames, name);
  if (known != kNames.end()) return static_cast<WeightStorage>(known - kNames.begin());
  std::string names;
  for (const std::string_view each : kNames) {
    names += (names.empty() ? "" : ", ");
    names += each;
  }
  return Error{
      Code::kBadCall,
      fmt::format("there is no storage of weights \"{}\"; choose one of: {}", name, names)};
}

std::size_t StoredBytes(WeightStorage storage, std::size_t channels, std::size_t length) {
  const std::size_t numbers = channels * length;
  if (storage == WeightStorage::kFp32) return 4 * numbers;
  if (storage == WeightStorage::kFp16) return 2 * numbers;
  return 2 * channels + numbers + LowPlaneBytes(BitsOf(storage), numbers);
}

std::string StoreWeights(WeightStorage storage, std::size_t channels,
                         std::span<const float> weights) {
  if (const int bits = BitsOf(storage); bits != 0) return StoreInt(bits, channels, weights);
  std::string out;
  if (storage == WeightStorage::kFp16) {
    for (const float weight : weights) Append(out, ToFp16(weight));
  } else {
    out.assign(reinterpret_cast<const char*>(weights.data()), weights.size_bytes());
  }
  return out;
}

std::vector<float> LoadWeights(WeightStorage storage, std::size_t channels, std::size_t length,
                               Bytes stored) {
  if (const int bits = BitsOf(storage); bits != 0) return LoadInt(bits, channels, length, stored);
  std::vector<float> weights(channels * length);
  if (storage == WeightStorage::kFp16) {
    for (std::size_t at = 0; at < weights.size(); ++at)
      weights[at] = FromFp16(NumberAt(stored, at));
  } else if (!weights.empty()) {  // else data() may be null
    std::memcpy(weights.data(), stored.data(), weights.size() * sizeof(float));
  }
  return weights;
}

}  // namespace verger

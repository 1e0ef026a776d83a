#include "core/model/weight_storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace verger {
namespace {

constexpr std::size_t kChannels = 3;
constexpr std::size_t kLength = 37;

std::vector<float> Weights() {
  std::vector<float> weights;
  for (std::size_t at = 0; at < kChannels * kLength; ++at) {
    const float scale = at < kLength ? 3 : at < 2 * kLength ? 1e-3F : 0;  // a channel of zeros
    weights.push_back(scale * std::sin(static_cast<float>(at) * 12.9898F));
  }
  return weights;
}

std::vector<float> Roundtrip(WeightStorage storage, const std::vector<float>& weights,
                             std::size_t channels) {
  const std::string stored = StoreWeights(storage, channels, weights);
  const std::size_t length = weights.size() / channels;
  EXPECT_EQ(stored.size(), StoredBytes(storage, channels, length));
  return LoadWeights(storage, channels, length, std::as_bytes(std::span(stored)));
}

TEST(WeightStorage, KeepsFloat32) {
  EXPECT_EQ(Roundtrip(WeightStorage::kFp32, Weights(), kChannels), Weights());
}

TEST(WeightStorage, RoundsToFp16) {
  const std::vector<float> weights = {0, -0.0F, 1, -1.5F, 65504, 0x1p-14F, 0x1p-24F, 0x1.8p-20F};
  EXPECT_EQ(Roundtrip(WeightStorage::kFp16, weights, 1), weights);
  EXPECT_EQ(Roundtrip(WeightStorage::kFp16, {1 + 0x1p-12F}, 1)[0], 1);             // down
  EXPECT_EQ(Roundtrip(WeightStorage::kFp16, {1 + 0x3p-12F}, 1)[0], 1 + 0x1p-10F);  // up
  EXPECT_EQ(Roundtrip(WeightStorage::kFp16, {1 + 0x1p-11F}, 1)[0], 1);             // a tie, to even
  EXPECT_EQ(Roundtrip(WeightStorage::kFp16, {0x1.FFFp-15F}, 1)[0], 0x1p-14F);  // to a normal one
  EXPECT_EQ(Roundtrip(WeightStorage::kFp16, {1e-30F}, 1)[0], 0);
}

TEST(WeightStorage, WholeNumbersAreWithinHalfAStep) {
  const std::vector<float> weights = Weights();
  for (int bits = 8; bits <= 16; ++bits) {
    const auto storage =
        static_cast<WeightStorage>(static_cast<int>(WeightStorage::kInt8) + bits - 8);
    const std::vector<float> loaded = Roundtrip(storage, weights, kChannels);
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
      const auto first = weights.begin() + static_cast<std::ptrdiff_t>(channel * kLength);
      float largest = 0;
      std::for_each(first, first + kLength,
                    [&](float weight) { largest = std::max(largest, std::abs(weight)); });
      // A step is rounded up to a bf16, by 1 part in 128 at most.
      const float step = largest / static_cast<float>((1 << (bits - 1)) - 1) * (1 + 1.0F / 128);
      for (std::size_t at = channel * kLength; at < (channel + 1) * kLength; ++at) {
        EXPECT_LE(std::abs(loaded[at] - weights[at]), step * 0.5001F) << bits << " bits, " << at;
      }
    }
  }
}

TEST(ReadWeightStorage, KnowsItsNames) {
  EXPECT_EQ(*ReadWeightStorage("fp16"), WeightStorage::kFp16);
  EXPECT_EQ(*ReadWeightStorage("int12"), WeightStorage::kInt12);
  EXPECT_THAT(ReadWeightStorage("int4").error().message,
              testing::HasSubstr("choose one of: fp32, fp16, int8, int9, int10, int11, int12"));
}

}  // namespace
}  // namespace verger

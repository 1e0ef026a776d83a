#include "core/runs/sample.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace verger {
namespace {

TEST(SampleRank, IsTheBeginningOfTheSha256) {
  // sha256sum of GNU coreutils 9.1.
  EXPECT_EQ(SampleRank("abc"), 0xba7816bf8f01cfeaU);
  EXPECT_EQ(SampleRank(""), 0xe3b0c44298fc1c14U);
}

TEST(SampleRank, MixesLabels) {
  constexpr int kOfALabel = 1000;
  std::vector<std::pair<std::uint64_t, int>> ranked;
  for (int label = 0; label < 10; ++label) {
    for (int photo = 0; photo < kOfALabel; ++photo) {
      ranked.emplace_back(SampleRank(fmt::format("label {}/{}.jpg", label, photo)), label);
    }
  }
  std::sort(ranked.begin(), ranked.end());
  std::array<int, 10> counts{};
  for (int i = 0; i < kOfALabel; ++i) ++counts[static_cast<std::size_t>(ranked[i].second)];
  for (const int count : counts) {
    EXPECT_GT(count, 60);  // 100 expected, standard deviation 9
    EXPECT_LT(count, 140);
  }
}

}  // namespace
}  // namespace verger

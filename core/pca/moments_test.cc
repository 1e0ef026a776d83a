#include "core/pca/moments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "core/pca/triangle.h"

namespace verger {
namespace {

constexpr int kWidth = 37;
constexpr int kRows = 700;  // more than two blocks

// Far from 0 and on different scales, as real features are not: harder.
std::vector<float> Features(int rows = kRows, int width = kWidth) {
  std::mt19937 generator(5);
  std::vector<float> features(static_cast<std::size_t>(rows) * width);
  for (std::size_t i = 0; i < features.size(); ++i) {
    const auto column = static_cast<float>(i % static_cast<std::size_t>(width));
    features[i] = 1000 + column * static_cast<float>(generator()) / 4e9f;
  }
  return features;
}

Moments Of(std::span<const float> rows, int width = kWidth) {
  Moments moments(width);
  moments.Add(rows);
  return moments;
}

// Of the scatter, on or above its diagonal.
double EntryOf(const Moments& moments, std::size_t row, std::size_t column) {
  return moments
      .scatter()[TriangleRow(static_cast<std::size_t>(moments.dimension()), row) + column];
}

// Compares up to 1e-10 of the largest entry.
void ExpectSame(const Moments& actual, const Moments& expected) {
  ASSERT_EQ(actual.dimension(), expected.dimension());
  EXPECT_EQ(actual.count(), expected.count());
  const auto width = static_cast<std::size_t>(expected.dimension());
  double largest = 0;
  for (std::size_t i = 0; i < width; ++i) largest = std::max(largest, EntryOf(expected, i, i));
  for (std::size_t i = 0; i < width; ++i) {
    ASSERT_NEAR(actual.mean()[i], expected.mean()[i], 1e-10 * std::abs(expected.mean()[i]));
    for (std::size_t j = i; j < width; ++j) {
      ASSERT_NEAR(EntryOf(actual, i, j), EntryOf(expected, i, j), 1e-10 * largest);
    }
  }
}

TEST(Moments, AgreeWithTheDefinition) {
  const std::vector<float> features = Features();
  std::vector<long double> mean(kWidth);
  for (std::size_t i = 0; i < features.size(); ++i) mean[i % kWidth] += features[i];
  for (long double& value : mean) value /= kRows;
  const Moments moments = Of(features);
  EXPECT_EQ(moments.count(), kRows);
  for (std::size_t i = 0; i < kWidth; ++i) {
    EXPECT_NEAR(moments.mean()[i], static_cast<double>(mean[i]), 1e-10);
    for (std::size_t j = i; j < kWidth; ++j) {
      long double sum = 0;
      for (int row = 0; row < kRows; ++row) {
        const float* values = features.data() + row * kWidth;
        sum += (values[i] - mean[i]) * (values[j] - mean[j]);
      }
      ASSERT_NEAR(EntryOf(moments, i, j), static_cast<double>(sum), 1e-8) << i << ", " << j;
    }
  }
}

TEST(Moments, AreTheSameHoweverTheRowsAreSplitAndMerged) {
  const std::vector<float> features = Features();
  const Moments whole = Of(features);
  std::mt19937 generator(7);
  for (int parts : {2, 3, 10, 100, kRows}) {
    std::vector<std::size_t> cuts = {0, kRows};
    for (int i = 1; i < parts; ++i) cuts.push_back(generator() % (kRows + 1));
    std::sort(cuts.begin(), cuts.end());
    std::vector<Moments> pieces;
    Moments one_by_one(kWidth);
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      const auto rows = std::span<const float>(features).subspan(cuts[i] * kWidth,
                                                                 (cuts[i + 1] - cuts[i]) * kWidth);
      pieces.push_back(Of(rows));  // some are empty
      one_by_one.Add(rows);
    }
    ExpectSame(one_by_one, whole);

    std::shuffle(pieces.begin(), pieces.end(), generator);
    Moments chain(kWidth);
    for (const Moments& piece : pieces) chain.Merge(piece);
    ExpectSame(chain, whole);

    // Any grouping: two random neighbours at a time.
    while (pieces.size() > 1) {
      const std::size_t at = generator() % (pieces.size() - 1);
      pieces[at].Merge(pieces[at + 1]);
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    ExpectSame(pieces[0], whole);
  }
}

TEST(Moments, OfNothingChangeNothing) {
  const Moments whole = Of(Features());
  Moments merged = whole;
  merged.Merge(Moments(kWidth));
  merged.Add({});
  EXPECT_TRUE(std::ranges::equal(merged.mean(), whole.mean()));
  EXPECT_TRUE(std::ranges::equal(merged.scatter(), whole.scatter()));
  Moments into_empty(kWidth);
  into_empty.Merge(whole);
  ExpectSame(into_empty, whole);
}

TEST(Moments, TakeNoMemoryBeforeTheFirstRow) {
  Moments empty(kWidth);
  empty.Merge(Moments(kWidth));
  empty.Add({});
  EXPECT_TRUE(empty.scatter().empty());
}

TEST(Moments, HoldEveryProductOnce) {
  EXPECT_EQ(Of(Features()).scatter().size(), static_cast<std::size_t>(kWidth * (kWidth + 1) / 2));
}

TEST(Moments, MergedWithThemselvesCountTwice) {
  Moments twice = Of(Features());
  const Moments once = twice;
  twice.Merge(twice);
  EXPECT_EQ(twice.count(), 2 * once.count());
  EXPECT_EQ(twice.mean()[3], once.mean()[3]);
  EXPECT_EQ(twice.scatter()[4], 2 * once.scatter()[4]);
}

TEST(Moments, OfAConstantColumnAreExactlyZero) {
  std::vector<float> features = Features();
  for (std::size_t i = 5; i < features.size(); i += kWidth) features[i] = 0.1f;
  Moments moments(kWidth);
  for (int cut : {1, 300, 399}) {
    moments.Add(std::span<const float>(features).first(static_cast<std::size_t>(cut) * kWidth));
  }
  EXPECT_EQ(moments.mean()[5], static_cast<double>(0.1f));
  for (std::size_t i = 0; i <= 5; ++i) EXPECT_EQ(EntryOf(moments, i, 5), 0);
}

}  // namespace
}  // namespace verger

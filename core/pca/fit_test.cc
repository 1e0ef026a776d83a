#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "core/pca/pca.h"

namespace verger {
namespace {

using testing::HasSubstr;

constexpr int kWidth = 24;

// Columns of standard deviations 24, 23, ... 1 about column number times 10.
std::vector<float> Features(int rows) {
  std::mt19937 generator(11);
  std::normal_distribution<float> normal;
  std::vector<float> features;
  for (int i = 0; i < rows * kWidth; ++i) {
    const int column = i % kWidth;
    features.push_back(static_cast<float>(10 * column) +
                       static_cast<float>(kWidth - column) * normal(generator));
  }
  return features;
}

Moments Of(std::span<const float> rows, int width = kWidth) {
  Moments moments(width);
  moments.Add(rows);
  return moments;
}

Error FitError(const Moments& moments, Components components) {
  const Result<Pca> pca = Fit(moments, components);
  EXPECT_FALSE(pca);
  return pca ? Error{Code::kInternal, ""} : pca.error();
}

TEST(Fit, DescribesItsRows) {
  const Pca pca = *Fit(Of(Features(200)), {.count = kWidth});
  EXPECT_EQ(pca.dimension, kWidth);
  EXPECT_EQ(pca.components, kWidth);
  EXPECT_EQ(pca.rows, 200);
  EXPECT_NEAR(std::accumulate(pca.explained_variance_ratio.begin(),
                              pca.explained_variance_ratio.end(), 0.0),
              1, 1e-12);
  EXPECT_TRUE(std::is_sorted(pca.explained_variance.rbegin(), pca.explained_variance.rend()));
}

TEST(Fit, SignsTheLargestEntryPositive) {
  const Pca pca = *Fit(Of(Features(200)), {.count = kWidth});
  for (int i = 0; i < kWidth; ++i) {
    const auto axis = std::span(pca.axes).subspan(static_cast<std::size_t>(i) * kWidth, kWidth);
    const auto largest = std::max_element(
        axis.begin(), axis.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
    EXPECT_GT(*largest, 0) << i;
  }
}

TEST(Fit, SignsTheFirstOfEqualEntriesPositive) {
  // Along (1, -1) only, so both entries have the same magnitude.
  const std::vector<float> rows = {1, -1, -1, 1, 2, -2};
  const Pca pca = *Fit(Of(rows, 2), {.count = 1});
  EXPECT_NEAR(pca.axes[0], std::sqrt(0.5), 1e-15);
  EXPECT_NEAR(pca.axes[1], -std::sqrt(0.5), 1e-15);
}

TEST(Fit, TurnsWithItsRows) {
  // A quarter turn in each pair of columns is exact in float.
  const std::vector<float> rows = Features(300);
  std::vector<float> turned(rows.size());
  for (std::size_t i = 0; i < rows.size(); i += 2) {
    turned[i] = -rows[i + 1];
    turned[i + 1] = rows[i];
  }
  const Pca before = *Fit(Of(rows), {.count = 10});
  const Pca after = *Fit(Of(turned), {.count = 10});
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_NEAR(after.explained_variance[i], before.explained_variance[i],
                1e-10 * before.explained_variance[0]);
    double along = 0;
    for (std::size_t j = 0; j < kWidth; j += 2) {
      along += after.axes[i * kWidth + j + 1] * before.axes[i * kWidth + j] -
               after.axes[i * kWidth + j] * before.axes[i * kWidth + j + 1];
    }
    EXPECT_NEAR(std::abs(along), 1, 1e-10);
  }
}

TEST(Fit, GivesConstantColumnsNoPart) {
  std::vector<float> rows = Features(100);
  for (std::size_t i = 3; i < rows.size(); i += kWidth) rows[i] = 42;
  const Pca pca = *Fit(Of(rows), {.count = 10});
  for (std::size_t i = 0; i < 10; ++i) EXPECT_NEAR(pca.axes[i * kWidth + 3], 0, 1e-14);
  const Error error = FitError(Of(rows), {.count = kWidth});
  EXPECT_THAT(error.message, HasSubstr("vary in only 23 directions: request 23 or fewer"));
}

TEST(Fit, KeepsEnoughForAShare) {
  const Moments moments = Of(Features(300));
  const Pca all = *Fit(moments, {.count = kWidth});
  double sum = 0;
  for (int k = 1; k < kWidth; ++k) {
    const double ratio = all.explained_variance_ratio[static_cast<std::size_t>(k) - 1];
    EXPECT_EQ(Fit(moments, {.variance = sum + ratio / 2})->components, k);
    sum += ratio;
  }
  EXPECT_EQ(Fit(moments, {.variance = 1 - 1e-16})->components, kWidth);
}

TEST(Fit, RefusesRequestsThatNoDataCouldMeet) {
  const Moments moments = Of(Features(30));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Components& wrong : {Components{0, 0}, Components{-1, 0}, Components{3, 0.5},
                                  Components{0, 1}, Components{0, -0.5}, Components{0, nan}}) {
    EXPECT_EQ(FitError(moments, wrong).code, Code::kBadCall)
        << wrong.count << " " << wrong.variance;
  }
}

TEST(Fit, NamesTheLargestCount) {
  Error error = FitError(Of(Features(12)), {.count = 20});
  EXPECT_EQ(error.code, Code::kBadFeatures);
  EXPECT_EQ(error.message,
            "20 components were requested but 12 photos allow at most 11: request 11 or fewer, or "
            "add photos");
  error = FitError(Of(Features(100)), {.count = 30});
  EXPECT_THAT(error.message, HasSubstr("features of 24 numbers allow at most 24"));
  // 12 photos, but only 4 different ones.
  std::vector<float> rows = Features(4);
  for (int i = 0; i < 2; ++i) rows.insert(rows.end(), rows.begin(), rows.begin() + 4 * kWidth);
  error = FitError(Of(rows), {.count = 20});
  EXPECT_THAT(error.message, HasSubstr("vary in only 3 directions: request 3 or fewer"));
  EXPECT_TRUE(Fit(Of(rows), {.count = 3}));
}

TEST(Fit, KeepsFewerWhereTheyWillDo) {
  // 40 rows on 3 of the columns, the rest constant.
  std::vector<float> rows = Features(40);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i % kWidth >= 3) rows[i] = 7;
  }
  EXPECT_FALSE(Fit(Of(rows), {.count = 5}));
  const Result<Pca> pca = Fit(Of(rows), {.count = 5, .fewer_will_do = true});
  ASSERT_TRUE(pca);
  EXPECT_EQ(pca->components, 3);
  EXPECT_EQ(pca->axes.size(), 3U * kWidth);
  EXPECT_EQ(pca->explained_variance.size(), 3U);
  EXPECT_NEAR(std::accumulate(pca->explained_variance_ratio.begin(),
                              pca->explained_variance_ratio.end(), 0.0),
              1, 1e-12);
  // More than the rows could allow, and as many as there are.
  EXPECT_EQ(Fit(Of(rows), {.count = 50, .fewer_will_do = true})->components, 3);
  EXPECT_EQ(Fit(Of(rows), {.count = 2, .fewer_will_do = true})->components, 2);
}

TEST(Fit, RefusesFeaturesWithoutVariance) {
  EXPECT_THAT(FitError(Moments(kWidth), {.count = 1}).message, HasSubstr("has 0: add photos"));
  EXPECT_THAT(FitError(Of(Features(1)), {.count = 1}).message, HasSubstr("has 1: add photos"));
  const std::vector<float> same(10 * kWidth, 0.1f);
  EXPECT_THAT(FitError(Of(same), {.variance = 0.5}).message, HasSubstr("add photos that differ"));
  EXPECT_THAT(FitError(Of(same), {.count = 5, .fewer_will_do = true}).message,
              HasSubstr("add photos that differ"));
}

TEST(Fit, RefusesFeaturesThatAreNoNumbers) {
  for (float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<float> rows = Features(30);
    rows[100] = bad;
    const Error error = FitError(Of(rows), {.count = 1});
    EXPECT_EQ(error.code, Code::kBadFeatures);
    EXPECT_THAT(error.message, HasSubstr("not finite"));
  }
}

}  // namespace
}  // namespace verger

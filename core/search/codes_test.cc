#include "core/search/codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "core/base/test_targets.h"
#include "core/search/test_rows.h"

namespace verger {
namespace {

std::shared_ptr<const std::vector<double>> Centre(std::size_t width) {
  return std::make_shared<std::vector<double>>(width, 0.01);
}

TEST(Codes, MultiplyAgreesWithSumsOfWholeNumbersOnEveryTarget) {
  OnEveryTarget([] {
    for (const std::size_t width : {1, 63, 64, 65, 200}) {
      constexpr std::size_t kRows = 5;
      Codes codes(Metric::kCosine, kRows, Centre(width));
      const std::vector<float> rows = RandomRows(kRows, width);
      for (std::size_t row = 0; row < kRows; ++row) codes.Set(row, {&rows[row * width], width});
      for (std::size_t count = 0; count <= 9; ++count) {
        std::vector<QueryCode> queries;
        for (std::size_t q = 0; q < count; ++q) {
          queries.push_back(EncodeQuery(
              Metric::kCosine, RandomRows(1, width, static_cast<unsigned>(q) + 7), *Centre(width)));
        }
        std::vector<std::int32_t> products(kRows * count);
        MultiplyCodes(codes, 1, kRows - 1, queries, products.data());
        for (std::size_t row = 1; row < kRows; ++row) {
          for (std::size_t q = 0; q < count; ++q) {
            std::int64_t sum = 0;
            for (std::size_t i = 0; i < codes.row_bytes(); ++i) {
              sum += std::int64_t{codes.row(row)[i]} * queries[q].numbers[i];
            }
            ASSERT_EQ(products[(row - 1) * count + q], sum);
          }
        }
      }
    }
  });
}

TEST(Codes, SumsOfTheWidestRowsFitIn32Bits) {
  constexpr std::size_t kWidth = 65536;
  const std::vector<float> ones(kWidth, 1.0F);
  const auto centre = std::make_shared<std::vector<double>>(kWidth);
  Codes codes(Metric::kEuclidean, 1, centre);
  codes.Set(0, ones);
  const std::vector<QueryCode> query = {EncodeQuery(Metric::kEuclidean, ones, *centre)};
  std::int32_t product = 0;
  MultiplyCodes(codes, 0, 1, query, &product);
  EXPECT_EQ(product, std::int64_t{kWidth} * codes.row(0)[0] * query[0].numbers[0]);
  EXPECT_GT(product, 2'000'000'000);
}

// The whole of what a search relies on.
TEST(Codes, PointsLieWithinTheErrorsOfTheirCodes) {
  for (const Metric metric : {Metric::kCosine, Metric::kEuclidean}) {
    for (const std::size_t width : {1, 2, 100, 1280}) {
      for (const float size : {1e-30F, 1.0F, 1e15F}) {
        constexpr std::size_t kRows = 40;
        std::vector<float> rows = RandomRows(kRows, width);
        for (float& value : rows) value *= size;
        rows.resize(rows.size() + 2 * width);
        std::copy_n(rows.begin(), width, rows.end() - static_cast<std::ptrdiff_t>(width));
        const std::size_t count = kRows + 2;  // and one of zeros, and the first once more
        // Cosines know no size: the mean of vectors of length 1 is no longer than that.
        const double middle = metric == Metric::kCosine ? 0.5 / std::sqrt(width) : 0.1 * size;
        const auto centre = std::make_shared<std::vector<double>>(width, middle);
        Codes codes(metric, count, centre);
        for (std::size_t row = 0; row < count; ++row) codes.Set(row, {&rows[row * width], width});
        for (std::size_t q = 0; q < count; ++q) {
          const std::span<const float> query(&rows[q * width], width);
          const std::vector<QueryCode> code = {EncodeQuery(metric, query, *centre)};
          std::vector<std::int32_t> products(count);
          MultiplyCodes(codes, 0, count, code, products.data());
          for (std::size_t row = 0; row < count; ++row) {
            const double between =
                std::sqrt(std::max(0.0, SquaredBetween(codes.scale(row), code[0], products[row])));
            const double points = BetweenPoints(
                metric, Distance(metric, query, SquaresOf(query), &rows[row * width]));
            const double error = codes.scale(row).error + code[0].error;
            ASSERT_LE(between - error, points) << q << " " << row;
            ASSERT_GE(between + error, points) << q << " " << row;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace verger

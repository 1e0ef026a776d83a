#include "core/search/index.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/search/test_rows.h"

namespace verger {
namespace {

using Neighbours = std::vector<std::vector<Neighbor>>;

// Compares every row with every query.
Neighbours ByBruteForce(const std::vector<float>& rows, std::size_t width, Metric metric,
                        std::span<const Query> queries, std::size_t most) {
  Neighbours neighbours;
  for (const Query& query : queries) {
    Nearest nearest(most);
    for (std::size_t row = 0; row < rows.size() / width; ++row) {
      const auto number = static_cast<std::int64_t>(row);
      if (number == query.own_row) continue;
      nearest.Add({Distance(metric, query.features, SquaresOf(query.features), &rows[row * width]),
                   number});
    }
    neighbours.push_back(nearest.Sorted());
  }
  return neighbours;
}

Index IndexOf(const std::vector<float>& rows, std::size_t width, Metric metric, int threads) {
  Index index(static_cast<int>(width), metric, threads);
  for (std::size_t row = 0; row < rows.size() / width; ++row) {
    index.Add({&rows[row * width], width}, static_cast<std::int64_t>(row));
  }
  return index;
}

std::vector<Query> QueriesOf(const std::vector<float>& values, std::size_t width) {
  std::vector<Query> queries;
  for (std::size_t q = 0; q < values.size() / width; ++q) {
    queries.push_back({{&values[q * width], width}, -1});
  }
  return queries;
}

struct Kind {
  const char* name;
  std::vector<float> (*make)(std::size_t rows, std::size_t width);
};

// Groups of near-equal rows; each row a few times over; rows that differ in one number; zeros among
// others; all equal: the nearer rows lie, the less codes can tell.
const Kind kKinds[] = {
    {"random", [](std::size_t rows, std::size_t width) { return RandomRows(rows, width); }},
    {"groups",
     [](std::size_t rows, std::size_t width) {
       std::vector<float> values = RandomRows(rows, width, 3);
       const std::vector<float> middles = RandomRows(8, width, 4);
       for (std::size_t i = 0; i < values.size(); ++i) {
         values[i] = middles[i / width % 8 * width + i % width] + 1e-3F * values[i];
       }
       return values;
     }},
    {"twins",
     [](std::size_t rows, std::size_t width) {
       std::vector<float> values = RandomRows(rows, width, 5);
       for (std::size_t row = 0; row < rows; ++row) {
         std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(row % 9 * width), width,
                     values.begin() + static_cast<std::ptrdiff_t>(row * width));
       }
       return values;
     }},
    {"one hot",
     [](std::size_t rows, std::size_t width) {
       std::vector<float> values(rows * width);
       for (std::size_t row = 0; row < rows; ++row) values[row * width + row % width] = 2;
       return values;
     }},
    {"zeros",
     [](std::size_t rows, std::size_t width) {
       std::vector<float> values = RandomRows(rows, width, 6);
       for (std::size_t i = 0; i < values.size(); ++i)
         values[i] *= i / width % 3 == 0 ? 0.0F : 1.0F;
       return values;
     }},
    {"equal",
     [](std::size_t rows, std::size_t width) { return std::vector<float>(rows * width, 0.7F); }}};

TEST(Index, FindsWhatComparingWithEveryRowFinds) {
  for (const Kind& kind : kKinds) {
    for (const Metric metric : {Metric::kCosine, Metric::kEuclidean}) {
      for (const std::size_t width : {3, 100}) {
        SCOPED_TRACE(kind.name);
        constexpr std::size_t kRows = 3000;
        const std::vector<float> rows = kind.make(kRows, width);
        std::vector<float> points = kind.make(70, width);  // more than are searched for at a time
        std::fill_n(points.begin(), width, 0.0F);
        std::vector<Query> queries = QueriesOf(points, width);
        queries.push_back({{&rows[17 * width], width}, 17});
        for (const std::size_t most : {1, 10, 200}) {
          Index index = IndexOf(rows, width, metric, 2);
          ASSERT_EQ(index.Find(queries, most), ByBruteForce(rows, width, metric, queries, most));
        }
      }
    }
  }
}

TEST(Index, MeasuresFewRowsWhereFeaturesTell) {
  constexpr std::size_t kWidth = 640;
  const std::vector<float> rows = RandomRows(20000, kWidth);
  const std::vector<float> points = RandomRows(4, kWidth, 9);
  Index index = IndexOf(rows, kWidth, Metric::kCosine, 2);
  index.Find(QueriesOf(points, kWidth), 10);
  EXPECT_LT(index.measured(), 4 * 200);
}

TEST(Index, ThreadsAndOrderOfAddingChangeNothing) {
  constexpr std::size_t kWidth = 30;
  const std::vector<float> rows = RandomRows(9000, kWidth);
  const std::vector<float> points = RandomRows(3, kWidth, 2);
  const std::vector<Query> queries = QueriesOf(points, kWidth);
  const Neighbours expected = ByBruteForce(rows, kWidth, Metric::kCosine, queries, 25);
  for (const int threads : {1, 2, 5}) {
    Index index(kWidth, Metric::kCosine, threads);
    for (std::size_t row = 0; row < 9000; ++row) {
      index.Add({&rows[row * kWidth], kWidth}, static_cast<std::int64_t>(row));
      if (row == 10 || row == 7000) index.Find(queries, 3);  // makes codes of those so far
    }
    EXPECT_EQ(index.Find(queries, 25), expected);
  }
}

TEST(Index, OfFewerRowsThanAskedFindsAll) {
  const std::vector<float> rows = {1, 0, 0, 1};
  Index index = IndexOf(rows, 2, Metric::kCosine, 1);
  const std::vector<float> points = {0, 3};
  const Neighbours neighbours = index.Find(QueriesOf(points, 2), 10);
  EXPECT_EQ(neighbours, (Neighbours{{{0, 1}, {1, 0}}}));
  EXPECT_EQ(index.Find(QueriesOf(points, 2), 0), Neighbours(1));
  Index empty(2, Metric::kCosine, 1);
  EXPECT_EQ(empty.Find(QueriesOf(points, 2), 10), Neighbours(1));
}

}  // namespace
}  // namespace verger

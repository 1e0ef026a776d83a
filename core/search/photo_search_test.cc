#include "core/search/photo_search.h"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "core/search/test_rows.h"

namespace verger {
namespace {

constexpr int kWidth = 20;
constexpr std::size_t kRows = 500;

struct Table {
  std::vector<float> values = RandomRows(kRows, kWidth);
  std::vector<std::string> paths;
  std::vector<std::string_view> names_with_rows;
  std::vector<std::span<const float>> rows;

  Table() {
    for (std::size_t row = 0; row < kRows; ++row) paths.push_back("p" + std::to_string(row));
    for (std::size_t row = 0; row < kRows; ++row) {
      names_with_rows.push_back(paths[row]);
      rows.emplace_back(&values[row * kWidth], kWidth);
    }
  }
};

// Adds the rows in parts of `size`.
std::vector<NearPhoto> Search(const Table& table, std::size_t size, int threads,
                              std::vector<PhotoSearch::Query> queries) {
  PhotoSearch search(kWidth, Metric::kCosine, 7, threads, std::move(queries));
  for (std::size_t first = 0; first < kRows; first += size) {
    const std::size_t some = std::min(size, kRows - first);
    const std::span names = std::span(table.names_with_rows).subspan(first, some);
    search.Add(names, names, std::span(table.rows).subspan(first, some));
  }
  return search.Results();
}

TEST(PhotoSearch, PartsAndThreadsChangeNothing) {
  const Table table;
  const std::vector<float> points = RandomRows(2, kWidth, 5);
  const std::vector<PhotoSearch::Query> queries = {
      {0, {points.begin(), points.begin() + kWidth}, ""},
      {5, {points.begin() + kWidth, points.end()}, ""}};
  std::vector<std::vector<Neighbor>> expected;
  for (const PhotoSearch::Query& query : queries) {
    Nearest nearest(7);
    for (std::size_t row = 0; row < kRows; ++row) {
      nearest.Add({Distance(Metric::kCosine, query.features, SquaresOf(query.features),
                            table.rows[row].data()),
                   static_cast<std::int64_t>(row)});
    }
    expected.push_back(nearest.Sorted());
  }
  for (const std::size_t size : {std::size_t{1}, std::size_t{70}, kRows}) {
    for (const int threads : {1, 3}) {
      const std::vector<NearPhoto> results = Search(table, size, threads, queries);
      ASSERT_EQ(results.size(), 14);
      for (std::size_t i = 0; i < results.size(); ++i) {
        const Neighbor& neighbor = expected[i / 7][i % 7];
        ASSERT_EQ(results[i].query, i < 7 ? 0 : 5);
        ASSERT_EQ(results[i].path, "p" + std::to_string(neighbor.row));
        ASSERT_EQ(results[i].label, results[i].path);
        ASSERT_EQ(results[i].distance, neighbor.distance);
      }
    }
  }
}

TEST(PhotoSearch, ARowIsNotItsOwnNeighbour) {
  const Table table;
  const std::vector<float> own(table.rows[3].begin(), table.rows[3].end());
  const auto with = Search(table, 100, 2, {{0, own, ""}});
  const auto without = Search(table, 100, 2, {{0, own, "p3"}});
  EXPECT_EQ(with[0].path, "p3");
  EXPECT_EQ(with[0].distance, 0);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(without[i].path, with[i + 1].path);
}

}  // namespace
}  // namespace verger

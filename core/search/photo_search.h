// photo_search.h: the photos nearest to some, of an output that is read part by part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/search/distance.h"
#include "core/search/nearest.h"

namespace verger {

// A photo near a query.
struct NearPhoto {
  std::int64_t query = 0;  // its number
  std::string path;
  std::string label;
  double distance = 0;
};

// Compares every row with every query, in double. For a few queries: what an Index saves in
// searches it has spent on its codes. Memory does not grow with the rows.
class PhotoSearch {
 public:
  struct Query {
    std::int64_t number = 0;  // what NearPhoto::query will be
    std::vector<float> features;
    std::string own_path;  // of a row that is not its own neighbour; "": none
  };

  // Requires: queries of `dimension` finite numbers.
  PhotoSearch(int dimension, Metric metric, std::size_t most, int threads,
              std::vector<Query> queries);

  int dimension() const { return dimension_; }

  // Rows of a part: of equal distances the first that was added is nearer.
  // Requires: as many of each; `dimension` finite numbers a row.
  void Add(std::span<const std::string_view> paths, std::span<const std::string_view> labels,
           std::span<const std::span<const float>> rows);

  // The nearest photos of each query in turn, nearest first; fewer than `most` if there are no
  // more.
  std::vector<NearPhoto> Results() const;

 private:
  struct Name {
    std::string path;
    std::string label;
  };

  const int dimension_;
  const Metric metric_;
  const std::size_t most_;
  const int threads_;
  const std::vector<Query> queries_;
  std::vector<double> squares_;   // of the queries
  std::vector<Nearest> nearest_;  // of each query
  std::int64_t rows_ = 0;
  std::map<std::int64_t, Name> names_;  // of rows in nearest_
};

}  // namespace verger

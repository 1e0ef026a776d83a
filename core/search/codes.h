// codes.h: a copy of feature vectors in a quarter of their size, that tells how near they can be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "core/search/distance.h"

namespace verger {

// A vector is a point: itself, or by cosine the same at length 1; both less a centre, the same for
// all. Its code are whole numbers and a scale, of which the point lies at most `error` away. So, by
// the triangle's inequality, two points lie as far apart as what their codes stand for, give or
// take both errors. Half the square of the distance between points of length 1 is 1 - their cosine.
// Errors are rounded up by far more than sums in double are off.
struct CodeScale {
  float scale = 0;
  float error = 0;
  std::int32_t squares = 0;  // of its numbers
};

// How far apart two points lie whose distance by `metric` is `distance`.
double BetweenPoints(Metric metric, double distance);

// Codes of many rows, one behind the other.
class Codes {
 public:
  // Requires: centre.size() is the dimension.
  Codes(Metric metric, std::size_t rows, std::shared_ptr<const std::vector<double>> centre);

  std::size_t rows() const { return scales_.size(); }
  std::size_t row_bytes() const { return row_bytes_; }
  const std::int8_t* row(std::size_t row) const { return bytes_.get() + row * row_bytes_; }
  const CodeScale& scale(std::size_t row) const { return scales_[row]; }

  // Sets a row. Requires: finite numbers. Safe from many threads, of different rows.
  void Set(std::size_t row, std::span<const float> features);

 private:
  Metric metric_;
  std::shared_ptr<const std::vector<double>> centre_;
  std::size_t row_bytes_;
  struct Free {
    void operator()(std::int8_t* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<std::int8_t[], Free> bytes_;
  std::vector<CodeScale> scales_;
};

// The code of a query: finer numbers than a row's, as large as sums of 32 bits allow.
struct QueryCode {
  std::vector<std::int16_t> numbers;  // as many as row_bytes()
  double scale = 0;
  double error = 0;
  double squares = 0;  // of what the numbers stand for
};
QueryCode EncodeQuery(Metric metric, std::span<const float> features,
                      const std::vector<double>& centre);

// Products of rows from `first` on and queries: products[row * queries.size() + query].
//
// Cost: row_bytes() multiply-adds each; rows come from memory once for all queries.
void MultiplyCodes(const Codes& codes, std::size_t first, std::size_t rows,
                   std::span<const QueryCode> queries, std::int32_t* products);

// The square of the distance between what two codes stand for.
inline double SquaredBetween(const CodeScale& row, const QueryCode& query, std::int32_t product) {
  const double scale = row.scale;
  return scale * scale * row.squares + query.squares - 2 * scale * query.scale * product;
}

}  // namespace verger

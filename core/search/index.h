// index.h: the nearest of many feature vectors, exactly, without reading most of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/search/codes.h"
#include "core/search/distance.h"
#include "core/search/nearest.h"

namespace verger {

// A vector whose nearest rows are wanted.
struct Query {
  std::span<const float> features;
  std::int64_t own_row = -1;  // a row that is not its own neighbour; -1: none
};

// Rows where they lie, and a code of each (codes.h). A search reads all codes; what they cannot
// rule out, a few dozen rows for ten neighbours, it measures in double. So the result is what
// comparing with every row finds, whatever the features are; they only decide how many are
// measured.
//
// Memory: beside the features themselves 1 byte a number, rounded up to 64 a row, and 28 bytes.
// Calls come one at a time; each computes on `threads` threads, whose number changes nothing.
class Index {
 public:
  Index(int dimension, Metric metric, int threads);

  int dimension() const { return dimension_; }
  std::int64_t count() const { return static_cast<std::int64_t>(rows_.size()); }

  // Requires: `row` has dimension() finite numbers, which outlive this. `number` is what
  // Neighbor::row will be, above those of rows before.
  void Add(std::span<const float> row, std::int64_t number);

  // Makes room for so many rows more, that adding them cannot fail.
  void Reserve(std::size_t more);

  // The `most` nearest rows of each query, nearest first; fewer if there are no more.
  //
  // Requires: queries of dimension() finite numbers.
  // Cost:     the first search after rows were added makes their codes: about the time of reading
  //           the rows twice.
  std::vector<std::vector<Neighbor>> Find(std::span<const Query> queries, std::size_t most);

  // Rows that the last Find measured, of all its queries.
  std::int64_t measured() const { return measured_; }

 private:
  struct Segment {
    std::size_t first;
    Codes codes;
  };

  void Encode();
  void FindSome(std::span<const Query> queries, std::size_t most,
                std::span<std::vector<Neighbor>> neighbours);

  const int dimension_;
  const Metric metric_;
  const int threads_;
  std::vector<const float*> rows_;
  std::vector<std::int64_t> numbers_;
  std::shared_ptr<const std::vector<double>> centre_;
  std::vector<Segment> segments_;
  std::int64_t measured_ = 0;
};

}  // namespace verger

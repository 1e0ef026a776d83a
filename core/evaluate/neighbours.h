// neighbours.h: which photos look alike, by their features.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/evaluate/rows.h"

namespace verger {

struct Neighbour {
  std::uint32_t row = 0;
  float cosine = 0;
};

enum class Labels { kAny, kSame, kOther };

// Which rows may be neighbours of a row.
struct NeighbourKind {
  std::size_t most = 1;
  Labels labels = Labels::kAny;
  std::span<const std::uint8_t> allowed;  // of each row, whether it may be one; empty: all may
  std::span<const int> groups;  // of each row: none of the row's own group may; empty: all may
};

// For each row of those looked at its neighbours, nearest first, by the cosine of features under
// the root transform (core/classify/transform.h); of equally near ones those that come first.
using Neighbours = std::vector<std::vector<Neighbour>>;

// One list a kind, of rows `which` of `of` among the rows of `among`: the same rows, or others of
// the same features and label names (kinds have no groups then).
//
// Cost:   which.size() * rows * dimension multiply-adds. Memory: the features of some 6,000 rows.
// Errors: kStopped.
Result<std::vector<Neighbours>> FindNeighbours(const EvaluationRows& of,
                                               std::span<const std::size_t> which,
                                               const EvaluationRows& among,
                                               std::span<const NeighbourKind> kinds, int threads,
                                               const Progress& progress);

// Between two rows.
double CosineOf(const EvaluationRows& rows, std::size_t a, std::size_t b);

}  // namespace verger

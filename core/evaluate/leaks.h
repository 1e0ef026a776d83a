// leaks.h: test photos whose near copies are among the training photos.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/evaluate/groups.h"
#include "core/evaluate/neighbours.h"
#include "core/evaluate/rows.h"
#include "core/evaluate/splits.h"

namespace verger {

// Photos of one label whose features are at least so alike show nearly the same. Measured
// (docs/honest-results.md) on copies that were encoded again, cropped by 5 % or mirrored, and on
// frames beside each other.
inline constexpr double kAlike = 0.91;
// So alike, frames at most kBeside places apart in their series do too.
inline constexpr double kAlikeBeside = 0.85;
inline constexpr int kBeside = 2;
// Rows of which every neighbour is looked for; of more, a sample's are.
inline constexpr std::size_t kMaxCompared = 20'000;

// A photo and the nearest to it across a split.
struct Leak {
  std::size_t tested = 0;
  std::size_t trained = 0;
  double cosine = 0;
  bool beside = false;  // frames beside each other, by their names
};

// What the features say of photos beside each other.
struct Likeness {
  std::vector<std::size_t> compared;  // rows that were; the others' lists are missing
  Neighbours others;                  // of each, the nearest of other groups
  // How alike photos of different labels must be to be called nearly the same: more than photos of
  // different labels mostly are here, kAlike at least.
  double alike_across_labels = kAlike;
  std::vector<RowPair> beside;  // frames beside each other that are alike
  std::vector<Leak> leaks;      // across the random split, one for each tested photo that has any
  std::int64_t tested = 0;      // photos of the random split that were compared
};

// All rows, or a sample of them where there are more than kMaxCompared: so many that comparing them
// with all takes no longer.
std::vector<std::size_t> RowsToCompare(const EvaluationRows& rows);

// Compares all with all, or a sample with all where there are more than kMaxCompared rows.
//
// Cost:   at most kMaxCompared^2 * dimension multiply-adds.
// Errors: kStopped.
Result<Likeness> Compare(const EvaluationRows& rows, std::span<const int> groups,
                         const Split& random, int threads, const Progress& progress);

// Rows with equal features: photos of equal bytes have them, others hardly ever.
std::vector<RowPair> EqualRows(const EvaluationRows& rows);

// Takes rows out of training that show nearly the same as a tested one: those of other groups that
// are as alike as photos of different labels hardly ever are, and frames beside, where a series was
// cut. A label that would lose more than half of its training rows keeps them: all its photos are
// alike, which says nothing of copies.
//
// Returns: how many.
std::int64_t SetAside(const EvaluationRows& rows, const Likeness& likeness, Split* split);

// Photos of `tested` to which one of `trained` is alike, by features alone.
//
// Requires: both have the same label names. Errors: kStopped.
Result<std::int64_t> CountAlike(const EvaluationRows& tested, const EvaluationRows& trained,
                                double alike_across_labels, int threads, const Progress& progress);

}  // namespace verger

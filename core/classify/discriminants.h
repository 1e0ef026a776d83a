// discriminants.h: the directions in which labels differ most, relative to the differences within
// labels.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/classify/class_moments.h"
#include "core/classify/classifier.h"
#include "core/pca/multiply.h"

namespace verger {

struct Discriminants {
  DiscriminantSpace space;
  LinearScores linear;  // the scores of linear discriminant analysis
};

// Fits linear discriminant analysis. The pooled covariance S is shrunk: (1 - shrinkage) S +
// shrinkage m I, where m is the mean of its diagonal.
//
// Errors: kBadFeatures for fewer than two labels, rows that do not differ within labels, labels
//         that do not differ; kBadCall for a shrinkage outside 0 to 1.
// Cost:   dimension^3 / 6 + labels * dimension^2 multiply-adds.
// Source: scikit-learn's LinearDiscriminantAnalysis(solver="lsqr", shrinkage=a) has the same
//         linear scores but for a constant (tests/parity/test_classifiers.py).
Result<Discriminants> FindDiscriminants(const ClassMoments& moments, double shrinkage);

// Errors: kBadFeatures for fewer than two labels, or more than can be fitted in reasonable
// time.
Status RequireLabels(std::size_t labels);

// Rows in the space. Shape: rows (n, axes.rows()) to (n, space.components), row-major.
// `axes`: AxesOf(space, dimension). To lay them out takes longer than the product with one row.
std::vector<double> Place(const DiscriminantSpace& space, const Panels& axes,
                          std::span<const float> rows);

// The same for rows that come but once.
std::vector<double> Place(const DiscriminantSpace& space, int dimension,
                          std::span<const float> rows);

// Squared distances to each label. Shape: places (n, space.components) to (n, labels).
// `means`: MeansOf(space).
std::vector<double> SquaredDistances(const DiscriminantSpace& space, const Panels& means,
                                     std::span<const double> places);
std::vector<double> SquaredDistances(const DiscriminantSpace& space,
                                     std::span<const double> places);

// The matrices of a space, laid out for products. Requires: space.components is not 0.
Panels AxesOf(const DiscriminantSpace& space, int dimension);
Panels MeansOf(const DiscriminantSpace& space);

// -1/2 of each squared distance plus the label's log prior. Shape: (n, labels), in and out.
std::vector<double> LdaScores(const DiscriminantSpace& space, std::span<const double> distances);

// Relative distances, times -1: a squared distance to a label as a share of the squares of both
// distances from the centre. 0 at a label's mean, -1 where nothing is shared, at least -2. Measured
// from the centre, they stay put where light or background draw all photos of a new place nearer to
// it or farther away, which tells labels apart better there than distances do (decision 0017).
//
// Shape: places (n, space.components), distances (n, labels) of them, to (n, labels).
std::vector<double> RelativeScores(const DiscriminantSpace& space, std::span<const double> places,
                                   std::span<const double> distances);

// How little a place is like any label: the least of its relative distances, from 0 to 2.
//
// Shape: places (n, space.components), distances (n, labels) of them, to (n).
std::vector<double> Novelties(const DiscriminantSpace& space, std::span<const double> places,
                              std::span<const double> distances);

// The same had the label `left_out` of each place never been seen: in the space that the other
// labels span, about their centre. Requires: two labels or more; 2 where there are but two.
//
// Shape: left_out (n), labels.
std::vector<double> NoveltiesWithout(const DiscriminantSpace& space, std::span<const double> places,
                                     std::span<const double> distances,
                                     std::span<const int> left_out);

}  // namespace verger

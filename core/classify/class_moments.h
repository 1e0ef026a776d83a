// class_moments.h: the statistics of labelled rows that linear discriminant analysis needs.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/pca/multiply.h"

namespace verger {

// Of each label a count and a mean; of all labels together the scatter of rows about the means of
// their own labels.
//
// Parts may be merged in any grouping: only the last bits differ (class_moments_test.cc bounds
// them), and taken out again.
// Memory: dimension * (dimension + 1) / 2 doubles, and `dimension` more a label.
// Const calls are safe from many threads; give each writing thread its own.
class ClassMoments {
 public:
  struct Label {
    std::int64_t count = 0;
    std::vector<double> mean;
  };
  using Labels = std::map<std::string, Label, std::less<>>;

  // Requires: dimension > 0.
  explicit ClassMoments(int dimension);

  // Requires: means of `dimension` numbers, a whole triangle unless there are no labels.
  static ClassMoments Of(int dimension, Labels labels, std::vector<double> scatter);

  int dimension() const { return dimension_; }
  std::int64_t count() const;
  const Labels& labels() const { return labels_; }

  // Sum over rows of (row - m)(row - m)^T, m being the mean of the row's label.
  // Shape: the upper triangle (core/pca/triangle.h) of (dimension, dimension); empty without rows.
  std::span<const double> scatter() const { return scatter_; }

  // Counts in rows, in double.
  // Shape:    row-major, labels.size() x dimension.
  // Requires: every value finite.
  // Cost:     rows * dimension^2 / 2 multiply-adds, and as much again for each label of a block of
  //           256 rows as for a row of it: rows of one label one behind the other are fastest.
  void Add(std::span<const float> rows, std::span<const std::string_view> labels);

  // Counts in, once more, everything `other` has counted. Requires: the same dimension.
  void Merge(const ClassMoments& other);

  // Subtracts rows: the inverse of Merge, up to the last bits. A label without rows is removed.
  // Requires: all of them were added. Errors: kBadCall for more rows of a label than there are;
  //           then nothing changes.
  Status Subtract(const ClassMoments& other);

  // A versioned, little-endian form that Parse reads back bit for bit (docs/feature-format.md).
  std::string Serialize() const;

  // Errors: kBadFeatures for bytes that are not whole saved moments of classes.
  static Result<ClassMoments> Parse(Bytes bytes);

 private:
  void AddBlock(std::span<const float> rows, std::span<const std::string_view> labels,
                Panels* panels);

  int dimension_;
  Labels labels_;
  std::vector<double> scatter_;
};

}  // namespace verger

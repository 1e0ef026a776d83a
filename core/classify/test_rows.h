// test_rows.h: labelled rows that a classifier can learn from, for tests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace verger {

// Rows of several labels around means of their own, far from 0 and on other scales, as features
// are. A fixed seed: the same on every machine.
struct LabelledRows {
  int dimension = 0;
  std::vector<float> features;
  std::vector<int> labels;
  std::vector<int> groups;
  std::vector<std::string> names;

  std::size_t size() const { return labels.size(); }
  std::vector<std::string_view> NamesOfRows(std::size_t begin, std::size_t end) const {
    std::vector<std::string_view> all;
    for (std::size_t i = begin; i < end; ++i) {
      all.push_back(names[static_cast<std::size_t>(labels[i])]);
    }
    return all;
  }
  std::span<const float> Rows(std::size_t begin, std::size_t end) const {
    const auto width = static_cast<std::size_t>(dimension);
    return std::span(features).subspan(begin * width, (end - begin) * width);
  }
};

// `apart`: of means, in standard deviations of the rows.
inline LabelledRows MakeRows(int labels, int rows_of_label, int dimension, double apart = 2,
                             unsigned seed = 1) {
  LabelledRows all;
  all.dimension = dimension;
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> means;
  for (int c = 0; c < labels; ++c) {
    all.names.push_back(std::string(1, static_cast<char>('a' + c % 26)) + std::to_string(c));
    std::vector<double> mean;
    mean.reserve(static_cast<std::size_t>(dimension));
    for (int j = 0; j < dimension; ++j) mean.push_back(5 + apart * normal(generator));
    means.push_back(std::move(mean));
  }
  std::sort(all.names.begin(), all.names.end());
  for (int c = 0; c < labels; ++c) {
    for (int i = 0; i < rows_of_label; ++i) {
      for (int j = 0; j < dimension; ++j) {
        all.features.push_back(static_cast<float>(
            means[static_cast<std::size_t>(c)][static_cast<std::size_t>(j)] + normal(generator)));
      }
      all.labels.push_back(c);
      all.groups.push_back(c * rows_of_label + i);
    }
  }
  return all;
}

}  // namespace verger

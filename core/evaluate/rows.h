// rows.h: what is evaluated.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace verger {

// Photos with their features, in the order of the output.
// Shape: features row-major, paths.size() x dimension, all finite.
struct EvaluationRows {
  int dimension = 0;
  std::vector<float> features;
  std::vector<std::string> paths;
  std::vector<std::string> digests;      // SHA-256 of the photos; "" where it is not known
  std::vector<int> labels;               // of each row, an index of label_names
  std::vector<std::string> label_names;  // sorted

  std::size_t size() const { return paths.size(); }
  std::size_t width() const { return static_cast<std::size_t>(dimension); }
  std::span<const float> row(std::size_t at) const {
    return std::span(features).subspan(at * width(), width());
  }
};

}  // namespace verger

// test_rows.h: photos with features to evaluate, for tests.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "core/evaluate/rows.h"

namespace verger {

// `series` turns of `frames` each of every label, as Fruits-360 calls them (r0_, r1_, ...).
// Features move a little from frame to frame, further from series to series, `apart` between
// labels; all are above 0. A fixed seed: the same on every machine.
inline EvaluationRows TurningFruit(int labels, int series, int frames, float apart = 3) {
  constexpr int kDimension = 24;
  std::mt19937 generator(7);
  std::normal_distribution<float> normal;
  const auto vector = [&](float scale) {
    std::vector<float> values;
    for (int i = 0; i < kDimension; ++i) values.push_back(scale * normal(generator));
    return values;
  };
  EvaluationRows rows;
  rows.dimension = kDimension;
  for (int label = 0; label < labels; ++label) {
    rows.label_names.push_back(fmt::format("label {:02}", label));
    const std::vector<float> centre = vector(apart);
    for (int turn = 0; turn < series; ++turn) {
      const std::vector<float> start = vector(1);
      const std::vector<float> step = vector(2.0F / static_cast<float>(frames));
      for (int frame = 0; frame < frames; ++frame) {
        rows.paths.push_back(
            fmt::format("{}/r{}_{}_100.jpg", rows.label_names.back(), turn, frame * 360 / frames));
        rows.labels.push_back(label);
        for (std::size_t i = 0; i < kDimension; ++i) {
          const float value = centre[i] + start[i] + step[i] * static_cast<float>(frame);
          rows.features.push_back(std::max(0.0F, 8 + value + 0.1F * normal(generator)));
        }
      }
    }
  }
  return rows;
}

}  // namespace verger

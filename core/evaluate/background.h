// background.h: how well the border of photos predicts their labels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/classify/train.h"
#include "core/evaluate/rows.h"
#include "core/evaluate/splits.h"

namespace verger {

// Patches of a border, four a side, and three colours of each.
inline constexpr int kBorderNumbers = 16 * 3;
// Photos that are looked at, those of least rank (core/runs/sample.h).
inline constexpr std::size_t kMaxBorders = 4000;

using Border = std::array<float, kBorderNumbers>;

// Mean colours of a photo's border, 8 % of each side wide. A JPEG is decoded no larger than that
// takes.
//
// Errors: as Decode.
Result<Border> BorderOf(Bytes photo);

// Borders of some of the rows.
struct Borders {
  std::vector<std::size_t> rows;  // ascending
  std::vector<float> values;      // (rows, kBorderNumbers)
};

struct Background {
  double accuracy = 0;
  double chance = 0;
  std::string split;
  std::int64_t photos = 0;  // 0: `reason` says why
  std::int64_t photos_tested = 0;
  std::string reason;
};

// The accuracy of discriminant analysis of borders, on the split of that name.
//
// Shape:  a split has a role for each row; several are folds.
// Errors: of Train, as a reason.
Background MeasureBackground(const EvaluationRows& rows, const Borders& borders,
                             std::span<const Split> splits, const std::string& split, int threads);

}  // namespace verger

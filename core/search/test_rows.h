// test_rows.h: rows for tests of core/search, and every kernel that this processor has.
#pragma once

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace verger {

// Shape: rows x width, row-major, from -1 to 1.
inline std::vector<float> RandomRows(std::size_t rows, std::size_t width, unsigned seed = 1) {
  std::mt19937 generator(seed);
  std::vector<float> values(rows * width);
  for (float& value : values) value = static_cast<float>(generator()) / 2147483648.0F - 1.0F;
  return values;
}

// Runs `check` with every kernel that this processor can run.
template <typename Check>
void OnEveryTarget(Check check) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
}

}  // namespace verger

#include <algorithm>
#include <cassert>

#include "core/pca/multiply.h"
#include "core/pca/pca.h"

namespace verger {

void Project(const Pca& pca, std::span<const float> rows, Scores scores, std::span<float> out) {
  // Rows widened at a time: 256 KiB for 2048 features, which the second cache holds.
  constexpr std::size_t kBlock = 16;
  const auto width = static_cast<std::size_t>(pca.dimension);
  const auto components = static_cast<std::size_t>(pca.components);
  assert(rows.size() % width == 0 && rows.size() / width * components == out.size());

  const Panels axes(pca.dimension, pca.components, {pca.axes.data(), 1, pca.dimension});
  std::vector<double> wide(kBlock * width);
  std::vector<double> sums(kBlock * components);
  while (!rows.empty()) {
    const std::size_t block = std::min(kBlock, rows.size() / width);
    for (std::size_t i = 0; i < block; ++i) {
      const float* row = rows.data() + i * width;
      double* to = wide.data() + i * width;
      if (scores == Scores::kCentred) {
        for (std::size_t j = 0; j < width; ++j) to[j] = row[j] - pca.mean[j];
      } else {
        std::copy_n(row, width, to);
      }
    }
    std::fill(sums.begin(), sums.end(), 0.0);
    MultiplyAdd(1.0, static_cast<int>(block), {wide.data(), pca.dimension, 1}, axes, sums.data(),
                pca.components);
    std::transform(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(block * components),
                   out.begin(), [](double sum) { return static_cast<float>(sum); });
    rows = rows.subspan(block * width);
    out = out.subspan(block * components);
  }
}

}  // namespace verger

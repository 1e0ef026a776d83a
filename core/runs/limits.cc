#include "core/runs/limits.h"

#include <algorithm>

namespace verger {

std::int64_t PartRows(std::int64_t photos, int dimension) {
  constexpr std::int64_t kParts = 1024;
  constexpr std::int64_t kMaxFeatureBytes = std::int64_t{128} << 20;
  const std::int64_t bytes_a_row = std::int64_t{sizeof(float)} * dimension;
  const std::int64_t rows = photos / kParts + (photos % kParts != 0 ? 1 : 0);
  return std::max<std::int64_t>(kPartRows, std::min(rows, kMaxFeatureBytes / bytes_a_row));
}

double OutputBytes(std::int64_t photos, int dimension) {
  constexpr double kOtherBytes = 300;  // of a row: path, label, hash
  return 2.0 * static_cast<double>(photos) * (sizeof(float) * dimension + kOtherBytes);
}

}  // namespace verger

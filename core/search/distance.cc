#include "core/search/distance.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/search/distance.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, always.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace verger::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::CappedTag<double, 8>;
using Vector = hn::Vec<Lanes>;
using FloatLanes = hn::Rebind<float, Lanes>;
constexpr std::size_t kLanes = hn::MaxLanes(Lanes());
constexpr std::size_t kSums = 16;
constexpr std::size_t kVectors = kSums / kLanes;

HWY_INLINE Vector Load(const float* from) {
  return hn::PromoteTo(Lanes(), hn::LoadU(FloatLanes(), from));
}

HWY_INLINE double Total(const Vector (&sums)[kVectors], const double (&rest)[kSums]) {
  double all[kSums];
  for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sums[v], Lanes(), all + v * kLanes);
  for (std::size_t i = 0; i < kSums; ++i) all[i] += rest[i];
  for (std::size_t half = kSums / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) all[i] += all[i + half];
  }
  return all[0];
}

// The products a * b and b * b, each summed.
void SumProducts(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::size_t size,
                 double* product, double* squares) {
  Vector ab[kVectors];
  Vector bb[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) ab[v] = bb[v] = hn::Zero(Lanes());
  std::size_t i = 0;
  for (; i + kSums <= size; i += kSums) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      const Vector right = Load(b + i + v * kLanes);
      ab[v] = hn::MulAdd(Load(a + i + v * kLanes), right, ab[v]);
      bb[v] = hn::MulAdd(right, right, bb[v]);
    }
  }
  double ab_rest[kSums] = {};
  double bb_rest[kSums] = {};
  for (std::size_t rest = 0; i < size; ++i, ++rest) {
    ab_rest[rest] = static_cast<double>(a[i]) * b[i];
    bb_rest[rest] = static_cast<double>(b[i]) * b[i];
  }
  *product = Total(ab, ab_rest);
  *squares = Total(bb, bb_rest);
}

double SumSquaredDifferences(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b,
                             std::size_t size) {
  Vector sums[kVectors];
  for (Vector& sum : sums) sum = hn::Zero(Lanes());
  std::size_t i = 0;
  for (; i + kSums <= size; i += kSums) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      const Vector apart = hn::Sub(Load(a + i + v * kLanes), Load(b + i + v * kLanes));
      sums[v] = hn::MulAdd(apart, apart, sums[v]);
    }
  }
  double rest[kSums] = {};
  for (std::size_t k = 0; i < size; ++i, ++k) {
    const double apart = static_cast<double>(a[i]) - b[i];
    rest[k] = apart * apart;
  }
  return Total(sums, rest);
}

}  // namespace verger::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace verger {
namespace {

HWY_EXPORT(SumProducts);
HWY_EXPORT(SumSquaredDifferences);

}  // namespace

double SquaresOf(std::span<const float> vector) {
  double product = 0;
  double squares = 0;
  HWY_DYNAMIC_DISPATCH(SumProducts)
  (vector.data(), vector.data(), vector.size(), &product, &squares);
  return squares;
}

double Distance(Metric metric, std::span<const float> query, double squares, const float* row) {
  if (metric == Metric::kEuclidean) {
    return std::sqrt(HWY_DYNAMIC_DISPATCH(SumSquaredDifferences)(query.data(), row, query.size()));
  }
  double product = 0;
  double row_squares = 0;
  HWY_DYNAMIC_DISPATCH(SumProducts)(query.data(), row, query.size(), &product, &row_squares);
  // One root of the product: of a vector and itself it is just their squares.
  const double lengths = std::sqrt(squares * row_squares);
  return lengths > 0 ? std::max(0.0, 1 - product / lengths) : 1.0;
}

}  // namespace verger
#endif

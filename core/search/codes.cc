#include "core/search/codes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <utility>

#include "core/base/huge_pages.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/search/codes.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, always.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace verger::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

template <int kQueries>
void MultiplyRows(const std::int8_t* codes, std::size_t rows, std::size_t width,
                  const std::int16_t* const* queries, std::int32_t* products, std::size_t stride) {
  for (std::size_t row = 0; row < rows; ++row, codes += width, products += stride) {
    for (int q = 0; q < kQueries; ++q) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < width; ++i) sum += std::int32_t{codes[i]} * queries[q][i];
      products[q] = sum;
    }
  }
}

#else

using Sums = hn::ScalableTag<std::int32_t>;
using Numbers = hn::Repartition<std::int16_t, Sums>;
using Bytes = hn::Rebind<std::int8_t, Numbers>;

// Products of some rows and kQueries queries, whole numbers: in any order the same.
template <int kQueries>
HWY_INLINE void MultiplyRows(const std::int8_t* HWY_RESTRICT codes, std::size_t rows,
                             std::size_t width, const std::int16_t* const* queries,
                             std::int32_t* products, std::size_t stride) {
  const Sums sums_tag;
  const Numbers numbers_tag;
  const std::size_t lanes = hn::Lanes(numbers_tag);
  for (std::size_t row = 0; row < rows; ++row, codes += width, products += stride) {
    hn::Vec<Sums> low[kQueries];
    hn::Vec<Sums> high[kQueries];
    for (int q = 0; q < kQueries; ++q) low[q] = high[q] = hn::Zero(sums_tag);
    for (std::size_t i = 0; i < width; i += lanes) {
      const auto left = hn::PromoteTo(numbers_tag, hn::LoadU(Bytes(), codes + i));
      for (int q = 0; q < kQueries; ++q) {
        const auto right = hn::LoadU(numbers_tag, queries[q] + i);
        low[q] = hn::ReorderWidenMulAccumulate(sums_tag, left, right, low[q], high[q]);
      }
    }
    for (int q = 0; q < kQueries; ++q) {
      products[q] = hn::GetLane(hn::SumOfLanes(sums_tag, hn::Add(low[q], high[q])));
    }
  }
}

#endif

void MultiplyAll(const std::int8_t* codes, std::size_t rows, std::size_t width,
                 const std::int16_t* const* queries, std::size_t count, std::int32_t* products) {
  std::size_t q = 0;
  for (; q + 4 <= count; q += 4) {
    MultiplyRows<4>(codes, rows, width, queries + q, products + q, count);
  }
  for (; q < count; ++q) {
    MultiplyRows<1>(codes, rows, width, queries + q, products + q, count);
  }
}

using Lanes = hn::CappedTag<double, 8>;
constexpr std::size_t kLanes = hn::MaxLanes(Lanes());

// point = features * factor - centre. Returns the largest magnitude in it.
double Centre(const float* HWY_RESTRICT features, double factor, const double* HWY_RESTRICT centre,
              std::size_t size, double* HWY_RESTRICT point) {
  const Lanes lanes;
  const hn::Rebind<float, Lanes> floats;
  auto largest = hn::Zero(lanes);
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    const auto scaled =
        hn::Mul(hn::PromoteTo(lanes, hn::LoadU(floats, features + i)), hn::Set(lanes, factor));
    const auto value = hn::Sub(scaled, hn::LoadU(lanes, centre + i));
    hn::StoreU(value, lanes, point + i);
    largest = hn::Max(largest, hn::Abs(value));
  }
  double most = hn::GetLane(hn::MaxOfLanes(lanes, largest));
  for (; i < size; ++i) {
    point[i] = features[i] * factor - centre[i];
    most = std::max(most, std::abs(point[i]));
  }
  return most;
}

// Rounds point / scale to whole numbers of at most `most`. Returns the squares of what that leaves
// out, and in `squares` those of the numbers.
template <typename Number>
HWY_INLINE double Round(const double* HWY_RESTRICT point, std::size_t size, double scale, int most,
                        Number* HWY_RESTRICT numbers, double* squares) {
  const Lanes lanes;
  const hn::Rebind<std::int32_t, Lanes> wide;
  const hn::Rebind<Number, Lanes> narrow;
  const double factor = scale > 0 ? 1 / scale : 0;
  auto missed = hn::Zero(lanes);
  auto sum = hn::Zero(lanes);
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    const auto value = hn::LoadU(lanes, point + i);
    const auto number = hn::Clamp(hn::Round(hn::Mul(value, hn::Set(lanes, factor))),
                                  hn::Set(lanes, -most), hn::Set(lanes, most));
    const auto off = hn::NegMulAdd(number, hn::Set(lanes, scale), value);
    missed = hn::MulAdd(off, off, missed);
    sum = hn::MulAdd(number, number, sum);
    hn::StoreU(hn::DemoteTo(narrow, hn::DemoteTo(wide, number)), narrow, numbers + i);
  }
  double all_missed = hn::GetLane(hn::SumOfLanes(lanes, missed));
  *squares = hn::GetLane(hn::SumOfLanes(lanes, sum));
  for (; i < size; ++i) {
    const double number = std::clamp(std::nearbyint(point[i] * factor), -1.0 * most, 1.0 * most);
    const double off = point[i] - number * scale;
    all_missed += off * off;
    *squares += number * number;
    numbers[i] = static_cast<Number>(number);
  }
  return all_missed;
}

double RoundToBytes(const double* point, std::size_t size, double scale, int most,
                    std::int8_t* numbers, double* squares) {
  return Round(point, size, scale, most, numbers, squares);
}

double RoundToShorts(const double* point, std::size_t size, double scale, int most,
                     std::int16_t* numbers, double* squares) {
  return Round(point, size, scale, most, numbers, squares);
}

}  // namespace verger::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace verger {
namespace {

HWY_EXPORT(Centre);
HWY_EXPORT(MultiplyAll);
HWY_EXPORT(RoundToBytes);
HWY_EXPORT(RoundToShorts);

// A line of a cache, and a multiple of every vector.
constexpr std::size_t kLine = 64;
constexpr int kMostCode = 127;
// What is added to errors, as a share of the lengths at hand: sums of 65,536 doubles are at most
// 1e-11 off, and the root of that, where equal vectors seem to be apart, is below this.
constexpr double kSlack = 1e-5;
// The error of a vector that has no direction: points lie nearer to each other.
constexpr double kAnywhere = 8;

std::size_t RoundUp(std::size_t size, std::size_t to = kLine) { return (size + to - 1) / to * to; }

// Bytes that begin with a line of a cache; many of them in huge pages, where the system has some: a
// search reads all of them once, and with small pages it waits a third of its time for the tables
// of pages.
std::int8_t* Allocate(std::size_t size) {
  const std::size_t alignment = size < kHugePage ? kLine : kHugePage;
  const std::size_t whole = RoundUp(std::max(size, kLine), alignment);
  void* const bytes = std::aligned_alloc(alignment, whole);
  if (bytes == nullptr) throw std::bad_alloc();
  AdviseHugePages(bytes, whole);
  return static_cast<std::int8_t*>(bytes);
}

struct Encoded {
  float scale = 0;
  double error = kAnywhere;
  double squares = 0;  // of the numbers
};

// Numbers of at most `most` for a vector, rounded by `round`; `numbers` has room for them, and
// zeros. By cosine, a vector of zeros has no direction, and may lie anywhere.
template <typename Number, typename RoundTo>
Encoded Encode(Metric metric, std::span<const float> features, const std::vector<double>& centre,
               int most, RoundTo round, Number* numbers) {
  Encoded encoded;
  const double unit = metric == Metric::kCosine ? 1 : 0;
  const double squares = metric == Metric::kCosine ? SquaresOf(features) : 1;
  if (squares == 0) return encoded;
  std::vector<double> point(features.size());
  const double largest = HWY_DYNAMIC_DISPATCH(Centre)(features.data(), 1 / std::sqrt(squares),
                                                      centre.data(), point.size(), point.data());
  encoded.scale = static_cast<float>(largest / most);
  const double missed =
      round(point.data(), point.size(), encoded.scale, most, numbers, &encoded.squares);
  const double length = std::sqrt(encoded.squares) * encoded.scale;
  encoded.error = std::sqrt(missed) * (1 + kSlack) + kSlack * (length + unit);
  return encoded;
}

}  // namespace

double BetweenPoints(Metric metric, double distance) {
  return metric == Metric::kCosine ? std::sqrt(2 * distance) : distance;
}

Codes::Codes(Metric metric, std::size_t rows, std::shared_ptr<const std::vector<double>> centre)
    : metric_(metric),
      centre_(std::move(centre)),
      row_bytes_(RoundUp(centre_->size())),
      bytes_(Allocate(rows * row_bytes_)),
      scales_(rows) {}

void Codes::Set(std::size_t row, std::span<const float> features) {
  std::int8_t* const numbers = bytes_.get() + row * row_bytes_;
  std::fill_n(numbers, row_bytes_, std::int8_t{0});
  const Encoded encoded =
      Encode(metric_, features, *centre_, kMostCode, HWY_DYNAMIC_DISPATCH(RoundToBytes), numbers);
  scales_[row] = {
      encoded.scale,
      std::nextafter(static_cast<float>(encoded.error), std::numeric_limits<float>::infinity()),
      static_cast<std::int32_t>(encoded.squares)};
}

QueryCode EncodeQuery(Metric metric, std::span<const float> features,
                      const std::vector<double>& centre) {
  QueryCode code;
  code.numbers.resize(RoundUp(features.size()));
  const auto largest_sum = std::size_t{std::numeric_limits<std::int32_t>::max()};
  const auto most = static_cast<int>(std::min<std::size_t>(
      std::numeric_limits<std::int16_t>::max(), largest_sum / (kMostCode * code.numbers.size())));
  const Encoded encoded = Encode(metric, features, centre, most,
                                 HWY_DYNAMIC_DISPATCH(RoundToShorts), code.numbers.data());
  code.scale = encoded.scale;
  code.error = encoded.error;
  code.squares = encoded.squares * code.scale * code.scale;
  return code;
}

void MultiplyCodes(const Codes& codes, std::size_t first, std::size_t rows,
                   std::span<const QueryCode> queries, std::int32_t* products) {
  std::vector<const std::int16_t*> numbers;
  for (const QueryCode& query : queries) numbers.push_back(query.numbers.data());
  HWY_DYNAMIC_DISPATCH(MultiplyAll)
  (codes.row(first), rows, codes.row_bytes(), numbers.data(), numbers.size(), products);
}

}  // namespace verger
#endif

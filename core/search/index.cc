#include "core/search/index.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "core/base/parallel.h"

namespace verger {
namespace {

// Rows of a piece of work, and of one product: 80 KiB of codes, which the second cache holds.
constexpr std::size_t kPiece = 2048;
constexpr std::size_t kBlock = 64;
// Queries at a time: their codes stay in the second cache.
constexpr std::size_t kQueries = 64;
// Rows whose mean is the centre. Any point would do; near the middle errors are smallest.
constexpr std::size_t kSample = 4096;

// A row that may be among the nearest: it lies at least so far away.
struct Candidate {
  double least;
  std::size_t row;

  friend bool operator<(const Candidate& one, const Candidate& other) {
    return one.least < other.least || (one.least == other.least && one.row < other.row);
  }
};

// What the codes of some rows say of one query.
class Sieve {
 public:
  explicit Sieve(std::size_t most) : surely_(most) {}

  // `squared`: SquaredBetween of the row and the query.
  void Add(std::size_t row, double error, double squared) {
    const double limit = surely_.reach() + error;
    if (squared > limit * limit) return;
    const double between = std::sqrt(std::max(0.0, squared));
    surely_.Add({between + error, static_cast<std::int64_t>(row)});
    candidates_.push_back({std::max(0.0, between - error), row});
    if (candidates_.size() < full_) return;
    Drop();
    full_ = std::max(full_, 2 * candidates_.size());
  }

  void Add(const Sieve& other) {
    surely_.Add(other.surely_);
    candidates_.insert(candidates_.end(), other.candidates_.begin(), other.candidates_.end());
  }

  // Those left when all rows were seen.
  std::vector<Candidate> Candidates() && {
    Drop();
    return std::move(candidates_);
  }

 private:
  void Drop() {
    std::erase_if(candidates_, [&](const Candidate& row) { return row.least > surely_.reach(); });
  }

  Nearest surely_;  // rows by how far away they are at most
  std::vector<Candidate> candidates_;
  std::size_t full_ = 1 << 16;
};

std::vector<double> MeanOf(Metric metric, std::span<const float* const> rows, std::size_t width) {
  std::vector<double> mean(width);
  const std::size_t step = std::max<std::size_t>(1, rows.size() / kSample);
  double count = 0;
  for (std::size_t row = 0; row < rows.size(); row += step) {
    const double squares = metric == Metric::kCosine ? SquaresOf({rows[row], width}) : 1.0;
    if (squares == 0) continue;
    const double factor = 1 / std::sqrt(squares);
    for (std::size_t i = 0; i < width; ++i) mean[i] += rows[row][i] * factor;
    ++count;
  }
  for (double& sum : mean) sum /= std::max(1.0, count);
  return mean;
}

}  // namespace

Index::Index(int dimension, Metric metric, int threads)
    : dimension_(dimension), metric_(metric), threads_(threads) {
  assert(dimension > 0 && threads > 0);
}

void Index::Add(std::span<const float> row, std::int64_t number) {
  assert(row.size() == static_cast<std::size_t>(dimension_));
  assert(numbers_.empty() || numbers_.back() < number);
  rows_.push_back(row.data());
  numbers_.push_back(number);
}

void Index::Reserve(std::size_t more) {
  const auto grow = [more](auto& rows) {
    const std::size_t size = rows.size() + more;
    if (size > rows.capacity()) rows.reserve(std::max(size, 2 * rows.capacity()));
  };
  grow(rows_);
  grow(numbers_);
}

void Index::Encode() {
  const std::size_t first =
      segments_.empty() ? 0 : segments_.back().first + segments_.back().codes.rows();
  if (first == rows_.size()) return;
  const auto width = static_cast<std::size_t>(dimension_);
  if (!centre_) centre_ = std::make_shared<std::vector<double>>(MeanOf(metric_, rows_, width));
  const std::size_t rows = rows_.size() - first;
  Codes codes(metric_, rows, centre_);
  SideBySide(threads_, (rows + kPiece - 1) / kPiece, [&](std::size_t, std::size_t piece) {
    const std::size_t end = std::min(rows, (piece + 1) * kPiece);
    for (std::size_t row = piece * kPiece; row < end; ++row) {
      codes.Set(row, {rows_[first + row], width});
    }
  });
  segments_.push_back({first, std::move(codes)});
}

std::vector<std::vector<Neighbor>> Index::Find(std::span<const Query> queries, std::size_t most) {
  std::vector<std::vector<Neighbor>> neighbours(queries.size());
  measured_ = 0;
  if (most == 0 || rows_.empty()) return neighbours;
  Encode();
  for (std::size_t first = 0; first < queries.size(); first += kQueries) {
    const std::size_t some = std::min(kQueries, queries.size() - first);
    FindSome(queries.subspan(first, some), most, std::span(neighbours).subspan(first, some));
  }
  return neighbours;
}

void Index::FindSome(std::span<const Query> queries, std::size_t most,
                     std::span<std::vector<Neighbor>> neighbours) {
  std::vector<QueryCode> codes;
  for (const Query& query : queries) {
    codes.push_back(EncodeQuery(metric_, query.features, *centre_));
  }

  struct Piece {
    const Segment* segment;
    std::size_t begin, end;
  };
  std::vector<Piece> pieces;
  for (const Segment& segment : segments_) {
    for (std::size_t begin = 0; begin < segment.codes.rows(); begin += kPiece) {
      pieces.push_back({&segment, begin, std::min(segment.codes.rows(), begin + kPiece)});
    }
  }
  std::vector<std::vector<Sieve>> sieves(static_cast<std::size_t>(threads_),
                                         std::vector<Sieve>(queries.size(), Sieve(most)));
  SideBySide(threads_, pieces.size(), [&](std::size_t thread, std::size_t number) {
    const Piece& piece = pieces[number];
    std::vector<std::int32_t> products(kBlock * queries.size());
    for (std::size_t begin = piece.begin; begin < piece.end; begin += kBlock) {
      const std::size_t rows = std::min(kBlock, piece.end - begin);
      MultiplyCodes(piece.segment->codes, begin, rows, codes, products.data());
      const std::int32_t* product = products.data();
      for (std::size_t row = begin; row < begin + rows; ++row) {
        const CodeScale& scale = piece.segment->codes.scale(row);
        const std::size_t whole = piece.segment->first + row;
        for (std::size_t q = 0; q < queries.size(); ++q, ++product) {
          if (numbers_[whole] == queries[q].own_row) continue;
          sieves[thread][q].Add(whole, scale.error + codes[q].error,
                                SquaredBetween(scale, codes[q], *product));
        }
      }
    }
  });

  std::vector<std::int64_t> measured(queries.size());
  SideBySide(threads_, queries.size(), [&](std::size_t, std::size_t q) {
    Sieve all = std::move(sieves[0][q]);
    for (std::size_t thread = 1; thread < sieves.size(); ++thread) all.Add(sieves[thread][q]);
    std::vector<Candidate> candidates = std::move(all).Candidates();
    std::sort(candidates.begin(), candidates.end());
    const double squares = SquaresOf(queries[q].features);
    Nearest nearest(most);
    for (const Candidate& candidate : candidates) {
      if (candidate.least > BetweenPoints(metric_, nearest.reach())) break;
      nearest.Add({Distance(metric_, queries[q].features, squares, rows_[candidate.row]),
                   numbers_[candidate.row]});
      ++measured[q];
    }
    neighbours[q] = nearest.Sorted();
  });
  for (const std::int64_t some : measured) measured_ += some;
}

}  // namespace verger

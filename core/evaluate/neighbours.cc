#include "core/evaluate/neighbours.h"

#include <algorithm>
#include <cmath>

#include "core/base/parallel.h"
#include "core/classify/transform.h"
#include "core/pca/multiply.h"

namespace verger {
namespace {

constexpr std::size_t kAmong = 2048;  // rows that are compared with at a time
constexpr std::size_t kOf = 256;      // rows of a piece of work

std::vector<double> Transformed(std::vector<float> values, int dimension) {
  Apply(Transform::kRoot, dimension, values);
  return {values.begin(), values.end()};
}

std::vector<double> Pick(const EvaluationRows& rows, std::span<const std::size_t> which) {
  std::vector<float> values;
  values.reserve(which.size() * rows.width());
  for (const std::size_t row : which) {
    const std::span<const float> of_row = rows.row(row);
    values.insert(values.end(), of_row.begin(), of_row.end());
  }
  return Transformed(std::move(values), rows.dimension);
}

bool Fits(const NeighbourKind& kind, const EvaluationRows& of, std::size_t of_row,
          const EvaluationRows& among, std::size_t row) {
  if (&of == &among && row == of_row) return false;
  if (!kind.allowed.empty() && kind.allowed[row] == 0) return false;
  if (!kind.groups.empty() && kind.groups[row] == kind.groups[of_row]) return false;
  if (kind.labels == Labels::kAny) return true;
  return (among.labels[row] == of.labels[of_row]) == (kind.labels == Labels::kSame);
}

// Keeps the list sorted. Rows come in their order, so an equally near one goes behind.
void Insert(std::vector<Neighbour>& list, std::size_t most, Neighbour neighbour) {
  auto at = list.end();
  while (at != list.begin() && (at - 1)->cosine < neighbour.cosine) --at;
  list.insert(at, neighbour);
  if (list.size() > most) list.pop_back();
}

}  // namespace

Result<std::vector<Neighbours>> FindNeighbours(const EvaluationRows& of,
                                               std::span<const std::size_t> which,
                                               const EvaluationRows& among,
                                               std::span<const NeighbourKind> kinds, int threads,
                                               const Progress& progress) {
  std::vector<Neighbours> neighbours(kinds.size(), Neighbours(which.size()));
  const auto pieces = static_cast<int>((which.size() + kOf - 1) / kOf);
  const auto total = static_cast<std::int64_t>(among.size());
  for (std::size_t begin = 0; begin < among.size(); begin += kAmong) {
    const std::size_t count = std::min(kAmong, among.size() - begin);
    const auto part =
        std::span(among.features).subspan(begin * among.width(), count * among.width());
    const std::vector<double> block = Transformed({part.begin(), part.end()}, among.dimension);
    const Panels panels(among.dimension, static_cast<int>(count),
                        {block.data(), 1, static_cast<std::ptrdiff_t>(among.dimension)});
    ForEachPiece(pieces, threads, [&](int piece) {
      const std::size_t first = static_cast<std::size_t>(piece) * kOf;
      const auto some = which.subspan(first, std::min(kOf, which.size() - first));
      const std::vector<double> values = Pick(of, some);
      std::vector<double> cosines(some.size() * count);
      MultiplyAdd(1, static_cast<int>(some.size()),
                  {values.data(), static_cast<std::ptrdiff_t>(among.dimension), 1}, panels,
                  cosines.data(), static_cast<std::ptrdiff_t>(count));
      for (std::size_t i = 0; i < some.size(); ++i) {
        for (std::size_t k = 0; k < kinds.size(); ++k) {
          std::vector<Neighbour>& list = neighbours[k][first + i];
          for (std::size_t j = 0; j < count; ++j) {
            const auto cosine = static_cast<float>(cosines[i * count + j]);
            if (list.size() == kinds[k].most && !(cosine > list.back().cosine)) continue;
            if (!Fits(kinds[k], of, some[i], among, begin + j)) continue;
            Insert(list, kinds[k].most, {static_cast<std::uint32_t>(begin + j), cosine});
          }
        }
      }
    });
    if (progress && !progress(static_cast<std::int64_t>(begin + count), total)) {
      return Error{Code::kStopped, "the search for similar photos was stopped"};
    }
  }
  return neighbours;
}

double CosineOf(const EvaluationRows& rows, std::size_t a, std::size_t b) {
  const std::size_t which[] = {a, b};
  const std::vector<double> pair = Pick(rows, which);
  double cosine = 0;
  for (std::size_t i = 0; i < rows.width(); ++i) cosine += pair[i] * pair[rows.width() + i];
  return cosine;
}

}  // namespace verger

#include "core/search/photo_search.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/base/parallel.h"

namespace verger {
namespace {

constexpr std::size_t kPiece = 64;  // rows

}  // namespace

PhotoSearch::PhotoSearch(int dimension, Metric metric, std::size_t most, int threads,
                         std::vector<Query> queries)
    : dimension_(dimension),
      metric_(metric),
      most_(most),
      threads_(threads),
      queries_(std::move(queries)),
      nearest_(queries_.size(), Nearest(most)) {
  for (const Query& query : queries_) squares_.push_back(SquaresOf(query.features));
}

void PhotoSearch::Add(std::span<const std::string_view> paths,
                      std::span<const std::string_view> labels,
                      std::span<const std::span<const float>> rows) {
  assert(paths.size() == rows.size() && labels.size() == rows.size());
  std::vector<std::vector<Nearest>> of_threads(
      static_cast<std::size_t>(threads_), std::vector<Nearest>(queries_.size(), Nearest(most_)));
  SideBySide(threads_, (rows.size() + kPiece - 1) / kPiece,
             [&](std::size_t thread, std::size_t piece) {
               const std::size_t end = std::min(rows.size(), (piece + 1) * kPiece);
               for (std::size_t row = piece * kPiece; row < end; ++row) {
                 for (std::size_t q = 0; q < queries_.size(); ++q) {
                   if (!queries_[q].own_path.empty() && queries_[q].own_path == paths[row])
                     continue;
                   const double apart =
                       Distance(metric_, queries_[q].features, squares_[q], rows[row].data());
                   of_threads[thread][q].Add({apart, rows_ + static_cast<std::int64_t>(row)});
                 }
               }
             });
  std::map<std::int64_t, Name> names;
  for (std::size_t q = 0; q < queries_.size(); ++q) {
    for (const std::vector<Nearest>& some : of_threads) nearest_[q].Add(some[q]);
    for (const Neighbor& neighbor : nearest_[q].Sorted()) {
      if (names.contains(neighbor.row)) continue;
      const std::int64_t at = neighbor.row - rows_;
      const auto place = static_cast<std::size_t>(at);
      names[neighbor.row] = at < 0 ? std::move(names_.at(neighbor.row))
                                   : Name{std::string(paths[place]), std::string(labels[place])};
    }
  }
  names_ = std::move(names);
  rows_ += static_cast<std::int64_t>(rows.size());
}

std::vector<NearPhoto> PhotoSearch::Results() const {
  std::vector<NearPhoto> results;
  for (std::size_t q = 0; q < queries_.size(); ++q) {
    for (const Neighbor& neighbor : nearest_[q].Sorted()) {
      const Name& name = names_.at(neighbor.row);
      results.push_back({queries_[q].number, name.path, name.label, neighbor.distance});
    }
  }
  return results;
}

}  // namespace verger

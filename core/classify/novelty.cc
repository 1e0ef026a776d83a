#include <Eigen/Dense>
#include <algorithm>
#include <cstddef>

#include "core/classify/discriminants.h"

namespace verger {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr double kMost = 2;

std::vector<double> SquaresOf(std::span<const double> rows, std::size_t width) {
  std::vector<double> squares(rows.size() / width);
  for (std::size_t i = 0; i < rows.size(); ++i) squares[i / width] += rows[i] * rows[i];
  return squares;
}

double Share(double distance, double both) { return both > 0 ? distance / both : 0; }

// Height of places above the flat through all labels but one.
class Flats {
 public:
  explicit Flats(const DiscriminantSpace& space)
      : components_(static_cast<Eigen::Index>(space.components)) {
    const auto labels = static_cast<Eigen::Index>(space.log_priors.size());
    const Eigen::Map<const Matrix> means(space.means.data(), labels, components_);
    // A place as a weighted sum of labels, the weights summing to 1: the weight of a label is
    // linear in the place, 0 on the flat through the others, and its slope is across that flat.
    Matrix with_ones(labels, components_ + 1);
    with_ones << means, Eigen::VectorXd::Ones(labels);
    weights_ = with_ones.completeOrthogonalDecomposition().pseudoInverse();
  }

  double SquaredHeight(const double* place, int without) const {
    const auto column = weights_.col(without);
    const double slope = column.head(components_).squaredNorm();
    const Eigen::Map<const Eigen::VectorXd> at(place, components_);
    const double weight = column.head(components_).dot(at) + column[components_];
    return slope > 0 ? weight * weight / slope : 0;
  }

 private:
  Eigen::Index components_;
  Matrix weights_;
};

}  // namespace

std::vector<double> RelativeScores(const DiscriminantSpace& space, std::span<const double> places,
                                   std::span<const double> distances) {
  const auto width = static_cast<std::size_t>(space.components);
  const std::size_t labels = space.log_priors.size();
  const std::vector<double> of_means = SquaresOf(space.means, width);
  const std::vector<double> of_places = SquaresOf(places, width);
  std::vector<double> scores(distances.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = -Share(distances[i], of_places[i / labels] + of_means[i % labels]);
  }
  return scores;
}

std::vector<double> Novelties(const DiscriminantSpace& space, std::span<const double> places,
                              std::span<const double> distances) {
  const std::vector<double> scores = RelativeScores(space, places, distances);
  const auto labels = static_cast<std::ptrdiff_t>(space.log_priors.size());
  std::vector<double> novelties;
  for (auto row = scores.begin(); row != scores.end(); row += labels) {
    novelties.push_back(-*std::max_element(row, row + labels));
  }
  return novelties;
}

std::vector<double> NoveltiesWithout(const DiscriminantSpace& space, std::span<const double> places,
                                     std::span<const double> distances,
                                     std::span<const int> left_out) {
  const auto width = static_cast<std::size_t>(space.components);
  const std::size_t labels = space.log_priors.size();
  std::vector<double> novelties(left_out.size(), kMost);
  if (labels < 3) return novelties;  // the one label that is left spans nothing
  const Flats flats(space);
  const std::vector<double> of_means = SquaresOf(space.means, width);
  const std::vector<double> of_places = SquaresOf(places, width);
  const std::vector<double> between = SquaredDistances(space, space.means);
  const auto others = static_cast<double>(labels - 1);
  for (std::size_t i = 0; i < left_out.size(); ++i) {
    const auto own = static_cast<std::size_t>(left_out[i]);
    const double height = flats.SquaredHeight(places.data() + i * width, left_out[i]);
    // The means sum to 0, so the centre of the others lies at -mean / others.
    const auto from_centre = [&](double square, double distance_to_own) {
      const double product = (square + of_means[own] - distance_to_own) / 2;
      return square + 2 * product / others + of_means[own] / (others * others);
    };
    const double place =
        std::max(0.0, from_centre(of_places[i], distances[i * labels + own]) - height);
    for (std::size_t c = 0; c < labels; ++c) {
      if (c == own) continue;
      const double distance = std::max(0.0, distances[i * labels + c] - height);
      const double mean = from_centre(of_means[c], between[c * labels + own]);
      novelties[i] = std::min(novelties[i], Share(distance, place + mean));
    }
  }
  return novelties;
}

}  // namespace verger

#include "core/classify/logistic.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <numeric>
#include <vector>

#include "core/base/parallel.h"
#include "core/pca/multiply.h"

namespace verger {
namespace {

using Vector = std::vector<double>;

constexpr std::size_t kBlock = 256;  // rows at a time
constexpr std::size_t kMemory = 10;  // steps that the curvature is taken from
constexpr int kMostHalvings = 30;    // of a step that goes too far

double Dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// The sum of losses and its gradient. Parameters: weights (labels, dimension), then bias (labels).
class Loss {
 public:
  Loss(std::span<const float> rows, int dimension, std::span<const int> labels, int label_count,
       const LogisticSettings& settings)
      : rows_(rows),
        labels_(labels),
        width_(static_cast<std::size_t>(dimension)),
        count_(static_cast<std::size_t>(label_count)),
        settings_(settings),
        mean_(width_) {
    for (std::size_t i = 0; i < rows.size(); ++i) mean_[i % width_] += rows[i];
    for (double& value : mean_) value /= static_cast<double>(labels.size());
  }

  // Of the features. They are centred: the minimum is the same but for the bias, and far fewer
  // steps lead to it.
  const Vector& mean() const { return mean_; }

  std::size_t size() const { return count_ * (width_ + 1); }

  double At(const Vector& at, Vector* gradient) const {
    const std::size_t blocks = (labels_.size() + kBlock - 1) / kBlock;
    const Panels weights(static_cast<int>(width_), static_cast<int>(count_),
                         {at.data(), 1, static_cast<std::ptrdiff_t>(width_)});
    // A fixed split, whatever the threads: sums in another order would end elsewhere.
    const int shares = static_cast<int>(std::min<std::size_t>(kShares, blocks));
    std::vector<double> losses(static_cast<std::size_t>(shares));
    std::vector<Vector> gradients(static_cast<std::size_t>(shares));
    ForEachPiece(shares, settings_.threads, [&](int share) {
      const auto own = static_cast<std::size_t>(share);
      gradients[own].assign(size(), 0.0);
      for (std::size_t block = own; block < blocks; block += static_cast<std::size_t>(shares)) {
        losses[own] += AddBlock(block * kBlock, at, weights, &gradients[own]);
      }
    });
    double loss = 0;
    gradient->assign(size(), 0.0);
    for (std::size_t share = 0; share < losses.size(); ++share) {
      loss += losses[share];
      for (std::size_t i = 0; i < size(); ++i) (*gradient)[i] += gradients[share][i];
    }
    for (std::size_t i = 0; i < count_ * width_; ++i) {
      loss += settings_.penalty / 2 * at[i] * at[i];
      (*gradient)[i] += settings_.penalty * at[i];
    }
    return loss;
  }

 private:
  static constexpr std::size_t kShares = 8;

  double AddBlock(std::size_t begin, const Vector& at, const Panels& weights,
                  Vector* gradient) const {
    const std::size_t block = std::min(kBlock, labels_.size() - begin);
    Vector wide(block * width_);
    const float* from = rows_.data() + begin * width_;
    for (std::size_t i = 0; i < wide.size(); ++i) wide[i] = from[i] - mean_[i % width_];
    Vector scores(block * count_);
    const double* bias = at.data() + count_ * width_;
    for (std::size_t i = 0; i < block; ++i) std::copy_n(bias, count_, &scores[i * count_]);
    MultiplyAdd(1.0, static_cast<int>(block), {wide.data(), static_cast<std::ptrdiff_t>(width_), 1},
                weights, scores.data(), static_cast<std::ptrdiff_t>(count_));
    double loss = 0;
    for (std::size_t i = 0; i < block; ++i) {
      const std::span<double> row(&scores[i * count_], count_);
      const auto label = static_cast<std::size_t>(labels_[begin + i]);
      const double largest = *std::max_element(row.begin(), row.end());
      double sum = 0;
      const double own = row[label];
      for (double& score : row) sum += score = std::exp(score - largest);
      loss += largest + std::log(sum) - own;
      for (double& share : row) share /= sum;
      row[label] -= 1;
      for (std::size_t c = 0; c < count_; ++c) (*gradient)[count_ * width_ + c] += row[c];
    }
    const Panels features(static_cast<int>(block), static_cast<int>(width_),
                          {wide.data(), static_cast<std::ptrdiff_t>(width_), 1});
    MultiplyAdd(1.0, static_cast<int>(count_),
                {scores.data(), 1, static_cast<std::ptrdiff_t>(count_)}, features, gradient->data(),
                static_cast<std::ptrdiff_t>(width_));
    return loss;
  }

  std::span<const float> rows_;
  std::span<const int> labels_;
  std::size_t width_;
  std::size_t count_;
  const LogisticSettings& settings_;
  Vector mean_;
};

// The last steps and what the gradient changed by: an estimate of the curvature.
class Curvature {
 public:
  void Add(Vector step, Vector change) {
    const double product = Dot(step, change);
    if (!(product > 0)) return;
    if (pairs_.size() == kMemory) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(change), product});
  }

  // The direction down from `gradient`.
  Vector Direction(const Vector& gradient, double first_scale) const {
    Vector direction(gradient.size());
    std::transform(gradient.begin(), gradient.end(), direction.begin(), std::negate<>());
    Vector shares(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      shares[i] = Dot(pairs_[i].step, direction) / pairs_[i].product;
      AddTimes(-shares[i], pairs_[i].change, &direction);
    }
    const double scale =
        pairs_.empty() ? first_scale
                       : pairs_.back().product / Dot(pairs_.back().change, pairs_.back().change);
    for (double& value : direction) value *= scale;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double share = Dot(pairs_[i].change, direction) / pairs_[i].product;
      AddTimes(shares[i] - share, pairs_[i].step, &direction);
    }
    return direction;
  }

  static void AddTimes(double factor, const Vector& from, Vector* to) {
    for (std::size_t i = 0; i < from.size(); ++i) (*to)[i] += factor * from[i];
  }

 private:
  struct Pair {
    Vector step;
    Vector change;
    double product;
  };
  std::deque<Pair> pairs_;
};

}  // namespace

Result<LinearScores> FitLogistic(std::span<const float> rows, int dimension,
                                 std::span<const int> labels, int label_count,
                                 const LogisticSettings& settings) {
  if (!(settings.penalty > 0) || !std::isfinite(settings.penalty)) {
    return Error{Code::kBadCall,
                 fmt::format("penalty {}: give a number above 0, such as 0.01", settings.penalty)};
  }
  const Loss loss(rows, dimension, labels, label_count, settings);
  Vector at(loss.size());
  Vector gradient;
  double value = loss.At(at, &gradient);
  Curvature curvature;
  for (int iteration = 0; iteration < settings.most_iterations; ++iteration) {
    double largest = 0;
    for (const double entry : gradient) largest = std::max(largest, std::fabs(entry));
    if (largest <= settings.tolerance * static_cast<double>(labels.size())) break;
    const Vector direction = curvature.Direction(gradient, 1 / std::sqrt(Dot(gradient, gradient)));
    const double slope = Dot(direction, gradient);
    // Armijo's condition; the first step of a quasi-Newton method mostly holds it.
    double length = 1;
    Vector next;
    Vector next_gradient;
    double next_value = value;
    bool lower = false;
    for (int halving = 0; halving < kMostHalvings && !lower; ++halving, length /= 2) {
      next = at;
      Curvature::AddTimes(length, direction, &next);
      next_value = loss.At(next, &next_gradient);
      lower = next_value <= value + 1e-4 * length * slope;
    }
    if (!lower) break;  // rounding: nothing lower is left
    Vector step = next;
    Curvature::AddTimes(-1, at, &step);
    Vector change = next_gradient;
    Curvature::AddTimes(-1, gradient, &change);
    curvature.Add(std::move(step), std::move(change));
    at = std::move(next);
    gradient = std::move(next_gradient);
    value = next_value;
  }
  const auto weights = static_cast<std::ptrdiff_t>(loss.size()) - label_count;
  LinearScores fit{Vector(at.begin(), at.begin() + weights),
                   Vector(at.begin() + weights, at.end())};
  for (std::size_t i = 0; i < fit.weights.size(); ++i) {
    const std::size_t width = loss.mean().size();
    fit.bias[i / width] -= fit.weights[i] * loss.mean()[i % width];
  }
  return fit;
}

}  // namespace verger

#include "core/classify/calibrate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace verger {
namespace {

constexpr double kLeastTemperature = 1e-3;
constexpr double kMostTemperature = 1e6;
constexpr int kSteps = 80;  // of the golden section: far below what float can tell

double LossAt(const HeldOutScores& held_out, double temperature) {
  const auto width = static_cast<std::size_t>(held_out.label_count);
  double loss = 0;
  for (std::size_t i = 0; i < held_out.truth.size(); ++i) {
    const std::span<const double> row = held_out.scores.subspan(i * width, width);
    const double largest = *std::max_element(row.begin(), row.end());
    double sum = 0;
    for (const double score : row) sum += std::exp((score - largest) / temperature);
    const double own = row[static_cast<std::size_t>(held_out.truth[i])];
    loss += std::log(sum) - (own - largest) / temperature;
  }
  return loss;
}

}  // namespace

std::vector<float> Probabilities(std::span<const double> scores, int label_count,
                                 double temperature) {
  const auto width = static_cast<std::size_t>(label_count);
  std::vector<float> probabilities(scores.size());
  std::vector<double> shares(width);
  for (std::size_t begin = 0; begin < scores.size(); begin += width) {
    const std::span<const double> row = scores.subspan(begin, width);
    const double largest = *std::max_element(row.begin(), row.end());
    double sum = 0;
    for (std::size_t c = 0; c < width; ++c) {
      sum += shares[c] = std::exp((row[c] - largest) / temperature);
    }
    for (std::size_t c = 0; c < width; ++c) {
      probabilities[begin + c] = static_cast<float>(shares[c] / sum);
    }
  }
  return probabilities;
}

double FitTemperature(const HeldOutScores& held_out) {
  // The loss has one minimum in the logarithm of the temperature.
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double low = std::log(kLeastTemperature);
  double high = std::log(kMostTemperature);
  const auto loss = [&](double log) { return LossAt(held_out, std::exp(log)); };
  double left = high - golden * (high - low);
  double right = low + golden * (high - low);
  double at_left = loss(left);
  double at_right = loss(right);
  for (int step = 0; step < kSteps && high - low > 1e-6; ++step) {
    if (at_left <= at_right) {
      high = std::exchange(right, left);
      at_right = at_left;
      left = high - golden * (high - low);
      at_left = loss(left);
    } else {
      low = std::exchange(left, right);
      at_left = at_right;
      right = low + golden * (high - low);
      at_right = loss(right);
    }
  }
  return std::exp((low + high) / 2);
}

std::vector<float> OwnProbabilities(std::span<const float> probabilities,
                                    std::span<const int> truth) {
  std::vector<float> own;
  if (truth.empty()) return own;
  const std::size_t width = probabilities.size() / truth.size();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    own.push_back(probabilities[i * width + static_cast<std::size_t>(truth[i])]);
  }
  return own;
}

double LeastShare(std::vector<float> own_probabilities, double coverage) {
  const auto count = static_cast<double>(own_probabilities.size());
  // Of so many photos and the new one, this many may have their label outside.
  const double outside = std::floor((1 - coverage) * (count + 1) + 1e-9);
  if (outside < 1) return 0;
  const auto at = own_probabilities.begin() + static_cast<std::ptrdiff_t>(outside) - 1;
  std::nth_element(own_probabilities.begin(), at, own_probabilities.end());
  return *at;
}

std::vector<ReliabilityBin> Reliability(std::span<const float> probabilities,
                                        const std::vector<bool>& right, int bins) {
  std::vector<ReliabilityBin> all(static_cast<std::size_t>(bins));
  for (std::size_t i = 0; i < right.size(); ++i) {
    const double probability = probabilities[i];
    const int at = std::clamp(static_cast<int>(std::ceil(probability * bins)) - 1, 0, bins - 1);
    ReliabilityBin& bin = all[static_cast<std::size_t>(at)];
    ++bin.photos;
    bin.probability += probability;
    bin.accuracy += right[i] ? 1 : 0;
  }
  for (ReliabilityBin& bin : all) {
    if (bin.photos == 0) continue;
    bin.probability /= static_cast<double>(bin.photos);
    bin.accuracy /= static_cast<double>(bin.photos);
  }
  return all;
}

double CalibrationError(std::span<const ReliabilityBin> bins) {
  double error = 0;
  double photos = 0;
  for (const ReliabilityBin& bin : bins) {
    const auto count = static_cast<double>(bin.photos);
    error += count * std::fabs(bin.probability - bin.accuracy);
    photos += count;
  }
  return photos > 0 ? error / photos : 0;
}

double CalibrationError(std::span<const float> probabilities, std::span<const int> truth,
                        int label_count, int bins) {
  const std::vector<int> answers = Likeliest(probabilities, label_count);
  std::vector<float> likeliest;
  std::vector<bool> right;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    likeliest.push_back(probabilities[i * static_cast<std::size_t>(label_count) +
                                      static_cast<std::size_t>(answers[i])]);
    right.push_back(answers[i] == truth[i]);
  }
  return CalibrationError(Reliability(likeliest, right, bins));
}

double AreaUnderCurve(std::span<const double> lower, std::span<const double> higher) {
  if (lower.empty() || higher.empty()) return 0.5;
  std::vector<double> sorted(lower.begin(), lower.end());
  std::sort(sorted.begin(), sorted.end());
  double area = 0;
  for (const double value : higher) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
    area += static_cast<double>(first - sorted.begin()) + static_cast<double>(last - first) / 2;
  }
  return area / static_cast<double>(lower.size()) / static_cast<double>(higher.size());
}

double Quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto count = static_cast<double>(values.size());
  const auto at =
      static_cast<std::ptrdiff_t>(std::clamp(std::floor(share * count), 0.0, count - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

}  // namespace verger

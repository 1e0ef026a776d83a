// calibrate.h: calibrates the probabilities of a classifier on photos that it was not trained on.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace verger {

// Scores of photos by a classifier that was not trained on them.
// Shape: scores (rows, label_count), row-major; truth (rows), of each its own label.
struct HeldOutScores {
  std::span<const double> scores;
  std::span<const int> truth;
  int label_count = 0;
};

// softmax(scores / temperature). Shape: (rows, label_count), row-major, in and out.
std::vector<float> Probabilities(std::span<const double> scores, int label_count,
                                 double temperature);

// The temperature of least negative log-likelihood, from 1e-3 to 1e6.
// Source: Guo, Pleiss, Sun and Weinberger (2017).
double FitTemperature(const HeldOutScores& held_out);

// Of each row the probability of its own label.
// Shape: probabilities (truth.size(), label_count), row-major.
std::vector<float> OwnProbabilities(std::span<const float> probabilities,
                                    std::span<const int> truth);

// The least share with which a label is in a photo's set, so that the set contains the photo's own
// label with a probability of `coverage`, if new photos are like these. 0 if there are too few
// photos to promise that.
// Source: split conformal prediction with the score 1 - p (Sadinle, Lei and Wasserman, 2019).
double LeastShare(std::vector<float> own_probabilities, double coverage);

constexpr int kReliabilityBins = 15;

// Photos whose likeliest label has a probability within one of the bins of equal width.
struct ReliabilityBin {
  std::int64_t photos = 0;
  double probability = 0;  // mean, of the likeliest label
  double accuracy = 0;     // share of photos that it is right for
};

// Of each bin, open below and closed above, the lowest first. Means of a bin without photos are 0.
// Shape:  of each photo the probability of the likeliest label, and whether that is its own.
// Source: scikit-learn's calibration_curve; tests/parity has it beside NumPy's.
std::vector<ReliabilityBin> Reliability(std::span<const float> probabilities,
                                        const std::vector<bool>& right,
                                        int bins = kReliabilityBins);

// Expected calibration error: the mean distance between probability and accuracy of the bins,
// weighted by their photos. 0 without photos.
// Source: Naeini, Cooper and Hauskrecht (2015).
double CalibrationError(std::span<const ReliabilityBin> bins);

// The same of all probabilities. Shape: (truth.size(), label_count), row-major.
double CalibrationError(std::span<const float> probabilities, std::span<const int> truth,
                        int label_count, int bins = kReliabilityBins);

// The chance that a value of `higher` is above one of `lower`, equal ones counting half: the area
// under the curve of true against false positives. 0.5 where either is empty.
double AreaUnderCurve(std::span<const double> lower, std::span<const double> higher);

// The value below which the share `share` of `values` lies. 0 if there is none.
double Quantile(std::vector<double> values, double share);

// The label of the largest value of each row; of equal ones the first.
// Shape: (rows, label_count), row-major.
template <typename Value>
std::vector<int> Likeliest(std::span<const Value> rows, int label_count) {
  std::vector<int> likeliest;
  const auto width = static_cast<std::size_t>(label_count);
  for (std::size_t begin = 0; begin < rows.size(); begin += width) {
    std::size_t best = 0;
    for (std::size_t c = 1; c < width; ++c) {
      if (rows[begin + c] > rows[begin + best]) best = c;
    }
    likeliest.push_back(static_cast<int>(best));
  }
  return likeliest;
}

}  // namespace verger

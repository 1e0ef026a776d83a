// classifier.h: from features to a label, its probability, and whether the photo is unknown.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/classify/class_moments.h"
#include "core/classify/transform.h"
#include "core/pca/multiply.h"

namespace verger {

enum class Method {
  kRelative,  // the label of least relative distance in the space of discriminants, by moments
              // alone
  kLda,       // linear discriminant analysis, by moments alone
  kLogistic,  // multinomial logistic regression, which needs every row
};

std::string_view NameOf(Method method);  // "relative", "lda", "logistic"
std::optional<Method> MethodNamed(std::string_view name);

// Identifies the network that features came from: an answer to features of another network would
// mean nothing.
struct FeatureSource {
  std::string name;  // of the network
  std::string sha256;
  std::string preset;
  std::string identity;
  std::string precision;
  std::string column = "features";  // or "pca_features"

  // Whether features of both are the same: names do not count.
  bool SameFeatures(const FeatureSource& other) const {
    return sha256 == other.sha256 && identity == other.identity && column == other.column;
  }
};

// The space that discriminants span: the pooled covariance is the identity in it, and differences
// of labels are all that is left.
//
// Shape: axes (components, dimension), means (labels, components), row-major; offset (components).
// A row of features x lies at axes * x - offset.
struct DiscriminantSpace {
  int components = 0;
  std::vector<double> axes;
  std::vector<double> offset;
  std::vector<double> means;
  std::vector<double> log_priors;  // (labels)
};

// Scores that are linear in the features. Shape: weights (labels, dimension), bias (labels).
struct LinearScores {
  std::vector<double> weights;
  std::vector<double> bias;
};

// What training measured on held-out groups.
struct HeldOut {
  std::int64_t photos = 0;  // 0: there were no groups to hold out, and nothing is calibrated
  double accuracy = 0;
  double calibration_error = 0;  // expected, of 15 bins
  double coverage = 0;           // share of the photos whose label is in their set
  double known_accepts = 0;      // share of the photos that are not called unknown,
  double unknown_accepts = 0;    // and of the same had their own labels never been seen
  double unknown_auroc = 0;      // each photo beside itself with its own label taken away
};

// Turns scores into answers. Fitted to held-out groups.
struct Confidence {
  double temperature = 1;       // probabilities are softmax(scores / temperature)
  double coverage = 0.95;       // that sets of labels promise
  double least_share = 0.05;    // a label is in a photo's set if its probability is at least this
  double false_accepts = 0.05;  // share of photos of unknown fruit that are taken for known
  double most_novelty = 0;      // a photo of more is unknown; 0: no photo is called that
};

struct Classifier {
  FeatureSource source;
  std::string data;  // SHA-256 of what it was trained on: of the digests of the output's parts
  int dimension = 0;
  std::vector<std::string> labels;  // sorted
  Method method = Method::kRelative;
  Transform transform = Transform::kNone;
  double shrinkage = 0;     // of LDA, and of the space in which distances are measured
  double penalty = 0;       // of logistic regression: 1 / C of scikit-learn
  std::string groups;       // the pattern of paths by which photos were held out; "": series
  int label_level = 0;      // of the rule by which photos have their labels (label_rule.h),
  std::string label_table;  // and its table
  ClassMoments moments{1};  // of transformed features
  DiscriminantSpace space;
  LinearScores linear;  // of logistic regression, else of discriminant analysis
  Confidence confidence;
  HeldOut held_out;
  // Photos that labels were taught by: their labels, and their features as extracted. They are
  // counted in `moments`, and outlive the next training.
  std::vector<std::string> taught_labels;
  std::vector<float> taught;
};

// Answers for many photos, row-major.
struct Answers {
  // (rows, labels): sums to 1 in each row.
  std::vector<float> probabilities;
  // (rows): from 0 to 2, how little a photo is like any label (discriminants.h).
  std::vector<float> novelties;
};

// Answers by one classifier, call after call. Its matrices are laid out for products once: for the
// features of one photo that takes many times longer than the products.
class Answerer {
 public:
  // Requires: `classifier` outlives this, and stays as it is.
  explicit Answerer(const Classifier& classifier);

  // Shape:  features (rows, classifier.dimension), as extracted: the transform is done here.
  // Cost:   rows * dimension * (components [+ labels]) multiply-adds.
  // Safe from many threads.
  Answers Answer(std::span<const float> features) const;

 private:
  const Classifier& classifier_;
  const Panels axes_;
  const Panels means_;
  const std::optional<Panels> linear_;  // of logistic regression
};

// Scores before the temperature: (rows, labels), row-major. Of relative distances these times -1,
// of discriminant analysis -1/2 squared distance plus the label's log prior.
std::vector<double> ScoreRows(const Classifier& classifier, std::span<const float> features);

}  // namespace verger

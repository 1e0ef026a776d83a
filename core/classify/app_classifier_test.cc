#include "core/classify/app_classifier.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/flat_bytes.h"
#include "core/classify/taught_file.h"
#include "core/classify/teach.h"
#include "core/classify/test_rows.h"
#include "core/classify/train.h"

namespace verger {
namespace {

constexpr int kLabels = 8;
constexpr int kOfLabel = 40;
constexpr int kWidth = 96;

Bytes BytesOf(const std::string& text) { return std::as_bytes(std::span(text)); }

const LabelledRows& Rows() {
  static const LabelledRows rows = MakeRows(kLabels + 1, kOfLabel, kWidth, 0.5);
  return rows;
}

// Of all labels but the last.
Classifier Trained(Method method = Method::kRelative, Transform transform = Transform::kRoot) {
  LabelledRows rows = Rows();
  rows.features.resize(std::size_t{kLabels} * kOfLabel * kWidth);
  rows.labels.resize(std::size_t{kLabels} * kOfLabel);
  rows.groups.resize(rows.labels.size());
  TrainSettings settings;
  settings.method = method;
  settings.shrinkage = 0.2;
  settings.transform = transform;
  Classifier trained =
      *Train({rows.dimension, rows.features, rows.labels, rows.groups, rows.names}, settings);
  trained.source = {"net", std::string(64, 'a'), "keras", "keras:224", "fp32", "features"};
  return trained;
}

AppClassifier Carried(const Classifier& classifier, bool teach = true) {
  const std::string file = SaveAppClassifier(classifier, {});
  AppClassifier app = *LoadAppClassifier(BytesOf(file));
  if (teach) {
    const auto covariance = SaveAppCovariance(classifier, CheckOf(BytesOf(file)));
    const Status added = AddCovariance(BytesOf(*covariance), &app);
    EXPECT_TRUE(added) << added.error().message;
  }
  return app;
}

// The largest difference of probabilities and of novelties.
double Apart(const Classifier& a, const Classifier& b, std::span<const float> rows) {
  const Answers left = Answerer(a).Answer(rows);
  const Answers right = Answerer(b).Answer(rows);
  EXPECT_EQ(left.probabilities.size(), right.probabilities.size());
  double most = 0;
  for (std::size_t i = 0; i < left.probabilities.size(); ++i) {
    most = std::max(most, std::fabs(double{left.probabilities[i]} - right.probabilities[i]));
  }
  for (std::size_t i = 0; i < left.novelties.size(); ++i) {
    most = std::max(most, std::fabs(double{left.novelties[i]} - right.novelties[i]));
  }
  return most;
}

TEST(AppClassifier, AnswersAsTheWholeOne) {
  for (const Method method : {Method::kRelative, Method::kLda, Method::kLogistic}) {
    for (const Transform transform : {Transform::kNone, Transform::kRoot}) {
      const Classifier whole = Trained(method, transform);
      const AppClassifier app = Carried(whole, false);
      EXPECT_EQ(app.classifier.labels, whole.labels);
      EXPECT_EQ(app.photos[0], kOfLabel);
      EXPECT_EQ(app.classifier.source.identity, "keras:224");
      EXPECT_EQ(app.classifier.confidence.most_novelty, whole.confidence.most_novelty);
      EXPECT_LT(Apart(app.classifier, whole, Rows().features), 1e-4) << NameOf(method);
    }
  }
}

TEST(AppClassifier, IsTaughtAsTheWholeOne) {
  const std::string name = "a taught label";
  const auto lesson = Rows().Rows(std::size_t{kLabels} * kOfLabel, kLabels * kOfLabel + 5);
  for (const Method method : {Method::kRelative, Method::kLda}) {
    const Classifier whole = Trained(method);
    const AppClassifier app = Carried(whole);
    const auto taught = Teach(app.classifier, name, lesson);
    ASSERT_TRUE(taught) << taught.error().message;
    EXPECT_EQ(taught->labels.size(), std::size_t{kLabels} + 1);
    EXPECT_LT(Apart(*taught, *Teach(whole, name, lesson), Rows().features), 1e-3);
    const auto rest = Unteach(*taught, name);
    ASSERT_TRUE(rest) << rest.error().message;
    EXPECT_LT(Apart(*rest, whole, Rows().features), 1e-3);
  }
}

TEST(AppClassifier, ProjectsAsThePcaDoes) {
  const Classifier whole = Trained();
  AppProjection projection{kWidth + 2, std::vector<float>(std::size_t{kWidth} * (kWidth + 2)),
                           std::vector<double>(kWidth, 0.5)};
  for (std::size_t i = 0; i < kWidth; ++i) projection.axes[i * (kWidth + 2) + i + 1] = 2;
  const std::string file = SaveAppClassifier(whole, projection);
  const AppClassifier app = *LoadAppClassifier(BytesOf(file));
  EXPECT_EQ(app.dimension(), kWidth + 2);
  std::vector<float> features(kWidth + 2, 1);
  features[1] = 3;
  const std::vector<float> scores = Projected(app, features);
  ASSERT_EQ(scores.size(), std::size_t{kWidth});
  EXPECT_EQ(scores[0], 5.5F);
  EXPECT_EQ(scores[1], 1.5F);
}

TEST(AppClassifier, SaysWhyItCannotBeTaught) {
  const Classifier logistic = Trained(Method::kLogistic);
  const auto covariance = SaveAppCovariance(logistic, 0);
  ASSERT_FALSE(covariance);
  EXPECT_NE(covariance.error().message.find("--method relative"), std::string::npos);
  Classifier reduced = Trained();
  reduced.source.column = "pca_features";
  EXPECT_FALSE(SaveAppCovariance(reduced, 0));
}

TEST(AppClassifier, RefusesDamagedFiles) {
  const Classifier whole = Trained();
  const std::string file = SaveAppClassifier(whole, {});
  const std::string covariance = *SaveAppCovariance(whole, CheckOf(BytesOf(file)));
  AppClassifier app = *LoadAppClassifier(BytesOf(file));
  for (std::size_t size = 0; size < file.size(); size += 97) {
    EXPECT_FALSE(LoadAppClassifier(BytesOf(file).first(size)));
  }
  for (std::size_t at = 0; at < file.size(); at += 41) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    EXPECT_FALSE(LoadAppClassifier(BytesOf(damaged))) << at;
  }
  for (std::size_t size = 0; size < covariance.size(); size += 301) {
    EXPECT_FALSE(AddCovariance(BytesOf(covariance).first(size), &app));
  }
  const std::string other = *SaveAppCovariance(whole, CheckOf(BytesOf(file)) + 1);
  const Status added = AddCovariance(BytesOf(other), &app);
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().message.find("another classifier"), std::string::npos);
}

// Files with a right check and numbers that lie, which only a bug or malice makes.
TEST(AppClassifier, BelievesNoNumber) {
  const std::string magic = "verger app classifier 1\n";
  const std::string content = SaveAppClassifier(Trained(), {}).substr(magic.size() + 4);
  for (std::size_t at = 0; at < content.size(); at += at < 600 ? 1 : 997) {
    for (const int value : {0x00, 0x7F, 0xFF}) {
      std::string lying = content;
      lying[at] = static_cast<char>(value);
      const std::string file = CheckedFile(magic, lying);
      const auto app = LoadAppClassifier(BytesOf(file));  // no crash; often an error
      if (!app) continue;
      (void)Answerer(app->classifier)
          .Answer(std::vector<float>(std::size_t(app->classifier.dimension)));
    }
  }
}

TEST(TaughtRows, GoFromDeviceToDevice) {
  const AppClassifier app = Carried(Trained());
  const std::size_t first = std::size_t{kLabels} * kOfLabel;
  const Classifier one = *Teach(app.classifier, "p\u00eache", Rows().Rows(first, first + 5));
  const std::string file = SaveTaughtRows(one);
  const auto rows = LoadTaughtRows(BytesOf(file), app.classifier);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->labels, std::vector<std::string>(5, "p\u00eache"));
  EXPECT_EQ(rows->features, one.taught);
  const auto other = TeachRows(app.classifier, *rows);
  ASSERT_TRUE(other);
  EXPECT_EQ(Apart(*other, one, Rows().features), 0);
  const auto again = TeachRows(*other, *rows);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->taught_labels.size(), 5U);
}

TEST(TaughtRows, AreOfOneNetwork) {
  const AppClassifier app = Carried(Trained());
  const Classifier one = *Teach(app.classifier, "new", Rows().Rows(0, 1));
  const std::string file = SaveTaughtRows(one);
  AppClassifier other = app;
  other.classifier.source.identity = "keras:192";
  const auto rows = LoadTaughtRows(BytesOf(file), other.classifier);
  ASSERT_FALSE(rows);
  EXPECT_NE(rows.error().message.find("keras:192"), std::string::npos);
  for (std::size_t size = 0; size < file.size(); size += 7) {
    EXPECT_FALSE(LoadTaughtRows(BytesOf(file).first(size), app.classifier));
  }
}

}  // namespace
}  // namespace verger

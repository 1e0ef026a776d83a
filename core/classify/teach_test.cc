#include "core/classify/teach.h"

#include <gtest/gtest.h>

#include <cstddef>

#include "core/classify/calibrate.h"
#include "core/classify/test_rows.h"
#include "core/classify/train.h"

namespace verger {
namespace {

constexpr std::size_t kOfLabel = 60;

LabelledRows FirstLabels(const LabelledRows& rows, std::size_t labels) {
  LabelledRows first = rows;
  first.features.resize(labels * kOfLabel * static_cast<std::size_t>(rows.dimension));
  first.labels.resize(labels * kOfLabel);
  first.groups.resize(labels * kOfLabel);
  return first;
}

Classifier Trained(const LabelledRows& rows, Method method = Method::kRelative) {
  TrainSettings settings;
  settings.method = method;
  settings.shrinkage = 0.2;
  settings.transform = Transform::kRoot;
  return *Train({rows.dimension, rows.features, rows.labels, rows.groups, rows.names}, settings);
}

TEST(Teach, FivePhotosAreALabel) {
  const LabelledRows rows = MakeRows(6, kOfLabel, 10);
  const Classifier before = Trained(FirstLabels(rows, 5));
  const auto taught = Teach(before, rows.names[5], rows.Rows(300, 305));
  ASSERT_TRUE(taught) << taught.error().message;
  EXPECT_EQ(taught->labels.size(), 6U);
  const std::vector<int> answers =
      Likeliest<float>(Answerer(*taught).Answer(rows.Rows(305, 360)).probabilities, 6);
  EXPECT_GT(std::count(answers.begin(), answers.end(), 5), 50);
  EXPECT_EQ(taught->confidence.temperature, before.confidence.temperature);
}

TEST(Teach, AllPhotosOfALabelMakeTheClassifierThatWasTrainedOnThem) {
  const LabelledRows rows = MakeRows(5, kOfLabel, 10);
  const auto taught =
      Teach(Trained(FirstLabels(rows, 4)), rows.names[4], rows.Rows(4 * kOfLabel, 5 * kOfLabel));
  ASSERT_TRUE(taught);
  const Classifier whole = Trained(rows);
  ASSERT_EQ(taught->labels, whole.labels);
  for (std::size_t i = 0; i < whole.linear.weights.size(); ++i) {
    EXPECT_NEAR(taught->linear.weights[i], whole.linear.weights[i], 1e-9);
  }
}

TEST(Teach, UnteachingLeavesWhatThereWas) {
  const LabelledRows rows = MakeRows(5, kOfLabel, 10);
  const Classifier before = Trained(FirstLabels(rows, 4));
  // A label that it knows, and one that it does not.
  const auto more = Teach(before, rows.names[0], rows.Rows(4 * kOfLabel, 4 * kOfLabel + 7));
  ASSERT_TRUE(more);
  const auto both = Teach(*more, rows.names[4], rows.Rows(4 * kOfLabel, 4 * kOfLabel + 5));
  ASSERT_TRUE(both);
  const auto less = Unteach(*both, rows.names[0]);
  ASSERT_TRUE(less);
  EXPECT_EQ(less->labels.size(), 5U);
  const auto rest = Unteach(*less, rows.names[4]);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->labels, before.labels);
  EXPECT_TRUE(rest->taught.empty());
  for (std::size_t i = 0; i < before.linear.weights.size(); ++i) {
    EXPECT_NEAR(rest->linear.weights[i], before.linear.weights[i], 1e-9);
  }
  EXPECT_FALSE(Unteach(*rest, rows.names[4]));
}

TEST(Teach, SaysWhatItNeeds) {
  const LabelledRows rows = MakeRows(3, kOfLabel, 10);
  const Classifier before = Trained(rows);
  EXPECT_FALSE(Teach(before, "", rows.Rows(0, 5)));
  EXPECT_FALSE(Teach(before, "new", {}));
  EXPECT_FALSE(Teach(before, "\xFF", rows.Rows(0, 5)));
  const auto logistic = Teach(Trained(rows, Method::kLogistic), "new", rows.Rows(0, 5));
  ASSERT_FALSE(logistic);
  EXPECT_NE(logistic.error().message.find("--method relative"), std::string::npos);
  EXPECT_FALSE(CheckTeachable(Trained(rows, Method::kLogistic)));
}

}  // namespace
}  // namespace verger

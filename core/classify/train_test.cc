#include "core/classify/train.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/classify/calibrate.h"
#include "core/classify/choose_settings.h"
#include "core/classify/test_rows.h"

namespace verger {
namespace {

TrainingRows Borrow(const LabelledRows& rows) {
  return {rows.dimension, rows.features, rows.labels, rows.groups, rows.names};
}

double AccuracyOn(const Classifier& classifier, const LabelledRows& rows) {
  const std::vector<int> answers =
      Likeliest<float>(Answerer(classifier).Answer(rows.features).probabilities,
                       static_cast<int>(classifier.labels.size()));
  double right = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) right += answers[i] == rows.labels[i] ? 1 : 0;
  return right / static_cast<double>(answers.size());
}

// The same means, other photos: rows after the first of each label.
struct Halves {
  LabelledRows train;
  LabelledRows test;
};

Halves Split(const LabelledRows& rows) {
  Halves halves;
  for (LabelledRows* half : {&halves.train, &halves.test}) {
    half->dimension = rows.dimension;
    half->names = rows.names;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    LabelledRows& half = i % 2 == 0 ? halves.train : halves.test;
    const auto row = rows.Rows(i, i + 1);
    half.features.insert(half.features.end(), row.begin(), row.end());
    half.labels.push_back(rows.labels[i]);
    half.groups.push_back(rows.groups[i]);
  }
  return halves;
}

TEST(Train, LearnsAndKnowsHowSureItIs) {
  const Halves halves = Split(MakeRows(6, 200, 8, 1.0));  // labels overlap
  for (const Method method : {Method::kRelative, Method::kLda, Method::kLogistic}) {
    TrainSettings settings;
    settings.method = method;
    const auto classifier = Train(Borrow(halves.train), settings);
    ASSERT_TRUE(classifier) << classifier.error().message;
    const double accuracy = AccuracyOn(*classifier, halves.test);
    EXPECT_GT(accuracy, 0.7);
    EXPECT_EQ(classifier->held_out.photos, 600);
    EXPECT_NEAR(classifier->held_out.accuracy, accuracy, 0.05);
    EXPECT_NEAR(classifier->held_out.coverage, 0.95, 0.02);
    const Answers answers = Answerer(*classifier).Answer(halves.test.features);
    EXPECT_LT(CalibrationError(answers.probabilities, halves.test.labels, 6), 0.06);
    double inside = 0;
    for (const float own : OwnProbabilities(answers.probabilities, halves.test.labels)) {
      inside += own >= classifier->confidence.least_share ? 1 : 0;
    }
    EXPECT_NEAR(inside / 600, 0.95, 0.03);
  }
}

TEST(Train, AnswersAPhotoTheSameWhateverPhotosAreBesideIt) {
  const LabelledRows rows = MakeRows(6, 40, 8, 1.0);
  for (const Method method : {Method::kRelative, Method::kLda, Method::kLogistic}) {
    TrainSettings settings;
    settings.method = method;
    const auto classifier = Train(Borrow(rows), settings);
    ASSERT_TRUE(classifier) << classifier.error().message;
    const Answerer answerer(*classifier);
    const Answers all = answerer.Answer(rows.features);
    Answers each;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Answers one = answerer.Answer(rows.Rows(i, i + 1));
      each.probabilities.insert(each.probabilities.end(), one.probabilities.begin(),
                                one.probabilities.end());
      each.novelties.push_back(one.novelties.front());
    }
    EXPECT_EQ(each.probabilities, all.probabilities);
    EXPECT_EQ(each.novelties, all.novelties);
  }
}

TEST(Train, TellsFruitThatItHasNeverSeen) {
  // By where they lie, not by probabilities.
  const LabelledRows all = MakeRows(7, 120, 8, 2.5);
  LabelledRows known = all;
  known.features.resize(6 * 120 * 8);
  known.labels.resize(6 * 120);
  known.groups.resize(6 * 120);
  const auto classifier = Train(Borrow(known), {});
  ASSERT_TRUE(classifier);
  EXPECT_EQ(classifier->labels.size(), 6U);
  const auto novelties = [&](std::size_t begin, std::size_t end) {
    const std::vector<float> raw = Answerer(*classifier).Answer(all.Rows(begin, end)).novelties;
    return std::vector<double>(raw.begin(), raw.end());
  };
  EXPECT_GT(AreaUnderCurve(novelties(0, 720), novelties(720, 840)), 0.9);
  EXPECT_GT(classifier->held_out.unknown_auroc, 0.9);
  EXPECT_GT(classifier->confidence.most_novelty, 0);
  EXPECT_NEAR(classifier->held_out.unknown_accepts, 0.05, 0.01);
  EXPECT_GT(classifier->held_out.known_accepts, 0.6);
}

TEST(Train, OfFewLabelsAFewKnownPhotosAreCalledUnknown) {
  const LabelledRows rows = MakeRows(3, 100, 8, 2.5);
  const auto classifier = Train(Borrow(rows), {});
  ASSERT_TRUE(classifier);
  EXPECT_NEAR(classifier->held_out.known_accepts, 0.95, 0.01);
}

TEST(Train, ThreadsAndLabelsWithoutRowsChangeNothing) {
  LabelledRows rows = MakeRows(4, 60, 6, 1.0);
  TrainSettings settings;
  const auto one = Train(Borrow(rows), settings);
  settings.threads = 3;
  rows.names.push_back("zz");
  const auto three = Train(Borrow(rows), settings);
  ASSERT_TRUE(one && three);
  EXPECT_EQ(one->labels, three->labels);
  EXPECT_EQ(one->space.axes, three->space.axes);
  EXPECT_EQ(one->confidence.temperature, three->confidence.temperature);
  EXPECT_EQ(one->confidence.most_novelty, three->confidence.most_novelty);
}

TEST(Train, MomentsAloneMakeTheSameFit) {
  const LabelledRows rows = MakeRows(4, 60, 6, 1.0);
  TrainSettings settings;
  settings.shrinkage = 0.3;
  settings.transform = Transform::kNone;
  const auto by_rows = Train(Borrow(rows), settings);
  ClassMoments moments(6);
  moments.Add(rows.features, rows.NamesOfRows(0, rows.size()));
  const auto by_moments =
      TrainByMoments(std::move(moments), Method::kRelative, Transform::kNone, 0.3);
  ASSERT_TRUE(by_rows && by_moments);
  for (std::size_t i = 0; i < by_rows->linear.weights.size(); ++i) {
    EXPECT_NEAR(by_moments->linear.weights[i], by_rows->linear.weights[i], 1e-9);
  }
  EXPECT_EQ(by_moments->held_out.photos, 0);
}

TEST(Train, LogisticRegressionCannotBeFittedToMoments) {
  const LabelledRows rows = MakeRows(3, 20, 5);
  ClassMoments moments(5);
  moments.Add(rows.features, rows.NamesOfRows(0, rows.size()));
  EXPECT_FALSE(TrainByMoments(std::move(moments), Method::kLogistic, Transform::kNone, 0.3));
}

TEST(Train, WithoutGroupsToHoldOutNothingIsCalibrated) {
  LabelledRows rows = MakeRows(3, 20, 5);
  rows.groups = rows.labels;  // a label, a group
  const auto classifier = Train(Borrow(rows), {});
  ASSERT_TRUE(classifier) << classifier.error().message;
  EXPECT_EQ(classifier->held_out.photos, 0);
  EXPECT_EQ(classifier->confidence.temperature, kUsualTemperature);
  EXPECT_EQ(classifier->confidence.most_novelty, 0);
  EXPECT_EQ(classifier->confidence.least_share, 0);
  EXPECT_EQ(classifier->shrinkage, kUsualShrinkage);
}

TEST(Train, RefusesOneLabelAndSharesOutsideTheirBounds) {
  EXPECT_FALSE(Train(Borrow(MakeRows(1, 20, 5)), {}));
  const LabelledRows rows = MakeRows(2, 20, 5);
  for (const double share : {0.0, 1.0, -1.0, std::nan("")}) {
    TrainSettings settings;
    settings.coverage = share;
    EXPECT_FALSE(Train(Borrow(rows), settings));
    settings = {};
    settings.false_accepts = share;
    EXPECT_FALSE(Train(Borrow(rows), settings));
  }
}

TEST(Train, StopsWhenItsProgressSays) {
  const LabelledRows rows = MakeRows(3, 20, 5);
  TrainSettings settings;
  settings.progress = [](int, int) { return false; };
  const auto stopped = Train(Borrow(rows), settings);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::kStopped);
}

TEST(ChooseSettings, TakeTheUsualUnlessAnotherIsClearlyBetter) {
  EXPECT_EQ(ChooseSetting(std::vector<Measured>{{0.90, 0.01}, {0.905, 0.01}, {0.7, 0.5}}), 0U);
  EXPECT_EQ(ChooseSetting(std::vector<Measured>{{0.90, 0.01}, {0.92, 0.01}, {0.93, 0.01}}), 2U);
  EXPECT_EQ(ChooseSetting(std::vector<Measured>{{0.90, 0.1}}), 0U);
}

TEST(ChooseSettings, GroupsThatAreRightOrWrongTogetherMakeTheErrorLarger) {
  RoundScores scores;
  for (std::size_t i = 0; i < 100; ++i) {
    scores.rows.push_back(i);
    scores.truth.push_back(0);
    const bool right = i < 80;
    scores.scores.push_back(right ? 1 : 0);
    scores.scores.push_back(right ? 0 : 1);
  }
  std::vector<int> alone(100);
  std::vector<int> in_tens(100);
  for (int i = 0; i < 100; ++i) {
    alone[static_cast<std::size_t>(i)] = i;
    in_tens[static_cast<std::size_t>(i)] = i / 10;
  }
  EXPECT_DOUBLE_EQ(AccuracyOf(scores, 2, alone).value, 0.8);
  EXPECT_NEAR(AccuracyOf(scores, 2, alone).error, 0.04, 1e-12);  // sqrt(0.8 * 0.2 / 100)
  EXPECT_NEAR(AccuracyOf(scores, 2, in_tens).error, 0.04 * std::sqrt(10), 1e-12);
}

}  // namespace
}  // namespace verger

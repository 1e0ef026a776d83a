#include "core/tune/choose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/json.h"

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Model ModelOf(Precision precision, int side = 224, const std::string& name = "net") {
  Model model{};
  model.name = name;
  model.sha256 = name;
  model.preset.input = {side, side};
  model.precision = precision;
  return model;
}

class ChooseTest : public testing::Test {
 protected:
  // As if 200 photos were measured; `right` of 100 are classed rightly.
  Measured Of(const Model& model, std::size_t reference, double speed, double cosine, int right) {
    Measured measured;
    measured.model = &model;
    measured.reference = reference;
    measured.photos = 200;
    measured.photos_per_second = 100 * speed;
    measured.speed = speed;
    measured.mean_cosine = cosine;
    measured.least_cosine = cosine - 0.01;
    measured.classed = 100;
    measured.right = right;
    measured.base_right = 90;
    return measured;
  }
  TuneReport Three(Measured bf16, Measured int8) {
    TuneReport report;
    report.chance = 0.1;
    report.candidates = {Of(fp32_, 0, 1, 1, 90), bf16, int8};
    return report;
  }
  // The same where labels say nothing.
  static TuneReport Unlabelled(TuneReport report) {
    for (Measured& each : report.candidates) each.classed = each.right = each.base_right = 0;
    return report;
  }

  const Model fp32_ = ModelOf(Precision::kFp32);
  const Model bf16_ = ModelOf(Precision::kBf16);
  const Model int8_ = ModelOf(Precision::kInt8);
};

TEST_F(ChooseTest, TakesTheFastestThatIsAsAccurate) {
  const Choice choice = Choose(Three(Of(bf16_, 0, 1.8, 0.999, 90), Of(int8_, 0, 2.7, 0.97, 90)));
  EXPECT_EQ(choice.winner, 2U);
  EXPECT_TRUE(choice.by_labels);
  EXPECT_THAT(choice.as_good, ElementsAre(true, true, true));
  EXPECT_EQ(choice.why,
            "int8, 270 photos a second, 2.7 times as fast as fp32; loses no accuracy of 100 "
            "photos; mean cosine 0.9700");
  EXPECT_THAT(choice.others, ElementsAre("fp32 is slower", "bf16 is slower than int8", ""));
}

TEST_F(ChooseTest, ForgivesOnePhotoOfFewAndNotTwo) {
  EXPECT_EQ(Choose(Three(Of(bf16_, 0, 1.8, 0.999, 90), Of(int8_, 0, 2.7, 0.97, 89))).winner, 2U);
  const Choice choice = Choose(Three(Of(bf16_, 0, 1.8, 0.999, 90), Of(int8_, 0, 2.7, 0.97, 88)));
  EXPECT_EQ(choice.winner, 1U);
  EXPECT_EQ(choice.others[2], "int8 loses 2.0 points of accuracy");
}

TEST_F(ChooseTest, ForgivesHalfAPointOfMany) {
  TuneReport report = Three(Of(bf16_, 0, 1.8, 0.999, 90), Of(int8_, 0, 2.7, 0.97, 90));
  for (Measured& each : report.candidates) {
    each.classed = 1000;
    each.base_right = each.right = 900;
  }
  report.candidates[2].right = 895;
  EXPECT_EQ(Choose(report).winner, 2U);
  report.candidates[2].right = 894;
  EXPECT_EQ(Choose(report).winner, 1U);
}

TEST_F(ChooseTest, TakesNothingThatFewPhotosSpeakFor) {
  TuneReport report = Three(Of(bf16_, 0, 1.8, 0.999, 90), Of(int8_, 0, 2.7, 0.97, 90));
  Measured& int8 = report.candidates[2];
  int8.photos = int8.classed = 49;
  int8.right = int8.base_right = 45;
  Choice choice = Choose(report);
  EXPECT_EQ(choice.winner, 1U);
  EXPECT_FALSE(choice.as_good[2]);
  EXPECT_EQ(choice.others[2], "int8 was measured on 49 photos, too few: give more --seconds");
  int8.photos = int8.classed = 50;
  EXPECT_EQ(Choose(report).winner, 2U);
  int8.photos = 8;
  int8.classed = int8.right = int8.base_right = 0;
  EXPECT_EQ(Choose(report).winner, 1U);
}

TEST_F(ChooseTest, TakesNothingThatLosesPhotos) {
  TuneReport report = Three(Of(bf16_, 0, 1.8, 0.999, 90), Of(int8_, 0, 2.7, 0.999, 95));
  report.candidates[2].lost = 2;
  for (const TuneReport& each : {report, Unlabelled(report)}) {
    const Choice choice = Choose(each);
    EXPECT_EQ(choice.winner, 1U);
    EXPECT_EQ(choice.most_accurate, 0U);
    EXPECT_THAT(choice.as_good, ElementsAre(true, true, false));
    EXPECT_EQ(choice.others[2], "int8 gives no features of 2 photos");
  }
  report.candidates[2].photos = 0;
  report.candidates[2].lost = 1;
  EXPECT_EQ(Choose(report).others[2], "int8 gives no features of 1 photo");
}

TEST_F(ChooseTest, GoesByCosineWithoutLabels) {
  const Choice choice =
      Choose(Unlabelled(Three(Of(bf16_, 0, 1.8, 0.9951, 0), Of(int8_, 0, 2.7, 0.9949, 0))));
  EXPECT_EQ(choice.winner, 1U);
  EXPECT_FALSE(choice.by_labels);
  EXPECT_THAT(choice.rule, HasSubstr("0 photos with a label to compare are too few"));
  EXPECT_EQ(choice.others[2], "int8 has a mean cosine of 0.9949");
}

TEST_F(ChooseTest, GoesByCosineWhereFeaturesDoNotTellLabelsApart) {
  TuneReport report = Three(Of(bf16_, 0, 1.8, 0.9951, 90), Of(int8_, 0, 2.7, 0.98, 90));
  for (Measured& each : report.candidates) each.right = each.base_right = 32;
  const Choice choice = Choose(report);
  EXPECT_EQ(choice.winner, 1U);
  EXPECT_THAT(choice.rule, HasSubstr("do not distinguish labels: 32 % right"));
}

TEST_F(ChooseTest, StaysWithTheBaseUnlessAnotherIsFaster) {
  const Choice choice = Choose(Three(Of(bf16_, 0, 1.02, 1, 90), Of(int8_, 0, 0.9, 1, 90)));
  EXPECT_EQ(choice.winner, 0U);
  EXPECT_EQ(choice.why, "fp32, 100 photos a second");
  EXPECT_EQ(choice.others[1], "bf16 is 1.02 times as fast");
}

TEST_F(ChooseTest, SaysWhatWasNotMeasured) {
  Measured not_measured;
  not_measured.model = &int8_;
  TuneReport report = Three(Of(bf16_, 0, 1.01, 1, 90), not_measured);
  report.short_work = true;
  const Choice choice = Choose(report);
  EXPECT_EQ(choice.winner, 0U);
  EXPECT_EQ(choice.others[2], "int8 was not measured: the base does this work in seconds");
}

TEST_F(ChooseTest, JudgesOtherNetworksAndInputsByLabelsAlone) {
  const Model small = ModelOf(Precision::kInt8, 112);
  const Model other = ModelOf(Precision::kFp32, 240, "other");
  TuneReport report = Three(Of(small, 1, 5, 1, 90), Of(other, 2, 0.5, 1, 96));
  const Choice choice = Choose(report);
  EXPECT_EQ(choice.winner, 1U);
  EXPECT_EQ(choice.most_accurate, 2U);
  EXPECT_EQ(choice.why,
            "net int8 at 112 x 112, 500 photos a second, 5.0 times as fast as fp32; loses no "
            "accuracy of 100 photos");
  EXPECT_EQ(choice.others[2], "other fp32 at 240 x 240 is 0.50 times as fast");
  const Choice unlabelled = Choose(Unlabelled(report));
  EXPECT_EQ(unlabelled.winner, 0U);
  EXPECT_EQ(unlabelled.most_accurate, 0U);
  EXPECT_THAT(unlabelled.others[1], HasSubstr("only labels could judge"));
}

TEST_F(ChooseTest, WritesAllOfItAsJson) {
  const TuneReport report = Three(Of(bf16_, 0, 1.8, 0.999, 90), Of(int8_, 0, 2.7, 0.97, 90));
  const auto json = ParseJson(ToJson(report, Choose(report)));
  EXPECT_EQ(json.at("taken"), 2);
  EXPECT_EQ(json.at("candidates").size(), 3U);
  EXPECT_EQ(json.at("candidates")[2].at("accuracy"), 0.9);
  EXPECT_EQ(json.at("candidates")[2].at("precision"), "int8");
  EXPECT_EQ(json.at("candidates")[1].at("why_not"), "bf16 is slower than int8");
}

}  // namespace
}  // namespace verger

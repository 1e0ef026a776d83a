#include "core/evaluate/evaluate.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/base/json.h"
#include "core/evaluate/evaluation_json.h"
#include "core/evaluate/test_rows.h"

namespace verger {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

EvaluateSettings Quick() {
  EvaluateSettings settings;
  settings.shrinkage = 0.2;
  settings.transform = Transform::kRoot;
  return settings;
}

Evaluation Evaluated(const EvaluationRows& rows, const EvaluateSettings& settings = Quick()) {
  auto evaluation = Evaluate(rows, nullptr, settings, {});
  if (!evaluation) throw std::runtime_error(evaluation.error().message);
  return *std::move(evaluation);
}

TEST(Evaluate, PutsTheNaiveScoreBesideTheHonestOne) {
  // Labels nearer to each other than their series are: frames are learned by heart.
  const EvaluationRows rows = TurningFruit(6, 3, 36, 0.5F);
  const Evaluation all = Evaluated(rows);
  EXPECT_GT(all.random.accuracy, 0.98);
  ASSERT_TRUE(all.angle && all.axis);
  EXPECT_LT(all.axis->accuracy, 0.9);
  EXPECT_EQ(all.inflation.naive, all.random.accuracy);
  EXPECT_EQ(all.inflation.honest,
            std::min({all.angle->accuracy, all.axis->accuracy, all.groups.accuracy}));
  EXPECT_NEAR(all.inflation.points, 100 * (all.inflation.naive - all.inflation.honest), 1e-9);
  EXPECT_THAT(all.inflation.reason,
              HasSubstr("162 of 162 test photos (100.0 %) have a neighbouring frame"));
  EXPECT_EQ(all.groups.photos_tested, 6 * 3 * 36) << "each photo is tested once";
  EXPECT_EQ(all.groups_count, 18);
  EXPECT_EQ(all.random.photos_tested, 162);
  EXPECT_EQ(all.random.photos_trained, 486);
  EXPECT_EQ(all.axis->photos_trained, 216);
}

TEST(Evaluate, FindsALabelThatIsWrong) {
  EvaluationRows rows = TurningFruit(4, 3, 30);
  rows.labels[17] = 3;
  rows.paths[17] = "label 03/" + rows.paths[17].substr(rows.paths[17].find('/') + 1);
  const Evaluation all = Evaluated(rows);
  ASSERT_EQ(all.label_errors.size(), 1U);
  EXPECT_EQ(all.label_errors[0].tested.row, 17U);
  EXPECT_EQ(all.label_errors[0].tested.answer, 0);
  EXPECT_GT(all.label_errors[0].of_answer, 5);
}

TEST(Evaluate, TellsUnknownFruit) {
  const Evaluation all = Evaluated(TurningFruit(10, 2, 36, 5));
  EXPECT_EQ(all.unknown.draws, 5);
  EXPECT_EQ(all.unknown.labels, 2) << "a fifth";
  EXPECT_GT(all.unknown.auroc, 0.95);
  EXPECT_GT(all.unknown.true_accepts, 0.7);
}

TEST(Evaluate, TestsAnotherOutput) {
  const EvaluationRows rows = TurningFruit(5, 2, 30);
  EvaluationRows other = rows;
  // A photo of a label that is never trained on: both have the label names of both.
  EvaluationRows named = rows;
  named.label_names.push_back("new");
  other.label_names.push_back("new");
  other.labels[0] = 5;
  const auto all = Evaluate(named, &other, Quick(), {});
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_TRUE(all->test);
  EXPECT_EQ(all->test->accuracy, 1);
  EXPECT_EQ(all->test->photos_tested, 299);
  EXPECT_EQ(all->test_new_labels, 1);
  EXPECT_EQ(all->test_alike, 300) << "it is a copy";
  const Json json = ParseJson(ToJson(*all, named, &other, std::nullopt));
  EXPECT_EQ(json["test"]["photos_alike"], 300);
  EXPECT_NE(all->inflation.split, "test") << "a copy is no test";
}

TEST(Evaluate, TakesAnotherOutputForHonestIfItIsOther) {
  const EvaluationRows rows = TurningFruit(5, 2, 30);
  EvaluationRows other = rows;
  // Each photo is much like one of the next label, and like none enough to be its copy.
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::span<const float> next = rows.row((row + 60) % rows.size());
    for (std::size_t i = 0; i < rows.width(); ++i) {
      other.features[row * rows.width() + i] = i < 8 ? 0.0F : next[i];
    }
  }
  const auto all = Evaluate(rows, &other, Quick(), {});
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->test_alike, 0);
  EXPECT_EQ(all->inflation.split, "test");
  EXPECT_EQ(all->inflation.honest, all->test->accuracy);
  EXPECT_NEAR(all->inflation.points, 100 * (all->random.accuracy - all->test->accuracy), 1e-9);
  EXPECT_NE(all->own_split, "test");
}

TEST(Evaluate, SaysWhyItCannot) {
  EvaluationRows rows = TurningFruit(3, 1, 1);
  EXPECT_THAT(Evaluate(rows, nullptr, Quick(), {}).error().message,
              HasSubstr("3 photos: nothing can be held out"));
  rows = TurningFruit(3, 2, 20);
  EvaluateSettings settings = Quick();
  settings.groups = "([^/]+)/";
  EXPECT_THAT(Evaluate(rows, nullptr, settings, {}).error().message, HasSubstr("finer pattern"));
  settings.groups = "tray";
  EXPECT_EQ(Evaluate(rows, nullptr, settings, {}).error().code, Code::kBadCall);
  const auto stop = [](std::int64_t, std::int64_t) { return false; };
  EXPECT_EQ(Evaluate(rows, nullptr, Quick(), stop).error().code, Code::kStopped);
}

TEST(Evaluate, GroupsPhotosByFeaturesWhereNamesAreHashed) {
  EvaluationRows rows = TurningFruit(4, 3, 36, 0.5F);
  const double named = Evaluated(rows).groups.accuracy;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows.paths[row] = fmt::format("{:08x}", row * 2'654'435'761U % 4'294'967'291U);
  }
  EvaluateSettings settings = Quick();
  const double alone = Evaluated(rows, settings).groups.accuracy;
  settings.names_say_nothing = true;
  const Evaluation all = Evaluated(rows, settings);
  EXPECT_LT(all.groups_count, 150) << "of 432 photos";
  EXPECT_GE(all.groups_count, 32) << "eight a label at least";
  EXPECT_LT(all.groups.accuracy, alone);
  EXPECT_GE(all.groups.accuracy, named - 0.05);
}

TEST(Evaluate, TellsHowFarItIs) {
  const EvaluationRows rows = TurningFruit(4, 2, 20);
  std::int64_t last = 0;
  std::int64_t total = 0;
  const auto see = [&](std::int64_t done, std::int64_t all) {
    EXPECT_GE(done, last);
    EXPECT_LE(done, all);
    last = done;
    total = all;
    return true;
  };
  ASSERT_TRUE(Evaluate(rows, nullptr, Quick(), see));
  EXPECT_EQ(last, total);
}

TEST(EvaluationJson, HasWhatTheDocumentSays) {
  const EvaluationRows rows = TurningFruit(6, 2, 30, 0.7F);
  const Json json = ParseJson(ToJson(Evaluated(rows), rows, nullptr, Background{}));
  for (const char* split : {"random", "angle", "axis", "groups"}) {
    for (const char* figure :
         {"accuracy", "macro_f1", "top3", "calibration_error", "coverage", "set_size"}) {
      EXPECT_TRUE(json[split][figure].is_number()) << split << ' ' << figure;
    }
  }
  EXPECT_EQ(json["honest"]["naive"], json["random"]["accuracy"]);
  EXPECT_EQ(json["honest"]["honest"], json[json["honest"]["split"].get<std::string>()]["accuracy"]);
  EXPECT_EQ(json["confusion"]["labels"].size(), 6U);
  int photos = 0;
  for (const Json& count : json["confusion"]["counts"]) photos += count["photos"].get<int>();
  EXPECT_EQ(photos, json[json["honest"]["split"].get<std::string>()]["photos_tested"]);
  EXPECT_FALSE(json["mistakes"].empty());
  EXPECT_LE(json["mistakes"].size(), 50U);
  EXPECT_EQ(json["leaks"]["pairs"].size(), 50U);
  EXPECT_FALSE(json.contains("test"));
}

}  // namespace
}  // namespace verger

#include "core/evaluate/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/evaluate/test_rows.h"
#include "core/image/test_photos.h"

namespace verger {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

EvaluateSettings Quick() {
  EvaluateSettings settings;
  settings.shrinkage = 0.2;
  settings.transform = Transform::kRoot;
  settings.threads = 2;
  return settings;
}

EvaluationRun RunOf(const EvaluationRows& rows) {
  const auto count = static_cast<std::int64_t>(rows.size());
  EvaluationRun run(Quick(), RowCollector(rows.dimension, count, count), std::nullopt);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::string& label = rows.label_names[static_cast<std::size_t>(rows.labels[row])];
    EXPECT_TRUE(run.Add(false, rows.paths[row], label, rows.row(row)));
  }
  return run;
}

// A grey photo with a border of one colour.
Photo Framed(std::uint8_t border) {
  constexpr int kSide = 50;
  Image image{{kSide, kSide}, {}};
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const bool edge = std::min({x, y, kSide - 1 - x, kSide - 1 - y}) < 4;
      for (int c = 0; c < 3; ++c) image.pixels.push_back(edge ? border : 128);
    }
  }
  return EncodePng(image.view());
}

TEST(EvaluationRun, MeasuresWhatTheBackgroundTells) {
  const EvaluationRows rows = TurningFruit(3, 2, 20);
  for (const bool tells : {true, false}) {
    EvaluationRun run = RunOf(rows);
    const std::vector<std::string> border_paths = run.BorderPhotos();
    EXPECT_EQ(border_paths.size(), rows.size());
    std::vector<Photo> photos;
    std::vector<std::string_view> paths;
    std::vector<Bytes> contents;
    for (const std::string& path : border_paths) {
      const int label = path[7] - '0';  // "label 0N/..."
      photos.push_back(Framed(static_cast<std::uint8_t>(
          tells ? 60 * label + static_cast<int>(photos.size()) % 5 : photos.size() * 37 % 251)));
      paths.push_back(path);
    }
    for (const Photo& photo : photos) contents.emplace_back(photo);
    run.AddPhotos(paths, contents);
    const auto documents = run.Finish({});
    ASSERT_TRUE(documents) << documents.error().message;
    const Json background = ParseJson(documents->json)["background"];
    EXPECT_EQ(background["photos"], 120);
    EXPECT_NEAR(background["chance"], 1.0 / 3, 1e-9);
    if (tells) {
      EXPECT_EQ(background["accuracy"], 1);
    } else {
      EXPECT_LT(background["accuracy"], 0.6);
    }
    EXPECT_THAT(documents->text, HasSubstr("Background alone: "));
  }
}

TEST(EvaluationRun, SaysWhyThereIsNoBackground) {
  EvaluationRun run = RunOf(TurningFruit(3, 2, 20));
  run.SetNoPhotos("paths are hashed");
  const auto documents = run.Finish({});
  ASSERT_TRUE(documents) << documents.error().message;
  EXPECT_EQ(ParseJson(documents->json)["background"]["reason"], "paths are hashed");
  EXPECT_THAT(documents->text, HasSubstr("Background alone: not measured, paths are hashed."));
}

TEST(EvaluationRun, PassesOverWhatIsNoPhoto) {
  EvaluationRun run = RunOf(TurningFruit(3, 2, 20));
  const std::vector<std::string> photos = run.BorderPhotos();
  const std::string_view path = photos[0];
  const std::string text = "no photo";
  const Bytes content = std::as_bytes(std::span(text));
  run.AddPhotos({&path, 1}, {&content, 1});
  EXPECT_FALSE(ParseJson(run.Finish({})->json).contains("background"));
}

TEST(EvaluationRun, TakesNoRowsAfterThat) {
  const EvaluationRows rows = TurningFruit(3, 2, 20);
  EvaluationRun run = RunOf(rows);
  EXPECT_THAT(run.Add(true, "a/b", "a", rows.row(0)).error().message,
              HasSubstr("no output to test on"));
  run.BorderPhotos();
  EXPECT_THAT(run.Add(false, "a/b", "a", rows.row(0)).error().message,
              HasSubstr("before the photos"));
}

TEST(EvaluationRun, SaysItInOneScreen) {
  const auto documents = RunOf(TurningFruit(6, 3, 36, 0.5F)).Finish({});
  ASSERT_TRUE(documents) << documents.error().message;
  EXPECT_LE(std::count(documents->text.begin(), documents->text.end(), '\n'), 24);
  EXPECT_THAT(documents->text, HasSubstr("NAIVE"));
  EXPECT_THAT(documents->text, HasSubstr("Honest: "));
  EXPECT_THAT(documents->text, HasSubstr("have a neighbouring frame"));
  EXPECT_THAT(documents->text, HasSubstr("Confused most: "));
  EXPECT_THAT(documents->text, Not(HasSubstr("A sample")));
}

TEST(EvaluationRun, SaysThatItTookASample) {
  const EvaluationRows rows = TurningFruit(3, 3, 40);
  EvaluationRun run(Quick(), RowCollector(rows.dimension, 360, 180), std::nullopt);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::string& label = rows.label_names[static_cast<std::size_t>(rows.labels[row])];
    ASSERT_TRUE(run.Add(false, rows.paths[row], label, rows.row(row)));
  }
  const auto documents = run.Finish({});
  ASSERT_TRUE(documents) << documents.error().message;
  EXPECT_THAT(documents->text, HasSubstr(" of 360 photos: memory does not suffice"));
  EXPECT_EQ(ParseJson(documents->json)["photos_of_output"], 360);
}

}  // namespace
}  // namespace verger

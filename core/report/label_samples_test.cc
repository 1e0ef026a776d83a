#include "core/report/label_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

#include "core/image/decode.h"
#include "core/image/test_photos.h"

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> PathsOf(LabelSamples& samples) {
  std::vector<std::string> paths;
  for (const ReportPhoto& photo : samples.Photos()) paths.push_back(photo.path);
  return paths;
}

TEST(LabelSamples, AreSpreadOverTheirLabel) {
  LabelSamples samples({"apple", "pear"}, 100, {});
  for (int at = 0; at < 12; ++at) samples.AddRow("a" + std::to_string(at), "apple", 1, 2);
  samples.AddRow("p", "pear", 1, 2);
  samples.AddRow("x", "no label of the classifier", 1, 2);
  EXPECT_THAT(PathsOf(samples), ElementsAre("a1", "a4", "a7", "a10", "p"));
  EXPECT_EQ(samples.Photos()[4].label, 1U);
}

TEST(LabelSamples, AreFewerOfEachWhereThereAreManyLabels) {
  std::vector<std::string> labels;
  for (int at = 0; at < 10; ++at) labels.push_back("l" + std::to_string(at));
  LabelSamples samples(labels, 8, {});
  for (const std::string& label : labels) samples.AddRow(label, label, 1, 2);
  EXPECT_EQ(samples.Photos().size(), 8U);
}

TEST(LabelSamples, MakeOnePicture) {
  const ThumbnailStyle style{96, 75, 4};
  LabelSamples samples({"apple", "pear"}, 100, style);
  for (const char* path : {"a", "b", "c"}) samples.AddRow(path, "apple", 1, 2);
  samples.AddRow("d", "pear", 1, 2);
  (void)samples.Photos();
  const auto photo = EncodeJpeg(TestImage({200, 150}).view());
  samples.AddPhoto("d", photo);
  samples.AddPhoto("a", photo);
  samples.AddPhoto("b", ToPhoto("no photo"));
  samples.AddPhoto("x", photo);
  const auto sprite = samples.Finish();
  ASSERT_TRUE(sprite);
  EXPECT_THAT(sprite->tiles, ElementsAre(ElementsAre(0), ElementsAre(1)));
  EXPECT_EQ(sprite->columns, 2);
  const auto image = Decode(std::as_bytes(std::span(sprite->webp)));
  ASSERT_TRUE(image);
  EXPECT_EQ(image->size, (Size{192, 96}));
}

TEST(LabelSamples, MakeNoPictureOfNothing) {
  LabelSamples samples({"apple"}, 100, {});
  const auto sprite = samples.Finish();
  ASSERT_TRUE(sprite);
  EXPECT_THAT(sprite->webp, IsEmpty());
  EXPECT_THAT(sprite->tiles, ElementsAre(IsEmpty()));
}

}  // namespace
}  // namespace verger

// Other precisions against fp32, and the calibration that int8 needs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/extract/calibrate.h"
#include "core/extract/extractor.h"
#include "core/extract/test_files.h"

namespace verger {
namespace {

using testing::HasSubstr;

class PrecisionTest : public testing::Test {
 protected:
  PrecisionTest() {
    for (const auto& path : test_files::List(test_files::Golden() / "photos")) {
      files_.push_back(test_files::Read(path));
    }
    for (const std::string& file : files_) photos_.push_back(test_files::AsBytes(file));
  }

  FeatureBatch Extract(const Model& model) const {
    const Result<Extractor> extractor = Extractor::Create(model);
    EXPECT_TRUE(extractor) << extractor.error().message;
    return *extractor->Extract(photos_);
  }

  // Of each photo, the cosine of its features to those of another precision.
  std::vector<double> Cosines(const FeatureBatch& a, const FeatureBatch& b) const {
    std::vector<double> cosines;
    const auto length = static_cast<std::ptrdiff_t>(a.dimension);
    for (std::size_t row = 0; row < photos_.size(); ++row) {
      const auto one = a.features.begin() + static_cast<std::ptrdiff_t>(row) * length;
      const auto other = b.features.begin() + static_cast<std::ptrdiff_t>(row) * length;
      const auto product = [&](auto left, auto right) {
        return std::inner_product(left, left + length, right, 0.0);
      };
      cosines.push_back(product(one, other) / std::sqrt(product(one, one) * product(other, other)));
    }
    return cosines;
  }

  static double Mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  }

  std::vector<std::string> files_;
  std::vector<Bytes> photos_;
};

TEST_F(PrecisionTest, Int8OfTheEmbeddedNetworkIsNear) {
  const FeatureBatch fp32 = Extract(*EmbeddedModel());
  const FeatureBatch int8 = Extract(*WithPrecision(*EmbeddedModel(), Precision::kInt8));
  const std::vector<double> cosines = Cosines(fp32, int8);
  EXPECT_GE(Mean(cosines), 0.98);
  EXPECT_GE(std::ranges::min(cosines), 0.95);
  EXPECT_LT(std::ranges::min(cosines), 0.99999) << "not quantised at all?";
}

// The identity of int8 names quantiser and calibration: a change of what they compute raises
// kQuantiser, and these numbers. 0.01 apart is
// another quantiser; processors differ by far less, if at all.
TEST_F(PrecisionTest, Int8OfTheEmbeddedNetworkStaysWhatItIs) {
  const FeatureBatch int8 = Extract(*WithPrecision(*EmbeddedModel(), Precision::kInt8));
  const std::vector<std::pair<std::size_t, float>> apple = {
      {2, 2.84567F}, {61, 2.83033F}, {71, 3.18891F}, {266, 2.79971F}, {897, 2.24813F}};
  for (const auto& [feature, value] : apple) {
    EXPECT_NEAR(int8.features[feature], value, 0.002) << feature;
  }
}

TEST_F(PrecisionTest, Bf16IsNearWhereTheProcessorHasIt) {
  const Model bf16 = *WithPrecision(*EmbeddedModel(), Precision::kBf16);
  if (!HasBf16()) {
    const auto refused = Extractor::Create(bf16);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("this processor does not support it"));
    return;
  }
  EXPECT_GE(Mean(Cosines(Extract(*EmbeddedModel()), Extract(bf16))), 0.995);
}

TEST_F(PrecisionTest, TheSamePhotosGiveTheSameCalibration) {
  const auto calibration = Calibrate(*EmbeddedModel(), photos_, {}, 2, {});
  const auto again = Calibrate(*EmbeddedModel(), photos_, {}, 1, {});
  ASSERT_TRUE(calibration && again);
  EXPECT_EQ(calibration->Serialize(), again->Serialize());
  const std::string text = calibration->Serialize();
  const Model int8 =
      *WithPrecision(*EmbeddedModel(), Precision::kInt8, std::as_bytes(std::span(text)));
  EXPECT_GE(Mean(Cosines(Extract(*EmbeddedModel()), Extract(int8))), 0.98);
}

TEST_F(PrecisionTest, CalibrationPassesOverWhatIsNoPhoto) {
  std::vector<Bytes> mixed = photos_;
  mixed.insert(mixed.begin(), Bytes{});
  const auto calibration = Calibrate(*EmbeddedModel(), mixed, {}, 2, {});
  ASSERT_TRUE(calibration);
  EXPECT_EQ(calibration->Serialize(), Calibrate(*EmbeddedModel(), photos_, {}, 2, {})->Serialize());
  const auto none = Calibrate(*EmbeddedModel(), std::vector<Bytes>(3), {}, 2, {});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("none of 3 can be decoded"));
}

TEST_F(PrecisionTest, CalibrationStopsWhenItsProgressSaysSo) {
  std::vector<std::int64_t> steps;
  const auto calibration = Calibrate(*EmbeddedModel(), photos_, {}, 2, [&](auto done, auto total) {
    EXPECT_EQ(total, static_cast<std::int64_t>(photos_.size()));
    steps.push_back(done);
    return done < 2;
  });
  ASSERT_FALSE(calibration);
  EXPECT_EQ(calibration.error().code, Code::kStopped);
  EXPECT_THAT(steps, testing::ElementsAre(1, 2));
}

}  // namespace
}  // namespace verger

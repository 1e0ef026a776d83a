#include "core/model/quantise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "core/model/embedded.h"
#include "core/model/model.h"
#include "core/model/quantise_weights.h"
#include "core/model/test_onnx_file.h"

namespace verger {
namespace {

using testing::HasSubstr;

TEST(QuantiseWeights, KeepsTheSumOfAChannelToHalfAStep) {
  // Each of these is rounded down on its own, by 0.4 of a step.
  std::vector<float> weights(25, 10.4F / 63);
  weights[0] = 1;
  const QuantisedWeights quantised = QuantiseWeights(weights, {1, 1, 25}, kStepsOf7Bits);
  EXPECT_FLOAT_EQ(quantised.scales[0], 1.0F / 63);
  const auto sum = [](const std::vector<float>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
  };
  EXPECT_LE(std::abs(sum(weights) - sum(quantised.values)), 0.5 / 63 + 1e-6);
  EXPECT_NEAR(quantised.moved[0], sum(weights) - sum(quantised.values), 1e-6);
  for (const float value : quantised.values) {
    EXPECT_NEAR(value * 63, std::round(value * 63), 1e-4);
  }
}

TEST(QuantiseWeights, TakesSevenBits) {
  std::vector<float> weights;
  for (int at = 0; at < 4 * 96; ++at)
    weights.push_back(std::sin(static_cast<float>(at) * 12.9898F));
  const QuantisedWeights quantised = QuantiseWeights(weights, {4, 96, 1}, kStepsOf7Bits);
  for (std::size_t at = 0; at < weights.size(); ++at) {
    const float step = quantised.scales[at / 96];
    EXPECT_LE(std::abs(quantised.values[at]), 64.01F * step);  // 255 * 64 * 2 fits in 16 bits
    EXPECT_LE(std::abs(quantised.values[at] - weights[at]), 1.01F * step);
  }
}

TEST(QuantiseWeights, EightBitsAreNearerAndNeverMore) {
  std::vector<float> weights;
  for (int at = 0; at < 96 * 9; ++at) weights.push_back(std::sin(static_cast<float>(at) * 7.13F));
  const QuantisedWeights quantised = QuantiseWeights(weights, {96, 1, 9}, kStepsOf8Bits);
  for (std::size_t at = 0; at < weights.size(); ++at) {
    const float step = quantised.scales[at / 9];
    EXPECT_LE(std::abs(quantised.values[at]), 127.01F * step);
    EXPECT_LE(std::abs(quantised.values[at] - weights[at]), 1.01F * step);
    EXPECT_LE(step, 1.0F / 127);
  }
}

TEST(QuantiseWeights, TakesNumbersTooSmallForAScaleAsZeros) {
  const std::vector<float> tiny(9, std::numeric_limits<float>::denorm_min());
  EXPECT_THAT(QuantiseWeights(tiny, {1, 1, 9}, kStepsOf8Bits).values, testing::Each(0.0F));
  std::vector<float> mixed(9, 1e-30F);
  mixed[0] = 1;
  const QuantisedWeights quantised = QuantiseWeights(mixed, {1, 1, 9}, kStepsOf7Bits);
  EXPECT_EQ(quantised.values[1], 0);
}

TEST(QuantiseWeights, LeavesAChannelOfZeros) {
  const QuantisedWeights quantised =
      QuantiseWeights(std::vector<float>(9, 0.0F), {1, 1, 9}, kStepsOf8Bits);
  EXPECT_THAT(quantised.values, testing::Each(0.0F));
  EXPECT_GT(quantised.scales[0], 0);
}

Calibration Some() {
  Calibration calibration;
  calibration.subject = "0123456789abcdef";
  calibration.ranges = {{true, UpToBf16(1.7F)}, {false, UpToBf16(6)}};
  calibration.means = {{NearestBf16(0.3F), NearestBf16(-2)}, {}};
  return calibration;
}

TEST(CalibrationText, ComesBackAsItWas) {
  const std::string text = Some().Serialize();
  const Result<Calibration> read = Calibration::Parse(std::as_bytes(std::span(text)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->subject, Some().subject);
  ASSERT_EQ(read->ranges.size(), 2U);
  EXPECT_TRUE(read->ranges[0].with_negatives);
  EXPECT_GE(read->ranges[0].high, 1.7F);
  EXPECT_FALSE(read->ranges[1].with_negatives);
  EXPECT_EQ(read->ranges[1].high, 6);
  EXPECT_EQ(read->means, Some().means);
}

TEST(CalibrationText, IsRefusedWhenDamaged) {
  const std::string whole = Some().Serialize();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Calibration::Parse(std::as_bytes(std::span(whole).first(size)))) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const auto read = Calibration::Parse(std::as_bytes(std::span(damaged)));
    ASSERT_FALSE(read) << at;
    EXPECT_THAT(read.error().message, HasSubstr("made from the photos"));
  }
}

TEST(Bf16, RoundsUpAndToTheNearest) {
  EXPECT_EQ(UpToBf16(1), 1);
  EXPECT_GT(UpToBf16(1.0001F), 1.0001F);
  EXPECT_EQ(NearestBf16(1.0001F), 1);
  EXPECT_EQ(NearestBf16(1.0078125F), 1.0078125F);
}

TEST(WithPrecision, IsPartOfTheIdentity) {
  const std::string fp32 = Identity(*EmbeddedModel());
  EXPECT_EQ(Identity(*WithPrecision(*EmbeddedModel(), Precision::kFp32)), fp32);
  EXPECT_EQ(Identity(*WithPrecision(*EmbeddedModel(), Precision::kBf16)), fp32 + ":bf16");
  const Model int8 = *WithPrecision(*EmbeddedModel(), Precision::kInt8);
  EXPECT_THAT(Identity(int8), testing::MatchesRegex(".*:int8=[0-9a-f]+"));
  EXPECT_TRUE(Identity(int8).starts_with(fp32));
}

TEST(WithPrecision, RefusesTheCalibrationOfAnotherNetwork) {
  Calibration of_another = Some();
  of_another.subject = CalibrationSubject(*EmbeddedModel());  // but of other tensors
  const std::string other = of_another.Serialize();
  const auto result =
      WithPrecision(*EmbeddedModel(), Precision::kInt8, std::as_bytes(std::span(other)));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message,
              HasSubstr("efficientnet-lite0: the calibration is of another"));
  const Bytes lite1 = EmbeddedCalibration("efficientnet-lite1");
  const auto of_lite1 = WithPrecision(*EmbeddedModel(), Precision::kInt8, lite1);
  ASSERT_FALSE(of_lite1);
  EXPECT_THAT(of_lite1.error().message, HasSubstr("of another network, preset or output"));
}

TEST(WithPrecision, TakesACalibrationAtOtherSizesOnly) {
  const std::string file = test_onnx_file::Model(test_onnx_file::ChannelMeans());
  const auto subject = [&](const char* preset) {
    return CalibrationSubject(*ReadModel(test_onnx_file::AsBytes(file), "m.onnx", preset));
  };
  EXPECT_EQ(subject("tensorflow"), subject("tensorflow,decode=fast"));
  EXPECT_NE(subject("tensorflow"), subject("torchvision"));
  EXPECT_EQ(CalibrationSubject(*EmbeddedModel()),
            CalibrationSubject(*EmbeddedModel("efficientnet-lite0", "size=112")));
}

TEST(WithPrecision, RefusesACalibrationOfOtherPrecisions) {
  const auto result = WithPrecision(*EmbeddedModel(), Precision::kBf16, EmbeddedCalibration());
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("a calibration is for int8"));
}

TEST(WithPrecision, RefusesNetworksWithoutConvolutions) {
  const std::string file = test_onnx_file::Model(test_onnx_file::ChannelMeans());
  const Model model = *ReadModel(test_onnx_file::AsBytes(file), "means.onnx", "tensorflow");
  const auto uncalibrated = WithPrecision(model, Precision::kInt8);
  ASSERT_FALSE(uncalibrated);
  EXPECT_THAT(uncalibrated.error().message, HasSubstr("needs a calibration"));
  Calibration calibration = Some();
  calibration.subject = CalibrationSubject(model);
  const std::string some = calibration.Serialize();
  const auto result = WithPrecision(model, Precision::kInt8, std::as_bytes(std::span(some)));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("means.onnx has no convolutions"));
}

TEST(ReadPrecision, KnowsThree) {
  for (const std::string_view name : {"fp32", "bf16", "int8"}) {
    EXPECT_EQ(NameOf(*ReadPrecision(name)), name);
  }
  EXPECT_THAT(ReadPrecision("fp16").error().message, HasSubstr("choose fp32, bf16 or int8"));
}

}  // namespace
}  // namespace verger

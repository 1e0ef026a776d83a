#include "core/tune/measure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>

#include "core/image/test_photos.h"
#include "core/model/test_onnx_file.h"
#include "core/tune/choose.h"

namespace verger {
namespace {

using test_onnx_file::ChannelMeans;
using ::testing::HasSubstr;

// Two labels, red and blue, of two series each.
class MeasureTest : public testing::Test {
 protected:
  MeasureTest() {
    for (int photo = 0; photo < 40; ++photo) {
      const bool red = photo % 2 == 0;
      Image image{{8, 8}, {}};
      for (std::size_t i = 0; i < ByteCount(image.size); ++i) {
        const bool own = i % 3 == (red ? 0U : 2U);
        image.pixels.push_back(static_cast<std::uint8_t>(own ? 200 + photo : 20 + photo % 7));
      }
      encoded_.push_back(EncodePng(image.view()));
      const std::string label = red ? "red" : "blue";
      const std::string series = photo % 4 < 2 ? "a" : "b";
      photos_.push_back(
          {label + "/" + series + std::to_string(photo) + ".png", label, Bytes(encoded_.back())});
    }
  }

  static Model Means(const std::string& preset) { return Read(ChannelMeans(), preset); }
  // Not a number of photos with a channel whose mean, by the preset, is below 0.
  static Model Roots(const std::string& preset) {
    test_onnx_file::Graph graph = ChannelMeans();
    graph.nodes.push_back(test_onnx_file::Node("Sqrt", {"features"}, "roots"));
    graph.outputs[0].name = "roots";
    return Read(graph, preset);
  }
  // Of whole images; of no other size.
  static Model Products(std::int64_t side) {
    test_onnx_file::Graph graph = ChannelMeans(test_onnx_file::kFree, side, side);
    const std::vector<float> weights(static_cast<std::size_t>(side * side) * 9, 1.0F);
    graph.nodes = {test_onnx_file::Node("Flatten", {"image"}, "flat"),
                   test_onnx_file::Node("MatMul", {"flat", "weights"}, "features")};
    graph.initializers = {
        test_onnx_file::FloatInitializer("weights", weights, {side * side * 3, 3})};
    return Read(graph, "tensorflow");
  }
  static Model Read(const test_onnx_file::Graph& graph, const std::string& preset) {
    const std::string file = test_onnx_file::Model(graph);
    Result<Model> model = ReadModel(std::as_bytes(std::span(file)), "means", preset);
    EXPECT_TRUE(model) << model.error().message;
    return *std::move(model);
  }

  std::list<Photo> encoded_;
  std::vector<TunePhoto> photos_;
  TuneOptions options_{.threads = 2, .seconds = 60, .work = 0, .limits = {}};
};

TEST_F(MeasureTest, ComparesEachWithTheFirstOfItsFileAndPreset) {
  const Model one = Means("tensorflow");
  const Model other = Means("keras");
  const Model* candidates[] = {&one, &other, &one};
  const Result<TuneReport> report = Measure(candidates, photos_, options_, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->sample, 40);
  EXPECT_EQ(report->rejected, 0);
  EXPECT_EQ(report->labels, 2);
  EXPECT_EQ(report->groups, 4);
  EXPECT_EQ(report->chance, 0.5);
  EXPECT_EQ(report->candidates[1].reference, 1U);
  EXPECT_EQ(report->candidates[2].reference, 0U);
  for (const Measured& each : report->candidates) {
    EXPECT_EQ(each.photos, 40);
    EXPECT_GT(each.photos_per_second, 0);
    EXPECT_GT(each.speed, 0);
    EXPECT_NEAR(each.mean_cosine, 1, 1e-12);
    EXPECT_NEAR(each.least_cosine, 1, 1e-12);
    EXPECT_EQ(each.classed, 40);
    EXPECT_EQ(each.right, 40) << "red and blue are distinguished";
    EXPECT_EQ(each.base_right, 40);
  }
  EXPECT_EQ(report->candidates[0].speed, 1);
}

TEST_F(MeasureTest, TakesFp32AsTheReferenceWhereverItStands) {
  const Model fp32 = Means("tensorflow");
  Model other = Means("tensorflow");
  other.precision = Precision::kBf16;
  const Model* candidates[] = {&other, &fp32};
  const Result<TuneReport> report = Measure(candidates, photos_, options_, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->candidates[0].reference, 1U);
  EXPECT_GT(report->candidates[0].mean_cosine, 0.999);
}

TEST_F(MeasureTest, PassesOverWhatCannotBeDecoded) {
  const std::string broken = "no photo";
  photos_[3].content = std::as_bytes(std::span(broken));
  const Model one = Means("tensorflow");
  const Model* candidates[] = {&one};
  const Result<TuneReport> report = Measure(candidates, photos_, options_, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->rejected, 1);
  EXPECT_EQ(report->candidates[0].photos, 39);
}

TEST_F(MeasureTest, RefusesASampleOfRejectsAlone) {
  const std::string broken = "no photo";
  for (TunePhoto& photo : photos_) photo.content = std::as_bytes(std::span(broken));
  const Model one = Means("tensorflow");
  const Model* candidates[] = {&one};
  const Result<TuneReport> report = Measure(candidates, photos_, options_, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::kBadCall);
  EXPECT_THAT(report.error().message, HasSubstr("no photo of the sample"));
  EXPECT_EQ(Measure({}, photos_, options_, {}).error().code, Code::kBadCall);
}

TEST_F(MeasureTest, CountsWhatACandidateLosesAgainstItAlone) {
  // Dark channels are 20 to 26: of two photos in seven they are below 21.5.
  const Model base = Roots("scale=0..255");
  const Model some = Roots("scale=21.5,1");
  const Model all = Roots("tensorflow");
  const Model* candidates[] = {&base, &some, &all, &base};
  const Result<TuneReport> report = Measure(candidates, photos_, options_, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->rejected, 0);
  const Measured& lossless = report->candidates[3];
  EXPECT_EQ(lossless.photos, 40);
  EXPECT_EQ(lossless.lost, 0);
  EXPECT_EQ(lossless.classed, 40);
  int dark = 0;
  for (int photo = 0; photo < 40; ++photo) dark += photo % 7 < 2 ? 1 : 0;
  EXPECT_EQ(report->candidates[1].lost, dark);
  EXPECT_EQ(report->candidates[1].photos, 40 - dark);
  EXPECT_EQ(report->candidates[1].classed, 40 - dark);
  EXPECT_EQ(report->candidates[2].lost, 40);
  EXPECT_EQ(report->candidates[2].photos, 0);
}

TEST_F(MeasureTest, CountsNothingThatTheBaseRejects) {
  const Model base = Roots("scale=21.5,1");
  const Model other = Roots("scale=0..255");
  const Model* candidates[] = {&base, &other};
  const Result<TuneReport> report = Measure(candidates, photos_, options_, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->rejected, 12);
  EXPECT_EQ(report->candidates[1].lost, 0);
  EXPECT_EQ(report->candidates[1].photos, 28);
}

TEST_F(MeasureTest, PassesOverWhatTheEngineCannotPrepare) {
  const Model base = Means("tensorflow");
  Model broken = Means("tensorflow");
  broken.precision = Precision::kInt8;
  broken.calibration = "no calibration";
  const Model other = Means("keras");
  const Model* candidates[] = {&base, &broken, &other};
  const Result<TuneReport> report = Measure(candidates, photos_, options_, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->candidates[0].photos, 40);
  EXPECT_EQ(report->candidates[2].photos, 40);
  const Measured& failed = report->candidates[1];
  EXPECT_EQ(failed.photos, 0);
  EXPECT_EQ(failed.lost, 0);
  EXPECT_THAT(failed.failure, HasSubstr("calibration"));
  const Choice choice = Choose(*report);
  EXPECT_FALSE(choice.as_good[1]);
  EXPECT_EQ(choice.others[1], "int8 was not measured: " + failed.failure);
  EXPECT_THAT(ToJson(*report, choice), HasSubstr(R"("why_not":"int8 was not measured: )"));

  const Model* first[] = {&broken, &base};
  EXPECT_EQ(Measure(first, photos_, options_, {}).error().message, failed.failure)
      << "there is nothing to hold others to";
}

TEST_F(MeasureTest, TakesNoReferenceThatTheEngineCannotPrepare) {
  const Model base = Means("keras");
  const Model one = Products(8);
  Model broken = one;
  broken.network = Products(9).network;
  broken.batch = 1;
  const Model* candidates[] = {&base, &broken, &one};
  const Result<TuneReport> report = Measure(candidates, photos_, options_, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(report->candidates[1].failure, HasSubstr("the engine cannot prepare means"));
  EXPECT_EQ(report->candidates[1].reference, 2U);
  EXPECT_EQ(report->candidates[2].reference, 2U);
  EXPECT_EQ(report->candidates[2].speed, 1);
  EXPECT_NEAR(report->candidates[2].mean_cosine, 1, 1e-12);
}

TEST_F(MeasureTest, MeasuresTheBaseAloneWhereTheWorkIsShort) {
  const Model one = Means("tensorflow");
  const Model other = Means("keras");
  const Model* candidates[] = {&one, &other};
  options_.work = 1;
  const Result<TuneReport> report = Measure(candidates, photos_, options_, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->short_work);
  EXPECT_GT(report->candidates[0].photos, 0);
  EXPECT_EQ(report->candidates[1].photos, 0);
}

TEST_F(MeasureTest, MeasuresOneRoundEvenWithoutTime) {
  const Model one = Means("tensorflow");
  const Model other = Means("keras");
  const Model* candidates[] = {&one, &other};
  options_.seconds = 0;
  const Result<TuneReport> report = Measure(candidates, photos_, options_, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->candidates[0].photos, 10);
  EXPECT_EQ(report->candidates[1].photos, 10);
}

TEST_F(MeasureTest, StopsWhenItIsTold) {
  const Model one = Means("tensorflow");
  const Model* candidates[] = {&one, &one};
  std::vector<std::int64_t> steps;
  const Result<TuneReport> report =
      Measure(candidates, photos_, options_, [&](std::int64_t done, std::int64_t total) {
        EXPECT_EQ(total, 8);
        steps.push_back(done);
        return done < 3;
      });
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::kStopped);
  EXPECT_THAT(steps, testing::ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace verger

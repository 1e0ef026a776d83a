#include "core/extract/extractor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <functional>
#include <thread>

#include "core/extract/test_files.h"
#include "core/extract/views.h"
#include "core/image/test_photos.h"
#include "core/model/test_onnx_file.h"

namespace verger {
namespace {

using test_onnx_file::ChannelMeans;
using test_onnx_file::FloatInitializer;
using test_onnx_file::Graph;
using test_onnx_file::Node;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// Logarithm of each channel's mean above `floor`: not a number for darker photos.
Graph LogOfMeansAbove(float floor) {
  Graph graph = ChannelMeans();
  graph.initializers = {FloatInitializer("floor", {floor})};
  graph.nodes.push_back(Node("Sub", {"features", "floor"}, "above"));
  graph.nodes.push_back(Node("Log", {"above"}, "logarithm"));
  graph.outputs[0].name = "logarithm";
  return graph;
}

class ExtractorTest : public testing::Test {
 protected:
  ExtractorTest() {
    for (const auto& path : test_files::List(test_files::Golden() / "photos")) {
      files_.push_back(test_files::Read(path));
    }
    for (const std::string& file : files_) photos_.push_back(test_files::AsBytes(file));
  }

  static Extractor Open(const Model& model, int batch_size, int threads = 2) {
    ExtractorOptions options;
    options.batch_size = batch_size;
    options.threads = threads;
    Result<Extractor> extractor = Extractor::Create(model, options);
    EXPECT_TRUE(extractor) << extractor.error().message;
    return *std::move(extractor);
  }
  static Extractor OpenStreams(const Model& model, int threads, int streams) {
    ExtractorOptions options;
    options.threads = threads;
    options.streams = streams;
    Result<Extractor> extractor = Extractor::Create(model, options);
    EXPECT_TRUE(extractor) << extractor.error().message;
    return *std::move(extractor);
  }
  static Extractor Open(const Graph& graph, int batch_size) {
    const std::string file = test_onnx_file::Model(graph);
    return Open(*ReadModel(test_files::AsBytes(file), "test.onnx", "tensorflow"), batch_size);
  }

  static std::vector<float> Row(const FeatureBatch& batch, std::size_t row) {
    const auto begin = batch.features.begin() + static_cast<std::ptrdiff_t>(row) * batch.dimension;
    return {begin, begin + batch.dimension};
  }

  // What each photo gives when it is alone.
  static FeatureBatch OneByOne(const Extractor& extractor, const std::vector<Bytes>& photos) {
    FeatureBatch all{extractor.dimension(), {}, {}, {}};
    for (const Bytes& photo : photos) {
      const FeatureBatch one = *extractor.Extract({&photo, 1});
      all.features.insert(all.features.end(), one.features.begin(), one.features.end());
      all.errors.insert(all.errors.end(), one.errors.begin(), one.errors.end());
    }
    return all;
  }

  // Bytes, not values: 0 and -0 differ.
  static void ExpectSame(const FeatureBatch& a, const FeatureBatch& b) {
    EXPECT_EQ(a.errors, b.errors);
    ASSERT_EQ(a.features.size(), b.features.size());
    EXPECT_EQ(std::memcmp(a.features.data(), b.features.data(), a.features.size() * sizeof(float)),
              0);
  }

  std::vector<std::string> files_;
  std::vector<Bytes> photos_;
};

TEST_F(ExtractorTest, AnotherLoaderGivesTheSameRowsAndItsOwnRejects) {
  const Model model = *EmbeddedModel();
  ExtractorOptions options;
  options.threads = 2;
  std::size_t calls = 0;
  options.loader = [&](Bytes photo, const DecodeLimits& limits, const Preset& preset,
                       std::span<std::uint8_t> views) -> Result<std::string> {
    if (++calls == 2) return std::string("decoder died: signal 11");
    return LoadViews(photo, limits, preset, views);
  };
  const FeatureBatch own = *Open(model, 4).Extract(photos_);
  const FeatureBatch batch = *Extractor::Create(model, options)->Extract(photos_);
  EXPECT_EQ(batch.errors[1], "decoder died: signal 11");
  for (std::size_t row = 0; row < photos_.size(); ++row) {
    if (row != 1) EXPECT_EQ(Row(batch, row), Row(own, row));
  }
}

TEST_F(ExtractorTest, ALoaderThatFailsFailsTheCall) {
  ExtractorOptions options;
  options.loader = [](auto&&...) -> Result<std::string> {
    return Error{Code::kInternal, "no process"};
  };
  const Extractor extractor = *Extractor::Create(*EmbeddedModel(), options);
  const Result<FeatureBatch> batch = extractor.Extract(photos_);
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().message, "no process");
  options.traits = true;
  EXPECT_FALSE(Extractor::Create(*EmbeddedModel(), options));
}

TEST_F(ExtractorTest, APhotoThatItsDecoderHadNoTimeForMayPassLater) {
  EXPECT_TRUE(MayPassLater("decoder late: took more than --max-seconds 30"));
  EXPECT_TRUE(MayPassLater("decoder killed: by the system"));
  EXPECT_FALSE(MayPassLater("decoder died: signal 11 (Segmentation fault)"));
}

TEST_F(ExtractorTest, OffersOtherPrecisionsWhereInt8CannotBePrepared) {
  Model model = *WithPrecision(*EmbeddedModel(), Precision::kInt8);
  model.preset.input = {0, 0};
  const Result<Extractor> extractor = Extractor::Create(model, {});
  ASSERT_FALSE(extractor);
  EXPECT_THAT(extractor.error().message, EndsWith("; choose fp32 or bf16"));
}

TEST_F(ExtractorTest, SaysWhatTheEngineCannotPrepareInOneLine) {
  Graph graph = ChannelMeans();
  const std::vector<float> weights(std::size_t{8} * 8 * 3 * 3, 1.0F);
  graph.nodes = {Node("Flatten", {"image"}, "flat"),
                 Node("MatMul", {"flat", "weights"}, "features")};
  graph.initializers = {FloatInitializer("weights", weights, {192, 3})};
  const std::string file = test_onnx_file::Model(graph);
  Model model = *ReadModel(test_files::AsBytes(file), "test.onnx", "tensorflow");
  model.preset.input.height = 9;  // of 8, which the weights are for
  model.batch = 1;
  const Result<Extractor> extractor = Extractor::Create(model, {});
  ASSERT_FALSE(extractor);
  EXPECT_THAT(extractor.error().message, StartsWith("the engine cannot prepare test.onnx: "));
  EXPECT_THAT(extractor.error().message, Not(HasSubstr("Exception from")));
  EXPECT_THAT(extractor.error().message, Not(HasSubstr("no reason")));
}

TEST_F(ExtractorTest, TellsItsShape) {
  const Extractor extractor = Open(ChannelMeans(), 5);
  EXPECT_EQ(extractor.dimension(), 3);
  const FeatureBatch none = *extractor.Extract({});
  EXPECT_TRUE(none.features.empty());
  EXPECT_TRUE(none.errors.empty());
}

TEST_F(ExtractorTest, ARowDependsOnItsPhotoAlone) {
  const Result<Model> model = EmbeddedModel();
  const Extractor extractor = Open(*model, static_cast<int>(photos_.size()) + 1);
  const FeatureBatch together = *extractor.Extract(photos_);
  ExpectSame(OneByOne(extractor, photos_), together);
  const std::vector<Bytes> reversed(photos_.rbegin(), photos_.rend());
  const FeatureBatch backwards = *extractor.Extract(reversed);
  for (std::size_t row = 0; row < photos_.size(); ++row) {
    EXPECT_EQ(Row(backwards, photos_.size() - 1 - row), Row(together, row)) << row;
  }
}

// The engine picks its kernels by the batch, so that sums may round otherwise.
TEST_F(ExtractorTest, BatchSizeChangesNoMoreThanTheLastBits) {
  const Result<Model> model = EmbeddedModel();
  const FeatureBatch one = *Open(*model, 1).Extract(photos_);
  const float largest = std::ranges::max(one.features);
  for (int batch_size : {2, 4, 16}) {
    const FeatureBatch many = *Open(*model, batch_size).Extract(photos_);
    EXPECT_THAT(many.features,
                testing::Pointwise(testing::FloatNear(1e-5F * largest), one.features))
        << batch_size;
  }
}

TEST_F(ExtractorTest, ThreadsAndStreamsChangeNoBit) {
  const Result<Model> model = EmbeddedModel();
  const FeatureBatch one = *OpenStreams(*model, 1, 1).Extract(photos_);
  struct Way {
    int threads;
    int streams;
  };
  for (const Way way : {Way{2, 1}, {2, 2}, {8, 1}, {8, 2}, {8, 8}, {64, 0}, {64, 64}}) {
    SCOPED_TRACE(testing::Message() << way.threads << " threads, " << way.streams << " streams");
    const Extractor extractor = OpenStreams(*model, way.threads, way.streams);
    // More callers than streams, so that all are taken and some wait.
    std::vector<FeatureBatch> batches(static_cast<std::size_t>(extractor.streams()) + 2);
    std::vector<std::thread> callers;
    for (FeatureBatch& batch : batches) {
      callers.emplace_back([&] { batch = *extractor.Extract(photos_); });
    }
    for (std::thread& caller : callers) caller.join();
    for (const FeatureBatch& batch : batches) ExpectSame(batch, one);
  }
}

TEST_F(ExtractorTest, StreamsAreNoMoreThanThreads) {
  const std::string file = test_onnx_file::Model(ChannelMeans());
  const Result<Model> model = ReadModel(test_files::AsBytes(file), "test.onnx", "tensorflow");
  EXPECT_EQ(OpenStreams(*model, 1, 0).streams(), 1);
  EXPECT_EQ(OpenStreams(*model, 1, 64).streams(), 1);
  EXPECT_EQ(OpenStreams(*model, 2, 1).streams(), 1);
  const int most = OpenStreams(*model, 64, 64).streams();
  EXPECT_GE(most, 1);
  EXPECT_LE(most, 64);
}

TEST_F(ExtractorTest, AnyNumberOfPhotosGoesThroughAnyBatch) {
  const FeatureBatch expected = OneByOne(Open(ChannelMeans(), 1), photos_);
  for (int batch_size = 1; batch_size <= 8; ++batch_size) {
    ExpectSame(*Open(ChannelMeans(), batch_size).Extract(photos_), expected);
  }
}

TEST_F(ExtractorTest, ARejectedPhotoIsARowWithAnError) {
  const std::string text = "this is no photo";
  const FeatureBatch good = *Open(ChannelMeans(), 4).Extract(photos_);
  // Bad ones first, last, in between and in a row, so that every way to fill a batch occurs.
  for (int batch_size : {1, 2, 3, 4, 16}) {
    const Extractor extractor = Open(ChannelMeans(), batch_size);
    for (unsigned pattern = 0; pattern < 16; ++pattern) {
      std::vector<Bytes> mixed;
      std::vector<std::size_t> from;  // the photo of each row, or one past the last
      for (std::size_t at = 0; at < photos_.size(); ++at) {
        for (int bad = 0; bad < 2 && (pattern >> (at % 4) & 1U) != 0; ++bad) {
          mixed.push_back(test_files::AsBytes(text));
          from.push_back(photos_.size());
        }
        mixed.push_back(photos_[at]);
        from.push_back(at);
      }
      mixed.push_back(Bytes{});
      from.push_back(photos_.size());
      const FeatureBatch batch = *extractor.Extract(mixed);
      ASSERT_EQ(batch.errors.size(), mixed.size());
      for (std::size_t row = 0; row < mixed.size(); ++row) {
        const bool bad = from[row] == photos_.size();
        EXPECT_EQ(batch.errors[row].empty(), !bad) << row;
        EXPECT_EQ(Row(batch, row), bad ? std::vector<float>(3) : Row(good, from[row])) << row;
      }
    }
  }
}

// Lets this process take so many more bytes than it has, until it goes.
class LittleMemory {
 public:
  explicit LittleMemory(std::size_t more) {
    std::ifstream sizes("/proc/self/statm");
    std::size_t pages = 0;
    sizes >> pages;
    getrlimit(RLIMIT_AS, &before_);
    rlimit limit = before_;
    limit.rlim_cur = pages * static_cast<std::size_t>(getpagesize()) + more;
    EXPECT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
  }
  LittleMemory(const LittleMemory&) = delete;
  LittleMemory& operator=(const LittleMemory&) = delete;
  ~LittleMemory() { setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_{};
};

TEST_F(ExtractorTest, APhotoThatMemoryDoesNotSufficeForIsARejection) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs more addresses than this test allows: run it without";
#endif
  // Headers that say 6000 x 6000 pixels, and as many bytes as such photos have at least.
  const Image dot = TestImage({1, 1});
  const std::string filler(10'000, 'x');
  const auto jpeg = [&](bool progressive) {
    const Photo claim = WithJpegSide(EncodeJpeg(dot.view(), progressive), 6000);
    return WithJpegSegment(claim, 0xEF, filler);
  };
  const Photo baseline = jpeg(false);
  const Photo progressive = jpeg(true);
  const Photo png = WithPngChunk(WithPngSize(EncodePng(dot.view()), 6000, 6000), "teSt", filler);
  const Extractor extractor = Open(ChannelMeans(), 2);
  const FeatureBatch good = *extractor.Extract(photos_);
  const std::vector<Bytes> mixed = {photos_[0], baseline, photos_[1], progressive, png, photos_[2]};
  const FeatureBatch batch = [&] {
    const LittleMemory limit(std::size_t{20} << 20);
    const Result<FeatureBatch> extracted = extractor.Extract(mixed);
    return extracted ? *extracted : FeatureBatch{};
  }();
  ASSERT_EQ(batch.errors.size(), mixed.size());
  for (const std::size_t row : {1, 3, 4}) {
    EXPECT_THAT(batch.errors[row], HasSubstr("out of memory")) << row;
    EXPECT_TRUE(MayPassLater(batch.errors[row])) << row;
  }
  EXPECT_FALSE(MayPassLater(""));
  EXPECT_FALSE(MayPassLater("JPEG: ends before its last row"));
  const std::vector<std::size_t> rows = {0, 2, 5};
  for (std::size_t at = 0; at < rows.size(); ++at) {
    EXPECT_EQ(batch.errors[rows[at]], "");
    EXPECT_EQ(Row(batch, rows[at]), Row(good, at));
  }
}

TEST_F(ExtractorTest, FeaturesThatAreNotFiniteAreARejection) {
  const FeatureBatch means = *Open(ChannelMeans(), 4).Extract(photos_);
  std::vector<float> darkest;
  for (std::size_t row = 0; row < photos_.size(); ++row) {
    darkest.push_back(std::ranges::min(Row(means, row)));
  }
  std::vector<float> sorted = darkest;
  std::ranges::sort(sorted);
  const float floor = (sorted[2] + sorted[3]) / 2;
  const FeatureBatch batch = *Open(LogOfMeansAbove(floor), 4).Extract(photos_);
  for (std::size_t row = 0; row < photos_.size(); ++row) {
    if (darkest[row] < floor) {
      EXPECT_THAT(batch.errors[row], StartsWith("nan"));
      EXPECT_EQ(Row(batch, row), std::vector<float>(3));
    } else {
      EXPECT_EQ(batch.errors[row], "");
    }
  }
}

// The mean of what each view gives by itself, in whatever batches they were.
TEST_F(ExtractorTest, FeaturesAreTheMeanOfTheViews) {
  Model model = *EmbeddedModel("efficientnet-lite0", "size=112");
  for (const int views : {3, 8}) {
    std::vector<float> expected;
    for (const Bytes& photo : photos_) {
      Preset preset = model.preset;
      preset.views = views;
      Image image = *Decode(photo, {}, kAllPixels);
      std::vector<std::uint8_t> pixels(static_cast<std::size_t>(views) * ByteCount(preset.input));
      ASSERT_TRUE(ToViews(image, preset, pixels));
      std::vector<Photo> files;
      for (int view = 0; view < views; ++view) {
        const std::size_t each = ByteCount(preset.input);
        files.push_back(EncodePng({preset.input, std::span(pixels).subspan(view * each, each)}));
      }
      model.preset.views = 1;
      const FeatureBatch single =
          *Open(model, 4).Extract(std::vector<Bytes>(files.begin(), files.end()));
      for (int at = 0; at < single.dimension; ++at) {
        double sum = 0;
        for (int view = 0; view < views; ++view) sum += Row(single, view)[at];
        expected.push_back(static_cast<float>(sum / views));
      }
    }
    model.preset.views = views;
    const FeatureBatch means = *Open(model, 4).Extract(photos_);
    EXPECT_EQ(means.features, expected) << views;
  }
}

TEST_F(ExtractorTest, ARowOfViewsDependsOnItsPhotoAlone) {
  const std::string text = "this is no photo";
  std::vector<Bytes> mixed = photos_;
  mixed.insert(mixed.begin() + 1, test_files::AsBytes(text));
  mixed.push_back(test_files::AsBytes(text));
  const std::string file = test_onnx_file::Model(ChannelMeans());
  for (const char* preset : {"tensorflow,views=3", "tensorflow,views=8"}) {
    const Model model = *ReadModel(test_files::AsBytes(file), "test.onnx", preset);
    const FeatureBatch expected = OneByOne(Open(model, 1), mixed);
    for (const int batch_size : {1, 2, 3, 4, 5, 8, 16}) {
      const Extractor extractor = Open(model, batch_size);
      ExpectSame(*extractor.Extract(mixed), expected);
      ExpectSame(OneByOne(extractor, mixed), expected);
    }
  }
  const Extractor extractor = Open(*EmbeddedModel("efficientnet-lite0", "views=3"), 4);
  ExpectSame(*extractor.Extract(mixed), OneByOne(extractor, mixed));
}

TEST_F(ExtractorTest, OneViewThatGivesNoNumberIsARejection) {
  // A picture that is dark but for its rim: only the middle has no logarithm above the floor.
  Image picture{{20, 20}, std::vector<std::uint8_t>(ByteCount({20, 20}), 255)};
  for (int y = 2; y < 18; ++y) {
    std::fill_n(picture.pixels.begin() + (y * 20 + 2) * 3, 16 * 3, std::uint8_t{0});
  }
  const Photo file = EncodePng(picture.view());
  const std::string network = test_onnx_file::Model(LogOfMeansAbove(-0.9F));
  const auto error = [&](const char* preset) {
    const Model model = *ReadModel(test_files::AsBytes(network), "test.onnx", preset);
    const Bytes photo = file;
    const FeatureBatch batch = *Open(model, 2).Extract({&photo, 1});
    EXPECT_EQ(Row(batch, 0) == std::vector<float>(3), !batch.errors[0].empty());
    return batch.errors[0];
  };
  EXPECT_EQ(error("tensorflow"), "");
  EXPECT_EQ(error("tensorflow,views=8"), "");
  EXPECT_THAT(error("tensorflow,views=3"), StartsWith("nan"));
}

TEST_F(ExtractorTest, TraitsAreThoseOfTheDecodedPhoto) {
  const std::string text = "this is no photo";
  Image picture{{30, 30}, std::vector<std::uint8_t>(ByteCount({30, 30}), 255)};
  for (int y = 10; y < 20; ++y) {
    std::fill_n(picture.pixels.begin() + (y * 30 + 10) * 3, 10 * 3, std::uint8_t{40});
  }
  const Photo fruit = EncodePng(picture.view());
  // The golden photos have no plain background.
  std::vector<Bytes> mixed = {fruit, test_files::AsBytes(text), photos_[0], fruit, photos_[1]};
  const std::optional<Traits> fruit_traits = *MeasurePhoto(fruit, {});
  ASSERT_TRUE(fruit_traits);
  EXPECT_DOUBLE_EQ(fruit_traits->area, 1.0 / 9);
  const std::string file = test_onnx_file::Model(ChannelMeans());
  for (const char* preset : {"tensorflow", "tensorflow,views=3"}) {
    const Model model = *ReadModel(test_files::AsBytes(file), "test.onnx", preset);
    ExtractorOptions options;
    options.traits = true;
    const FeatureBatch batch = *Extractor::Create(model, options)->Extract(mixed);
    ASSERT_EQ(batch.traits.size(), mixed.size());
    for (std::size_t row = 0; row < mixed.size(); ++row) {
      ASSERT_EQ(batch.traits[row].has_value(), row == 0 || row == 3) << row;
      if (batch.traits[row]) {
        EXPECT_EQ(batch.traits[row]->lab_l, fruit_traits->lab_l);
        EXPECT_EQ(batch.traits[row]->roundness, fruit_traits->roundness);
      }
    }
    const FeatureBatch without = *Extractor::Create(model)->Extract(mixed);
    EXPECT_TRUE(without.traits.empty());
    ExpectSame(without, batch);
  }
}

TEST_F(ExtractorTest, ManyThreadsGetWhatOneGets) {
  const Extractor extractor = Open(*EmbeddedModel(), 2);
  const FeatureBatch expected = *extractor.Extract(photos_);
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 2; ++turn) ExpectSame(*extractor.Extract(photos_), expected);
    });
  }
}

TEST_F(ExtractorTest, ThreadsOfTheEngineChangeNothing) {
  const Result<Model> model = EmbeddedModel();
  for (int batch_size : {3, ExtractorOptions{}.batch_size}) {
    ExpectSame(*Open(*model, batch_size, 1).Extract(photos_),
               *Open(*model, batch_size, 2).Extract(photos_));
  }
}

TEST_F(ExtractorTest, RefusesOptionsThatMakeNoSense) {
  const std::string file = test_onnx_file::Model(ChannelMeans());
  const Model model = *ReadModel(test_files::AsBytes(file), "test.onnx", "keras");
  for (const auto& [threads, batch_size] : {std::pair{-1, 4}, {1, 0}, {1, -3}, {1, 1 << 20}}) {
    ExtractorOptions options;
    options.threads = threads;
    options.batch_size = batch_size;
    const Result<Extractor> extractor = Extractor::Create(model, options);
    ASSERT_FALSE(extractor);
    EXPECT_EQ(extractor.error().code, Code::kBadCall);
  }
}

}  // namespace
}  // namespace verger

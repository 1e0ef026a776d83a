#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/pca/pca.h"

namespace verger {
namespace {

using Json = nlohmann::json;

Pca Sample() {
  const double third = std::sqrt(1.0 / 3);
  const double half = std::sqrt(0.5);
  return Pca{.dimension = 3,
             .components = 2,
             .rows = 5,
             .mean = {0.1, -1e-310, 1.7976931348623157e308},
             .axes = {third, third, third, half, -0.0, -half},
             .explained_variance = {2.5, 1.0 / 3},
             .explained_variance_ratio = {0.7, 0.1},
             .identity = {"resnet50", "00ff", "keras \"quoted\" \n é"}};
}

std::string ReasonAgainst(const std::string& json) {
  const Result<Pca> pca = PcaFromJson(json);
  EXPECT_FALSE(pca) << json.substr(0, 200);
  if (pca) return "";
  EXPECT_EQ(pca.error().code, Code::kBadFeatures);
  return pca.error().message;
}

TEST(PcaJson, KeepsEveryBit) {
  const Pca written = Sample();
  const std::string json = ToJson(written);
  const Result<Pca> read = PcaFromJson(json);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->dimension, written.dimension);
  EXPECT_EQ(read->components, written.components);
  EXPECT_EQ(read->rows, written.rows);
  EXPECT_EQ(read->mean, written.mean);
  EXPECT_EQ(read->axes, written.axes);
  EXPECT_TRUE(std::signbit(read->axes[4]));
  EXPECT_EQ(read->explained_variance, written.explained_variance);
  EXPECT_EQ(read->explained_variance_ratio, written.explained_variance_ratio);
  EXPECT_EQ(read->identity, written.identity);
  EXPECT_EQ(ToJson(*read), json);
}

TEST(PcaJson, WritesNamesThatAreNoUtf8) {
  Pca pca = Sample();
  pca.identity.model = "\xff.onnx";
  EXPECT_EQ(PcaFromJson(ToJson(pca))->identity.model, "\xEF\xBF\xBD.onnx");
}

TEST(PcaJson, RefusesEveryFieldOfAWrongType) {
  const Json good = ParseJson(ToJson(Sample()));
  const Json wrong[] = {nullptr,
                        true,
                        -1,
                        1e30,
                        18446744073709551615u,
                        "x",
                        Json::array(),
                        Json::array({"x", "y", "z"}),
                        Json::array({1, 2, 3, 4}),
                        Json::object()};
  for (const auto& [name, value] : good.items()) {
    for (const Json& other : wrong) {
      Json bad = good;
      bad[name] = other;
      EXPECT_THAT(ReasonAgainst(FormatJson(bad)), testing::HasSubstr("this is not a PCA document"))
          << name;
    }
    Json bad = good;
    bad.erase(name);
    ReasonAgainst(FormatJson(bad));
  }
  for (const char* name : {"name", "sha256", "preset"}) {
    Json bad = good;
    bad["model"][name] = 3;
    EXPECT_THAT(ReasonAgainst(FormatJson(bad)), testing::HasSubstr(name));
  }
}

TEST(PcaJson, RefusesNumbersThatCannotBe) {
  const Json good = ParseJson(ToJson(Sample()));
  Json bad = good;
  bad["version"] = 2;
  EXPECT_THAT(ReasonAgainst(FormatJson(bad)), testing::HasSubstr("version 2"));
  bad = good;
  bad["components"][1][0] = 0.9;
  EXPECT_THAT(ReasonAgainst(FormatJson(bad)), testing::HasSubstr("components[1]"));
  bad = good;
  bad["components"][0] = {1, 0};
  EXPECT_THAT(ReasonAgainst(FormatJson(bad)), testing::HasSubstr("3 numbers"));
  for (int dimension : {0, 2, 4, 1 << 30}) {
    bad = good;
    bad["dimension"] = dimension;
    ReasonAgainst(FormatJson(bad));
  }
}

TEST(PcaJson, RefusesWhatIsNoJson) {
  const std::string json = ToJson(Sample());
  for (std::size_t size = 0; size + 2 < json.size(); ++size) ReasonAgainst(json.substr(0, size));
  ReasonAgainst("\xff");
  ReasonAgainst("[1]");
  ReasonAgainst(std::string(1000000, '['));
  std::string deep;
  for (int i = 0; i < 300000; ++i) deep += "{\"a\":";
  ReasonAgainst(deep);
  for (const char* number : {"NaN", "Infinity", "1e999"}) {
    std::string bad = json;
    ReasonAgainst(bad.replace(bad.find("0.7"), 3, number));
  }
}

}  // namespace
}  // namespace verger

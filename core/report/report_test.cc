#include "core/report/report.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/base/sha256.h"
#include "core/image/test_photos.h"

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kPca = R"({"mean": [1, 2], "explained_variance_ratio": [0.5, 0.25]})";
const std::string kHostile = "</script><script>alert(1)</script>";

Manifest Of() {
  Manifest manifest;
  manifest.photos = "/orchard";
  manifest.labels = 2;
  manifest.model = {"m", std::string(64, 'a'), "p", "identity", 2};
  manifest.preprocessing = {
      {{"Preprocessing/part-00000.parquet", 1, std::string(64, '1')}, 3, 1, "", ""},
      {{"Preprocessing/part-00001.parquet", 1, std::string(64, '2')}, 1, 0, "", ""}};
  manifest.moments = {"_verger/moments-000001.bin", 1, std::string(64, '3')};
  manifest.rejects = {{"a/3", "empty file"}};
  manifest.reduction.emplace();
  manifest.reduction->settings.components = 2;
  manifest.reduction->moments = std::string(64, '3');
  manifest.reduction->components = 2;
  manifest.reduction->explained_variance = 0.75;
  manifest.reduction->pca = {"_verger/pca-000001.json", 1, std::string(64, '4')};
  manifest.reduction->results = {
      {{{"Results/part-00000.parquet", 1, std::string(64, '5')}, 3, 0, "", ""},
       std::string(64, '1')},
      {{{"Results/part-00001.parquet", 1, std::string(64, '6')}, 1, 0, "", ""},
       std::string(64, '2')}};
  return manifest;
}

Report Make(const Manifest& manifest = Of(), std::string_view facts = "") {
  auto report = Report::Make({WriteManifest(manifest), 7, kPca, facts});
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  return std::move(report).value();
}

const std::vector<float> kLeft = {-1.5F, 2}, kMiddle = {0.1F, 1}, kRight = {4, 0}, kFar = {5, 5};

Status AddAll(Report& report, std::string_view label = "b") {
  VERGER_RETURN_IF_ERROR(
      report.AddPart("one",
                     {{"a/1", "a", "", 100, 1},
                      {"a/2", "a", "", 100, 2},
                      {"a/3", "a", "empty file"},
                      {"a/4", "a", "", 100, 4}},
                     Report::Scores{{"a/1", "a/2", "a/4"}, {kLeft, kMiddle, kRight}}));
  return report.AddPart("two", {{"b/1", label, "", 100, 5}}, Report::Scores{{"b/1"}, {kFar}});
}

std::string Block(const std::string& page, const std::string& id) {
  const std::size_t at = page.find("id=\"" + id + "\">");
  EXPECT_NE(at, std::string::npos) << id;
  const std::size_t begin = page.find('>', at) + 1;
  return page.substr(begin, page.find("</script>", begin) - begin);
}

std::string HashOf(std::string_view text) { return Sha256(std::as_bytes(std::span(text))); }

nlohmann::json DataOf(const std::string& page) { return ParseJson(Block(page, "data")); }

TEST(Report, SaysWhatTheTablesHold) {
  Report report = Make();
  ASSERT_TRUE(AddAll(report));
  const auto page = report.Finish();
  ASSERT_TRUE(page);
  const nlohmann::json data = DataOf(*page);
  EXPECT_EQ(data["inputs"], 5);
  EXPECT_EQ(data["rows"], 4);
  EXPECT_EQ(data["version"], 7);
  EXPECT_EQ(data["labels"][0]["name"], "a");
  EXPECT_EQ(data["labels"][0]["rows"], 3);
  EXPECT_EQ(data["labels"][0]["rejects"], 1);
  EXPECT_EQ(data["labels"][1]["rows"], 1);
  EXPECT_EQ(data["reasons"][0]["reason"], "empty file");
  EXPECT_THAT(data["variance"].get<std::vector<double>>(), ElementsAre(0.5, 0.25));
  EXPECT_EQ(data["map"]["points"], 4);
  EXPECT_EQ(data["map"]["ranges"][0], nlohmann::json::array({-1.5, 5}));
  EXPECT_EQ(data["ends"][0]["least"][1]["score"], 0.1);  // as written, not 0.10000000149
  EXPECT_EQ(data["ends"][1]["greatest"][0]["path"], "b/1");
  EXPECT_EQ(data["settings"]["manifest_sha256"], HashOf(WriteManifest(Of())));
  EXPECT_EQ(*FromBase64(Block(*page, "data-labels")), std::string("\0\0\0\1", 4));
}

TEST(Report, TellsOfARunOnlyWhereOneJustEnded) {
  Report still = Make();
  Report ran = Make(Of(), R"({"extracted": 3, "seconds": 2})");
  ASSERT_TRUE(AddAll(still) && AddAll(ran));
  EXPECT_EQ(DataOf(*still.Finish())["of_a_run"], false);
  const nlohmann::json data = DataOf(*ran.Finish());
  EXPECT_EQ(data["of_a_run"], true);
  EXPECT_EQ(data["summary"]["photos_per_second"], 1.5);
}

TEST(Report, LetsNoNameBecomeMarkup) {
  Manifest manifest = Of();
  manifest.photos = "/" + kHostile;
  manifest.rejects[0].reason = kHostile;
  Report report = Make(manifest);
  ASSERT_TRUE(AddAll(report, kHostile));
  ASSERT_TRUE(report.AddSection(kHostile, FormatJson(nlohmann::json{{kHostile, kHostile}})));
  const std::string page = *report.Finish();
  EXPECT_THAT(page, Not(HasSubstr("alert(1)</script>")));
  EXPECT_EQ(DataOf(page)["labels"][0]["name"], kHostile);
}

TEST(Report, RunsNoScriptButItsOwn) {
  Report report = Make();
  ASSERT_TRUE(AddAll(report));
  const std::string page = *report.Finish();
  const std::size_t begin = page.rfind("<script>") + 8;
  const std::string script = page.substr(begin, page.rfind("</script>") - begin);
  std::string digest;
  const std::string digits = HashOf(script);
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    digest += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
  }
  EXPECT_THAT(page, HasSubstr(fmt::format("script-src 'sha256-{}'",
                                          ToBase64(std::as_bytes(std::span(digest))))));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* fetching : {"http://", "https://", "url(", "<iframe", "import("}) {
    std::string without = page;  // the name of SVG's elements is no address
    const std::string svg = "http://www.w3.org/2000/svg";
    for (std::size_t at = without.find(svg); at != std::string::npos; at = without.find(svg)) {
      without.erase(at, svg.size());
    }
    EXPECT_THAT(without, Not(HasSubstr(fetching)));
  }
}

TEST(Report, IsTheSameInWhateverOrderPhotosCome) {
  const Photo one = EncodeJpeg(TestImage({50, 60}).view());
  const Photo other = EncodePng(TestImage({80, 40}).view());
  std::vector<std::string> pages;
  for (const bool turned : {false, true}) {
    Report report = Make();
    ASSERT_TRUE(AddAll(report));
    ASSERT_EQ(report.ThumbnailPhotos().size(), 4U);
    if (turned) report.AddPhoto("b/1", other);
    report.AddPhoto("a/2", one);
    report.AddPhoto("a/1", ToPhoto("no photo any more"));
    report.AddPhoto("never/photos", one);
    if (!turned) report.AddPhoto("b/1", other);
    pages.push_back(*report.Finish());
  }
  EXPECT_EQ(pages[0], pages[1]);
  EXPECT_THAT(DataOf(pages[0])["thumbnails"]["points"].get<std::vector<int>>(), ElementsAre(1, 3));
  EXPECT_FALSE(Block(pages[0], "data-sprite").empty());
}

TEST(Report, WantsNoPhotoWherePathsAreHashed) {
  Manifest manifest = Of();
  manifest.hashed = true;
  manifest.photos = "";
  Report report = Make(manifest);
  ASSERT_TRUE(AddAll(report));
  EXPECT_THAT(report.ThumbnailPhotos(), IsEmpty());
}

TEST(Report, WantsNoMoreBytesThanItMayHave) {
  Manifest manifest = Of();
  manifest.preprocessing.resize(1);
  manifest.preprocessing[0].rows = 1000;
  manifest.preprocessing[0].rejects = 0;
  manifest.rejects.clear();
  manifest.reduction.reset();
  Report report = Make(manifest);
  std::vector<std::string> paths;
  for (int at = 0; at < 1000; ++at) paths.push_back(fmt::format("{}/{:04}", at / 100, at));
  std::vector<Report::Row> rows;
  for (const std::string_view path : paths)
    rows.push_back({path, path.substr(0, 1), "", 2 << 20, 1});
  ASSERT_TRUE(report.AddPart("one", rows, std::nullopt));
  const std::vector<ReportPhoto>& photos = report.ThumbnailPhotos();
  EXPECT_EQ(photos.size(), 128U);  // 256 MiB
  std::map<std::uint32_t, int> of_label;
  for (const ReportPhoto& photo : photos) ++of_label[photo.label];
  EXPECT_EQ(of_label.size(), 10U);
}

TEST(Report, ShowsDuplicatesAcrossLabelsFirst) {
  nlohmann::json match = {{"photos", 90}, {"spare", 40}, {"within", 0.3}, {"near_pairs", 40}};
  for (int at = 0; at < 40; ++at) {
    nlohmann::json group = {{"distance", at}, {"across_labels", at >= 30}};
    group["photos"] = {{{"path", "a/2"}}, {{"path", "b/1"}}};
    match["equal"].push_back(group);
    match["near"].push_back(group);
  }
  Report report = Make();
  ASSERT_TRUE(AddAll(report));
  ASSERT_TRUE(report.AddSection("duplicates", FormatJson(match)));
  ASSERT_EQ(report.ThumbnailPhotos().size(), 4U);
  report.AddPhoto("b/1", EncodePng(TestImage({40, 40}).view()));
  const nlohmann::json data = DataOf(*report.Finish())["sections"]["duplicates"];
  EXPECT_EQ(data["equal"][0]["photos"][0]["thumbnail"], -1);
  EXPECT_EQ(data["equal"][0]["photos"][1]["thumbnail"], 0);
  EXPECT_EQ(data["equal_groups"], 40);
  EXPECT_EQ(data["equal_across_labels"], 10);
  EXPECT_EQ(data["equal"].size(), 22U);
  EXPECT_EQ(data["near"][0]["distance"], 30);
  EXPECT_EQ(data["near"][10]["distance"], 0);
}

TEST(Report, ShowsPhotosOfAnEvaluationButNotThoseOfItsTest) {
  const nlohmann::json photos = {{{"path", "a/2"}}, {{"path", "b/1"}}};
  const nlohmann::json evaluation = {
      {"mistakes", photos}, {"label_errors", photos}, {"test", {{"mistakes", photos}}}};
  Report report = Make();
  ASSERT_TRUE(AddAll(report));
  ASSERT_TRUE(report.AddSection("evaluation", FormatJson(evaluation)));
  ASSERT_EQ(report.ThumbnailPhotos().size(), 4U);
  report.AddPhoto("b/1", EncodePng(TestImage({40, 40}).view()));
  const nlohmann::json data = DataOf(*report.Finish())["sections"]["evaluation"];
  for (const char* kind : {"mistakes", "label_errors"}) {
    EXPECT_EQ(data[kind][0]["thumbnail"], -1);
    EXPECT_EQ(data[kind][1]["thumbnail"], 0);
  }
  EXPECT_EQ(data["test"], evaluation["test"]);
}

TEST(Report, RefusesTablesThatDoNotFit) {
  Report report = Make();
  const auto other =
      report.AddPart("part-1", {{"a/1", "a", "", 1, 1}}, Report::Scores{{"a/2"}, {kLeft}});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kBadOutput);
  EXPECT_THAT(other.error().message, HasSubstr("part-1"));
  EXPECT_EQ(report.Finish().error().code, Code::kBadCall);
  EXPECT_EQ(Report::Make({"{}", 1, kPca, ""}).error().code, Code::kBadOutput);
  EXPECT_EQ(Report::Make({WriteManifest(Of()), 1, "{}", ""}).error().code, Code::kBadOutput);
  EXPECT_EQ(report.AddSection("x", "[1]").error().code, Code::kBadCall);
}

TEST(Report, DoesWithoutAPca) {
  Manifest manifest = Of();
  manifest.reduction.reset();
  Report report = Make(manifest);
  ASSERT_TRUE(report.AddPart("one", {{"a/1", "a", "", 1, 1}}, std::nullopt));
  ASSERT_TRUE(report.AddPart("two", {{"a/2", "a", "", 1, 1}}, std::nullopt));
  EXPECT_FALSE(DataOf(*report.Finish()).contains("map"));
}

}  // namespace
}  // namespace verger

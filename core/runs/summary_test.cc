#include "core/runs/summary.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/runs/file_kinds.h"

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

// 1,020 photos: 1,014 rows, and 6 rejects of which `listed` are named.
Json Manifest(int listed = 6) {
  Json json = ParseOrderedJson(R"({
    "labels": 3,
    "model": {"name": "tiny", "sha256": "aa", "preset": "keras", "identity": "k", "dimension": 2048},
    "preprocessing": [{"name": "Preprocessing/part-00000.parquet", "rows": 510, "rejects": 2},
                      {"name": "Preprocessing/part-00001.parquet", "rows": 504, "rejects": 4}],
    "rejects": []})");
  for (int i = 0; i < listed; ++i) {
    json["rejects"].push_back({{"path", "a/" + std::to_string(i) + ".jpg"}, {"reason", "empty"}});
  }
  return json;
}

Json Reduced() {
  Json json = Manifest();
  json["reduction"] = {
      {"settings", {{"scores", "centred"}}}, {"components", 50}, {"explained_variance", 0.8125}};
  return json;
}

std::string SummaryOf(const Json& manifest, const Json& facts, SummaryKind kind) {
  return *Summary(FormatJson(manifest), FormatJson(facts), kind);
}

const Json kDrift = {{"photos", 1200},
                     {"mean_shift", 0.5},
                     {"residual", 0.25},
                     {"expected_residual", 0.125},
                     {"refit", true}};

TEST(Summary, TellsPeopleOfThePhotos) {
  const Json facts = {{"extracted", 20}, {"reused", 1000},  {"vanished", 1}, {"outdated", 1300},
                      {"repaired", 2},   {"s3_retries", 1}, {"seconds", 2.0}};
  EXPECT_EQ(SummaryOf(Manifest(1), facts, SummaryKind::kExtraction),
            "1,020 photos, 3 labels, 6 rejects by tiny: 2,048 features each; 1,000 reused, "
            "not extracted again\n"
            "1 photo is no longer listed in PHOTOS; the rows stay (--sync drops them)\n"
            "1,300 rows of another network were removed\n"
            "1 request to S3 repeated\n"
            "2 damaged parts repaired\n"
            "  rejected a/0.jpg: empty\n"
            "  ... and 5 more, each a row of Preprocessing with its error\n");
}

TEST(Summary, TellsWhatTheListingLeftOut) {
  Json counts = Json::array();
  for (std::size_t kind = 0; kind < kFileKinds; ++kind) counts.push_back(0);
  counts[ListingCounts::At(FileKind::kMacSideFile)] = 1014;
  counts[ListingCounts::At(FileKind::kRaw)] = 1;
  Json facts = {{"passed_over", counts},
                {"unread", {{{"path", "Apple"}, {"reason", "Permission denied"}}}}};
  EXPECT_NE(SummaryOf(Manifest(), facts, SummaryKind::kExtraction)
                .find("\npassed over: 1,014 side files of Macs, 1 RAW file\n"
                      "cannot list the folder Apple: Permission denied; rows of its photos stay\n"),
            std::string::npos);
  Json summary = ParseOrderedJson(SummaryOf(Manifest(), facts, SummaryKind::kJson));
  EXPECT_EQ(summary["passed_over"], (Json{{"mac_side_files", 1014}, {"raw", 1}}));
  EXPECT_EQ(summary["unread_folders"], facts["unread"]);
  for (int i = 1; i < 23; ++i) facts["unread"].push_back(facts["unread"][0]);
  EXPECT_NE(
      SummaryOf(Manifest(), facts, SummaryKind::kExtraction).find("\n... and 3 more folders\n"),
      std::string::npos);
  EXPECT_FALSE(ParseOrderedJson(SummaryOf(Manifest(), Json::object(), SummaryKind::kJson))
                   .contains("passed_over"))
      << "a reduction lists nothing";
}

TEST(Summary, IsALineWhereNothingElseHappened) {
  Json manifest = Manifest(0);
  for (Json& part : manifest["preprocessing"]) part["rejects"] = 0;
  EXPECT_EQ(SummaryOf(manifest, {{"extracted", 1014}, {"s3_retries", 0}}, SummaryKind::kExtraction),
            "1,014 photos, 3 labels, 0 rejects by tiny: 2,048 features each\n");
}

TEST(Summary, ShowsTwentyRejectsAndWhereTheOthersAre) {
  Json manifest = Manifest(24);
  manifest["preprocessing"][0]["rejects"] = 20;
  const std::string text = SummaryOf(manifest, Json::object(), SummaryKind::kExtraction);
  EXPECT_NE(text.find("  rejected a/19.jpg"), std::string::npos);
  EXPECT_EQ(text.find("  rejected a/20.jpg"), std::string::npos);
  EXPECT_TRUE(text.ends_with("  ... and 4 more, in the manifest below _verger/\n"));
}

TEST(Summary, TellsPeopleOfThePcaAndTheDrift) {
  EXPECT_EQ(SummaryOf(Reduced(), Json::object(), SummaryKind::kReduction),
            "50 components explain 81.2 % of the variance\n");
  EXPECT_EQ(
      SummaryOf(Reduced(), {{"drift", kDrift}}, SummaryKind::kReduction),
      "50 components explain 81.2 % of the variance\n"
      "PCA kept; the mean of 1200 new photos is 0.50 standard deviations away, and the PCA does "
      "not explain 25.0 % of their variance, before 12.5 %: fit it again by the same command "
      "without --keep-pca\n");
  Json none = kDrift;
  none["photos"] = 0;
  EXPECT_TRUE(SummaryOf(Reduced(), {{"drift", none}}, SummaryKind::kReduction)
                  .ends_with("PCA kept; no new photos\n"));
  EXPECT_EQ(SummaryOf(Manifest(), Json::object(), SummaryKind::kReduction), "");
}

TEST(Summary, TellsMachinesAllInOneOrder) {
  const Json facts = {{"extracted", 20}, {"reused", 1000},  {"vanished", 1},  {"repaired", 2},
                      {"seconds", 2.0},  {"s3_retries", 3}, {"drift", kDrift}};
  const std::string text = SummaryOf(Reduced(), facts, SummaryKind::kJson);
  EXPECT_TRUE(text.ends_with("}\n"));
  Json expected = {{"inputs", 1020},
                   {"rows", 1014},
                   {"labels", 3},
                   {"model",
                    {{"name", "tiny"},
                     {"sha256", "aa"},
                     {"preset", "keras"},
                     {"dimension", 2048},
                     {"precision", "fp32"}}},
                   {"extracted", 20},
                   {"reused", 1000},
                   {"vanished_kept", 1},
                   {"repaired_parts", 2},
                   {"s3", {{"retries", 3}}},
                   {"seconds", 2.0},
                   {"photos_per_second", 10.0},
                   {"components", 50},
                   {"explained_variance", 0.8125},
                   {"scores", "centred"},
                   {"rejected", 6},
                   {"rejects", Manifest()["rejects"]},
                   {"drift", kDrift}};
  EXPECT_EQ(text, FormatJson(expected, 1) + "\n");
  EXPECT_FALSE(
      ParseOrderedJson(SummaryOf(Manifest(), Json::object(), SummaryKind::kJson)).contains("s3"));
}

// What is not a version of the output must not read like its state.
TEST(Summary, OfAVersionThatWasNotMadeSaysWhatWasDone) {
  Json facts = {{"committed", false}, {"extracted", 20}, {"reused", 1000}, {"vanished", 1}};
  EXPECT_EQ(SummaryOf(Manifest(1), facts, SummaryKind::kExtraction),
            "20 photos extracted, kept for the next run; the output did not change\n"
            "  rejected a/0.jpg: empty\n"
            "  ... and 5 more\n");
  const Json summary = ParseOrderedJson(SummaryOf(Reduced(), facts, SummaryKind::kJson));
  EXPECT_EQ(summary["committed"], false);
  EXPECT_EQ(summary["extracted"], 20);
  EXPECT_EQ(summary["rejected"], 6);
  for (const char* state : {"inputs", "rows", "labels", "reused", "components"}) {
    EXPECT_FALSE(summary.contains(state)) << state;
  }
  EXPECT_EQ(SummaryOf(Reduced(), facts, SummaryKind::kReduction), "");
  facts["extracted"] = 0;
  EXPECT_TRUE(SummaryOf(Manifest(), facts, SummaryKind::kExtraction)
                  .starts_with("0 photos extracted; the output did not change\n"));
}

TEST(Summary, TakesANullDriftAsNone) {
  EXPECT_EQ(SummaryOf(Reduced(), {{"drift", nullptr}}, SummaryKind::kJson),
            SummaryOf(Reduced(), Json::object(), SummaryKind::kJson));
}

TEST(Summary, RefusesWhatItCannotRead) {
  const auto code = [](std::string_view manifest, std::string_view facts) {
    return Summary(manifest, facts, SummaryKind::kJson).error().code;
  };
  EXPECT_EQ(code("", "{}"), Code::kBadOutput);
  EXPECT_EQ(code("{}", "{}"), Code::kBadOutput);
  Json other = Manifest();
  other["preprocessing"][0]["rows"] = "many";
  EXPECT_EQ(code(FormatJson(other), "{}"), Code::kBadOutput);
  // Their sum is no number of 64 bits.
  other = Manifest();
  other["preprocessing"][0]["rows"] = std::numeric_limits<std::int64_t>::max();
  other["preprocessing"].push_back(other["preprocessing"][0]);
  EXPECT_EQ(code(FormatJson(other), "{}"), Code::kBadOutput);
  EXPECT_EQ(code(FormatJson(Manifest()), "[]"), Code::kBadCall);
  EXPECT_EQ(code(FormatJson(Manifest()), R"({"extracted": "many"})"), Code::kBadCall);
  EXPECT_EQ(code(FormatJson(Manifest()), R"({"drift": {}})"), Code::kBadCall);
}

TEST(TooManyRejects, AreMoreThanTheShare) {
  Json manifest = Manifest(5);
  manifest["preprocessing"] = {{{"rows", 14}, {"rejects", 2}}, {{"rows", 0}, {"rejects", 4}}};
  EXPECT_EQ(*TooManyRejects(FormatJson(manifest), 0.3), "");  // 6 of 20
  EXPECT_EQ(
      *TooManyRejects(FormatJson(manifest), 0.25),
      "6 of 20 photos were rejected, 30.0 %, but --max-reject-rate allows 25.0 %:\n"
      "  a/0.jpg: empty\n  a/1.jpg: empty\n  a/2.jpg: empty\n"
      "Extracted features are kept: repair the photos or raise --max-reject-rate, and run again.");
  EXPECT_FALSE(TooManyRejects("{}", 1));
}

}  // namespace
}  // namespace verger

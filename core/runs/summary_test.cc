#include "core/runs/summary.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/runs/file_kinds.h"

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

// 1,020 photos: 1,014 rows, and 6 rejects of which `listed` are named.
Json Manifest(int listed = 6) {
  Json json = Json::parse(R"({
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

std::string Said(const Json& manifest, const Json& facts, SummaryKind kind) {
  return *Summary(manifest.dump(), facts.dump(), kind);
}

const Json kDrift = {{"photos", 1200},
                     {"mean_shift", 0.5},
                     {"residual", 0.25},
                     {"expected_residual", 0.125},
                     {"refit", true}};

TEST(Summary, TellsPeopleOfThePhotos) {
  const Json facts = {{"extracted", 20}, {"reused", 1000},  {"vanished", 1}, {"outdated", 1300},
                      {"repaired", 2},   {"s3_retries", 1}, {"seconds", 2.0}};
  EXPECT_EQ(Said(Manifest(1), facts, SummaryKind::kExtraction),
            "1,020 photos, 3 labels, 6 rejects by tiny: 2,048 features each; 1,000 reused, "
            "not extracted again\n"
            "1 photo is no longer listed in PHOTOS; the rows stay (--sync drops them)\n"
            "1,300 rows of another network went\n"
            "1 request to S3 sent again\n"
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
  EXPECT_NE(Said(Manifest(), facts, SummaryKind::kExtraction)
                .find("\npassed over: 1,014 side files of Macs, 1 RAW file\n"
                      "cannot list the folder Apple: Permission denied; rows of its photos stay\n"),
            std::string::npos);
  Json told = Json::parse(Said(Manifest(), facts, SummaryKind::kJson));
  EXPECT_EQ(told["passed_over"], (Json{{"mac_side_files", 1014}, {"raw", 1}}));
  EXPECT_EQ(told["unread_folders"], facts["unread"]);
  for (int i = 1; i < 23; ++i) facts["unread"].push_back(facts["unread"][0]);
  EXPECT_NE(Said(Manifest(), facts, SummaryKind::kExtraction).find("\n... nor 3 more\n"),
            std::string::npos);
  EXPECT_FALSE(
      Json::parse(Said(Manifest(), Json::object(), SummaryKind::kJson)).contains("passed_over"))
      << "a reduction lists nothing";
}

TEST(Summary, IsALineWhereNothingElseHappened) {
  Json manifest = Manifest(0);
  for (Json& part : manifest["preprocessing"]) part["rejects"] = 0;
  EXPECT_EQ(Said(manifest, {{"extracted", 1014}, {"s3_retries", 0}}, SummaryKind::kExtraction),
            "1,014 photos, 3 labels, 0 rejects by tiny: 2,048 features each\n");
}

TEST(Summary, ShowsTwentyRejectsAndWhereTheOthersAre) {
  Json manifest = Manifest(24);
  manifest["preprocessing"][0]["rejects"] = 20;
  const std::string text = Said(manifest, Json::object(), SummaryKind::kExtraction);
  EXPECT_NE(text.find("  rejected a/19.jpg"), std::string::npos);
  EXPECT_EQ(text.find("  rejected a/20.jpg"), std::string::npos);
  EXPECT_TRUE(text.ends_with("  ... and 4 more, in the manifest below _verger/\n"));
}

TEST(Summary, TellsPeopleOfThePcaAndTheDrift) {
  EXPECT_EQ(Said(Reduced(), Json::object(), SummaryKind::kReduction),
            "50 components explain 81.2 % of the variance\n");
  EXPECT_EQ(Said(Reduced(), {{"drift", kDrift}}, SummaryKind::kReduction),
            "50 components explain 81.2 % of the variance\n"
            "PCA kept; of 1200 new photos the mean lies 0.50 standard deviations away and 25.0 % "
            "of the variance outside it, where 12.5 % was before: fit again, by the same command "
            "without --keep-pca\n");
  Json none = kDrift;
  none["photos"] = 0;
  EXPECT_TRUE(Said(Reduced(), {{"drift", none}}, SummaryKind::kReduction)
                  .ends_with("PCA kept; no new photos\n"));
  EXPECT_EQ(Said(Manifest(), Json::object(), SummaryKind::kReduction), "");
}

TEST(Summary, TellsMachinesAllInOneOrder) {
  const Json facts = {{"extracted", 20}, {"reused", 1000},  {"vanished", 1},  {"repaired", 2},
                      {"seconds", 2.0},  {"s3_retries", 3}, {"drift", kDrift}};
  const std::string text = Said(Reduced(), facts, SummaryKind::kJson);
  EXPECT_TRUE(text.ends_with("}\n"));
  Json wanted = {{"inputs", 1020},
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
  EXPECT_EQ(text, wanted.dump(1) + "\n");
  EXPECT_FALSE(Json::parse(Said(Manifest(), Json::object(), SummaryKind::kJson)).contains("s3"));
}

// What is not a version of the output must not read like its state.
TEST(Summary, OfAVersionThatWasNotMadeSaysWhatWasDone) {
  Json facts = {{"committed", false}, {"extracted", 20}, {"reused", 1000}, {"vanished", 1}};
  EXPECT_EQ(Said(Manifest(1), facts, SummaryKind::kExtraction),
            "20 photos extracted, kept for the next run; the output is as it was\n"
            "  rejected a/0.jpg: empty\n"
            "  ... and 5 more\n");
  const Json told = Json::parse(Said(Reduced(), facts, SummaryKind::kJson));
  EXPECT_EQ(told["committed"], false);
  EXPECT_EQ(told["extracted"], 20);
  EXPECT_EQ(told["rejected"], 6);
  for (const char* state : {"inputs", "rows", "labels", "reused", "components"}) {
    EXPECT_FALSE(told.contains(state)) << state;
  }
  EXPECT_EQ(Said(Reduced(), facts, SummaryKind::kReduction), "");
  facts["extracted"] = 0;
  EXPECT_TRUE(Said(Manifest(), facts, SummaryKind::kExtraction)
                  .starts_with("0 photos extracted; the output is as it was\n"));
}

TEST(Summary, TakesANullDriftAsNone) {
  EXPECT_EQ(Said(Reduced(), {{"drift", nullptr}}, SummaryKind::kJson),
            Said(Reduced(), Json::object(), SummaryKind::kJson));
}

TEST(Summary, RefusesWhatItCannotRead) {
  const auto code = [](std::string_view manifest, std::string_view facts) {
    return Summary(manifest, facts, SummaryKind::kJson).error().code;
  };
  EXPECT_EQ(code("", "{}"), Code::kBadOutput);
  EXPECT_EQ(code("{}", "{}"), Code::kBadOutput);
  Json other = Manifest();
  other["preprocessing"][0]["rows"] = "many";
  EXPECT_EQ(code(other.dump(), "{}"), Code::kBadOutput);
  EXPECT_EQ(code(Manifest().dump(), "[]"), Code::kBadCall);
  EXPECT_EQ(code(Manifest().dump(), R"({"extracted": "many"})"), Code::kBadCall);
  EXPECT_EQ(code(Manifest().dump(), R"({"drift": {}})"), Code::kBadCall);
}

TEST(TooManyRejects, AreMoreThanTheShare) {
  Json manifest = Manifest(5);
  manifest["preprocessing"] = {{{"rows", 14}, {"rejects", 2}}, {{"rows", 0}, {"rejects", 4}}};
  EXPECT_EQ(*TooManyRejects(manifest.dump(), 0.3), "");  // 6 of 20
  EXPECT_EQ(*TooManyRejects(manifest.dump(), 0.25),
            "6 of 20 photos rejected, 30.0 % where at most 25.0 % may be:\n"
            "  a/0.jpg: empty\n  a/1.jpg: empty\n  a/2.jpg: empty\n"
            "Nothing is lost: mend the photos, or allow more by --max-reject-rate, and run again; "
            "what is extracted stays so.");
  EXPECT_FALSE(TooManyRejects("{}", 1));
}

}  // namespace
}  // namespace verger

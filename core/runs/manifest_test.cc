#include "core/runs/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/runs/example.h"

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

constexpr const char* kName = "OUT/_verger/manifest-000001.json";

// "" if it can be read.
std::string MessageOf(const std::string& json) {
  const auto read = ReadManifest(json, kName);
  if (read.has_value()) return "";
  EXPECT_EQ(read.error().code, Code::kBadOutput);
  EXPECT_THAT(read.error().message, HasSubstr(kName));
  return read.error().message;
}

// The example, as JSON, changed.
template <typename Change>
std::string Changed(Change change) {
  Json json = ParseOrderedJson(WriteManifest(Example()));
  change(json);
  return FormatJson(json);
}

// The example as version 1 of the format has it.
std::string FirstVersion() {
  return Changed([](Json& json) {
    json["version"] = 1;
    for (Json& part : json["preprocessing"]) {
      part.erase("first");
      part.erase("last");
    }
  });
}

TEST(Manifest, ComesBackAsItWas) {
  const std::string json = WriteManifest(Example());
  const auto back = ReadManifest(json, kName);
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(WriteManifest(*back), json);
  EXPECT_EQ(back->photos, Example().photos);
  EXPECT_EQ(back->preprocessing[0].first, "a/a.jpg");
  EXPECT_EQ(back->preprocessing[0].last, "a/d.jpg");
  EXPECT_EQ(back->rejects[0].reason, "empty \"file\"");
  EXPECT_TRUE(back->reduction->settings.spark_scores);
}

TEST(Manifest, CountsRowsAndInputs) {
  EXPECT_EQ(Example().rows(), 3);
  EXPECT_EQ(Example().rejected(), 1);
  EXPECT_EQ(Example().inputs(), 4);
}

TEST(Manifest, NamesItsFiles) {
  EXPECT_THAT(Example(2).Names(),
              ElementsAre("Preprocessing/part-00002.parquet", "Results/part-00002.parquet",
                          "_verger/moments-000002.bin", "_verger/pca-000002.json"));
}

TEST(Manifest, RefusesWhatIsCutOff) {
  const std::string whole = WriteManifest(Example());
  for (std::size_t size = 0; size + 1 < whole.size(); size += 7) {
    EXPECT_THAT(MessageOf(whole.substr(0, size)), HasSubstr("run again")) << size;
  }
}

TEST(Manifest, SaysWhatToDoAboutAFileThatCannotBeRead) {
  EXPECT_EQ(
      MessageOf(""),
      "OUT/_verger/manifest-000001.json: empty, or cannot be read; move it away and run again: "
      "the next run keeps the features in Preprocessing");
}

TEST(Manifest, RefusesNamesThatAreNotItsOwn) {
  using namespace std::string_literals;
  for (const std::string& name :
       {"../victim.txt"s, "/victim.txt"s, "Preprocessing/../../victim.txt"s, "x"s, "Preprocessing"s,
        "Preprocessing/"s, "Preprocessing/.hidden"s, "Preprocessing/a/b"s,
        "Results/part-00000.parquet"s, "_verger/staged/x"s, "Preprocessing/a\0b"s}) {
    EXPECT_THAT(MessageOf(Changed([&](Json& json) { json["replaced"] = {name}; })),
                HasSubstr("not its own"))
        << name;
    EXPECT_THAT(MessageOf(Changed([&](Json& json) { json["preprocessing"][0]["name"] = name; })),
                HasSubstr("not its own"))
        << name;
  }
}

TEST(Manifest, RefusesCountsThatDoNotAddUp) {
  EXPECT_THAT(MessageOf(Changed([](Json& json) { json["inputs"] = 5; })),
              HasSubstr("do not add up"));
  EXPECT_THAT(MessageOf(Changed([](Json& json) { json["preprocessing"][0]["rows"] = -1; })),
              HasSubstr("has -1 as a count"));
}

TEST(Manifest, RefusesWhatIsNoCount) {
  for (const Json& wrong : {Json(1e30), Json(1.5), Json(true), Json("3"), Json(nullptr),
                            Json(std::int64_t{1} << 60), Json(~std::uint64_t{0})}) {
    for (const char* key : {"rows", "rejects", "bytes"}) {
      EXPECT_THAT(MessageOf(Changed([&](Json& json) { json["preprocessing"][0][key] = wrong; })),
                  HasSubstr(" as a count;"))
          << key << ' ' << wrong;
    }
    EXPECT_THAT(MessageOf(Changed([&](Json& json) { json["labels"] = wrong; })),
                HasSubstr(" as a count;"))
        << wrong;
  }
  const std::int64_t eight = 8 + (std::int64_t{1} << 32);  // 8 in 32 bits
  EXPECT_THAT(MessageOf(Changed([&](Json& json) { json["model"]["dimension"] = eight; })),
              HasSubstr(" as a count;"));
  EXPECT_THAT(MessageOf(Changed([&](Json& json) { json["reduction"]["components"] = eight; })),
              HasSubstr(" as a count;"));
}

TEST(Manifest, RefusesToNameAFileTwice) {
  const auto twice = [](Json& parts) { parts.push_back(parts[0]); };
  EXPECT_THAT(MessageOf(Changed([&](Json& json) {
                twice(json["preprocessing"]);
                json["inputs"] = 8;
              })),
              HasSubstr("names a file twice"));
  EXPECT_THAT(MessageOf(Changed([&](Json& json) { twice(json["reduction"]["results"]); })),
              HasSubstr("names a file twice"));
}

TEST(Manifest, KnowsARangeByBothItsEndsOnly) {
  const auto back =
      ReadManifest(Changed([](Json& json) { json["preprocessing"][0].erase("last"); }), kName);
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(back->preprocessing[0].first, "");
}

TEST(Manifest, RefusesToHoldAPartAndDoWithoutIt) {
  EXPECT_THAT(
      MessageOf(Changed([](Json& json) { json["replaced"] = {json["preprocessing"][0]["name"]}; })),
      HasSubstr("as current and as replaced"));
}

TEST(Manifest, SaysThatANewerOneNeedsANewerProgram) {
  EXPECT_THAT(MessageOf(Changed([](Json& json) { json["version"] = 3; })), HasSubstr("update it"));
}

TEST(Manifest, ListsTheFirstRejectsAndCountsAll) {
  Manifest manifest = Example();
  manifest.preprocessing[0].rejects = 250;
  manifest.rejects.clear();
  for (int reject = 0; reject < 250; ++reject) {
    manifest.rejects.push_back({std::to_string(1000 + reject), "broken"});
  }
  const auto back = ReadManifest(WriteManifest(manifest), kName);
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(back->rejected(), 250);
  EXPECT_EQ(back->rejects.size(), kRejectsListed);
  EXPECT_EQ(back->rejects.back().path, "1099");
}

TEST(Manifest, OfTheFirstVersionIsLaidOutInTheSecond) {
  const auto back = ReadManifest(FirstVersion(), kName);
  ASSERT_TRUE(back.has_value()) << back.error().message;
  const Json json = ParseOrderedJson(WriteManifest(*back));
  EXPECT_EQ(json.at("version"), 2);
  EXPECT_FALSE(json.at("preprocessing")[0].contains("first"));
  EXPECT_EQ(json.at("rejects").size(), 1U);
}

// The error quotes what is no count, and writing that takes stack for each level.
TEST(Manifest, ThatIsNestedTooDeepIsDamaged) {
  constexpr std::size_t kLevels = 500'000;
  std::string text = FormatJson(ParseOrderedJson(FirstVersion()));
  const std::string labels = R"("labels":)";
  text.insert(text.find(labels) + labels.size(),
              std::string(kLevels, '[') + std::string(kLevels, ']') + R"(,"other":)");
  EXPECT_THAT(MessageOf(text), HasSubstr("nested too deep"));
}

TEST(Manifest, OfTheFirstVersionListsEveryReject) {
  Json json = ParseOrderedJson(FirstVersion());
  json["rejects"] = Json::array();
  EXPECT_THAT(MessageOf(FormatJson(json)), HasSubstr("do not add up"));
}

TEST(Manifest, OfTheFirstVersionMayLackLaterKeys) {
  Json json = ParseOrderedJson(FirstVersion());
  json.erase("path_mode");
  json["reduction"].erase("moments");
  const auto back = ReadManifest(FormatJson(json), kName);
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_FALSE(back->hashed);
  EXPECT_EQ(back->reduction->moments, back->moments.sha256);
}

}  // namespace
}  // namespace verger

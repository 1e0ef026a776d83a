#include "core/runs/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kPca = R"({"model": {"sha256": "aa", "preset": "identity"}})";

// Two parts and their Results.
Manifest Whole() {
  Manifest manifest;
  manifest.model = {"m", "aa", "p", "identity", 2};
  manifest.preprocessing = {{{"Preprocessing/1", 1, "11"}, 1, 1, "a.jpg", "b.jpg"},
                            {{"Preprocessing/2", 1, "22"}, 1, 0, "c.jpg", "c.jpg"}};
  manifest.moments = {"_verger/moments", 1, "33"};
  manifest.reduction.emplace();
  manifest.reduction->pca = {"_verger/pca", 1, "44"};
  manifest.reduction->results = {{{{"Results/1", 1, "55"}, 1, 0, "", ""}, "11"},
                                 {{{"Results/2", 1, "66"}, 1, 0, "", ""}, "22"}};
  manifest.rejects = {{"b.jpg", "empty"}};
  return manifest;
}

const std::vector<VerifiedRow> kFirst = {{"a.jpg", ""}, {"b.jpg", "empty"}};
const std::vector<VerifiedRow> kSecond = {{"c.jpg", ""}};
const Listing kFiles = {"Preprocessing/1", "Preprocessing/2", "Preprocessing/_SUCCESS",
                        "Results/1",       "Results/2",       "Results/.hidden",
                        "_verger/moments", "_verger/else"};

Problems PartOf(const Manifest& manifest, const std::vector<VerifiedRow>& rows) {
  return *Verifier(manifest).AddPart("Preprocessing/1", rows);
}

TEST(VerifyTest, WhatIsWholeHasNoProblem) {
  Verifier verifier(Whole());
  EXPECT_THAT(*verifier.AddPart("Preprocessing/2", kSecond), IsEmpty());
  EXPECT_THAT(*verifier.AddPart("Preprocessing/1", kFirst), IsEmpty());
  EXPECT_THAT(*verifier.AddPart("Results/1", {{"a.jpg", ""}}), IsEmpty());
  EXPECT_THAT(verifier.AddPca(kPca, kPca), IsEmpty());
  EXPECT_THAT(verifier.Finish(kFiles), IsEmpty());
}

TEST(VerifyTest, CountsRowsAndRejects) {
  const char* wrong = "not as many rows and rejects";
  Manifest manifest = Whole();
  manifest.preprocessing[0].last.clear();  // version 1: order is not looked at
  EXPECT_THAT(PartOf(manifest, {{"a.jpg", ""}, {"b.jpg", ""}}), ElementsAre(HasSubstr(wrong)));
  EXPECT_THAT(PartOf(manifest, {{"b.jpg", "empty"}}), ElementsAre(HasSubstr(wrong)));
  EXPECT_THAT(PartOf(manifest, {}), ElementsAre(HasSubstr(wrong)));
  EXPECT_THAT(*Verifier(manifest).AddPart("Results/1", kFirst),
              ElementsAre(HasSubstr("Results/1: not as many rows as")));
}

TEST(VerifyTest, LooksAtTheOrderFromFirstToLast) {
  const char* wrong = "Preprocessing/1: its rows are not in order";
  EXPECT_THAT(PartOf(Whole(), {{"b.jpg", "empty"}, {"a.jpg", ""}}), ElementsAre(HasSubstr(wrong)));
  EXPECT_THAT(PartOf(Whole(), {{"a.jpg", ""}, {"c.jpg", "empty"}}), ElementsAre(HasSubstr(wrong)));
  EXPECT_THAT(PartOf(Whole(), {{"A.jpg", ""}, {"b.jpg", "empty"}}), ElementsAre(HasSubstr(wrong)));
}

TEST(VerifyTest, NamesASecondRowOfAPath) {
  Verifier verifier(Whole());
  EXPECT_THAT(*verifier.AddPart("Preprocessing/1", kFirst), IsEmpty());
  EXPECT_THAT(*verifier.AddPart("Preprocessing/2", {{"a.jpg", ""}}),
              ElementsAre("Preprocessing/2: a second row of a.jpg", HasSubstr("not in order")));
}

TEST(VerifyTest, ComparesRejectsWithThoseOfAllParts) {
  Manifest manifest = Whole();
  manifest.rejects[0].reason = "another";
  Verifier verifier(manifest);
  ASSERT_TRUE(verifier.AddPart("Preprocessing/1", kFirst));
  EXPECT_THAT(verifier.Finish(kFiles), IsEmpty()) << "a missing part is reported once";
  ASSERT_TRUE(verifier.AddPart("Preprocessing/2", kSecond));
  EXPECT_THAT(verifier.Finish(kFiles), ElementsAre(HasSubstr("manifest: lists other rejects")));
}

TEST(VerifyTest, ListsNoMoreRejectsThanAManifestDoes) {
  Manifest manifest = Whole();
  manifest.preprocessing.resize(1);
  manifest.reduction.reset();
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < 2 * kRejectsListed; ++i) paths.push_back(std::to_string(1000 + i));
  std::vector<VerifiedRow> rows;
  for (const std::string& path : paths) rows.push_back({path, "empty"});
  manifest.preprocessing[0] = {manifest.preprocessing[0].file, 0, std::ssize(rows), paths.front(),
                               paths.back()};
  manifest.rejects.clear();
  for (std::size_t i = 0; i < kRejectsListed; ++i) manifest.rejects.push_back({paths[i], "empty"});
  Verifier verifier(manifest);
  EXPECT_THAT(*verifier.AddPart("Preprocessing/1", rows), IsEmpty());
  EXPECT_THAT(verifier.Finish({}), IsEmpty());
}

TEST(VerifyTest, PcaMustBeOfTheFeatures) {
  for (const char* other :
       {R"({"model": {"sha256": "bb", "preset": "identity"}})",
        R"({"model": {"sha256": "aa", "preset": "other"}})", R"({"model": []})", "[]", "{", ""}) {
    EXPECT_THAT(Verifier(Whole()).AddPca(other, other),
                ElementsAre("_verger/pca: was fitted to features of another model"))
        << other;
  }
  EXPECT_THAT(Verifier(Whole()).AddPca(kPca, ""),
              ElementsAre(HasSubstr("Model/pca.json: not the PCA of these Results")));
}

TEST(VerifyTest, ResultsMustProjectAllFeatures) {
  Manifest manifest = Whole();
  manifest.reduction->results[1].source = "else";
  EXPECT_THAT(Verifier(manifest).Finish(kFiles),
              ElementsAre("Results/2: projects features that are not in Preprocessing",
                          "Results: 2 rows, Preprocessing has 2"));
  manifest.reduction->results.pop_back();
  EXPECT_THAT(Verifier(manifest).Finish({}), ElementsAre("Results: 1 rows, Preprocessing has 2"));
}

TEST(VerifyTest, NamesFilesThatTheManifestDoesNot) {
  Listing files = kFiles;
  files.push_back("Results/mine.csv");
  EXPECT_THAT(Verifier(Whole()).Finish(files),
              ElementsAre(HasSubstr("Results/mine.csv: not part of this output")));
}

TEST(VerifyTest, RefusesAPartThatTheManifestDoesNotName) {
  EXPECT_FALSE(Verifier(Whole()).AddPart("Preprocessing/3", {}));
}

}  // namespace
}  // namespace verger

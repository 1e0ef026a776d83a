#include "core/runs/forget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/sha256.h"

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kListed = "Preprocessing/1";
constexpr const char* kUnlisted = "Preprocessing/2";
const std::vector<ForgetRow> kRows = {{"Apple/Red/1.jpg", "Red", ""},
                                      {"Apple/Red/2.jpg", "Red", "empty"},
                                      {"Apple/Red2/1.jpg", "Red2", ""},
                                      {"Pear/1.jpg", "Pear", ""}};

Manifest Of(bool hashed = false) {
  Manifest manifest;
  manifest.hashed = hashed;
  manifest.photos = "/data/Pear/1.jpg.d";
  manifest.moments = {"_verger/moments", 1, ""};
  manifest.preprocessing = {{{kListed, 1, ""}, 3, 1, "Apple/Red/1.jpg", "Pear/1.jpg"}};
  return manifest;
}

Forgetting Forget(const std::vector<std::string>& names, bool hashed = false) {
  return *Forgetting::Of(Of(hashed), names);
}

std::string Hash(std::string_view text) { return Sha256(std::as_bytes(std::span(text))); }

TEST(ForgetTest, NamesMeanPathsFoldersAndLabels) {
  const auto rows_that_stay = [](const std::vector<std::string>& names) {
    return Forget(names).AddPart(kListed, kRows).rows_that_stay;
  };
  EXPECT_THAT(rows_that_stay({"Pear/1.jpg"}), ElementsAre(0, 1, 2));
  EXPECT_THAT(rows_that_stay({"Apple/Red"}), ElementsAre(2, 3));
  EXPECT_THAT(rows_that_stay({"Apple//"}), ElementsAre(3));
  EXPECT_THAT(rows_that_stay({"Red"}), ElementsAre(2, 3));
  EXPECT_THAT(rows_that_stay({"Red2", "Pear"}), ElementsAre(0, 1));
  EXPECT_THAT(rows_that_stay({"1.jpg", "ed", "App", "Apple/R"}), ElementsAre(0, 1, 2, 3));
}

TEST(ForgetTest, HashedPathsAreMeantByPathOrHash) {
  const std::string path = Hash("Pear/1.jpg");
  const std::vector<ForgetRow> rows = {{path, "Pear", ""}};
  for (const std::string& name : {std::string("Pear/1.jpg"), path, std::string("Pear")}) {
    EXPECT_THAT(Forget({name}, true).AddPart(kListed, rows).rows_that_stay, IsEmpty()) << name;
  }
  EXPECT_THAT(Forget({"pear"}, true).AddPart(kListed, rows).rows_that_stay, ElementsAre(0));
}

TEST(ForgetTest, CountsWhatGoesAndWhatIsLeft) {
  Forgetting forgetting = Forget({"Red2", "Pear"});
  EXPECT_FALSE(forgetting.AddPart(kListed, kRows).stays);
  const Forgetting::Left left = *forgetting.Finish("OUT");
  EXPECT_EQ(left.photos, 2);
  EXPECT_EQ(left.rows, 2);
  EXPECT_EQ(left.rejects, 0);
  EXPECT_EQ(left.labels, 1);
  ASSERT_EQ(left.rejects_left.size(), 1U);
  EXPECT_EQ(left.rejects_left[0].path, "Apple/Red/2.jpg");
  EXPECT_EQ(left.rejects_left[0].reason, "empty");
}

TEST(ForgetTest, UnlistedPartsStayOnlyAsWorkWithoutWhatIsMeant) {
  Forgetting forgetting = Forget({"Pear"});
  EXPECT_FALSE(forgetting.AddPart(kListed, kRows).stays);
  EXPECT_TRUE(forgetting.AddPart(kUnlisted, {{"Kiwi/1.jpg", "Kiwi", ""}}).stays);
  EXPECT_FALSE(forgetting.AddPart(kUnlisted, {{"Kiwi/1.jpg", "Kiwi", ""}, kRows[3]}).stays);
  EXPECT_FALSE(forgetting.AddPart(kUnlisted, {kRows[0]}).stays) << "nothing that is not listed";
  EXPECT_EQ(forgetting.Finish("OUT")->rows, 1);
}

TEST(ForgetTest, ANameThatNoPhotoHasBesideOneThatHasIsRefused) {
  Forgetting forgetting = Forget({"Pear", "Paer", "Kiwi"});
  forgetting.AddPart(kListed, kRows);
  const auto left = forgetting.Finish("OUT");
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().code, Code::kNotOurs);
  EXPECT_THAT(left.error().message, HasSubstr("'Kiwi', 'Paer': no photo, folder or label"));
}

TEST(ForgetTest, NamesForgottenBeforeAreOnlyProved) {
  Forgetting forgetting = Forget({"Kiwi/1.jpg"});
  EXPECT_TRUE(forgetting.AddPart(kListed, kRows).stays);
  EXPECT_EQ(forgetting.Finish("OUT")->photos, 0);
  EXPECT_TRUE(forgetting.Prove("OUT", "Model/pca.json", "{}", {}));
  EXPECT_FALSE(forgetting.Prove("OUT", "Model/pca.json", "a Kiwi/1.jpg b", {}));
}

TEST(ForgetTest, FeaturesMustBeLeft) {
  Forgetting forgetting = Forget({"Red", "Red2", "Pear"});
  forgetting.AddPart(kListed, kRows);
  const auto left = forgetting.Finish("OUT");
  ASSERT_FALSE(left);
  EXPECT_THAT(left.error().message, HasSubstr("OUT: no features would be left"));
}

TEST(ForgetTest, NamesMustNameSomething) {
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{}, std::vector<std::string>{"Pear", "//"}}) {
    EXPECT_EQ(Forgetting::Of(Of(), names).error().code, Code::kBadCall);
  }
}

TEST(ForgetTest, ProofFindsWhatIsStillThere) {
  Forgetting forgetting = Forget({"Pear"});
  forgetting.AddPart(kListed, kRows);
  EXPECT_TRUE(forgetting.Prove("OUT", "Results/1", "bytes", {kRows[0]}));
  const Status row = forgetting.Prove("OUT", "Results/1", "bytes", {kRows[3]});
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().code, Code::kInternal);
  EXPECT_THAT(row.error().message, HasSubstr("OUT/Results/1: still contains Pear/1.jpg"));
  EXPECT_FALSE(forgetting.Prove("OUT", "Results/1", "min Pear/1.jpg", {kRows[0]}));
}

TEST(ForgetTest, APathThatIsPartOfAnotherIsNotMeant) {
  Forgetting forgetting = Forget({"Pear/1.jpg"});
  forgetting.AddPart(kListed, kRows);
  const std::vector<ForgetRow> longer = {{"Big/Pear/1.jpg", "Pear", ""}};
  EXPECT_TRUE(forgetting.Prove("OUT", "Results/1", "min Big/Pear/1.jpg", longer));
  Manifest manifest = Of();  // its `photos` holds the path
  manifest.preprocessing[0].last = "Apple/Red2/1.jpg";
  const char* name = "_verger/manifest-000002.json";
  manifest.rejects = {{"Apple/Red/2.jpg", "empty"}};
  EXPECT_TRUE(forgetting.Prove("OUT", name, WriteManifest(manifest), {}));
  manifest.rejects = {{"Pear/1.jpg", "empty"}};
  EXPECT_FALSE(forgetting.Prove("OUT", name, WriteManifest(manifest), {}));
  manifest.rejects = {};
  manifest.preprocessing[0].last = "Pear/1.jpg";
  EXPECT_FALSE(forgetting.Prove("OUT", name, WriteManifest(manifest), {}));
}

}  // namespace
}  // namespace verger

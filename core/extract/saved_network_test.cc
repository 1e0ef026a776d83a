// Compiled networks as bytes: the same features, and nothing but what was saved by the same key.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/extract/extractor.h"
#include "core/extract/test_files.h"

namespace verger {
namespace {

class SavedNetworkTest : public testing::Test {
 protected:
  SavedNetworkTest() : int8_(*WithPrecision(*EmbeddedModel(), Precision::kInt8)) {
    for (const auto& path : test_files::List(test_files::Golden() / "photos")) {
      files_.push_back(test_files::Read(path));
    }
    for (const std::string& file : files_) photos_.push_back(test_files::AsBytes(file));
  }

  static Extractor OpenSaved(const Model& model, const std::string& saved, int threads = 2) {
    ExtractorOptions options;
    options.threads = threads;
    options.compiled = test_files::AsBytes(saved);
    Result<Extractor> extractor = Extractor::Create(model, options);
    EXPECT_TRUE(extractor) << extractor.error().message;
    return *std::move(extractor);
  }

  // What is made of saved bytes has nothing to save.
  static bool IsRestored(const Extractor& extractor) { return extractor.Save()->empty(); }

  void ExpectSame(const Extractor& one, const Extractor& other) const {
    const FeatureBatch a = *one.Extract(photos_);
    const FeatureBatch b = *other.Extract(photos_);
    EXPECT_EQ(a.errors, b.errors);
    EXPECT_EQ(a.features, b.features);
  }

  Model int8_;
  std::vector<std::string> files_;
  std::vector<Bytes> photos_;
};

TEST_F(SavedNetworkTest, GivesTheSameFeatures) {
  const Extractor fresh = OpenSaved(int8_, "");
  ASSERT_FALSE(IsRestored(fresh));
  const Extractor restored = OpenSaved(int8_, *fresh.Save());
  EXPECT_TRUE(IsRestored(restored));
  EXPECT_EQ(restored.streams(), fresh.streams());
  ExpectSame(restored, fresh);
}

TEST_F(SavedNetworkTest, IsPassedOverWhenDamaged) {
  const Extractor fresh = OpenSaved(int8_, "");
  const std::string whole = *fresh.Save();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{40}, whole.size() / 2, whole.size() - 1}) {
    EXPECT_FALSE(IsRestored(OpenSaved(int8_, whole.substr(0, size)))) << size;
  }
  for (const std::size_t at :
       {std::size_t{3}, std::size_t{50}, whole.size() / 2, whole.size() - 1}) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(IsRestored(OpenSaved(int8_, damaged))) << at;
  }
  EXPECT_FALSE(IsRestored(OpenSaved(int8_, whole + " ")));
}

TEST_F(SavedNetworkTest, IsOfOneNetworkAndPlan) {
  const std::string saved = *OpenSaved(int8_, "").Save();
  EXPECT_FALSE(IsRestored(OpenSaved(int8_, saved, 1)));
  const Model larger =
      *WithPrecision(*EmbeddedModel("efficientnet-lite0", "size=192"), Precision::kInt8);
  const Extractor other = OpenSaved(larger, saved);
  EXPECT_FALSE(IsRestored(other));
  ExpectSame(other, OpenSaved(larger, ""));
}

TEST_F(SavedNetworkTest, HasAKeyOfEverythingItDependsOn) {
  ExtractorOptions options;
  const std::string key = *Extractor::CompiledKey(int8_, options);
  EXPECT_EQ(key.size(), 64U);
  EXPECT_EQ(*Extractor::CompiledKey(int8_, options), key);
  const Model larger =
      *WithPrecision(*EmbeddedModel("efficientnet-lite0", "size=192"), Precision::kInt8);
  EXPECT_NE(*Extractor::CompiledKey(larger, options), key);
  for (int ExtractorOptions::* count :
       {&ExtractorOptions::threads, &ExtractorOptions::streams, &ExtractorOptions::batch_size}) {
    ExtractorOptions others = options;
    others.*count += 7;
    EXPECT_NE(*Extractor::CompiledKey(int8_, others), key);
  }
  options.batch_size = 0;
  EXPECT_EQ(Extractor::CompiledKey(int8_, options).error().code, Code::kBadCall);
}

TEST_F(SavedNetworkTest, IsNothingForFp32) {
  EXPECT_EQ(*Extractor::CompiledKey(*EmbeddedModel(), {}), "");
  EXPECT_EQ(*OpenSaved(*EmbeddedModel(), "").Save(), "");
  // What was saved of int8 is none of it.
  const std::string saved = *OpenSaved(int8_, "").Save();
  ExpectSame(OpenSaved(*EmbeddedModel(), saved), OpenSaved(*EmbeddedModel(), ""));
}

}  // namespace
}  // namespace verger

#include "cli/models/catalogue.h"

#include <gtest/gtest.h>

#include <cctype>

#include "cli/base/error.h"
#include "cli/models/place.h"

namespace verger::cli {
namespace {

TEST(Catalogue, NamesThingsThatCanBeCheckedAndKept) {
  for (const ModelSource& source : Catalogue()) {
    EXPECT_TRUE(IsModelName(source.name)) << source.name;
    EXPECT_FALSE(IsEmbedded(source.name));
    EXPECT_EQ(source.pin.hex.size(), source.pin.kind == DigestKind::kMd5 ? 32 : 64);
    EXPECT_GT(source.size, 0u);
    EXPECT_TRUE(source.url.starts_with("https://")) << source.url;
    EXPECT_TRUE(source.url.ends_with("/" + source.file_name)) << source.url;
    EXPECT_EQ(FindSource(source.name), &source);
  }
  EXPECT_EQ(FindSource("no-such-model"), nullptr);
}

TEST(ParseSha256, TakesEitherCaseAndNothingElse) {
  const std::string hex = Sha256Hex("bytes");
  std::string upper = hex;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  ASSERT_NE(upper, hex);
  EXPECT_EQ(ParseSha256(hex).hex, hex);
  EXPECT_EQ(ParseSha256(upper).hex, hex);
  for (const std::string& wrong : {std::string(), hex.substr(1), hex + "0", "g" + hex.substr(1)}) {
    EXPECT_THROW(ParseSha256(wrong), Failure) << wrong;
  }
}

TEST(IsFile, NeedsSizeAndDigest) {
  ModelSource source;
  source.pin = {DigestKind::kSha256, Sha256Hex("bytes")};
  EXPECT_TRUE(IsFile(source, "bytes"));
  EXPECT_FALSE(IsFile(source, "Bytes"));
  source.size = 5;
  EXPECT_TRUE(IsFile(source, "bytes"));
  source.size = 6;
  EXPECT_FALSE(IsFile(source, "bytes"));
  EXPECT_EQ(RecogniseModel("bytes"), nullptr);
}

}  // namespace
}  // namespace verger::cli

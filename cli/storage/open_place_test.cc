#include "cli/storage/open_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "cli/storage/folder.h"
#include "cli/storage/s3/bucket.h"

namespace verger::cli {
namespace {

using ::testing::HasSubstr;

class OpenPlaceTest : public ::testing::Test {
 protected:
  OpenPlaceTest() {
    setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1", 1);
    setenv("AWS_REGION", "here", 1);
  }
  ~OpenPlaceTest() override {
    unsetenv("AWS_ENDPOINT_URL");
    unsetenv("AWS_REGION");
  }

  static std::string Refusal(const std::string& name) {
    try {
      OpenPlace(name);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.exit(), Exit::kUsage);
      return failure.what();
    }
    return "";
  }
};

TEST_F(OpenPlaceTest, TakesFoldersByWhateverNameTheyHave) {
  for (const char* name : {"photos", "/a/b c", "a:b", "./s3://no", "é%20"}) {
    const auto place = OpenPlace(name);
    ASSERT_NE(dynamic_cast<Folder*>(place.get()), nullptr) << name;
    EXPECT_EQ(dynamic_cast<Folder&>(*place).root(), name);
  }
  EXPECT_EQ(dynamic_cast<Folder&>(*OpenPlace("file:///a/b%20c")).root(), "/a/b%20c");
}

TEST_F(OpenPlaceTest, TakesBuckets) {
  for (const char* name :
       {"s3://orchard/a b/c%20d/", "S3a://orchard/a b/c%20d", "s3n://orchard/a b/c%20d"}) {
    const auto place = OpenPlace(name);
    const auto* bucket = dynamic_cast<Bucket*>(place.get());
    ASSERT_NE(bucket, nullptr) << name;
    EXPECT_EQ(bucket->client().bucket(), "orchard");
    EXPECT_EQ(bucket->KeyOf("x.jpg"), "a b/c%20d/x.jpg");
    EXPECT_EQ(bucket->Canonical(), "s3://orchard/a b/c%20d");
  }
  const auto place = OpenPlace("s3://orchard");
  const auto& whole = dynamic_cast<Bucket&>(*place);
  EXPECT_EQ(whole.KeyOf("x.jpg"), "x.jpg");
  EXPECT_EQ(whole.Canonical(), "s3://orchard");
}

TEST_F(OpenPlaceTest, PutsABucketWithDotsIntoThePath) {
  unsetenv("AWS_ENDPOINT_URL");
  S3Options options;
  options.regions = "any";  // asks nobody
  const auto path_style = [&](const std::string& name) {
    const auto place = OpenPlace(name, options);
    return dynamic_cast<Bucket&>(*place).client().settings().path_style;
  };
  EXPECT_FALSE(path_style("s3://orchard/a"));
  EXPECT_TRUE(path_style("s3://orchard.farm.example/a"));
  options.addressing = "virtual";
  EXPECT_FALSE(path_style("s3://orchard.farm.example/a"));
}

TEST_F(OpenPlaceTest, RefusesWhatIsNoPlace) {
  EXPECT_THAT(Refusal(""), HasSubstr("give a folder"));
  EXPECT_THAT(Refusal("gs://orchard/a"), HasSubstr("s3://bucket/prefix"));
  EXPECT_THAT(Refusal("s3:///a"), HasSubstr("empty"));
  EXPECT_THAT(Refusal("s3://orchard//a"), HasSubstr("empty"));
  EXPECT_THAT(Refusal("s3://host.example#/a"), HasSubstr("no bucket"));
  EXPECT_THAT(Refusal("arn:aws:s3:::orchard/a"), HasSubstr("s3://orchard/a"));
  EXPECT_THAT(Refusal("s3://arn:aws:s3:::orchard/a"), HasSubstr("s3://orchard/a"));
  EXPECT_THAT(Refusal("s3:orchard/a"), HasSubstr("s3://bucket/prefix"));
  EXPECT_THAT(Refusal("s3:/orchard/a"), HasSubstr("s3://bucket/prefix"));
  EXPECT_THAT(Refusal("file://host/a"), HasSubstr("host"));
}

}  // namespace
}  // namespace verger::cli

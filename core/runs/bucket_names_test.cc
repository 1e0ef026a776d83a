#include "core/runs/bucket_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace verger {
namespace {

using ::testing::HasSubstr;

std::string Refusal(const std::string& place) {
  const Status status = CheckBucketName(place);
  return status ? "" : status.error().message;
}

TEST(BucketNamesTest, AreAsAwsAndItsAliasesHaveThem) {
  for (const char* place : {"orchard", "orchard/a b/c%20d", "orchard.farm.example", "Old_Orchard/x",
                            "farm-0a1b2c3d4e5f6g7h8i9j0k1l2m3n4eu3a-s3alias/Data",
                            "farm-0a1b2c3d4e5f6g7h8i9j0k1l2m3n4eu3a--ol-s3"}) {
    EXPECT_EQ(Refusal(place), "") << place;
  }
  for (const std::string& place :
       {std::string("host.example#/a"), std::string("host?/a"), std::string("../a"),
        std::string("ab/a"), std::string(64, 'a')}) {
    EXPECT_THAT(Refusal(place), HasSubstr("no bucket has such a name")) << place;
  }
  EXPECT_THAT(Refusal("orchard--euw3-az1--x-s3/a"), HasSubstr("S3 Express"));
}

TEST(BucketNamesTest, OfArnsAreSaidToBeWrittenOtherwise) {
  EXPECT_THAT(Refusal("arn:aws:s3:::orchard/Data"), HasSubstr("write s3://orchard/Data"));
  EXPECT_THAT(
      Refusal("arn:aws:s3:eu-west-3:123456789012:accesspoint/farm/Data"),
      HasSubstr("give its alias in the place of a bucket, s3://ALIAS/prefix; 'aws s3control "
                "get-access-point --region eu-west-3 --account-id 123456789012 --name farm "
                "--query Alias' prints it"));
  EXPECT_THAT(Refusal("arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"),
              HasSubstr("multi-region"));
  EXPECT_THAT(Refusal("arn:aws:s3-outposts:eu-west-3:1:outpost/op-1"),
              HasSubstr("not the ARN of a"));
  EXPECT_THAT(Refusal("arn:aws"), HasSubstr("not the ARN of a bucket"));
}

}  // namespace
}  // namespace verger

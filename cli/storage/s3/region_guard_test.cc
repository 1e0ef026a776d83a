#include "cli/storage/s3/region_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AllowedRegionsTest, AreParisForAwsAndAnyElsewhere) {
  S3Settings settings;
  EXPECT_THAT(AllowedRegions(settings), ElementsAre("eu-west-3"));
  settings.allowed_regions = " , ";
  EXPECT_THAT(AllowedRegions(settings), ElementsAre("eu-west-3")) << "names none";
  settings.endpoint = "minio.farm.example";
  EXPECT_THAT(AllowedRegions(settings), IsEmpty());
}

TEST(AllowedRegionsTest, AreTheOnesThatWereGivenForEveryEndpoint) {
  S3Settings settings;
  settings.allowed_regions = " eu-west-1, eu-west-3,";
  EXPECT_THAT(AllowedRegions(settings), ElementsAre("eu-west-1", "eu-west-3"));
  settings.endpoint = "minio.farm.example";
  EXPECT_THAT(AllowedRegions(settings), ElementsAre("eu-west-1", "eu-west-3"));
  settings.allowed_regions = "any";
  EXPECT_THAT(AllowedRegions(settings), IsEmpty());
}

TEST(GuardRegionTest, AsksNobodyWhereAllIsFree) {
  S3Settings settings;
  settings.endpoint = "127.0.0.1:1";  // nobody answers there
  settings.scheme = "http";
  EXPECT_EQ(GuardRegion(settings, "orchard").region, "us-east-1");
  settings.region = "here";
  EXPECT_EQ(GuardRegion(settings, "orchard").region, "here");
}

}  // namespace
}  // namespace verger::cli

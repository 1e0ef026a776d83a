#include "core/runs/regions.h"

#include <gtest/gtest.h>

namespace verger {
namespace {

BucketAddress At(std::string_view endpoint, std::string_view region = "") {
  return {"orchard", endpoint, region};
}

TEST(ReadRegionsTest, TakesListsAsPeopleWriteThem) {
  EXPECT_EQ(*ReadRegions(" eu-west-1, eu-west-3,"), "eu-west-1,eu-west-3");
  EXPECT_EQ(*ReadRegions("eu-west-3,any"), "any");
  EXPECT_EQ(*ReadRegions("mars-1"), "mars-1") << "servers of others name theirs as they like";
  for (const char* none : {"", ",", " , "}) EXPECT_EQ(*ReadRegions(none), "") << none;
  for (const char* wrong : {"Paris!", "eu west 3", "eu-west-3;", "EU-WEST-3", "-", "eu--west"}) {
    EXPECT_FALSE(ReadRegions(wrong)) << wrong;
  }
  EXPECT_EQ(ReadRegions("Paris!").error().message,
            "regions 'Paris!': give AWS regions such as eu-west-3,eu-west-1, or any");
}

// What the region guard takes for the host must be the one that is called.
TEST(ReadEndpointTest, RefusesWhatTwoParsersCouldReadInTwoWays) {
  for (const char* url : {"https://s3.us-east-1.amazonaws%2ecom",
                          "http://minio\\@s3.us-east-1.amazonaws.com",
                          "http://me@minio",
                          "http://minio/path",
                          "http://minio?x",
                          "http://minio#x",
                          "http://minio。example",
                          "http://minio:99999",
                          "http://minio:abc",
                          "http://minio:0",
                          "http://minio:000080",
                          "http://minio:",
                          "http://:80",
                          "http://[::1",
                          "http://[::1]x",
                          "http://[]",
                          "ftp://minio",
                          "http://",
                          "",
                          "http://mi\tnio",
                          " http://minio",
                          "http://s3.us-east-1.amazonaws.com/://minio"}) {
    const auto read = ReadEndpoint(url);
    ASSERT_FALSE(read) << url;
    EXPECT_EQ(read.error().code, Code::kBadCall);
  }
  EXPECT_EQ(ReadEndpoint("http://a\nb").error().message,
            "http://a\\x0ab: not the URL of an endpoint: give one such as https://host:port "
            "(AWS_ENDPOINT_URL)");
}

TEST(ReadEndpointTest, NamesTheHostAsItIsSent) {
  EXPECT_EQ(*ReadEndpoint("HTTP://Minio_1:9000/"), "http://minio_1:9000");
  EXPECT_EQ(*ReadEndpoint("minio:9000"), "https://minio:9000");
  EXPECT_EQ(*ReadEndpoint("http://[::1]:9000"), "http://[::1]:9000");
  EXPECT_EQ(*ReadEndpoint("http://farm.example:80"), "http://farm.example");
  EXPECT_EQ(*ReadEndpoint("https://farm.example:443//"), "https://farm.example");
  EXPECT_EQ(*ReadEndpoint("http://farm.example:443"), "http://farm.example:443");
}

TEST(ReadHostTest, KnowsAwsByItsDomainsAndTheirRegions) {
  const struct {
    const char* url;
    bool is_aws;
    const char* region;
  } cases[] = {
      {"https://s3.eu-west-3.amazonaws.com", true, "eu-west-3"},
      {"s3.cn-north-1.amazonaws.com.cn:443", true, "cn-north-1"},
      {"https://s3.eusc-de-east-1.amazonaws.eu:443/bucket?x", true, "eusc-de-east-1"},
      {"https://bucket.vpce-1a2b.s3.eu-west-3.vpce.amazonaws.com", true, "eu-west-3"},
      {"https://S3.Eu-West-1.AMAZONAWS.com.", true, "eu-west-1"},
      {"https://s3-eu-west-1.amazonaws.com", true, "eu-west-1"},
      {"https://s3.dualstack.eu-west-1.api.aws", true, "eu-west-1"},
      {"https://eu-west-3.s3.amazonaws.com", true, "s3"},  // a bucket's name is no region
      {"https://iam.amazonaws.com", true, "iam"},
      {"https://amazonaws.com", true, ""},
      {"https://amazonaws.com.example.org", false, ""},
      {"http://notamazonaws.com", false, ""},
      {"http://minio:9000/a/b", false, ""},
      {"http://[::1]:9000", false, ""},
  };
  for (const auto& one : cases) {
    const auto host = ReadHost(one.url);
    ASSERT_TRUE(host) << one.url;
    EXPECT_EQ(host->is_aws, one.is_aws) << one.url;
    EXPECT_EQ(host->region, one.region) << one.url;
  }
  EXPECT_EQ(ReadHost("http://[::1]:9000")->name, "::1");
  EXPECT_FALSE(ReadHost("https://minio@s3.amazonaws.com"));
  EXPECT_FALSE(ReadHost("https://.../bucket"));
}

TEST(S3EndpointTest, HasTheDomainOfItsPartition) {
  EXPECT_EQ(S3Endpoint("eu-west-3"), "https://s3.eu-west-3.amazonaws.com");
  EXPECT_EQ(S3Endpoint("cn-north-1"), "https://s3.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(S3Endpoint("eusc-de-east-1"), "https://s3.eusc-de-east-1.amazonaws.eu");
}

TEST(AskForRegionTest, AsksWhereAnAllowedBucketWouldBe) {
  EXPECT_EQ(AskForRegion(At(""), "")->endpoint, "https://s3.eu-west-3.amazonaws.com");
  EXPECT_EQ(AskForRegion(At("", "us-east-1"), "")->endpoint, "https://s3.eu-west-3.amazonaws.com")
      << "whatever is set, the bucket tells";
  EXPECT_EQ(AskForRegion(At(""), "any")->endpoint, "https://s3.eu-west-3.amazonaws.com");
  const auto request = AskForRegion(At(""), "eusc-de-east-1,eu-west-3");
  EXPECT_EQ(request->endpoint, "https://s3.eusc-de-east-1.amazonaws.eu");
  EXPECT_EQ(request->region, "eusc-de-east-1");
  const auto elsewhere = AskForRegion(At("http://minio:9000", "here"), "there");
  EXPECT_EQ(elsewhere->endpoint, "http://minio:9000");
  EXPECT_EQ(elsewhere->region, "here");
  EXPECT_FALSE(AskForRegion(At("http://me@minio"), ""));
}

TEST(AskForRegionTest, TakesNoRegionThatWouldChooseAnotherHost) {
  for (const char* region : {"eu west", "eu-west-3.evil.example/", "a,b", "eu#"}) {
    EXPECT_FALSE(AskForRegion(At("", region), "any")) << region;
    EXPECT_EQ(*CheckRegion(At(""), "any", region), "eu-west-3") << region;
  }
  EXPECT_EQ(AskForRegion(At("", "eu west"), "").error().message,
            "AWS_REGION=eu west: not a region: set it to one such as eu-west-3");
}

TEST(AskForRegionTest, AsksNobodyWhereAllIsFree) {
  for (const char* allowed : {"", "any"}) {
    const auto free = AskForRegion(At("http://minio:9000"), allowed);
    EXPECT_EQ(free->endpoint, "");
    EXPECT_EQ(free->region, "us-east-1");
    EXPECT_EQ(AskForRegion(At("http://minio:9000", "here"), allowed)->region, "here");
  }
  EXPECT_EQ(AskForRegion(At("", "us-east-1"), "any")->endpoint, "");
}

TEST(AskForRegionTest, LetsNoOtherRegionOfAwsHearOfTheBucket) {
  EXPECT_TRUE(AskForRegion(At("https://s3.eu-west-3.amazonaws.com"), ""));
  EXPECT_TRUE(AskForRegion(At("https://s3.us-east-1.amazonaws.com"), "eu-west-3,us-east-1"));
  for (const char* endpoint : {"https://s3.us-east-1.amazonaws.com", "https://s3.amazonaws.com",
                               "https://eu-west-3.s3.amazonaws.com"}) {
    const auto request = AskForRegion(At(endpoint), "");
    ASSERT_FALSE(request) << endpoint;
    EXPECT_EQ(request.error().code, Code::kRefused) << endpoint;
    EXPECT_TRUE(AskForRegion(At(endpoint), "any")) << endpoint;
  }
  EXPECT_EQ(AskForRegion(At("https://s3.us-east-1.amazonaws.com"), "").error().message,
            "s3://orchard: refused, nothing was read: the endpoint s3.us-east-1.amazonaws.com is "
            "of no allowed region, allowed is eu-west-3; choose another endpoint, or name its "
            "region in --regions or VERGER_REGIONS");
}

TEST(CheckRegionTest, PassesABucketByItsRegion) {
  EXPECT_EQ(*CheckRegion(At("", "us-east-1"), "", "eu-west-3"), "eu-west-3");
  EXPECT_EQ(*CheckRegion(At("http://minio:9000"), "eu-west-1,eu-west-3", "eu-west-3"), "eu-west-3");
  EXPECT_EQ(*CheckRegion(At(""), "any", "us-east-1"), "us-east-1");
  EXPECT_EQ(*CheckRegion(At("http://minio:9000", "here"), "", ""), "here");
}

TEST(CheckRegionTest, RefusesOthersWithTheirRemedy) {
  const auto refused = CheckRegion(At(""), "eu-west-1,eu-central-1", "eu-west-3");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kRefused);
  EXPECT_EQ(refused.error().message,
            "s3://orchard: refused, nothing was read: it lies in eu-west-3, allowed is eu-west-1, "
            "eu-central-1; move the bucket, or name its region in --regions or VERGER_REGIONS");
  EXPECT_FALSE(CheckRegion(At(""), "", "us-east-1"));
  EXPECT_FALSE(CheckRegion(At(""), ",", "us-east-1")) << "a list of nothing opens nothing";
  const auto silent = CheckRegion(At("http://minio:9000"), "here", "");
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().message,
            "s3://orchard: refused, nothing was read: the server http://minio:9000 does not report "
            "its region, allowed is here; if photos may go to that server, give --regions any "
            "(VERGER_REGIONS=any)");
  const auto aws = CheckRegion(At("https://s3.eu-west-3.amazonaws.com"), "", "");
  ASSERT_FALSE(aws);
  EXPECT_EQ(aws.error().message,
            "s3://orchard: refused, nothing was read: it lies in a region that it does not report, "
            "allowed is eu-west-3; move the bucket, or name its region in --regions or "
            "VERGER_REGIONS");
}

}  // namespace
}  // namespace verger

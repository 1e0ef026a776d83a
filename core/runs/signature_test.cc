#include "core/runs/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger {
namespace {

using ::testing::HasSubstr;

// The examples of AWS's documents, "Authenticating Requests: Using the Authorization Header".
const AwsKeys kExample = {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
constexpr std::int64_t kDay = 1369353600;  // 24 May 2013

std::string Authorization(AwsSignable request, const AwsKeys& keys = kExample) {
  return SignAwsRequest(std::move(request), keys, "us-east-1", "s3", kDay).at("authorization");
}

TEST(SignatureTest, OfAReadIsTheDocumentedOne) {
  const std::string empty = TextSha256("");
  EXPECT_EQ(Authorization({"GET",
                           "/test.txt",
                           "",
                           {{"host", "examplebucket.s3.amazonaws.com"}, {"range", "bytes=0-9"}},
                           empty}),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SignatureTest, OfAPutIsTheDocumentedOne) {
  const std::string body = TextSha256("Welcome to Amazon S3.");
  EXPECT_THAT(Authorization({"PUT",
                             "/test%24file.text",
                             "",
                             {{"date", "Fri, 24 May 2013 00:00:00 GMT"},
                              {"host", "examplebucket.s3.amazonaws.com"},
                              {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                             body}),
              HasSubstr("Signature="
                        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(SignatureTest, OfAQueryIsTheDocumentedOne) {
  const std::string empty = TextSha256("");
  EXPECT_THAT(
      Authorization(
          {"GET", "/", "max-keys=2&prefix=J", {{"host", "examplebucket.s3.amazonaws.com"}}, empty}),
      HasSubstr("Signature="
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(SignatureTest, OrdersANameBeforeOneThatBeginsLikeIt) {
  const std::string empty = TextSha256("");
  EXPECT_THAT(
      Authorization({"PUT",
                     "/a",
                     "",
                     {{"x-amz-server-side-encryption-aws-kms-key-id", "key"},
                      {"x-amz-server-side-encryption", "aws:kms"},
                      {"host", "b"}},
                     empty}),
      HasSubstr("x-amz-server-side-encryption;x-amz-server-side-encryption-aws-kms-key-id"));
}

TEST(SignatureTest, CarriesTheTokenOfTemporaryCredentials) {
  AwsKeys temporary = kExample;
  temporary.session_token = "token";
  const std::string empty = TextSha256("");
  EXPECT_THAT(Authorization({"GET", "/", "", {{"host", "b"}}, empty}, temporary),
              HasSubstr("x-amz-date;x-amz-security-token,"));
}

}  // namespace
}  // namespace verger

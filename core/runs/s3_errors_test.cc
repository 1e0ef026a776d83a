#include "core/runs/s3_errors.h"

#include <gtest/gtest.h>

#include <tuple>

namespace verger {
namespace {

// As Arrow 26 writes it; python/verger/runs/s3_test.py asks Arrow itself.
std::string ListError(std::string_view key, std::string_view message) {
  return "When listing objects under key '" + std::string(key) +
         "' in bucket 'fruits': " + std::string(message);
}

std::tuple<int, std::string, std::string> Read(std::string_view text, std::string_view key = "k") {
  const S3Reply reply = ReadArrowError(text, "fruits", key);
  return {reply.status, reply.code, reply.message};
}

using Answer = std::tuple<int, std::string, std::string>;

TEST(ReadS3BodyTest, ReadsCodeAndMessageAndNothingElse) {
  const S3Reply reply = ReadS3Body(
      "<?xml version=\"1.0\"?><Error><Key>NoSuchBucket &lt;Code&gt;/expired.jpg</Key>"
      "<Code>NoSuchKey</Code><Message>Tom &amp; Jerry&apos;s &#233;&#x1F34E;</Message></Error>");
  EXPECT_EQ(reply.code, "NoSuchKey");
  EXPECT_EQ(reply.message, "Tom & Jerry's \xc3\xa9\xf0\x9f\x8d\x8e");
  for (const char* none : {"", "<html>", "<Code>", "<Code>x", "</Code><Code>"}) {
    EXPECT_EQ(ReadS3Body(none).code, "") << none;
  }
}

TEST(ReadS3BodyTest, LeavesWhatIsNoEntity) {
  for (const char* text : {"&", "&amp", "&;", "&lychee;", "&#;", "&#x;", "&#0;", "&#xD800;",
                           "&#x110000;", "&#-1;", "&#99999999999;", "a && b;"}) {
    const std::string body = "<Message>" + std::string(text) + "</Message>";
    EXPECT_EQ(ReadS3Body(body).message, text);
  }
  EXPECT_EQ(ReadS3Body("<Message>&amp;lt;</Message>").message, "&lt;") << "decoded once";
}

TEST(ReadArrowErrorTest, ReadsWhatTheSdkSays) {
  EXPECT_EQ(Read(ListError("k/",
                           "AWS Error ACCESS_DENIED during ListObjectsV2 operation: Access "
                           "Denied &amp; gone")),
            Answer(0, "ACCESS_DENIED", "Access Denied & gone"));
  EXPECT_EQ(Read(ListError("k/",
                           "AWS Error UNKNOWN (HTTP status 403) during ListObjectsV2 "
                           "operation: Unable to parse ExceptionName: ExpiredToken Message: "
                           "It has expired.")),
            Answer(403, "ExpiredToken", "It has expired."));
  EXPECT_EQ(Read("When getting information for key 'k' in bucket 'fruits': AWS Error UNKNOWN (HTTP "
                 "status 301) during HeadObject operation: No response body. Looks like the "
                 "configured region is 'a'."),
            Answer(301, "", "Looks like the configured region is 'a'."));
  EXPECT_EQ(Read("When getting information for bucket 'fruits': AWS Error UNKNOWN (HTTP status "
                 "400) during HeadBucket operation: No response body."),
            Answer(400, "", ""));
  EXPECT_EQ(Read(ListError("k/", "AWS Error [code 136] during ListObjectsV2 operation: glacier")),
            Answer(0, "[code 136]", "glacier"));
  EXPECT_EQ(Read("AWS Error NETWORK_CONNECTION during GetObject operation: curlCode: 28"),
            Answer(0, "NETWORK_CONNECTION", "curlCode: 28"));
}

TEST(ReadArrowErrorTest, KnowsAnAnswerToHeadByItsMissingBody) {
  const std::string head = "When reading information for key 'k' in bucket 'fruits': AWS Error ";
  EXPECT_EQ(Read(head + "ACCESS_DENIED during HeadObject operation: No response body."),
            Answer(403, "", ""));
  EXPECT_EQ(Read(head + "RESOURCE_NOT_FOUND during HeadObject operation: No response body."),
            Answer(404, "", ""));
  EXPECT_EQ(Read("Path does not exist 'fruits/k'"), Answer(404, "", ""));
  EXPECT_EQ(Read("[Errno 2] Path does not exist 'fruits/k'. Detail: [errno 2]"),
            Answer(404, "", ""));
}

TEST(ReadArrowErrorTest, TakesNoKeyForAnError) {
  const std::string timeout = "AWS Error NETWORK_CONNECTION during HeadObject operation: curl";
  const std::string denied =
      "AWS Error ACCESS_DENIED during HeadObject operation: No response "
      "body.";
  for (const std::string& key :
       {std::string("Forbidden Fruit/a.jpg"), std::string("expired.jpg"),
        std::string("AWS Error ACCESS_DENIED during/x.jpg"), std::string("E"), std::string(""),
        "k' in bucket 'fruits': " + denied}) {
    EXPECT_EQ(Read(ListError(key, timeout), key), Answer(0, "NETWORK_CONNECTION", "curl")) << key;
    EXPECT_EQ(Read(ListError(key + "/below it", timeout), key),
              Answer(0, "NETWORK_CONNECTION", "curl"))
        << key;
    const std::string quoting = "AWS Error SLOW_DOWN during PutObject operation: not " + key;
    EXPECT_EQ(std::get<1>(Read(ListError(key, quoting), key)), "SLOW_DOWN") << key;
  }
}

TEST(ReadArrowErrorTest, TakesOtherTextsAsTheyAre) {
  for (const char* text :
       {"", "AWS Error", "AWS Error ACCESS_DENIED", "Unexpected end of stream",
        "AWS Error UNKNOWN (HTTP status 403): ExpiredToken",
        "When reading key 'AWS Error ACCESS_DENIED during X operation: y' of 'others'"}) {
    EXPECT_EQ(Read(text), Answer(0, "", text));
  }
}

TEST(KindOfS3ErrorTest, GoesByCodeThenByStatus) {
  const struct {
    int status;
    const char* code;
    S3ErrorKind kind;
  } cases[] = {
      {404, "", S3ErrorKind::kMissing},
      {404, "NoSuchKey", S3ErrorKind::kMissing},
      {404, "NoSuchBucket", S3ErrorKind::kNoBucket},
      {0, "NO_SUCH_BUCKET", S3ErrorKind::kNoBucket},
      {403, "", S3ErrorKind::kDenied},
      {403, "SomethingNew", S3ErrorKind::kDenied},
      {0, "ACCESS_DENIED", S3ErrorKind::kDenied},
      {403, "ExpiredToken", S3ErrorKind::kCredentials},
      {400, "ExpiredToken", S3ErrorKind::kCredentials},
      {0, "REQUEST_EXPIRED", S3ErrorKind::kCredentials},
      {403, "TokenRefreshRequired", S3ErrorKind::kCredentials},
      {403, "InvalidAccessKeyId", S3ErrorKind::kCredentials},
      {403, "SignatureDoesNotMatch", S3ErrorKind::kCredentials},
      {403, "RequestTimeTooSkewed", S3ErrorKind::kCredentials},
      {301, "", S3ErrorKind::kWrongRegion},
      {400, "AuthorizationHeaderMalformed", S3ErrorKind::kWrongRegion},
      {501, "", S3ErrorKind::kNotSupported},
      {501, "NotImplemented", S3ErrorKind::kNotSupported},
      {200, "InternalError", S3ErrorKind::kMayPass},  // S3 begins an answer before it is done
      {500, "", S3ErrorKind::kMayPass},
      {503, "SlowDown", S3ErrorKind::kMayPass},
      {429, "", S3ErrorKind::kMayPass},
      {408, "", S3ErrorKind::kMayPass},
      {409, "ConditionalRequestConflict", S3ErrorKind::kMayPass},
      {400, "RequestTimeout", S3ErrorKind::kMayPass},
      {0, "NETWORK_CONNECTION", S3ErrorKind::kMayPass},
      {405, "MethodNotAllowed", S3ErrorKind::kNotSupported},
      {400, "InvalidRequest", S3ErrorKind::kOther},
      {507, "XMinioStorageFull", S3ErrorKind::kOther},
      {409, "", S3ErrorKind::kOther},
      {412, "PreconditionFailed", S3ErrorKind::kOther},
      {400, "", S3ErrorKind::kOther},
      {0, "", S3ErrorKind::kOther},
      {505, "", S3ErrorKind::kOther},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(KindOfS3Error(one.status, one.code), one.kind) << one.status << " " << one.code;
  }
}

TEST(ExplainS3ErrorTest, NamesTheObjectAndTheRemedy) {
  const auto message = [](int status, const char* code, const char* text) {
    return ExplainS3Error("read", "s3://b/Forbidden expired", {status, code, text}).message;
  };
  EXPECT_EQ(message(403, "AccessDenied", "Access Denied."),
            "cannot read 's3://b/Forbidden expired': AccessDenied (HTTP 403): Access Denied; give "
            "these credentials the right to it, or use others");
  EXPECT_EQ(message(403, "", ""),
            "cannot read 's3://b/Forbidden expired': HTTP 403; give these credentials the right to "
            "it, renew them if they have expired, or use others");
  EXPECT_EQ(message(501, "NotImplemented", "A header"),
            "cannot read 's3://b/Forbidden expired': NotImplemented (HTTP 501): A header; the "
            "server does not support this request: use one that speaks S3 as AWS does");
  EXPECT_EQ(message(0, "NETWORK_CONNECTION", "curlCode: 28"),
            "cannot read 's3://b/Forbidden expired': NETWORK_CONNECTION: curlCode: 28; check the "
            "endpoint (AWS_ENDPOINT_URL) and the network, then run again");
  EXPECT_EQ(message(0, "", "short\n"),
            "cannot read 's3://b/Forbidden expired': short; run again later");
  // What a server refuses, or fails for, is no fault of credentials or of the network.
  EXPECT_EQ(message(400, "InvalidRequest", "no SSE"),
            "cannot read 's3://b/Forbidden expired': InvalidRequest (HTTP 400): no SSE; if it is "
            "encrypted with a customer's own key (SSE-C), copy it without; else use a server that "
            "speaks S3 as AWS does");
  EXPECT_EQ(ExplainS3Error("read", "s3://b/a", {400, "InvalidRequest", ""}).kind,
            S3ErrorKind::kDenied);
  EXPECT_EQ(message(0, "INVALID_PARAMETER_VALUE", "no"),
            "cannot read 's3://b/Forbidden expired': INVALID_PARAMETER_VALUE: no; the server "
            "refuses this request as it is: use a server that speaks S3 as AWS does");
  EXPECT_EQ(message(400, "", ""),
            "cannot read 's3://b/Forbidden expired': HTTP 400; check the credentials, the bucket's "
            "name and AWS_REGION");
  EXPECT_EQ(
      message(500, "InternalError", "no"),
      "cannot read 's3://b/Forbidden expired': InternalError (HTTP 500): no; run again later; "
      "if it fails again, its cause is in the server's own log");
  EXPECT_EQ(ExplainS3Error("write", "s3://b/\x1b", {0, "", "\xff"}).message,
            "cannot write 's3://b/\\x1b': \\xff; run again later");
}

TEST(ExplainS3PutTest, NamesWhatTheServerCannotDo) {
  const auto message = [](const S3Reply& reply, const S3Wishes& wishes) {
    const std::string line = ExplainS3Put("s3://b/lock", reply, wishes).message;
    return line.substr(line.find("; ") + 2);
  };
  const std::string conditions =
      "the server has no conditional writes (If-None-Match, If-Match), which the lock of an output "
      "needs: write to a folder and copy that into the bucket, or use a server that has them";
  const std::string encryption =
      "the server does not encrypt as --sse AES256 asks: leave --sse out, or use a server that "
      "does";
  // Source: ceph/s3-tests#218; AWS itself answered so until 2024.
  EXPECT_EQ(message({501, "NotImplemented", "A header"}, {true, ""}), conditions);
  EXPECT_EQ(message({400, "InvalidArgument", "no"}, {true, ""}), conditions);
  EXPECT_EQ(message({501, "NotImplemented", "KMS"}, {false, "AES256"}), encryption);
  EXPECT_EQ(message({400, "InvalidRequest", "no"}, {false, "AES256"}), encryption);
  EXPECT_EQ(message({501, "NotImplemented", "no"}, {true, "AES256"}),
            encryption + "; if it fails again, " + conditions);
  EXPECT_EQ(
      message({500, "InternalError", "no"}, {true, "AES256"}),
      "run again later; if it fails again, its cause is in the server's own log; or " + encryption);
  EXPECT_EQ(message({200, "", ""}, {true, "AES256"}), encryption);
  EXPECT_EQ(ExplainS3Put("s3://b/lock", {200, "", ""}, {true, "AES256"}).message,
            "cannot write 's3://b/lock': the server does not say that it has encrypted it; " +
                encryption);
  EXPECT_EQ(message({403, "AccessDenied", "no"}, {true, "AES256"}),
            "give these credentials the right to it, or use others");
  EXPECT_EQ(message({503, "SlowDown", "no"}, {true, ""}), "run again later");
  EXPECT_EQ(message({400, "KMS.DisabledException", "no"}, {true, "aws:kms"}),
            "let these credentials use its key (kms:Decrypt), or enable the key");
}

}  // namespace
}  // namespace verger

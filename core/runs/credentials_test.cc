#include "core/runs/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/runs/credential_services.h"

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr std::int64_t kNow = 1'800'000'000;  // January 2027

std::string StsReply(const std::string& action, const std::string& key) {
  return "<" + action + "Response><Credentials><AccessKeyId>" + key +
         "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
         "<Expiration>2027-01-15T09:00:00Z</Expiration></Credentials></" +
         action + "Response>";
}

// A machine with these files, commands and servers.
struct World {
  std::string config, credentials;
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;
  Json ran = {{"status", 127}, {"said", ""}};
  std::vector<Json> replies;  // in turn
  std::vector<Json> steps;    // that were asked for, but of AWS's files

  // "done" or "error".
  Json Find() {
    variables.try_emplace("AWS_EC2_METADATA_DISABLED", "true");
    files["/home/ada/.aws/config"] = config;
    files["/home/ada/.aws/credentials"] = credentials;
    const AwsEnvironment environment{variables, "/home/ada", "eu-west-3", kNow};
    Json answers = Json::array();
    for (std::size_t sent = 0; answers.size() < 20;) {
      AwsSteps aws(answers);
      const auto answer = FindAwsCredentials(environment, &aws);
      if (answer) return {{"done", *answer}};
      const Json& stop = aws.stop();
      if (stop.is_null()) return {{"error", answer.error().message}};
      if (stop.contains("error")) return stop;
      if (answers.size() >= 2) steps.push_back(stop);
      if (stop.contains("read")) {
        const auto file = files.find(stop.at("read"));
        answers.push_back(file == files.end() ? Json() : Json(file->second));
      } else if (stop.contains("run")) {
        answers.push_back(ran);
      } else {
        answers.push_back(sent < replies.size() ? replies[sent]
                                                : Json({{"status", 0}, {"error", "refused"}}));
        ++sent;
      }
    }
    return "no end";
  }

  std::string Key() {
    const Json answer = Find();
    return answer.contains("done") ? answer.at("done").value("access_key", "") : FormatJson(answer);
  }
  std::string Error() { return Find().value("error", ""); }
};

World Farm(const std::string& settings) {
  World world;
  world.variables["AWS_PROFILE"] = "farm";
  world.config = "[profile farm]\n" + settings;
  world.credentials = "[base]\naws_access_key_id = base\naws_secret_access_key = s\n";
  return world;
}

void ExpectWayOut(const std::string& error, const std::string& kind) {
  EXPECT_THAT(error, HasSubstr("profile farm"));
  EXPECT_THAT(error, HasSubstr(kind));
  EXPECT_THAT(error, HasSubstr("eval \"$(aws configure export-credentials --profile farm "
                               "--format env)\""));
}

TEST(CredentialsTest, OfTheEnvironmentGoFirst) {
  World world = Farm("role_arn = r\nsource_profile = base\n");
  world.variables["AWS_ACCESS_KEY_ID"] = "mine";
  EXPECT_THAT(world.Error(), HasSubstr("AWS_SECRET_ACCESS_KEY"));
  world.variables["AWS_SECRET_ACCESS_KEY"] = "s";
  EXPECT_EQ(world.Find().at("done"), Json({{"access_key", "mine"},
                                           {"secret_key", "s"},
                                           {"session_token", ""},
                                           {"renew_at", 0},
                                           {"expires", 0}}));
}

TEST(CredentialsTest, OfARoleComeFromSts) {
  World world = Farm(
      "region = us-east-1\nrole_arn = arn:aws:iam::123456789012:role/reader\n"
      "source_profile = base\nexternal_id = an id\nrole_session_name = ada\n"
      "duration_seconds = 900\n");
  world.replies = {{{"status", 200}, {"body", StsReply("AssumeRole", "role")}}};
  const Json done = world.Find().at("done");
  EXPECT_EQ(done.at("access_key"), "role");
  EXPECT_EQ(done.at("session_token"), "t");
  EXPECT_EQ(done.at("renew_at"), kNow + 3600 - 300);
  const Json request = world.steps.at(0).at("send");
  EXPECT_EQ(request.at("url"), "https://sts.us-east-1.amazonaws.com/");
  EXPECT_EQ(request.at("body"),
            "Action=AssumeRole&DurationSeconds=900&ExternalId=an%20id&RoleArn=arn%3Aaws%3Aiam%3A%"
            "3A123456789012%3Arole%2Freader&RoleSessionName=ada&Version=2011-06-15");
  EXPECT_THAT(request.at("headers").at("authorization"),
              HasSubstr("Credential=base/20270115/us-east-1/sts/aws4_request"));
}

TEST(CredentialsTest, OfAChainOfRolesComeOneByOne) {
  World world = Farm(
      "role_arn = last\nsource_profile = middle\n"
      "[profile middle]\nrole_arn = first\nsource_profile = base\n");
  world.variables["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:5000";
  world.replies = {{{"status", 200}, {"body", StsReply("AssumeRole", "one")}},
                   {{"status", 200}, {"body", StsReply("AssumeRole", "two")}}};
  EXPECT_EQ(world.Key(), "two");
  EXPECT_EQ(world.steps.at(1).at("send").at("url"), "http://127.0.0.1:5000/");
  EXPECT_THAT(world.steps.at(0).at("send").at("body"), HasSubstr("RoleArn=first"));
  EXPECT_THAT(world.steps.at(1).at("send").at("headers").at("authorization"),
              HasSubstr("Credential=one/"));
}

TEST(CredentialsTest, OfAProfileThatIsItsOwnSource) {
  World world = Farm(
      "role_arn = r\nsource_profile = farm\naws_access_key_id = own\n"
      "aws_secret_access_key = s\n");
  world.replies = {{{"status", 200}, {"body", StsReply("AssumeRole", "role")}}};
  EXPECT_EQ(world.Key(), "role");
}

TEST(CredentialsTest, OfARoleThatCannotBeTakenAreNoOthers) {
  World refused = Farm("role_arn = arn:r\nsource_profile = base\n");
  refused.replies = {{{"status", 403},
                      {"body",
                       "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not "
                       "yours</Message></Error></ErrorResponse>"}}};
  const std::string error = refused.Error();
  ExpectWayOut(error, "takes the role arn:r");
  EXPECT_THAT(error, HasSubstr("(AccessDenied, HTTP 403: not yours)"));
  ExpectWayOut(Farm("role_arn = r\n").Error(), "source_profile or credential_source");
  ExpectWayOut(Farm("role_arn = r\nsource_profile = nobody\n").Error(), "nobody");
  ExpectWayOut(Farm("role_arn = r\nsource_profile = base\nmfa_serial = m\n").Error(), "mfa_serial");
  ExpectWayOut(Farm("role_arn = r\nsource_profile = farm\n").Error(), "back to itself");
  ExpectWayOut(Farm("role_arn = r\ncredential_source = EcsContainer\n").Error(), "EcsContainer");
  ExpectWayOut(Farm("role_arn = r\ncredential_source = Ec2\n").Error(), "Ec2InstanceMetadata");
  ExpectWayOut(Farm("login_session = l\n").Error(), "aws login");
}

TEST(CredentialsTest, OfWebIdentityComeFromSts) {
  World world = Farm("role_arn = r\nweb_identity_token_file = /token\n");
  ExpectWayOut(world.Error(), "/token is not there");
  world.files["/token"] = "jwt\n";
  world.replies = {{{"status", 200}, {"body", StsReply("AssumeRoleWithWebIdentity", "web")}}};
  EXPECT_EQ(world.Key(), "web");
  const Json request = world.steps.back().at("send");
  EXPECT_EQ(request.at("url"), "https://sts.eu-west-3.amazonaws.com/") << "the bucket's region";
  EXPECT_THAT(request.at("body"), HasSubstr("WebIdentityToken=jwt"));
  EXPECT_FALSE(request.at("headers").contains("authorization"));

  World pod;
  pod.variables = {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_ROLE_ARN", "r"}};
  pod.files["/token"] = "jwt";
  pod.replies = world.replies;
  EXPECT_EQ(pod.Key(), "web");
}

TEST(CredentialsTest, OfSsoComeByTheTokenThatWasLeft) {
  const std::string session = "sso_session = corp\nsso_account_id = 1\nsso_role_name = Reader\n";
  World world = Farm(session + "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = u\n");
  const std::string file =  // printf corp | sha1sum
      "/home/ada/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
  EXPECT_THAT(world.Error(), HasSubstr("run 'aws sso login --profile farm'"));
  const std::string path = world.steps.back().at("read");
  world.files[path] = R"({"accessToken": "secret", "expiresAt": "2026-01-01T00:00:00Z"})";
  EXPECT_THAT(world.Error(), HasSubstr("has expired: run 'aws sso login --profile farm'"));
  world.files[path] = R"({"accessToken": "secret", "expiresAt": "2027-06-01T00:00:00UTC"})";
  world.replies = {{{"status", 200},
                    {"body", R"({"roleCredentials": {"accessKeyId": "sso", "secretAccessKey": "s",
                                 "sessionToken": "t", "expiration": 1800000100000}})"}}};
  const Json done = world.Find().at("done");
  EXPECT_EQ(done.at("access_key"), "sso");
  EXPECT_EQ(done.at("renew_at"), kNow + 50) << "at half of a short life";
  const Json request = world.steps.back().at("send");
  EXPECT_EQ(request.at("url"),
            "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?account_id=1&"
            "role_name=Reader");
  EXPECT_EQ(request.at("headers").at("x-amz-sso_bearer_token"), "secret");
  world.replies = {{{"status", 401}, {"body", R"({"message": "Session token not found"})"}}};
  EXPECT_THAT(world.Error(), HasSubstr("Session token not found); run 'aws sso login"));
  world.replies = {{{"status", 403}, {"body", R"({"message": "No access"})"}}};
  ExpectWayOut(world.Error(), "SSO");

  World old = Farm(
      "sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
      "sso_account_id = 1\nsso_role_name = Reader\n");
  EXPECT_THAT(old.Error(), HasSubstr("aws sso login"));
  // sha1sum of the URL
  EXPECT_EQ(old.steps.back().at("read"),
            "/home/ada/.aws/sso/cache/a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json");
  EXPECT_EQ(path, file);
  ExpectWayOut(Farm(session).Error(), "[sso-session corp]");
}

TEST(CredentialsTest, OfACommandAreWhatItPrints) {
  World world = Farm("credential_process = vault \"read it\"\n");
  EXPECT_EQ(world.Error().find("read it"), std::string::npos) << "it may be a password";
  ExpectWayOut(world.Error(), "which ended with 127");
  EXPECT_EQ(world.steps.at(0).at("run"), "vault \"read it\"");
  world.ran = {{"status", 0}, {"said", "hello"}};
  ExpectWayOut(world.Error(), "printed no AccessKeyId");
  world.ran["said"] = R"({"Version": 1, "AccessKeyId": "vault", "SecretAccessKey": "s"})";
  EXPECT_EQ(world.Key(), "vault");
  world.ran["said"] = R"({"Version": 1, "AccessKeyId": "vault", "SecretAccessKey": "s",
                          "Expiration": "2026-01-01T00:00:00Z"})";
  ExpectWayOut(world.Error(), "have expired");
  world.ran["said"] = R"({"Version": 1, "AccessKeyId": "vault", "SecretAccessKey": "s",
                          "Expiration": "soon"})";
  EXPECT_EQ(world.Find().at("done").at("renew_at"), kNow + 300);
}

TEST(CredentialsTest, OfAContainerComeWithItsToken) {
  World world;
  world.variables = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1"},
                     {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token"}};
  world.files["/token"] = "pod\n";
  world.replies = {
      {{"status", 200}, {"body", R"({"AccessKeyId": "pod", "SecretAccessKey": "s", "Token": "t",
                                 "Expiration": "2027-01-15T09:00:00Z"})"}}};
  EXPECT_EQ(world.Find().at("done"), Json({{"access_key", "pod"},
                                           {"secret_key", "s"},
                                           {"session_token", "t"},
                                           {"renew_at", kNow + 3300},
                                           {"expires", kNow + 3600}}));
  EXPECT_EQ(world.steps.back().at("send").at("headers").at("authorization"), "pod");
  EXPECT_TRUE(world.steps.back().at("send").at("local").get<bool>());
  for (const char* elsewhere : {"http://elsewhere.test/v1", "http://127.elsewhere.test/v1"}) {
    world.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = elsewhere;
    EXPECT_THAT(world.Error(), HasSubstr("neither https nor of this machine"));
  }
}

TEST(CredentialsTest, OfTheMachineComeLast) {
  World world;
  world.variables["AWS_EC2_METADATA_DISABLED"] = "false";
  EXPECT_THAT(world.Error(), HasSubstr("no credentials for it: set AWS_ACCESS_KEY_ID"));
  world.replies = {
      {{"status", 200}, {"body", "token"}},
      {{"status", 200}, {"body", "reader"}},
      {{"status", 200}, {"body", R"({"AccessKeyId": "ec2", "SecretAccessKey": "s", "Token": "t",
                                 "Expiration": "2026-01-01T00:00:00Z"})"}}};
  const Json done = world.Find().at("done");
  EXPECT_EQ(done.at("access_key"), "ec2");
  EXPECT_EQ(done.at("renew_at"), kNow + 60) << "good for longer than it says";
  EXPECT_EQ(world.steps.back().at("send").at("url"),
            "http://169.254.169.254/latest/meta-data/iam/security-credentials/reader");
}

TEST(CredentialsTest, OfNoProfileAreSaidToBeNone) {
  EXPECT_THAT(Farm("region = eu-west-3\n").Error(), HasSubstr("the profile farm holds none"));
  EXPECT_THAT(Farm("aws_access_key_id = a\n").Error(), HasSubstr("aws_secret_access_key"));
}

TEST(CredentialsTest, ReadTimesAsServicesWriteThem) {
  for (const char* text :
       {"2027-01-15T08:00:00Z", "2027-01-15T08:00:00.123Z", "2027-01-15T08:00:00UTC",
        "2027-01-15T08:00:00+00:00", "2027-01-15T10:00:00+02:00", "2027-01-15T03:30:00.5-0430"}) {
    EXPECT_EQ(ReadAwsTime(text), kNow) << text;
  }
  for (const char* text : {"", "2027-01-15", "2027-13-15T08:00:00Z", "2027-01-15T08:00:00+2",
                           "2027-01-15T08:00:00 CET"}) {
    EXPECT_EQ(ReadAwsTime(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace verger

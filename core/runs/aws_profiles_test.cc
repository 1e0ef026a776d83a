#include "core/runs/aws_profiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr const char* kConfig =
    "# of the farm\n"
    "[default]\n"
    "region = eu-west-3\n"
    "[profile orchard]\r\n"
    "; endpoint_url = http://old\n"
    "s3 =\n"
    "  endpoint_url = http://nested\n"
    "endpoint_url=https://minio.farm.example:9000/\n"
    "Region =  eu-west-1 \n"
    "[profile \"the farm\"]\n"
    "services = local\n"
    "[services local]\n"
    "s3 =\n"
    "  endpoint_url = http://s3.farm.example\n"
    "sts =\n"
    "\tendpoint_url = http://sts.farm.example\n"
    "[orchard]\n"
    "region = nowhere-1\n";

Result<Json> Settings(std::map<std::string, std::string> variables,
                      const char* credentials = nullptr) {
  const AwsEnvironment environment{std::move(variables), "/home/ada", "", 0};
  AwsSteps steps(Json::array({kConfig, credentials == nullptr ? Json() : Json(credentials)}));
  return FindAwsSettings(environment, &steps);
}

TEST(AwsProfilesTest, ReadSectionsAsAwsWritesThem) {
  const AwsSections sections = ReadAwsFile(kConfig);
  EXPECT_EQ(sections.at("default").at("region"), "eu-west-3");
  EXPECT_EQ(sections.at("profile orchard").at("region"), "eu-west-1");
  EXPECT_EQ(sections.at("profile orchard").at("endpoint_url"), "https://minio.farm.example:9000/");
  EXPECT_EQ(sections.at("profile orchard").at("s3.endpoint_url"), "http://nested");
  EXPECT_EQ(sections.at("profile the farm").at("services"), "local");
  EXPECT_EQ(sections.at("services local").at("sts.endpoint_url"), "http://sts.farm.example");
  EXPECT_TRUE(ReadAwsFile("").empty());
}

TEST(AwsProfilesTest, ReadSettingsThatAreIndented) {
  const AwsSections sections = ReadAwsFile(
      "[default]\n  aws_access_key_id = a\n  s3 =\n    endpoint_url = http://nested\n  region = "
      "r\n");
  EXPECT_EQ(sections.at("default").at("aws_access_key_id"), "a");
  EXPECT_EQ(sections.at("default").at("s3.endpoint_url"), "http://nested");
  EXPECT_EQ(sections.at("default").at("region"), "r");
}

TEST(AwsProfilesTest, TakeTheProfileThenTheEnvironment) {
  EXPECT_EQ(*Settings({}), Json({{"region", "eu-west-3"}, {"endpoint", ""}}));
  EXPECT_EQ(*Settings({{"AWS_PROFILE", "orchard"}}),
            Json({{"region", "eu-west-1"}, {"endpoint", "https://minio.farm.example:9000/"}}));
  EXPECT_EQ(Settings({{"AWS_PROFILE", "the farm"}})->at("endpoint"), "http://s3.farm.example");
  EXPECT_EQ(
      Settings({{"AWS_PROFILE", "the farm"}, {"AWS_ENDPOINT_URL", "http://one"}})->at("endpoint"),
      "http://one");
  EXPECT_EQ(*Settings({{"AWS_ENDPOINT_URL_S3", "http://two"},
                       {"AWS_ENDPOINT_URL", "http://one"},
                       {"AWS_DEFAULT_REGION", "here"}}),
            Json({{"region", "here"}, {"endpoint", "http://two"}}));
  for (const char* profile : {"orchard", "the farm"}) {
    EXPECT_EQ(Settings({{"AWS_PROFILE", profile},
                        {"AWS_ENDPOINT_URL", "http://one"},
                        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}})
                  ->at("endpoint"),
              "");
  }
}

TEST(AwsProfilesTest, NameAProfileThatIsNotThere) {
  const auto settings = Settings({{"AWS_PROFILE", "vineyard"}});
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, Code::kBadCall);
  EXPECT_THAT(settings.error().message,
              HasSubstr("AWS_PROFILE=vineyard: no such profile in /home/ada/.aws/config or "
                        "/home/ada/.aws/credentials"));
  EXPECT_TRUE(Settings({{"AWS_PROFILE", "vineyard"}}, "[vineyard]\naws_access_key_id = a\n"))
      << "either file will do";
}

TEST(AwsProfilesTest, AskForTheFilesThatTheEnvironmentNames) {
  AwsSteps steps(Json::array());
  EXPECT_FALSE(FindAwsSettings({{{"AWS_CONFIG_FILE", "/etc/aws"}}, "", "", 0}, &steps));
  EXPECT_EQ(steps.stop(), Json({{"read", "/etc/aws"}}));
}

}  // namespace
}  // namespace verger

#include "cli/storage/s3/settings.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/base/error.h"
#include "cli/base/scratch_folder.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig =
    "# of the farm\n"
    "[default]\n"
    "region = eu-west-3\n"
    "[profile orchard]\r\n"
    "; endpoint_url = http://old\n"
    "s3 =\n"
    "  endpoint_url = http://nested\n"
    "endpoint_url=https://minio.farm.example:9000/\n"
    "region =  eu-west-1 \n";

// No wish of the person who runs the test is seen.
class SettingsTest : public ::testing::Test {
 protected:
  static constexpr const char* kVariables[] = {
      "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION",      "AWS_DEFAULT_REGION",
      "AWS_PROFILE",         "VERGER_REGIONS",   "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"};

  SettingsTest() {
    for (const char* variable : kVariables) unsetenv(variable);
    setenv("AWS_CONFIG_FILE", (folder_.path() / "config").c_str(), 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", (folder_.path() / "credentials").c_str(), 1);
    std::ofstream(folder_.path() / "config") << kConfig;
  }
  ~SettingsTest() override {
    for (const char* variable : kVariables) unsetenv(variable);
  }

  ScratchFolder folder_;
};

TEST_F(SettingsTest, AreOfAwsUnlessSomeoneSaysOtherwise) {
  const S3Settings settings = FindS3Settings({});
  EXPECT_EQ(settings.endpoint, "");
  EXPECT_FALSE(settings.path_style);
  EXPECT_EQ(settings.region, "eu-west-3");
  EXPECT_TRUE(settings.sign);
}

TEST_F(SettingsTest, NameAProfileThatIsNotThere) {
  setenv("AWS_PROFILE", "vineyard", 1);
  try {
    FindS3Settings({});
    FAIL() << "not refused";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit(), Exit::kUsage);
    EXPECT_NE(std::string(failure.what()).find("AWS_PROFILE=vineyard: no such profile"),
              std::string::npos);
  }
  std::ofstream(folder_.path() / "credentials") << "[vineyard]\naws_access_key_id = a\n";
  EXPECT_NO_THROW(FindS3Settings({})) << "either file will do";
}

TEST_F(SettingsTest, AreNotThoseOfTheCurrentFolder) {
  const fs::path start = fs::current_path();
  for (const char* home : {".", "here"}) {
    fs::create_directories(folder_.path() / home / ".aws");
    std::ofstream(folder_.path() / home / ".aws/config") << kConfig;
  }
  fs::current_path(folder_.path());
  for (const char* home : {"", ".", "here"}) {
    setenv("HOME", home, 1);
    setenv("AWS_PROFILE", "orchard", 1);
    unsetenv("AWS_CONFIG_FILE");
    unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    EXPECT_THROW(FindS3Settings({}), Failure) << home;
  }
  fs::current_path(start);
}

TEST_F(SettingsTest, TakeTheProfileThenTheEnvironmentThenTheOptions) {
  setenv("AWS_PROFILE", "orchard", 1);
  S3Settings settings = FindS3Settings({});
  EXPECT_EQ(settings.endpoint, "minio.farm.example:9000");
  EXPECT_EQ(settings.scheme, "https");
  EXPECT_EQ(settings.region, "eu-west-1");
  EXPECT_TRUE(settings.path_style);

  setenv("AWS_ENDPOINT_URL", "http://one:1", 1);
  setenv("AWS_ENDPOINT_URL_S3", "http://two:2", 1);
  setenv("AWS_REGION", "here", 1);
  setenv("VERGER_REGIONS", "here", 1);
  S3Options options;
  options.addressing = "virtual";
  options.no_sign_request = true;
  settings = FindS3Settings(options);
  EXPECT_EQ(settings.endpoint, "two:2");
  EXPECT_EQ(settings.scheme, "http");
  EXPECT_EQ(settings.region, "here");
  EXPECT_EQ(settings.allowed_regions, "here");
  EXPECT_FALSE(settings.path_style);
  EXPECT_FALSE(settings.sign);
  options.regions = "there";
  EXPECT_EQ(FindS3Settings(options).allowed_regions, "there");
}

TEST_F(SettingsTest, RefuseWhatTheRulesOfRegionsRefuse) {
  setenv("AWS_ENDPOINT_URL", "http://me@minio", 1);
  EXPECT_THROW(FindS3Settings({}), Failure);
  setenv("AWS_ENDPOINT_URL", "HTTP://Minio_1:80/", 1);
  EXPECT_EQ(FindS3Settings({}).endpoint, "minio_1");
  setenv("VERGER_REGIONS", "Paris!", 1);
  EXPECT_THROW(FindS3Settings({}), Failure);
  setenv("VERGER_REGIONS", " eu-west-1, eu-west-3,", 1);
  EXPECT_EQ(FindS3Settings({}).allowed_regions, "eu-west-1,eu-west-3");
}

}  // namespace
}  // namespace verger::cli

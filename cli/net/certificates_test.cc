#include "cli/net/certificates.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace verger::cli {
namespace {

TEST(CertificatesTest, AreThoseThatTheEnvironmentNames) {
  ::setenv("AWS_CA_BUNDLE", "", 1);
  ::setenv("SSL_CERT_FILE", "/a/ssl.pem", 1);
  ::setenv("CURL_CA_BUNDLE", "/a/curl.pem", 1);
  EXPECT_EQ(FindCertificates(), "/a/ssl.pem");
  ::setenv("AWS_CA_BUNDLE", "/a/aws.pem", 1);
  EXPECT_EQ(FindCertificates(), "/a/aws.pem");
  for (const char* variable : {"AWS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"}) {
    ::unsetenv(variable);
  }
  const std::string usual = FindCertificates();
  EXPECT_TRUE(usual.empty() || std::filesystem::exists(usual)) << usual;
}

}  // namespace
}  // namespace verger::cli

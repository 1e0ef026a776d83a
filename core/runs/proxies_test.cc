#include "core/runs/proxies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger {
namespace {

using ::testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

TEST(ProxiesTest, GoByTheSchemeInEitherSpelling) {
  const Variables both = {{"http_proxy", "http://plain:1"}, {"HTTPS_PROXY", "secret:2"}};
  EXPECT_EQ(*ProxyFor("http://s3.farm.test/a", both), "http://plain:1");
  EXPECT_EQ(*ProxyFor("https://s3.farm.test/a", both), "http://secret:2");
  EXPECT_EQ(*ProxyFor("http://s3.farm.test", {{"HTTP_PROXY", "http://shout/path"}}),
            "http://shout:80");
  EXPECT_EQ(*ProxyFor("http://s3.farm.test",
                      {{"HTTP_PROXY", "http://shout:1"}, {"http_proxy", "http://calm:2"}}),
            "http://calm:2");
  EXPECT_EQ(*ProxyFor("https://a.test", {{"ALL_PROXY", "socks5h://a:b@c:3"}}), "socks5h://a:b@c:3");
  EXPECT_EQ(*ProxyFor("https://a.test", {{"http_proxy", "http://plain:1"}}), "");
  EXPECT_EQ(*ProxyFor("https://a.test", {{"https_proxy", ""}}), "");
}

TEST(ProxiesTest, LeaveOutTheHostsOfNoProxy) {
  const auto through = [](const std::string& url, const std::string& list) {
    return !ProxyFor(url, {{"http_proxy", "p:1"}, {"NO_PROXY", list}})->empty();
  };
  EXPECT_FALSE(through("http://a.test", "*"));
  EXPECT_FALSE(through("http://a.test/key", "b.test, A.test"));
  EXPECT_FALSE(through("http://s3.farm.test", ".farm.test"));
  EXPECT_FALSE(through("http://s3.farm.test", "*.farm.test"));
  EXPECT_FALSE(through("http://bucket.s3.farm.test:9000", "farm.test"));
  EXPECT_TRUE(through("http://notfarm.test", "farm.test"));
  EXPECT_TRUE(through("http://a.test", ""));
  EXPECT_TRUE(through("http://127.0.0.1:9000", "localhost")) << "another name";
  EXPECT_FALSE(through("http://127.0.0.1:9000", "localhost,127.0.0.1"));
  EXPECT_FALSE(through("http://127.0.0.1:9000", "127.0.0.1:9000"));
  EXPECT_TRUE(through("http://127.0.0.1:9000", "127.0.0.1:9001"));
  EXPECT_FALSE(through("http://10.1.2.3", "10.0.0.0/8"));
  EXPECT_TRUE(through("http://11.1.2.3", "10.0.0.0/8"));
  EXPECT_FALSE(through("http://[::1]:9000", "::1"));
  EXPECT_FALSE(through("http://[::1]:9000", "[::1]:9000"));
  EXPECT_FALSE(through("http://169.254.169.254/latest", "169.254.169.254"));
}

TEST(ProxiesTest, NameTheVariableAndNotItsPassword) {
  const auto proxy = ProxyFor("http://a.test", {{"HTTP_PROXY", "http://me:secret@"}});
  ASSERT_FALSE(proxy);
  EXPECT_THAT(proxy.error().message, HasSubstr("HTTP_PROXY: not the URL of a proxy"));
  EXPECT_EQ(proxy.error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace verger

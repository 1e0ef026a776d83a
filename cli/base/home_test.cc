#include "cli/base/home.h"

#include <gtest/gtest.h>
#include <pwd.h>

#include <cstdlib>

namespace verger::cli {
namespace {

TEST(HomeTest, IsTheEnvironmentsOrTheSystemsAndNeverRelative) {
  const std::string systems = ::getpwuid(0)->pw_dir;
  ::setenv("HOME", "/home/me", 1);
  EXPECT_EQ(HomeFolder(0), "/home/me");
  for (const char* home : {"", ".", "me", "./home/me", "~"}) {
    ::setenv("HOME", home, 1);
    EXPECT_EQ(HomeFolder(0), systems) << home;
  }
  ::unsetenv("HOME");
  EXPECT_EQ(HomeFolder(0), systems);
}

TEST(HomeTest, MayBeMissing) {
  constexpr uid_t kNobody = 4'000'000'001;
  ASSERT_EQ(::getpwuid(kNobody), nullptr);
  ::unsetenv("HOME");
  EXPECT_EQ(HomeFolder(kNobody), "");
}

}  // namespace
}  // namespace verger::cli

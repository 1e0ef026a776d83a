#include "cli/models/place.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "cli/base/error.h"
#include "cli/base/home.h"

namespace verger::cli {
namespace {

// The environment as a test wants it.
class Place : public testing::Test {
 protected:
  Place() {
    for (const char* name : {"VERGER_MODELS", "XDG_DATA_HOME", "KERAS_HOME"}) ::unsetenv(name);
    ::setenv("HOME", "/home/me", 1);
  }
};

TEST_F(Place, FollowsTheEnvironment) {
  EXPECT_EQ(DefaultStoreFolder(), "/home/me/.local/share/verger/models");
  EXPECT_EQ(KerasFolder(), "/home/me/.keras/models");
  ::setenv("XDG_DATA_HOME", "relative", 1);
  EXPECT_EQ(DefaultStoreFolder(), "/home/me/.local/share/verger/models");
  ::setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(DefaultStoreFolder(), "/data/verger/models");
  ::setenv("VERGER_MODELS", "/models", 1);
  EXPECT_EQ(DefaultStoreFolder(), "/models");
  ::setenv("KERAS_HOME", "/keras", 1);
  EXPECT_EQ(KerasFolder(), "/keras/models");
}

TEST_F(Place, IsNeverInTheCurrentFolder) {
  for (const char* relative : {"", ".", "here"}) {
    ::setenv("HOME", relative, 1);
    ::setenv("XDG_DATA_HOME", relative, 1);
    ASSERT_TRUE(HomeFolder().is_absolute());
    EXPECT_EQ(DefaultStoreFolder(), HomeFolder() / ".local/share/verger/models");
    EXPECT_EQ(KerasFolder(), HomeFolder() / ".keras/models");
  }
}

TEST_F(Place, TakesOnlyNamesThatCannotLeaveTheFolder) {
  for (const char* name : {"resnet50", "a", "0", "my-net_2.1", "a..b"}) {
    EXPECT_TRUE(IsModelName(name)) << name;
    EXPECT_NO_THROW(RequireModelName(name));
  }
  for (const char* name : {"", ".", "..", "../x", "a/b", "-a", ".hidden", "A", "é", "a b", "a\n"}) {
    EXPECT_FALSE(IsModelName(name)) << name;
    EXPECT_THROW(RequireModelName(name), Failure);
  }
  EXPECT_TRUE(IsModelName(std::string(64, 'a')));
  EXPECT_FALSE(IsModelName(std::string(65, 'a')));
  EXPECT_FALSE(IsModelName(std::string("a\0b", 3)));
}

TEST_F(Place, MakesNamesOfFiles) {
  EXPECT_EQ(ModelNameFor("/x/My Net (2).onnx"), "my-net-2");
  EXPECT_EQ(ModelNameFor("net.v1.h5"), "net.v1");
  EXPECT_EQ(ModelNameFor("../..hidden"), "hidden");
  EXPECT_EQ(ModelNameFor("桃.h5"), "model");
  EXPECT_EQ(ModelNameFor(""), "model");
  EXPECT_EQ(ModelNameFor(std::string(200, 'a')).size(), 64u);
}

TEST_F(Place, MakesNamesThatWillDo) {
  for (const char* file : {"../../etc/passwd", "-x-.onnx", ".h5", "A B\nC", "\xff\xfe.onnx"}) {
    EXPECT_TRUE(IsModelName(ModelNameFor(file))) << ModelNameFor(file);
  }
}

}  // namespace
}  // namespace verger::cli

#include "core/runs/lock.h"

#include <gtest/gtest.h>

namespace verger {
namespace {

constexpr const char* kHost = "farm 1f2e pid:[4026531836]";

std::string DocumentOf(std::int64_t process, std::string_view start = "777") {
  return LockDocument("5f3a", {kHost, process, start});
}

TEST(LockDocumentTest, IsTheSameBytesFromEveryRelease) {
  EXPECT_EQ(DocumentOf(42),
            "{\"token\":\"5f3a\",\"host\":\"farm 1f2e pid:[4026531836]\","
            "\"process\":42,\"start\":\"777\"}\n");
  EXPECT_EQ(LockDocument("\xff", {"", 1, ""}),
            "{\"token\":\"\xef\xbf\xbd\",\"host\":\"\",\"process\":1,\"start\":\"\"}\n");
}

TEST(LockProcessTest, IsToldForOurHostAlone) {
  EXPECT_EQ(LockProcess(DocumentOf(42), kHost), 42);
  EXPECT_EQ(LockProcess(DocumentOf(42), "another"), 0);
  EXPECT_EQ(LockProcess(LockDocument("5f3a", {"", 42, "777"}), ""), 0);
}

TEST(LockProcessTest, IsNothingInOtherProgramsDocuments) {
  for (const char* document :
       {"", "a token", "[]", "{}", "\xff", "null", "{\"host\":\"h\"}",
        "{\"host\":\"h\",\"process\":\"42\",\"start\":\"1\"}",
        "{\"host\":\"h\",\"process\":42,\"start\":1}",
        "{\"host\":[],\"process\":42,\"start\":\"1\"}",
        "{\"host\":\"h\",\"process\":0,\"start\":\"1\"}",
        "{\"host\":\"h\",\"process\":-1,\"start\":\"1\"}",
        "{\"host\":\"h\",\"process\":4294967338,\"start\":\"1\"}",
        "{\"host\":\"h\",\"process\":99999999999999999999,\"start\":\"1\"}"}) {
    EXPECT_EQ(LockProcess(document, "h"), 0) << document;
    EXPECT_FALSE(LockIsGone(document, "h", "", false, 0)) << document;
    EXPECT_TRUE(LockIsGone(document, "h", "", false, kLockStaleSeconds)) << document;
  }
}

TEST(LockIsGoneTest, KnowsAProcessOfThisHost) {
  const std::string document = DocumentOf(42);
  EXPECT_FALSE(LockIsGone(document, kHost, "777", true, 0)) << "it runs";
  EXPECT_TRUE(LockIsGone(document, kHost, "", false, 0)) << "there is no such process";
  EXPECT_TRUE(LockIsGone(document, kHost, "778", true, 0)) << "another process got its number";
  EXPECT_FALSE(LockIsGone(document, "another", "", false, 0)) << "of another machine";
}

TEST(LockIsGoneTest, LetsAHiddenProcessLive) {
  EXPECT_FALSE(LockIsGone(DocumentOf(42), kHost, "", true, 0)) << "hidden from us";
  EXPECT_FALSE(LockIsGone(DocumentOf(42, ""), kHost, "777", true, 0)) << "hidden from itself";
  EXPECT_TRUE(LockIsGone(DocumentOf(42, ""), kHost, "", false, 0));
}

TEST(LockIsGoneTest, TakesOverByAge) {
  const std::string document = DocumentOf(42);
  EXPECT_FALSE(LockIsGone(document, "another", "", false, kLockStaleSeconds - 1));
  EXPECT_TRUE(LockIsGone(document, "another", "", false, kLockStaleSeconds));
  EXPECT_TRUE(LockIsGone(document, kHost, "777", true, kLockStaleSeconds)) << "it hangs";
}

}  // namespace
}  // namespace verger

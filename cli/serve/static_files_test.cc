#include "cli/serve/static_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger::cli {
namespace {

using testing::Contains;
using testing::Key;
using testing::Not;
using testing::Pair;

class StaticFilesTest : public testing::Test {
 protected:
  Response Get(std::string path, std::string accept = "", std::string tag = "",
               std::string version = "") const {
    Query query{.route = Route::kFile, .path = std::move(path)};
    query.accept_encoding = std::move(accept);
    query.if_none_match = std::move(tag);
    query.version = std::move(version);
    return files_.Find(query);
  }

  static std::string Header(const Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  StaticFiles files_{{{"index.html", "<p>", ""}, {"js/main.js", "let a = 1;", "BROTLI"}}};
};

TEST_F(StaticFilesTest, ServesFilesWithTheirTypes) {
  EXPECT_EQ(Get("/").Body(), "<p>");
  EXPECT_EQ(Get("/index.html").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(Get("/js/main.js").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(Get("/js/main.js").Body(), "let a = 1;");
  EXPECT_THAT(Get("/").headers, Contains(Pair("Cross-Origin-Embedder-Policy", "require-corp")));
}

TEST_F(StaticFilesTest, NoOtherPathLeadsAnywhere) {
  for (const char* path : {"/js", "/js/", "//index.html", "/../index.html", "/INDEX.HTML", ""}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

TEST_F(StaticFilesTest, BrotliIsForThoseWhoTakeIt) {
  const Response response = Get("/js/main.js", "gzip, deflate, br");
  EXPECT_EQ(response.Body(), "BROTLI");
  EXPECT_EQ(Header(response, "Content-Encoding"), "br");
  EXPECT_THAT(Get("/js/main.js", "gzip").headers, Not(Contains(Key("Content-Encoding"))));
  EXPECT_THAT(Get("/index.html", "br").headers, Not(Contains(Key("Content-Encoding"))));
  EXPECT_NE(Header(response, "ETag"), Header(Get("/js/main.js"), "ETag"));
  for (const char* accept : {"br", "gzip,br;q=0.5", "br;q=1.0", " br "}) {
    EXPECT_TRUE(AcceptsBrotli(accept)) << accept;
  }
  for (const char* accept : {"", "gzip", "br;q=0", "br; q=0.000", "brotli", "x-br"}) {
    EXPECT_FALSE(AcceptsBrotli(accept)) << accept;
  }
}

TEST_F(StaticFilesTest, WhatTheClientHasIsNotSentAgain) {
  const std::string tag = Header(Get("/"), "ETag");
  const Response again = Get("/", "", "W/\"x\", " + tag);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.Body(), "");
  EXPECT_EQ(Header(again, "ETag"), tag);
  EXPECT_EQ(Get("/", "", "\"other\"").status, 200);
}

TEST_F(StaticFilesTest, OnlyANamedVersionIsKeptForGood) {
  EXPECT_EQ(Header(Get("/"), "Cache-Control"), "no-cache");
  const std::string version = Header(Get("/"), "ETag").substr(1, 16);
  EXPECT_THAT(Header(Get("/", "", "", version), "Cache-Control"), testing::HasSubstr("immutable"));
  EXPECT_EQ(Header(Get("/", "", "", "0123456789abcdef"), "Cache-Control"), "no-cache");
}

}  // namespace
}  // namespace verger::cli

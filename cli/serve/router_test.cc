#include "cli/serve/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/serve/problem.h"

namespace verger::cli {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

const RouterOptions kOptions{.max_bytes = 1000};

RequestHead Post(std::string target) {
  RequestHead head;
  head.method = "POST";
  head.target = std::move(target);
  head.content_length = 100;
  return head;
}

RequestHead Get(std::string target) {
  RequestHead head;
  head.method = "GET";
  head.target = std::move(target);
  return head;
}

int StatusOf(const RequestHead& head, const RouterOptions& options = kOptions, int views = 1) {
  const Admission admission = Admit(head, options, views);
  return admission.refusal ? admission.refusal->status : 200;
}

TEST(RouterTest, PhotosGoToTheirRoutes) {
  const Admission classify = Admit(Post("/v1/classify?top=5"), kOptions, 1);
  EXPECT_FALSE(classify.refusal.has_value());
  EXPECT_EQ(classify.query.route, Route::kClassify);
  EXPECT_EQ(classify.query.count, 5);
  EXPECT_EQ(Admit(Post("/v1/classify"), kOptions, 1).query.count, 3);
  EXPECT_EQ(Admit(Post("/v1/similar"), kOptions, 1).query.count, 10);
  EXPECT_EQ(Admit(Post("/v1/features"), kOptions, 1).query.route, Route::kFeatures);
}

TEST(RouterTest, ViewsAreOneOrThoseOfTheOutput) {
  EXPECT_EQ(Admit(Post("/v1/classify?views=1"), kOptions, 3).query.views, 1);
  EXPECT_EQ(Admit(Post("/v1/classify?views=3"), kOptions, 3).query.views, 0);
  EXPECT_EQ(Admit(Post("/v1/classify?views=1"), kOptions, 1).query.views, 0);
  EXPECT_EQ(StatusOf(Post("/v1/classify?views=2"), kOptions, 3), 400);
  EXPECT_EQ(StatusOf(Post("/v1/classify?views=3"), kOptions, 1), 400);
}

TEST(RouterTest, WrongParametersAreNamed) {
  for (const char* query : {"top=0", "top=1001", "top=x", "count=3", "top=3&x=1", "top"}) {
    const Admission admission = Admit(Post(std::string("/v1/classify?") + query), kOptions, 1);
    ASSERT_TRUE(admission.refusal.has_value()) << query;
    EXPECT_EQ(admission.refusal->status, 400) << query;
    EXPECT_THAT(admission.refusal->body, HasSubstr("top")) << query;
  }
  EXPECT_EQ(StatusOf(Get("/healthz?top=1")), 400);
  EXPECT_EQ(StatusOf(Post("/v1/features?top=1")), 400);
}

TEST(RouterTest, OtherMethodsAreRefusedWithThoseThereAre) {
  const Admission get = Admit(Get("/v1/classify"), kOptions, 1);
  EXPECT_EQ(get.refusal.value().status, 405);
  EXPECT_THAT(get.refusal->headers, Contains(Pair("Allow", "POST")));
  RequestHead head = Get("/healthz");
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"}) {
    head.method = method;
    EXPECT_EQ(StatusOf(head), 405) << method;
  }
  head.method = "HEAD";
  EXPECT_EQ(StatusOf(head), 200);
  EXPECT_TRUE(Admit(head, kOptions, 1).query.without_body);
}

TEST(RouterTest, WhatIsNotThere) {
  for (const char* target : {"/", "/v1", "/v1/classify/", "/V1/classify", "/../etc/passwd"}) {
    EXPECT_EQ(StatusOf(Get(target)), 404) << target;
  }
  EXPECT_EQ(StatusOf(Post("/v1/similar"), {.max_bytes = 1000, .similar = false}), 404);
  EXPECT_EQ(StatusOf(Get("*")), 400);
}

TEST(RouterTest, BodiesThatAreNotTaken) {
  RequestHead head = Post("/v1/classify");
  head.content_length.reset();
  EXPECT_EQ(StatusOf(head), 411);
  head = Post("/v1/classify");
  head.has_transfer_encoding = true;
  EXPECT_EQ(StatusOf(head), 411);
  head = Post("/v1/classify");
  head.content_length = 1001;
  EXPECT_EQ(StatusOf(head), 413);
  head.content_length = 0;
  EXPECT_EQ(StatusOf(head), 400);
  head = Post("/v1/classify");
  head.content_encoding = "gzip";
  EXPECT_EQ(StatusOf(head), 415);
  RequestHead get = Get("/healthz");
  get.content_length = 1;
  EXPECT_EQ(StatusOf(get), 400);
}

TEST(RouterTest, MediaTypes) {
  RequestHead head = Post("/v1/classify");
  for (const char* type : {"", "image/jpeg", "IMAGE/PNG", "image/webp; q=1",
                           "application/octet-stream", "application/x-www-form-urlencoded"}) {
    head.content_type = type;
    EXPECT_EQ(StatusOf(head), 200) << type;
  }
  for (const char* type : {"multipart/form-data; boundary=x", "application/json", "text/plain"}) {
    head.content_type = type;
    EXPECT_EQ(StatusOf(head), 415) << type;
  }
}

TEST(RouterTest, OneHostIsRequired) {
  RequestHead head = Get("/healthz");
  head.hosts = 0;
  EXPECT_EQ(StatusOf(head), 400);
  head.http_1_0 = true;
  EXPECT_EQ(StatusOf(head), 200);
  head.hosts = 2;
  EXPECT_EQ(StatusOf(head), 400);
}

TEST(RouterTest, OtherHostsAreRefused) {
  RouterOptions options = kOptions;
  options.hosts = {"localhost", "127.0.0.1", "[::1]"};
  RequestHead head = Get("/healthz");
  for (const char* host : {"localhost", "LocalHost:8080", "127.0.0.1:9", "[::1]", "[::1]:80"}) {
    head.host = host;
    EXPECT_EQ(StatusOf(head, options), 200) << host;
  }
  for (const char* host : {"fruit.example", "localhost.fruit.example:80", "[::2]:80", ""}) {
    head.host = host;
    EXPECT_EQ(StatusOf(head, options), 400) << host;
    EXPECT_EQ(StatusOf(head), 200) << host;
  }
  head.hosts = 0;
  head.http_1_0 = true;
  EXPECT_EQ(StatusOf(head, options), 200);
}

TEST(RouterTest, NamesAreTheServersOwn) {
  EXPECT_EQ(NameOf(Admit(Get("/secret-name"), kOptions, 1).query.route), "other");
  EXPECT_EQ(NameOf(Admit(Get("/metrics"), kOptions, 1).query.route), "/metrics");
  EXPECT_EQ(NameOf(Route::kFile), "file");
}

TEST(ProblemTest, IsJsonWithTheRemedy) {
  const Response response = Problem(503, "busy: try \"later\"", 7);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_THAT(response.body, HasSubstr(R"("detail":"busy: try \"later\"")"));
  EXPECT_THAT(response.body, HasSubstr(R"("title":"Service Unavailable","status":503)"));
  EXPECT_THAT(response.headers, Contains(Pair("Retry-After", "7")));
}

}  // namespace
}  // namespace verger::cli

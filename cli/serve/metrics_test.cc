#include "cli/serve/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MetricsTest, CountsByRouteAndStatus) {
  Metrics metrics;
  metrics.CountRequest("/v1/classify", 200, 0.004);
  metrics.CountRequest("/v1/classify", 200, 0.4);
  metrics.CountRequest("/v1/classify", 422, 0.001);
  metrics.CountBatch(4);
  metrics.CountReject("damaged");
  metrics.CountRefusal("queue");
  metrics.CountReload(true);
  const std::string text = metrics.Text({.waiting = 3, .connections = 2, .ready = true});
  EXPECT_THAT(text, HasSubstr("verger_requests_total{route=\"/v1/classify\",status=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("verger_requests_total{route=\"/v1/classify\",status=\"422\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("verger_request_seconds_bucket{route=\"/v1/classify\",le=\"0.001\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("verger_request_seconds_bucket{route=\"/v1/classify\",le=\"0.005\"} 2\n"));
  EXPECT_THAT(text,
              HasSubstr("verger_request_seconds_bucket{route=\"/v1/classify\",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("verger_request_seconds_count{route=\"/v1/classify\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("verger_batch_photos_bucket{le=\"3\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("verger_batch_photos_bucket{le=\"4\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("verger_batch_photos_sum 4\n"));
  EXPECT_THAT(text, HasSubstr("verger_photo_rejects_total{reason=\"damaged\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("verger_refusals_total{reason=\"queue\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("verger_reloads_total{result=\"loaded\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("verger_queue_photos 3\n"));
  EXPECT_THAT(text, HasSubstr("verger_ready 1\n"));
}

TEST(MetricsTest, EveryLineIsACommentOrANumber) {
  Metrics metrics;
  metrics.CountRequest("other", 404, 1e-4);
  const std::string text = metrics.Text({});
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    ASSERT_NE(end, std::string::npos);
    const std::string line = text.substr(begin, end - begin);
    EXPECT_THAT(line, Not(testing::IsEmpty()));
    if (!line.starts_with("# ")) {
      std::size_t used = 0;
      const std::string number = line.substr(line.rfind(' ') + 1);
      (void)std::stod(number, &used);
      EXPECT_EQ(used, number.size()) << line;
    }
    begin = end + 1;
  }
}

}  // namespace
}  // namespace verger::cli

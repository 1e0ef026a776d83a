#include "cli/storage/s3/download.h"

#include <gtest/gtest.h>

#include "cli/storage/s3/one_object.h"

namespace verger::cli {
namespace {

constexpr std::int64_t kLarge = std::int64_t{40} << 20;

TEST(S3DownloadTest, TakesAllOfAnObject) {
  for (const std::int64_t size : {std::int64_t{1}, std::int64_t{8} << 20, kLarge}) {
    const OneObject object(size);
    const S3Answer answer = S3Download(object.Client(), "1.jpg", size).Finish();
    EXPECT_EQ(answer.content_length, size);
    EXPECT_EQ(answer.body, std::string(static_cast<std::size_t>(size), 'x'));
  }
}

// It was small when it was listed.
TEST(S3DownloadTest, TakesOneByteMoreThanWasListedOfAnObjectThatGrew) {
  for (const std::int64_t listed : {std::int64_t{1000}, std::int64_t{9} << 20}) {
    const OneObject object(kLarge);
    const S3Answer answer = S3Download(object.Client(), "1.jpg", listed).Finish();
    EXPECT_EQ(answer.content_length, kLarge);
    EXPECT_LE(object.sent(), listed + 1);
  }
}

}  // namespace
}  // namespace verger::cli

#include "cli/photos/hashed_listing.h"

#include <arrow/record_batch.h>
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "cli/base/digest.h"
#include "cli/storage/listed_photos.h"

namespace verger::cli {
namespace {

// Rows of paths that are made up.
class Numbered : public PhotoStream {
 public:
  explicit Numbered(std::int64_t count) : count_(count) {}

  std::shared_ptr<arrow::RecordBatch> Next() override {
    ListingBuilder builder;
    for (; next_ < count_ && builder.rows() < kListingRows; ++next_) {
      const std::string path = PathOf(next_);
      builder.Add({path, "label", next_, next_, next_ % 7 == 0 ? "a problem" : "",
                   next_ % 5 == 0 ? "\xff.jpg" : path});
    }
    return builder.rows() == 0 ? nullptr : builder.Finish();
  }
  static std::string PathOf(std::int64_t number) { return fmt::format("{:07}.jpg", number); }

 private:
  const std::int64_t count_;
  std::int64_t next_ = 0;
};

void ExpectHashed(std::int64_t count) {
  std::map<std::string, std::int64_t> expected;
  for (std::int64_t i = 0; i < count; ++i) expected.emplace(Sha256Hex(Numbered::PathOf(i)), i);
  auto next = expected.begin();
  const auto stream = HashPaths(std::make_unique<Numbered>(count));
  while (auto batch = stream->Next()) {
    EXPECT_LT(batch->num_rows(), 2 * kListingRows + count / 128);
    const ListedPhotos photos(std::move(batch));
    for (std::int64_t row = 0; row < photos.size(); ++row, ++next) {
      ASSERT_NE(next, expected.end());
      const auto& [hash, number] = *next;
      const ListedPhoto photo = photos[row];
      ASSERT_EQ(photo.path, hash);
      ASSERT_EQ(photo.size, number);
      ASSERT_EQ(photo.modified, number);
      ASSERT_EQ(photo.label, "label");
      ASSERT_EQ(photo.problem, number % 7 == 0 ? "a problem" : "");
      ASSERT_EQ(photo.file, number % 5 == 0 ? "\xff.jpg" : Numbered::PathOf(number));
    }
  }
  EXPECT_EQ(next, expected.end());
  EXPECT_EQ(stream->Next(), nullptr);
}

TEST(HashPaths, SortsByTheHashOfPathsAndKeepsTheRest) {
  ExpectHashed(0);
  ExpectHashed(1);
  ExpectHashed(1000);
}

TEST(HashPaths, SortsMoreRowsThanItKeepsInMemory) { ExpectHashed(300'000); }

}  // namespace
}  // namespace verger::cli

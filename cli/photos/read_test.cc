#include "cli/photos/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace verger::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ReadPhotoTest : public ::testing::Test {
 protected:
  ReadPhotoTest() : root_(fs::path(::testing::TempDir()) / "verger_read") {
    fs::remove_all(root_);
    fs::create_directories(root_);
    std::ofstream(root_ / "a.jpg") << "bytes of a photo";
    photo_ = ListPhotos(root_, "").front();
  }
  ~ReadPhotoTest() override { fs::remove_all(root_); }

  fs::path root_;
  Photo photo_;
  std::string bytes_ = "before ";
};

TEST_F(ReadPhotoTest, AppendsAllItsBytes) {
  EXPECT_EQ(ReadPhoto(photo_, &bytes_).error, "");
  EXPECT_EQ(bytes_, "before bytes of a photo");
}

TEST_F(ReadPhotoTest, SaysThatAPhotoVanished) {
  fs::remove(photo_.file);
  const ReadOutcome outcome = ReadPhoto(photo_, &bytes_);
  EXPECT_THAT(outcome.error, HasSubstr("vanished"));
  EXPECT_TRUE(outcome.transient);
  EXPECT_EQ(bytes_, "before ");
}

TEST_F(ReadPhotoTest, SaysThatAPhotoChanged) {
  std::ofstream(photo_.file) << "other bytes of another length";
  EXPECT_THAT(ReadPhoto(photo_, &bytes_).error, HasSubstr("changed"));
  EXPECT_EQ(bytes_, "before ");
}

TEST_F(ReadPhotoTest, RefusesAHugeFileUnread) {
  fs::resize_file(photo_.file, kMostPhotoBytes + 1);
  EXPECT_THAT(ReadPhoto(ListPhotos(root_, "").front(), &bytes_).error, HasSubstr("too large"));
}

TEST_F(ReadPhotoTest, PassesOnWhatTheListingFound) {
  photo_.problem = "not a regular file";
  EXPECT_EQ(ReadPhoto(photo_, &bytes_).error, "not a regular file");
}

}  // namespace
}  // namespace verger::cli

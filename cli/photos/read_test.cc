#include "cli/photos/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/base/limits.h"
#include "cli/base/scratch_folder.h"
#include "cli/photos/listing.h"
#include "cli/storage/folder.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ReadPhotoTest : public ::testing::Test {
 protected:
  ReadPhotoTest() {
    std::ofstream(root_ / "a.jpg") << "bytes of a photo";
    photo_ = ListPhotos(Folder(root_.string()), Folder("nowhere")).front();
  }

  ReadOutcome Read(const Photo& photo) {
    const Folder folder(root_.string());
    return PhotoRead(folder, photo, Limits().max_photo_bytes).AppendTo(&bytes_);
  }

  const ScratchFolder scratch_;
  const fs::path root_ = scratch_.path();
  Photo photo_;
  std::string bytes_ = "before ";
};

TEST_F(ReadPhotoTest, AppendsAllItsBytes) {
  EXPECT_EQ(Read(photo_).error, "");
  EXPECT_EQ(bytes_, "before bytes of a photo");
}

TEST_F(ReadPhotoTest, SaysThatAPhotoVanished) {
  fs::remove(root_ / photo_.name());
  const ReadOutcome outcome = Read(photo_);
  EXPECT_THAT(outcome.error, HasSubstr("vanished"));
  EXPECT_TRUE(outcome.transient);
  EXPECT_EQ(bytes_, "before ");
}

TEST_F(ReadPhotoTest, SaysThatAPhotoChanged) {
  std::ofstream(root_ / photo_.name()) << "other bytes of another length";
  EXPECT_THAT(Read(photo_).error, HasSubstr("changed"));
  EXPECT_EQ(bytes_, "before ");
}

TEST_F(ReadPhotoTest, RefusesAHugeFileUnread) {
  fs::resize_file(root_ / photo_.name(), Limits().max_photo_bytes + 1);
  EXPECT_THAT(Read(ListPhotos(Folder(root_.string()), Folder("nowhere")).front()).error,
              HasSubstr("134217729 bytes, more than --max-bytes 134217728"));
}

TEST_F(ReadPhotoTest, PassesOnWhatTheListingFound) {
  photo_.problem = std::string("not a regular file");
  EXPECT_EQ(Read(photo_).error, "not a regular file");
}

}  // namespace
}  // namespace verger::cli

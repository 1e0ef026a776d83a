#include "core/runs/file_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(FileKinds, AreToldByEndings) {
  for (const char* name : {"a.jpg", "A.JPEG", "x.y.png", " .webp", "3D.MPO"}) {
    EXPECT_EQ(KindByEnding(name), FileKind::kPhoto) << name;
  }
  for (const char* name : {"", "jpg", ".jpg", "a.txt", "a.jpg.bak", "a.jpg ", "a.jp", "a.psd"}) {
    EXPECT_EQ(KindByEnding(name), FileKind::kNone) << name;
  }
  for (const char* name :
       {"a.DNG", "a.cr2", "a.CR3", "a.nef", "a.ARW", "a.raf", "a.3FR", "a.raw"}) {
    EXPECT_EQ(KindByEnding(name), FileKind::kRaw) << name;
  }
  EXPECT_EQ(KindByEnding("phone.HEIC"), FileKind::kHeif);
  EXPECT_EQ(KindByEnding("scan.tif"), FileKind::kTiff);
  EXPECT_EQ(KindByEnding("clip.MP4"), FileKind::kVideo);
}

TEST(FileKinds, AFolderWithoutPhotosIsToldHowToConvertWhatItHolds) {
  ListingCounts counts;
  EXPECT_EQ(NoPhotos(counts, false),
            "no photos in it: they are files that end in .jpg, .png or .webp");
  EXPECT_THAT(NoPhotos(counts, true), HasSubstr("it is OUT as well"));
  counts.passed_over[ListingCounts::At(FileKind::kVideo)] = 1;
  EXPECT_THAT(NoPhotos(counts, false), HasSubstr("it holds 1 video. "));
  EXPECT_THAT(NoPhotos(counts, false), HasSubstr("ffmpeg -i VIDEO"));
  EXPECT_THAT(NoPhotos(counts, false), Not(HasSubstr("mogrify")));
  counts.listed[ListingCounts::At(FileKind::kRaw)] = 1200;
  EXPECT_THAT(NoPhotos(counts, false), HasSubstr("1,200 RAW files, 1 video"));
  EXPECT_THAT(NoPhotos(counts, false), HasSubstr("darktable-cli IMG_1.CR3 IMG_1.jpg"));
  EXPECT_THAT(NoPhotos(counts, false), Not(HasSubstr("mogrify")));
  counts.passed_over[ListingCounts::At(FileKind::kHeif)] = 1;
  EXPECT_THAT(NoPhotos(counts, false), HasSubstr("mogrify -format jpg FILES"));
  EXPECT_THAT(NoPhotos(counts, false), Not(HasSubstr("--include-hidden")));
  counts.passed_over[ListingCounts::At(FileKind::kHidden)] = 1;
  EXPECT_THAT(NoPhotos(counts, false), HasSubstr("--include-hidden"));
  counts.listed[ListingCounts::At(FileKind::kPhoto)] = 1;
  EXPECT_EQ(NoPhotos(counts, false), "");
}

}  // namespace
}  // namespace verger

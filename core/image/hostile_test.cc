// Damaged photos of every format: refused with a short reason or decoded, never more. Under
// -DVERGER_SANITIZE=address,undefined this also shows that nothing leaks on the way out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <new>
#include <random>
#include <string>
#include <string_view>
#include <tuple>

#include "core/image/decode.h"
#include "core/image/test_photos.h"

namespace verger {
namespace {

constexpr Size kSize{19, 14};

struct Case {
  std::string_view name;
  Photo photo;
  std::size_t pixels_end;  // a photo cut before this byte must be refused
};

std::vector<Case> Cases() {
  const Image image = TestImage(kSize);
  std::vector<Case> cases;
  const auto add = [&](std::string_view name, const Photo& photo, std::size_t behind_pixels = 0) {
    cases.push_back({name, photo, photo.size() - behind_pixels});
  };
  // Behind the last row: the end marker of a JPEG, but not of an arithmetic-coded one, which does
  // not tell its end; of a PNG zlib's end of data, here in its last byte, zlib's checksum, that of
  // the chunk, and the end chunk.
  constexpr std::size_t kJpegEnd = 2;
  constexpr std::size_t kPngEnd = 1 + 4 + 4 + 12;
  add("jpeg", WithJpegSegment(EncodeJpeg(image.view()), 0xE1, ExifBlock(6)), kJpegEnd);
  add("progressive jpeg", EncodeJpeg(image.view(), true), kJpegEnd);
  add("arithmetic jpeg", EncodeJpeg(image.view(), false, true));
  add("arithmetic progressive jpeg", EncodeJpeg(image.view(), true, true));
  add("png", WithPngChunk(EncodePng(image.view()), "eXIf", ExifBlock(8).substr(6)), kPngEnd);
  add("interlaced png", EncodePng(image.view(), true), kPngEnd);
  add("lossless webp", EncodeWebp(image.view(), true));
  add("lossy webp", EncodeWebp(image.view(), false));
  return cases;
}

void ExpectSane(const Result<Image>& image, std::string_view name) {
  if (image) {
    EXPECT_EQ(image->pixels.size(), ByteCount(image->size)) << name;
  } else {
    EXPECT_EQ(image.error().code, Code::kBadPhoto) << name;
    EXPECT_FALSE(image.error().message.empty()) << name;
    EXPECT_LT(image.error().message.size(), 120U) << name;
    EXPECT_EQ(image.error().message.find('\n'), std::string::npos) << name;
  }
}

TEST(HostileTest, CutAtEveryByte) {
  for (const Case& c : Cases()) {
    const Result<Image> whole = DecodeAtEveryScale(c.photo);
    ASSERT_TRUE(whole) << c.name;
    for (std::size_t size = 0; size < c.photo.size(); ++size) {
      // A copy of its own, so that the address sanitizer sees a read beyond the cut.
      const Photo cut(c.photo.begin(), c.photo.begin() + static_cast<std::ptrdiff_t>(size));
      const Result<Image> image = DecodeAtEveryScale(cut);
      ExpectSane(image, c.name);
      EXPECT_EQ(image.has_value(), size >= c.pixels_end) << c.name << " cut at " << size;
      EXPECT_TRUE(!image || image->pixels == whole->pixels) << c.name << " cut at " << size;
    }
  }
}

// Light that changes from pixel to pixel as in no flat image, so that every scan has many bytes.
Image NoiseImage(Size size) {
  Image image{size, std::vector<std::uint8_t>(ByteCount(size))};
  std::mt19937 random(7);
  for (std::uint8_t& byte : image.pixels) byte = static_cast<std::uint8_t>(random() % 256);
  return image;
}

// Programs that repair files put the end marker behind what is left of one.
TEST(HostileTest, AJpegCutShortAndClosedIsRefused) {
  const Image image = NoiseImage({120, 90});
  for (const bool arithmetic : {false, true}) {
    for (const bool progressive : {false, true}) {
      const Photo whole = EncodeJpeg(image.view(), progressive, arithmetic);
      ASSERT_TRUE(DecodeAtEveryScale(whole));
      // A decoder cannot know of the last bytes of an arithmetic-coded scan: a coder need not write
      // them where they are 0.
      const std::size_t sure = whole.size() - (arithmetic ? 64 : 4);
      for (std::size_t size = 0; size < sure; size += 1 + size / 97) {
        Photo cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        cut.insert(cut.end(), {std::byte{0xFF}, std::byte{0xD9}});
        const Result<Image> decoded = DecodeAtEveryScale(cut);
        EXPECT_FALSE(decoded) << "progressive " << progressive << ", arithmetic " << arithmetic
                              << ", cut at " << size << " of " << whole.size();
        ExpectSane(decoded, "closed jpeg");
      }
    }
  }
}

// Downloads and file systems that reserve room leave one byte over and over where nothing came.
TEST(HostileTest, AJpegCutShortAndFilledUpIsRefused) {
  const Image image = NoiseImage({120, 90});
  for (const std::byte fill : {std::byte{0}, std::byte{0x55}, std::byte{0xFE}}) {
    for (const bool progressive : {false, true}) {
      const Photo whole = EncodeJpeg(image.view(), progressive);
      constexpr std::size_t kUnseen = 16;  // what libjpeg may read ahead, and the end marker
      for (std::size_t size = 0; size < whole.size() - kUnseen; size += 1 + size / 17) {
        Photo filled(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        filled.insert(filled.end(), 2 * whole.size(), fill);
        EXPECT_FALSE(DecodeAtEveryScale(filled))
            << progressive << ", " << size << " of " << whole.size();
        filled.insert(filled.end(), {std::byte{0xFF}, std::byte{0xD9}});
        EXPECT_FALSE(DecodeAtEveryScale(filled))
            << progressive << ", " << size << " of " << whole.size();
      }
    }
  }
}

// Where a photo ends in a flat area, all that follows its last edge is zeros, which are not
// written.
TEST(HostileTest, AnArithmeticJpegOfAFlatEndIsWhole) {
  for (const int side : {8, 64, 500, 1500}) {
    for (const int edge : {0, 40, side / 2}) {
      Image image = NoiseImage({side, side});
      std::fill(image.pixels.begin() + 3L * side * std::min(edge, side), image.pixels.end(),
                std::uint8_t{250});
      for (const bool progressive : {false, true}) {
        const Result<Image> coded = DecodeAtEveryScale(EncodeJpeg(image.view(), progressive, true));
        ASSERT_TRUE(coded) << side << " " << edge << ": " << coded.error().message;
        // Coefficients are the same, whatever codes them.
        EXPECT_EQ(coded->pixels, DecodeAtEveryScale(EncodeJpeg(image.view(), progressive))->pixels);
      }
    }
  }
}

// Limits as small as the photos, or a flipped size would make this test one of memory.
DecodeLimits SmallLimits() { return {.max_pixels = 1 << 16, .max_side = 1 << 12}; }

TEST(HostileTest, AByteChangedAnywhere) {
  std::mt19937 random(20261122);
  for (const Case& c : Cases()) {
    for (std::size_t at = 0; at < c.photo.size(); ++at) {
      Photo damaged = c.photo;
      damaged[at] ^= static_cast<std::byte>(1U << random() % 8);
      ExpectSane(DecodeAtEveryScale(damaged, SmallLimits()), c.name);
      damaged[at] = static_cast<std::byte>(random() % 256);
      ExpectSane(DecodeAtEveryScale(damaged, SmallLimits()), c.name);
    }
  }
}

TEST(HostileTest, ManyBytesChanged) {
  std::mt19937 random(3);
  for (const Case& c : Cases()) {
    for (int round = 0; round < 300; ++round) {
      Photo damaged = c.photo;
      for (unsigned flips = 1 + random() % 20; flips > 0; --flips) {
        damaged[random() % damaged.size()] = static_cast<std::byte>(random() % 256);
      }
      damaged.resize(damaged.size() - random() % 3);
      ExpectSane(DecodeAtEveryScale(damaged, SmallLimits()), c.name);
    }
  }
}

// A small JPEG that claims side x side pixels.
Photo OfClaimedSide(bool progressive, unsigned side) {
  return WithJpegSide(EncodeJpeg(TestImage(kSize).view(), progressive), side);
}

TEST(HostileTest, AHeaderOf65500By65500IsRefused) {
  EXPECT_EQ(Decode(OfClaimedSide(false, 65500)).error().message,
            "JPEG: 65500 x 65500 pixels, more than --max-pixels 201326592");
}

// Runs `body` in a process of its own that may take `bytes` more memory than it has.
// Returns what it would exit with: 0 if `body` returned true.
int InLittleMemory(std::size_t bytes, const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    std::ifstream sizes("/proc/self/statm");
    std::size_t pages = 0;
    sizes >> pages;
    const rlim_t most = pages * static_cast<std::size_t>(getpagesize()) + bytes;
    const rlimit limit{most, most};
    bool good = false;
    try {
      good = setrlimit(RLIMIT_AS, &limit) == 0 && body();
    } catch (const std::bad_alloc&) {
    }
    _exit(good ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

// The same bytes with other numbers at `at`.
Photo With(Photo photo, std::size_t at, std::string_view bytes) {
  const Photo patch = ToPhoto(bytes);
  std::copy(patch.begin(), patch.end(), photo.begin() + static_cast<std::ptrdiff_t>(at));
  return photo;
}

std::string LittleEndian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i & 0xFF);
  return text;
}

// A canvas of side x side pixels with one frame of an animation on it.
Photo WebpCanvas(const Photo& frame, unsigned side) {
  using namespace std::string_literals;
  constexpr std::size_t kRiff = 12;
  const std::string image(reinterpret_cast<const char*>(frame.data()) + kRiff,
                          frame.size() - kRiff);
  const auto chunk = [](std::string_view name, const std::string& data) {
    return std::string(name) + LittleEndian(static_cast<std::uint32_t>(data.size()), 4) + data;
  };
  const std::string sides = LittleEndian(side - 1, 3) + LittleEndian(side - 1, 3);
  const std::string body = "WEBP" + chunk("VP8X", "\x02\0\0\0"s + sides) +
                           chunk("ANIM", std::string(6, '\0')) +
                           chunk("ANMF", std::string(16, '\0') + image);
  return ToPhoto(chunk("RIFF", body));
}

// Photos of one pixel and few bytes that claim side x side pixels.
std::vector<Case> Claims(unsigned side) {
  const Image dot = TestImage({1, 1});
  std::vector<Case> cases;
  for (const bool arithmetic : {false, true}) {
    for (const bool progressive : {false, true}) {
      cases.push_back(
          {"jpeg", WithJpegSide(EncodeJpeg(dot.view(), progressive, arithmetic), side), 0});
    }
  }
  for (const bool interlaced : {false, true}) {
    cases.push_back({"png", WithPngSize(EncodePng(dot.view(), interlaced), side, side), 0});
  }
  const Photo lossless = EncodeWebp(dot.view());
  cases.push_back(
      {"lossless webp", With(lossless, 21, LittleEndian((side - 1) | (side - 1) << 14, 4)), 0});
  cases.push_back({"lossy webp",
                   With(EncodeWebp(dot.view(), false), 26, LittleEndian(side | side << 16, 4)), 0});
  cases.push_back({"webp canvas", WebpCanvas(lossless, side), 0});
  return cases;
}

TEST(HostileTest, ASmallFileTakesLittleMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs more addresses than this test allows: run it without";
#endif
  const DecodeLimits limits;
  for (const unsigned side : {2048U, 9000U}) {
    for (const Case& c : Claims(side)) {
      EXPECT_EQ(InLittleMemory(std::size_t{64} << 20,
                               [&] {
                                 const Result<Image> image = Decode(c.photo);
                                 return image ? side * side <= limits.free_pixels
                                              : image.error().message.find("memory") ==
                                                    std::string::npos;
                               }),
                0)
          << c.name << " of " << side;
    }
  }
  for (const Case& c : Claims(9000)) {
    EXPECT_THAT(Decode(c.photo).error().message, testing::HasSubstr("they cannot be there"))
        << c.name;
  }
}

// The length of a chunk is a claim as well.
TEST(HostileTest, AChunkThatClaimsMoreThanTheFileTakesNoMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs more addresses than this test allows: run it without";
#endif
  const Photo png = EncodePng(TestImage(kSize).view());
  constexpr std::size_t kHeader = 8 + 12 + 13;
  const Photo before = With(WithPngChunk(png, "tEXt", "Comment of an apple"), kHeader,
                            std::string_view("\x60\0\0\0", 4));
  Photo behind = png;  // what follows the rows is read as far as it is there
  for (const char c : std::string_view("\x60\0\0\0tEXtComment", 15)) {
    behind.insert(behind.end() - 12, static_cast<std::byte>(c));
  }
  EXPECT_EQ(InLittleMemory(std::size_t{64} << 20,
                           [&] {
                             const Result<Image> image = Decode(before);
                             return !image &&
                                    image.error().message == "PNG: ends before its last row" &&
                                    Decode(behind).has_value();
                           }),
            0);
}

// Few bytes that would have libjpeg reserve, and touch, memory for every coefficient.
TEST(HostileTest, ScansOfTooManyCoefficientsAreRefused) {
  const DecodeLimits any_size{.max_pixels = 9000 * 9000, .free_pixels = 9000 * 9000};
  EXPECT_EQ(
      Decode(OfClaimedSide(true, 9000), any_size).error().message,
      "JPEG: its scans need as much memory as 162000000 pixels, more than --max-pixels 81000000");
  // A single scan keeps none: it is refused only where its pixels end.
  EXPECT_EQ(Decode(OfClaimedSide(false, 9000), any_size).error().message,
            "JPEG: ends before its last row");
  const Photo progressive = EncodeJpeg(TestImage(kSize).view(), true);
  // 19 x 14 pixels with colour at half size: 4 x 2 blocks of light, 2 x 1 of each colour, of 128
  // bytes each.
  EXPECT_TRUE(Decode(progressive, {.max_pixels = 12 * 128 / 3}));
  EXPECT_FALSE(Decode(progressive, {.max_pixels = 12 * 128 / 3 - 1}));
  EXPECT_TRUE(Decode(EncodeJpeg(TestImage(kSize).view()), {.max_pixels = 19 * 14}));
}

// Scans make a small file slow to decode.
TEST(HostileTest, AHundredScansAreTheMost) {
  const Photo photo = EncodeJpegOf190Scans(TestImage(kSize).view());
  EXPECT_EQ(Decode(photo).error().message, "JPEG: more than 100 scans");
  EXPECT_TRUE(Decode(photo, {.max_scans = 190}));
}

// Each scan goes over all pixels, so that few bytes make a large photo slow to decode.
TEST(HostileTest, ScansOfLargePhotosAreFewer) {
  const Photo photo = EncodeJpegOf190Scans(TestImage(kSize).view());
  EXPECT_EQ(Decode(photo, {.max_pixels = 512, .max_scans = 190}).error().message,
            "JPEG: over 30 scans of 19 x 14 pixels take too long, more than --max-pixels 512");
  EXPECT_TRUE(Decode(photo, {.max_pixels = 19 * 14 * 12, .max_scans = 190}));
  EXPECT_TRUE(Decode(EncodeJpeg(TestImage(kSize).view(), true), {.max_pixels = 512}));
}

// A scan that adds nothing is refused at once.
TEST(HostileTest, RepeatedScansAreRefused) {
  Photo photo = EncodeJpeg(TestImage(kSize).view(), true);
  std::size_t scan = photo.size() - 2;
  while (photo[scan] != std::byte{0xFF} || photo[scan + 1] != std::byte{0xDA}) {
    --scan;
  }
  const Photo last(photo.begin() + static_cast<std::ptrdiff_t>(scan), photo.end() - 2);
  for (int i = 0; i < 1000; ++i) {
    photo.insert(photo.end() - 2, last.begin(), last.end());
  }
  EXPECT_THAT(Decode(photo).error().message, ::testing::HasSubstr("progression sequence"));
}

}  // namespace
}  // namespace verger

#include "core/extract/views.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/extract/to_input.h"
#include "core/image/crop.h"
#include "core/image/test_photos.h"
#include "core/image/upright.h"

namespace verger {
namespace {

using Pixels = std::vector<std::uint8_t>;

Preset Small(int views) {
  Preset preset = *ReadPreset("tensorflow");
  preset.input = {16, 16};
  preset.views = views;
  return preset;
}

std::vector<Pixels> Views(Image image, const Preset& preset) {
  const std::size_t each = ByteCount(preset.input);
  Pixels all(static_cast<std::size_t>(preset.views) * each);
  EXPECT_TRUE(ToViews(image, preset, all));
  std::vector<Pixels> views;
  for (auto at = all.begin(); at != all.end(); at += static_cast<std::ptrdiff_t>(each)) {
    views.emplace_back(at, at + static_cast<std::ptrdiff_t>(each));
  }
  return views;
}

Pixels Input(const Image& image, const Preset& preset) {
  Pixels pixels(ByteCount(preset.input));
  EXPECT_TRUE(ToInput(image, preset, pixels));
  return pixels;
}

TEST(ViewsTest, OneIsTheNetworksInput) {
  const Image image = TestImage({40, 30});
  EXPECT_EQ(Views(image, Small(1)), std::vector<Pixels>{Input(image, Small(1))});
}

TEST(ViewsTest, ThreeAreTheWholeItsMirrorImageAndTheMiddle) {
  for (const char* resize : {"stretch", "crop:0.8"}) {
    for (const Size size : {Size{40, 30}, Size{1, 1}, Size{5, 14}, Size{4, 15}, Size{300, 16}}) {
      Preset preset = *ReadPreset(std::string("tensorflow,resize=") + resize);
      preset.input = {16, 16};
      preset.views = 3;
      const Image image = TestImage(size);
      const std::vector<Pixels> views = Views(image, preset);
      const Image whole{preset.input, Input(image, preset)};
      EXPECT_EQ(views[0], whole.pixels);
      EXPECT_EQ(views[1], Upright(whole, 2).pixels);
      Image middle = image;
      // A tenth of the sides above, to the nearest number, a half up.
      const auto tenth = [](int side) { return (side + 5) / 10; };
      Crop({tenth(size.width),
            tenth(size.height),
            {size.width - 2 * tenth(size.width), size.height - 2 * tenth(size.height)}},
           middle);
      EXPECT_EQ(views[2], Input(middle, preset)) << size.width << " x " << size.height;
    }
  }
}

TEST(ViewsTest, EightAreAllTurnsOfTheInputAndItsMirrorImage) {
  const Image image = TestImage({40, 30});
  const std::vector<Pixels> views = Views(image, Small(8));
  ASSERT_EQ(views.size(), 8);
  const Image whole{{16, 16}, Input(image, Small(8))};
  for (int at = 0; at < 8; ++at) {
    EXPECT_EQ(views[at], Upright(whole, at + 1).pixels) << at;
    for (int other = 0; other < at; ++other) EXPECT_NE(views[at], views[other]) << at;
  }
}

TEST(ViewsTest, AnInputThatIsNoSquareMayBeMirrored) {
  Preset preset = Small(3);
  preset.input = {20, 12};
  const Image whole{preset.input, Input(TestImage({40, 30}), preset)};
  EXPECT_EQ(Views(TestImage({40, 30}), preset)[1], Upright(whole, 2).pixels);
}

}  // namespace
}  // namespace verger

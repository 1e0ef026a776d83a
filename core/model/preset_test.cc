#include "core/model/preset.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace verger {
namespace {

using testing::HasSubstr;

Preset Read(std::string_view text) {
  Result<Preset> preset = ReadPreset(text);
  EXPECT_TRUE(preset) << text << ": " << preset.error().message;
  return preset ? *preset : Preset();
}

void ExpectRefused(std::string_view text, const std::string& reason) {
  const Result<Preset> preset = ReadPreset(text);
  ASSERT_FALSE(preset) << text << " is read as " << Parts(*preset);
  EXPECT_EQ(preset.error().code, Code::kBadCall);
  EXPECT_THAT(preset.error().message, HasSubstr(reason)) << text;
}

// Outputs have these: they never change.
TEST(Preset, TheFirstPresetsHaveTheirIdentities) {
  EXPECT_EQ(Identity(Read("keras")), "keras:224x224:bicubic:bgr:103.939,116.779,123.68:1,1,1");
  EXPECT_EQ(Identity(Read("efficientnet-lite")),
            "efficientnet-lite:224x224:bicubic:rgb:127,127,127:128,128,128");
  EXPECT_EQ(Identity(Read("torchvision")),
            "torchvision:224x224:bilinear:rgb:123.675,116.28,103.53:58.395,57.12,57.375");
  EXPECT_EQ(Identity(Read("tensorflow")),
            "tensorflow:224x224:bilinear:rgb:127.5,127.5,127.5:127.5,127.5,127.5");
}

TEST(Preset, OtherIdentitiesSayHowAPhotoIsResized) {
  EXPECT_EQ(Identity(Read("mobilenet-v2")),
            "stretch:224x224:bicubic:rgb:127.5,127.5,127.5:127.5,127.5,127.5");
  EXPECT_EQ(Identity(Read("timm")),
            "crop-256:224x224:bicubic:rgb:123.675,116.28,103.53:58.395,57.12,57.375");
  EXPECT_EQ(Identity(Read("clip")),
            "crop-224:224x224:bicubic:rgb:122.770935,116.74601,104.093735:"
            "68.500534,66.63216,70.323166");
}

TEST(Preset, UnknownNameListsThoseThereAre) {
  for (const std::string& name : PresetNames()) ExpectRefused("Keras", name);
  ExpectRefused("", "there is no preset \"\"");
  ExpectRefused("keras,", "there is no preset \"keras,\"");
  ExpectRefused("keras,nothing", "there is no preset \"nothing\"");
}

TEST(Preset, ThePlainListHoldsEveryName) {
  EXPECT_EQ(kPresetNames, fmt::format("{}", fmt::join(PresetNames(), ",")));
}

TEST(Preset, ItsPartsAreTheSamePreset) {
  for (const std::string& name : PresetNames()) {
    const Preset preset = Read(name);
    EXPECT_EQ(preset.name, name);
    EXPECT_EQ(Identity(Read(Parts(preset))), Identity(preset));
    for (float scale : preset.scale) EXPECT_GT(scale, 0);
  }
  for (const char* text :
       {"scale=0..1,filter=lanczos", "scale=0.5,0.25,resize=crop:0.9", "scale=0,0.00392157",
        "scale=0,255", "scale=-3,1,channels=bgr", "scale=0.1,0.2,0.3,0.4,0.5,0.6,filter=box",
        "scale=0.40760392,0.1,filter=nearest,resize=crop:300", "scale=0..1,decode=fast",
        "keras,decode=fast"}) {
    const Preset preset = Read(text);
    const Preset again = Read(Parts(preset));
    EXPECT_EQ(Parts(again), Parts(preset));
    EXPECT_EQ(Identity(again), Identity(preset));
    EXPECT_EQ(again.name, preset.name);
  }
}

TEST(Preset, PartsOfANamedPresetHaveItsName) {
  EXPECT_EQ(Read("scale=-1..1,filter=bilinear").name, "tensorflow");
  EXPECT_EQ(Read("resize=stretch,channels=rgb,scale=-1..1").name, "mobilenet-v2");
  EXPECT_EQ(Read("scale=0.485,0.456,0.406,0.229,0.224,0.225,filter=bilinear").name, "torchvision");
  EXPECT_EQ(Read("channels=bgr,scale=103.939,116.779,123.68,1,1,1").name, "keras");
  EXPECT_EQ(Read("scale=127,128").name, "efficientnet-lite");
  EXPECT_EQ(Read("scale=0.48145466,0.4578275,0.40821073,0.26862954,0.26130258,0.27577711,"
                 "resize=crop:1")
                .name,
            "clip");
  EXPECT_EQ(Read("scale=-1..1,filter=lanczos").name,
            "scale=-1..1,filter=lanczos,channels=rgb,resize=stretch");
}

TEST(Preset, WhatComesLaterGoesBefore) {
  EXPECT_EQ(Parts(Read("torchvision,resize=crop:232")),
            "scale=imagenet,filter=bilinear,channels=rgb,resize=crop:232");
  EXPECT_EQ(Read("timm,filter=box,filter=bicubic").name, "timm");
  EXPECT_EQ(Read("scale=0..1,filter=box,keras").name, "keras");
}

TEST(Preset, NumbersMayGoToOneOrTo255) {
  for (const char* scale : {"scale=0.5,0.5", "scale=127.5,127.5", "scale=0.5,0.5,0.5,0.5,0.5,0.5",
                            "scale=127.5,127.5,127.5,127.5,127.5,127.5"}) {
    EXPECT_EQ(Read(scale).name, "mobilenet-v2") << scale;
  }
  EXPECT_EQ(Parts(Read("scale=0,1")), Parts(Read("scale=0..1")));
  EXPECT_EQ(Parts(Read("scale=0,255")), Parts(Read("scale=0..1")));
  EXPECT_EQ(Parts(Read("scale=-0,1")), Parts(Read("scale=0..1")));
}

TEST(Preset, ASizeLeavesTheNameAndIsInTheIdentity) {
  for (const std::string& name : PresetNames()) {
    const Preset preset = Read(name + ",size=112");
    EXPECT_EQ(preset.name, name);
    EXPECT_EQ(preset.input, (Size{112, 112}));
    EXPECT_EQ(ShortText(preset), name + ",size=112");
    EXPECT_EQ(Parts(preset), Parts(Read(name)) + ",size=112");
    EXPECT_EQ(Identity(Read(Parts(preset))), Identity(preset));
    EXPECT_EQ(Identity(Read(ShortText(preset))), Identity(preset));
    EXPECT_THAT(Identity(preset), HasSubstr(":112x112:"));
  }
  EXPECT_EQ(Read("keras,size=112,size=320").size, 320);
  EXPECT_EQ(Read("size=112,keras").size, 0);  // a name sets every part
  EXPECT_EQ(ShorterSide(Read("timm,size=112")), 128);
}

TEST(Preset, TheOwnSizeIsNoSize) {
  Preset preset = Read("keras,size=240");
  SetOwnInput({224, 224}, &preset);
  EXPECT_EQ(preset.input, (Size{240, 240}));
  EXPECT_EQ(preset.size, 240);
  SetOwnInput({240, 240}, &preset);
  EXPECT_EQ(preset.input, (Size{240, 240}));
  EXPECT_EQ(ShortText(preset), "keras");
  SetOwnInput({300, 200}, &preset);
  EXPECT_EQ(preset.input, (Size{300, 200}));
}

TEST(Preset, WrongPartsSayWhatThereIs) {
  ExpectRefused("filter=bicubic", "lack its scale");
  ExpectRefused("scale=", "-1..1, 0..255, imagenet, clip, or MEAN,STD");
  ExpectRefused("scale=1..-1", "0..1, -1..1");
  for (const char* numbers : {"0.5", "0.5,", "0.5,0.5,0.5", "0.5,x", "9e9,9e9", "0.5,1e999",
                              " 0.5,0.5", "0.5,0.5,0.5,0.5,0.5,0.5,0.5", "0.5,,0.5", "nan,1"}) {
    ExpectRefused(fmt::format("scale={}", numbers), "");
  }
  for (const char* mixed : {"0.5,127.5", "127.5,0.5", "0.5,0", "0.5,-0.5", "0,0.001",
                            "123.675,116.28,103.53,0.229,0.224,0.225"}) {
    ExpectRefused(fmt::format("scale={}", mixed), "all of pixels from 0 to 1");
  }
  ExpectRefused("keras,filter=cubic", "nearest, box, bilinear, hamming, bicubic, lanczos");
  ExpectRefused("keras,channels=RGB", "rgb, bgr");
  for (const char* resize : {"crop", "crop:", "crop:0", "crop:0.001", "crop:-1", "crop:1.5",
                             "crop:70000", "crop:nan", "pad", "crop:0.875x"}) {
    ExpectRefused(fmt::format("keras,resize={}", resize), "give stretch; crop:SHARE");
  }
  for (const char* size : {"", "108", "324", "225", "224x224", "224.5", "-224", "nan"}) {
    ExpectRefused(fmt::format("keras,size={}", size), "112 to 320, a multiple of 4");
  }
  ExpectRefused(
      "keras,side=224",
      "the parts of a preset are scale, filter, channels, resize, size, decode and views");
}

// How photos are decoded is no part of what a network was trained with: names go on with it.
TEST(Preset, DecodeIsSaidWhereItIsFast) {
  const Preset fast = Read("keras,decode=fast");
  EXPECT_EQ(ShortText(fast), "keras,decode=fast");
  EXPECT_EQ(Parts(fast), Parts(Read("keras")) + ",decode=fast");
  EXPECT_EQ(Identity(fast), Identity(Read("keras")) + ":decode=fast2");
  EXPECT_EQ(Identity(Read("timm,decode=fast")), Identity(Read("timm")) + ":decode=fast2");
  EXPECT_EQ(Identity(Read("keras,decode=exact")), Identity(Read("keras")));
  EXPECT_EQ(Read("decode=fast,decode=exact,keras").name, "keras");
  EXPECT_EQ(Read("keras,decode=fast,decode=exact").name, "keras");
  EXPECT_EQ(ShortText(Read("dinov2,decode=fast")), "dinov2,decode=fast");
  EXPECT_EQ(Read("channels=bgr,scale=103.939,116.779,123.68,1,1,1,decode=fast").name, fast.name);
  EXPECT_EQ(Read("decode=fast,keras").name, "keras");  // a name sets every part
  ExpectRefused("keras,decode=draft", "exact, fast");
  ExpectRefused("decode=fast", "lack its scale");
}

TEST(Preset, FastDecodingLeavesTwiceThePixelsThatAPhotoIsResizedTo) {
  EXPECT_EQ(PixelsNeeded(Read("timm")), kAllPixels);
  EXPECT_EQ(PixelsNeeded(Read("keras,decode=fast")), (Size{448, 448}));
  EXPECT_EQ(PixelsNeeded(Read("timm,decode=fast")), (Size{512, 512}));  // of the shorter side
  EXPECT_EQ(PixelsNeeded(Read("keras,decode=fast,views=8")), (Size{448, 448}));
  EXPECT_EQ(PixelsNeeded(Read("keras,decode=fast,views=3")), (Size{560, 560}));  // 80 %: 448
  Preset wide = Read("keras,decode=fast");
  wide.input = {320, 128};
  EXPECT_EQ(PixelsNeeded(wide), (Size{640, 256}));
}

TEST(Preset, ViewsAreSaidWhereTheyAreSeveral) {
  for (const std::string views : {"3", "8"}) {
    const Preset several = Read("keras,views=" + views);
    EXPECT_EQ(several.name, "keras");
    EXPECT_EQ(ShortText(several), "keras,views=" + views);
    EXPECT_EQ(Parts(several), Parts(Read("keras")) + ",views=" + views);
    EXPECT_EQ(Identity(several), Identity(Read("keras")) + ":views=" + views);
    EXPECT_EQ(Identity(Read(Parts(several))), Identity(several));
    EXPECT_EQ(Read("keras,views=" + views + ",views=1").views, 1);
  }
  EXPECT_EQ(Identity(Read("keras,views=1")), Identity(Read("keras")));
  EXPECT_EQ(ShortText(Read("timm,views=8,decode=fast,size=112")),
            "timm,size=112,decode=fast,views=8");
  EXPECT_EQ(Read("views=3,keras").views, 1);  // a name sets every part
  for (const char* views : {"", "0", "2", "9", "-1", "3.0", "08", "all"}) {
    ExpectRefused(fmt::format("keras,views={}", views), "choose one of: 1, 3, 8");
  }
  ExpectRefused("views=3", "lack its scale");
}

TEST(Preset, ViewsThatAreTurnedNeedASquare) {
  Preset preset = Read("keras,views=8");
  EXPECT_TRUE(CheckInput(preset));
  preset.input = {224, 112};
  EXPECT_THAT(CheckInput(preset).error().message, HasSubstr("no square: give 1 or 3"));
  preset.views = 3;
  EXPECT_TRUE(CheckInput(preset));
}

// timm: math.floor(size / crop_pct).
TEST(Preset, AShareOfTheShorterSideIsRoundedDown) {
  Preset preset = Read("timm,resize=crop:0.9");
  EXPECT_EQ(ShorterSide(preset), 248);  // 248.9
  preset.input = {299, 299};
  EXPECT_EQ(ShorterSide(preset), 332);  // 332.2
  preset.crop = 0.875;  // cgnorthcutt/benchmarking-keras-pytorch#4: not 256, as for 224
  EXPECT_EQ(ShorterSide(preset), 341);
  preset.crop = 256;
  EXPECT_FALSE(CheckInput(preset));
  EXPECT_EQ(ShorterSide(Read("timm,resize=crop:0.95")), 235);  // 235.8
  EXPECT_EQ(ShorterSide(Read("timm")), 256);
  EXPECT_EQ(ShorterSide(Read("clip")), 224);
  EXPECT_EQ(ShorterSide(Read("timm,resize=crop:256")), 256);
  EXPECT_EQ(Identity(Read("timm,resize=crop:256")), Identity(Read("timm")));
}

TEST(Preset, ACropFitsTheInput) {
  Preset preset = Read("timm");
  EXPECT_TRUE(CheckInput(preset));
  preset.input = {224, 112};
  EXPECT_THAT(CheckInput(preset).error().message, HasSubstr("224 x 112 pixels that the network"));
  EXPECT_TRUE(CheckInput(Read("timm,resize=crop:224")));
  EXPECT_THAT(CheckInput(Read("timm,resize=crop:223")).error().message, HasSubstr("crop:223"));
  preset.crop = 0;
  EXPECT_TRUE(CheckInput(preset));
}

TEST(Preset, IdentityTellsEveryFieldApart) {
  const Preset keras = Read("keras");
  std::set<std::string> identities = {Identity(keras)};
  const auto insert = [&](auto change) {
    Preset changed = keras;
    change(changed);
    EXPECT_TRUE(identities.insert(Identity(changed)).second) << Identity(changed);
  };
  insert([](Preset& p) { p.input.width = 225; });
  insert([](Preset& p) { p.input.height = 225; });
  for (std::size_t i = 0; i < kFilterNames.size(); ++i) {
    if (static_cast<Filter>(i) == keras.filter) continue;
    insert([&](Preset& p) { p.filter = static_cast<Filter>(i); });
  }
  insert([](Preset& p) { p.order = ChannelOrder::kRgb; });
  insert([](Preset& p) { p.mean[2] = std::nextafter(p.mean[2], 0.F); });
  insert([](Preset& p) { p.scale[0] = 2; });
  insert([](Preset& p) { p.crop = 1; });
  insert([](Preset& p) { p.crop = 0.875; });
  insert([](Preset& p) { p.decoding = Decoding::kFast; });
  insert([](Preset& p) { p.views = 3; });
  insert([](Preset& p) { p.views = 8; });
  Preset other = keras;
  other.name = "other";
  EXPECT_EQ(Identity(other), Identity(keras));
}

}  // namespace
}  // namespace verger

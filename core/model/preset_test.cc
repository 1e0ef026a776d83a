#include "core/model/preset.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace verger {
namespace {

using testing::HasSubstr;

TEST(Preset, KerasIsTheCaffeModeOfKeras) {
  const Preset keras = *FindPreset("keras");
  EXPECT_EQ(Identity(keras), "keras:224x224:bicubic:bgr:103.939,116.779,123.68:1,1,1");
}

TEST(Preset, UnknownNameListsThoseThereAre) {
  const Result<Preset> none = FindPreset("Keras");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kBadCall);
  for (const std::string& name : PresetNames()) EXPECT_THAT(none.error().message, HasSubstr(name));
}

TEST(Preset, EveryNameIsFoundAndEveryScaleDivides) {
  for (const std::string& name : PresetNames()) {
    const Preset preset = *FindPreset(name);
    EXPECT_EQ(preset.name, name);
    for (float scale : preset.scale) EXPECT_GT(scale, 0);
  }
}

TEST(Preset, ThePlainListHoldsEveryName) {
  EXPECT_EQ(kPresetNames, fmt::format("{}", fmt::join(PresetNames(), ",")));
}

TEST(Preset, IdentityTellsEveryFieldApart) {
  const Preset keras = *FindPreset("keras");
  std::set<std::string> identities = {Identity(keras)};
  const auto insert = [&](auto change) {
    Preset changed = keras;
    change(changed);
    EXPECT_TRUE(identities.insert(Identity(changed)).second) << Identity(changed);
  };
  insert([](Preset& p) { p.name = "other"; });
  insert([](Preset& p) { p.input.width = 225; });
  insert([](Preset& p) { p.input.height = 225; });
  insert([](Preset& p) { p.filter = Filter::kBilinear; });
  insert([](Preset& p) { p.order = ChannelOrder::kRgb; });
  insert([](Preset& p) { p.mean[2] = std::nextafter(p.mean[2], 0.F); });
  insert([](Preset& p) { p.scale[0] = 2; });
}

}  // namespace
}  // namespace verger

#include "core/image/traits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

namespace verger {
namespace {

using Rgb = std::array<int, 3>;
constexpr Rgb kWhite = {255, 255, 255};
constexpr Rgb kRed = {200, 30, 20};

Image Draw(Size size, Rgb ground, Rgb colour, const std::function<bool(double, double)>& inside) {
  Image image{size, {}};
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (const int value : inside(x, y) ? colour : ground) {
        image.pixels.push_back(static_cast<std::uint8_t>(value));
      }
    }
  }
  return image;
}

// Of half-axes a and b about (x, y), turned by `angle`.
std::function<bool(double, double)> Ellipse(double x, double y, double a, double b,
                                            double angle = 0) {
  return [=](double px, double py) {
    const double along = (px - x) * std::cos(angle) + (py - y) * std::sin(angle);
    const double across = (py - y) * std::cos(angle) - (px - x) * std::sin(angle);
    return along * along / (a * a) + across * across / (b * b) <= 1;
  };
}

std::function<bool(double, double)> Box(int left, int top, int right, int bottom) {
  return [=](double x, double y) { return x >= left && x < right && y >= top && y < bottom; };
}

TEST(TraitsTest, ADiscIsRound) {
  for (double radius = 10; radius <= 100; radius += 1.5) {
    for (const double shift : {0.0, 0.3, 0.5}) {
      const int side = 2 * static_cast<int>(radius) + 30;
      const double middle = 0.5 * side + shift;
      const Image image =
          Draw({side, side}, kWhite, kRed, Ellipse(middle, side - middle, radius, radius));
      const auto traits = MeasureTraits(image.view());
      ASSERT_TRUE(traits) << radius;
      EXPECT_GE(traits->roundness, 0.97) << radius;
      EXPECT_LE(traits->roundness, 1) << radius;
      EXPECT_NEAR(traits->area * side * side, std::numbers::pi * radius * radius, 2 * radius);
    }
  }
}

TEST(TraitsTest, ASquareIsLessRoundWhateverItsAngle) {
  for (double angle = 0; angle < 1.6; angle += 0.1) {
    const auto inside = [&](double x, double y) {
      const double along = (x - 70) * std::cos(angle) + (y - 70.3) * std::sin(angle);
      const double across = (y - 70.3) * std::cos(angle) - (x - 70) * std::sin(angle);
      return std::max(std::fabs(along), std::fabs(across)) <= 40;
    };
    const auto traits = MeasureTraits(Draw({140, 140}, kWhite, kRed, inside).view());
    ASSERT_TRUE(traits);
    EXPECT_GE(traits->roundness, 0.78) << angle;
    EXPECT_LE(traits->roundness, 0.81) << angle;
  }
}

// By Ramanujan's second approximation of an ellipse's perimeter.
TEST(TraitsTest, AnEllipseHasItsRoundnessWhateverItsAngle) {
  for (const double b : {20.0, 35.0, 60.0}) {
    for (double angle = 0; angle < 3.1; angle += 0.2) {
      const double a = 80;
      const double h = std::pow((a - b) / (a + b), 2);
      const double perimeter =
          std::numbers::pi * (a + b) * (1 + 3 * h / (10 + std::sqrt(4 - 3 * h)));
      const double expected =
          4 * std::numbers::pi * std::numbers::pi * a * b / (perimeter * perimeter);
      const auto traits =
          MeasureTraits(Draw({220, 220}, kWhite, kRed, Ellipse(109, 110, a, b, angle)).view());
      ASSERT_TRUE(traits);
      EXPECT_NEAR(traits->roundness, expected, 0.01) << b << " at " << angle;
    }
  }
}

// scikit-image 0.26.0: color.rgb2lab([[[200, 30, 20]]]).
TEST(TraitsTest, ColourIsCieLab) {
  const auto traits = MeasureTraits(Draw({50, 40}, kWhite, kRed, Ellipse(25, 20, 10, 10)).view());
  ASSERT_TRUE(traits);
  EXPECT_NEAR(traits->lab_l, 43.1560464, 1e-6);
  EXPECT_NEAR(traits->lab_a, 62.84874981, 1e-6);
  EXPECT_NEAR(traits->lab_b, 49.79074486, 1e-6);
}

TEST(TraitsTest, ColourIsTheMeanOverTheFruitAlone) {
  Image image = Draw({60, 60}, {10, 20, 200}, {0, 0, 0}, Box(10, 10, 50, 50));
  for (int y = 10; y < 50; ++y) {
    for (int x = 10; x < 30; ++x) {  // one half is white: L is 0 and 100
      for (int c = 0; c < 3; ++c) image.pixels[(y * 60 + x) * 3 + c] = 255;
    }
  }
  const auto traits = MeasureTraits(image.view());
  ASSERT_TRUE(traits);
  EXPECT_NEAR(traits->lab_l, 50, 1e-6);
  EXPECT_NEAR(traits->lab_a, 0, 0.01);
  EXPECT_DOUBLE_EQ(traits->area, 1600.0 / 3600);
}

TEST(TraitsTest, AHighlightIsFruitAndABayIsNot) {
  const Image image = Draw({60, 60}, kWhite, kRed, [](double x, double y) {
    return Box(10, 10, 50, 50)(x, y) && !Box(20, 20, 30, 30)(x, y) && !Box(40, 20, 50, 30)(x, y);
  });
  const auto traits = MeasureTraits(image.view());
  ASSERT_TRUE(traits);
  EXPECT_DOUBLE_EQ(traits->area, (1600.0 - 100) / 3600);
}

TEST(TraitsTest, TheLargestRegionCounts) {
  const auto both = [](double x, double y) {
    return Box(5, 5, 15, 15)(x, y) || Box(30, 30, 50, 50)(x, y);
  };
  const auto traits = MeasureTraits(Draw({60, 60}, kWhite, kRed, both).view());
  ASSERT_TRUE(traits);
  EXPECT_DOUBLE_EQ(traits->area, 400.0 / 3600);
  // Two that touch by a corner are one.
  const auto joined = [](double x, double y) {
    return Box(20, 20, 30, 30)(x, y) || Box(30, 30, 50, 50)(x, y);
  };
  EXPECT_DOUBLE_EQ(MeasureTraits(Draw({60, 60}, kWhite, kRed, joined).view())->area, 500.0 / 3600);
}

TEST(TraitsTest, ALargePhotoHasTheTraitsOfASmallOne) {
  const auto small = MeasureTraits(Draw({200, 150}, kWhite, kRed, Ellipse(99, 74, 50, 40)).view());
  const auto large =
      MeasureTraits(Draw({2003, 1502}, kWhite, kRed, Ellipse(994.5, 744.5, 500, 400)).view());
  ASSERT_TRUE(small && large);
  EXPECT_NEAR(large->area, small->area, 0.005);
  EXPECT_NEAR(large->roundness, small->roundness, 0.02);
  EXPECT_NEAR(large->lab_l, small->lab_l, 1.5);  // its rim is mixed with white
}

TEST(TraitsTest, AFruitMayReachTheBorder) {
  const auto traits = MeasureTraits(Draw({60, 60}, kWhite, kRed, Box(0, 20, 60, 40)).view());
  ASSERT_TRUE(traits);
  EXPECT_DOUBLE_EQ(traits->area, 1.0 / 3);
}

TEST(TraitsTest, APlainBackgroundMayHaveAnyColourAndSomeNoise) {
  std::mt19937 random(1);
  for (const Rgb ground : {Rgb{0, 0, 0}, Rgb{90, 140, 60}, Rgb{240, 240, 240}}) {
    Image image = Draw({80, 80}, ground, kRed, Ellipse(40, 40, 20, 20));
    for (std::uint8_t& value : image.pixels) {
      value = static_cast<std::uint8_t>(
          std::clamp(value + static_cast<int>(random() % 15) - 7, 0, 255));
    }
    const auto traits = MeasureTraits(image.view());
    ASSERT_TRUE(traits);
    EXPECT_NEAR(traits->area, std::numbers::pi * 400 / 6400, 0.01);
  }
}

TEST(TraitsTest, ThereAreNoneWhereTheBackgroundIsNotPlain) {
  Image noise{{70, 50}, std::vector<std::uint8_t>(ByteCount({70, 50}))};
  std::mt19937 random(2);
  for (std::uint8_t& value : noise.pixels) value = static_cast<std::uint8_t>(random());
  EXPECT_FALSE(MeasureTraits(noise.view()));
  // Half of the border has another colour.
  EXPECT_FALSE(MeasureTraits(Draw({60, 60}, kWhite, kRed, Box(0, 0, 30, 60)).view()));
}

TEST(TraitsTest, ThereAreNoneWhereNothingStandsOut) {
  EXPECT_FALSE(MeasureTraits(Draw({60, 60}, kWhite, kRed, Box(0, 0, 0, 0)).view()));
  EXPECT_FALSE(MeasureTraits(Draw({60, 60}, kWhite, kRed, Box(30, 30, 35, 37)).view()));  // 35
  EXPECT_TRUE(MeasureTraits(Draw({60, 60}, kWhite, kRed, Box(30, 30, 36, 36)).view()));   // 36
  EXPECT_FALSE(MeasureTraits(Draw({60, 60}, kWhite, {245, 250, 241}, Box(9, 9, 50, 50)).view()));
}

TEST(TraitsTest, AnySizeIsMeasured) {
  for (const Size size : {Size{1, 1}, Size{1, 900}, Size{900, 1}, Size{2, 2}, Size{3, 3},
                          Size{257, 1}, Size{5000, 2}, Size{256, 512}}) {
    EXPECT_FALSE(MeasureTraits(Draw(size, kWhite, kRed, Box(0, 0, 0, 0)).view()));
    MeasureTraits(Draw(size, kWhite, kRed, Box(1, 0, 2, 2)).view());
  }
  EXPECT_TRUE(MeasureTraits(Draw({9, 9}, kWhite, kRed, Box(4, 4, 5, 5)).view()));
}

}  // namespace
}  // namespace verger

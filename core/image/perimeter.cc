#include "core/image/perimeter.h"

#include <array>
#include <cmath>
#include <numbers>

namespace verger {
namespace {

// A direction of lines through pixels, and its part of all directions, divided by the number of
// such lines in a pixel's width.
struct Direction {
  int x;
  int y;
  double weight;
};

// Sixteen: with four, a disc of 22 pixels may have a roundness of 0.96, and one of 10 of 0.94.
std::array<Direction, 16> Directions() {
  std::array<Direction, 16> directions = {{{1, 0, 0},
                                           {3, 1, 0},
                                           {2, 1, 0},
                                           {3, 2, 0},
                                           {1, 1, 0},
                                           {2, 3, 0},
                                           {1, 2, 0},
                                           {1, 3, 0},
                                           {0, 1, 0},
                                           {-1, 3, 0},
                                           {-1, 2, 0},
                                           {-2, 3, 0},
                                           {-1, 1, 0},
                                           {-3, 2, 0},
                                           {-2, 1, 0},
                                           {-3, 1, 0}}};
  const auto angle = [](const Direction& direction) {
    return std::atan2(static_cast<double>(direction.y), static_cast<double>(direction.x));
  };
  for (std::size_t at = 0; at < directions.size(); ++at) {
    const double before =
        at == 0 ? angle(directions.back()) - std::numbers::pi : angle(directions[at - 1]);
    const double behind =
        at + 1 == directions.size() ? std::numbers::pi : angle(directions[at + 1]);
    // Not hypot: glibc's newest asks for a system that the wheel does not.
    const double x = directions[at].x;
    const double y = directions[at].y;
    directions[at].weight = (behind - before) / 2 / std::sqrt(x * x + y * y);
  }
  return directions;
}

}  // namespace

double Perimeter(const Mask& region) {
  static const std::array<Direction, 16> kDirections = Directions();
  constexpr int kRim = 3;  // as far as a direction's step goes
  Mask wide({region.size.width + 2 * kRim, region.size.height + 2 * kRim}, 0);
  for (int y = 0; y < region.size.height; ++y) {
    for (int x = 0; x < region.size.width; ++x) {
      wide.values[wide.Index(x + kRim, y + kRim)] = region.At(x, y);
    }
  }
  double perimeter = 0;
  for (const Direction& direction : kDirections) {
    std::int64_t enters = 0;
    for (int y = kRim; y < region.size.height + kRim; ++y) {
      for (int x = kRim; x < region.size.width + kRim; ++x) {
        enters += wide.At(x, y) & ~wide.At(x - direction.x, y - direction.y);
      }
    }
    perimeter += direction.weight * static_cast<double>(enters);
  }
  return perimeter;
}

}  // namespace verger

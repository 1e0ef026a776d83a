#include "cli/base/ordered.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>

namespace verger::cli {
namespace {

TEST(RunOrdered, ConsumesInOrderWhateverTheWorkers) {
  for (const int workers : {1, 2, 7}) {
    std::vector<std::size_t> indices;
    RunOrdered<std::size_t>(
        100, workers,
        [](std::size_t index) {
          if (index % 5 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
          return index * index;
        },
        [&](std::size_t index, std::size_t square) {
          EXPECT_EQ(square, index * index);
          indices.push_back(index);
        });
    std::vector<std::size_t> expected(100);
    std::iota(expected.begin(), expected.end(), 0U);
    EXPECT_EQ(indices, expected);
  }
}

TEST(RunOrdered, DoesNothingForNothing) {
  RunOrdered<int>(0, 2, [](std::size_t) { return 1; }, [](std::size_t, int) { FAIL(); });
}

TEST(RunOrdered, BoundsWhatIsUnderWay) {
  std::atomic<int> alive{0};
  int max_alive = 0;
  RunOrdered<int>(
      200, 3,
      [&](std::size_t) {
        ++alive;
        return 0;
      },
      [&](std::size_t, int) { max_alive = std::max(max_alive, alive--); });
  EXPECT_LE(max_alive, 2 * 3 + 1);
}

TEST(RunOrdered, PassesOnTheFirstFailureAfterAllThatCameBefore) {
  std::size_t consumed = 0;
  const auto produce = [](std::size_t index) {
    if (index >= 30) throw std::runtime_error("number " + std::to_string(index));
    return index;
  };
  try {
    RunOrdered<std::size_t>(100, 4, produce, [&](std::size_t, std::size_t) { ++consumed; });
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "number 30");
  }
  EXPECT_EQ(consumed, 30U);
}

TEST(RunOrdered, EndsWhenTheConsumerThrows) {
  EXPECT_THROW(RunOrdered<int>(
                   1000, 4, [](std::size_t) { return 1; },
                   [](std::size_t index, int) {
                     if (index == 3) throw std::runtime_error("enough");
                   }),
               std::runtime_error);
}

}  // namespace
}  // namespace verger::cli

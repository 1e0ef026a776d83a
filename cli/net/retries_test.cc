#include "cli/net/retries.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

namespace verger::cli {
namespace {

template <typename Act>
double SecondsOf(Act act) {
  const auto begin = std::chrono::steady_clock::now();
  act();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(RetriesTest, AllowsSoManyInARow) {
  Retries retries(0, 0);
  EXPECT_TRUE(retries.Next(2));
  EXPECT_TRUE(retries.Next(2));
  EXPECT_FALSE(retries.Next(2));
  retries.Reset();
  EXPECT_TRUE(retries.Next(1));
  EXPECT_FALSE(Retries(0, 0).Next(0));
}

TEST(RetriesTest, PausesTwiceAsLongAfterEachFailureUpToALimit) {
  Retries retries(0.02, 0.03);
  retries.Next(9);
  EXPECT_GE(SecondsOf([&] { retries.Pause(); }), 0.01);
  for (int i = 0; i < 2000; ++i) retries.Next(9);
  const double longest = SecondsOf([&] { retries.Pause(); });
  EXPECT_GE(longest, 0.015);
  EXPECT_LT(longest, 5) << "the limit holds for any number of failures";
  EXPECT_GE(SecondsOf([&] { retries.Pause({}, 0.1); }), 0.05) << "as the server asks";
}

TEST(RetriesTest, EndsAPauseByWhatCheckThrows) {
  Retries retries(60, 60);
  retries.Next(1);
  int calls = 0;
  const auto check = [&] {
    if (++calls == 2) throw std::domain_error("stop");
  };
  EXPECT_LT(SecondsOf([&] { EXPECT_THROW(retries.Pause(check), std::domain_error); }), 10);
}

}  // namespace
}  // namespace verger::cli

#include "cli/serve/client_limits.h"

#include <gtest/gtest.h>

#include "cli/serve/byte_budget.h"

namespace verger::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Clock::time_point kStart = Clock::time_point() + seconds(1000);

TEST(ClientLimitsTest, ConnectionsOfOneClientAreBounded) {
  ClientLimits limits({.connections = 2});
  EXPECT_TRUE(limits.Connect("a"));
  EXPECT_TRUE(limits.Connect("a"));
  EXPECT_FALSE(limits.Connect("a"));
  EXPECT_TRUE(limits.Connect("b"));
  limits.Disconnect("a", kStart);
  EXPECT_TRUE(limits.Connect("a"));
}

TEST(ClientLimitsTest, ABurstOfTwoSecondsThenTheRate) {
  ClientLimits limits({.rate = 5});
  for (int request = 0; request < 10; ++request) EXPECT_EQ(limits.Admit("a", kStart), 0);
  EXPECT_EQ(limits.Admit("a", kStart), 1);
  EXPECT_EQ(limits.Admit("b", kStart), 0);
  EXPECT_EQ(limits.Admit("a", kStart + milliseconds(200)), 0);
  EXPECT_EQ(limits.Admit("a", kStart + milliseconds(200)), 1);
  EXPECT_EQ(limits.Admit("a", kStart + seconds(60)), 0);
}

TEST(ClientLimitsTest, ASlowRateNamesTheSecondsToWait) {
  ClientLimits limits({.rate = 0.1});
  EXPECT_EQ(limits.Admit("a", kStart), 0);
  EXPECT_EQ(limits.Admit("a", kStart), 10);
  EXPECT_EQ(limits.Admit("a", kStart + seconds(10)), 0);
}

TEST(ClientLimitsTest, WithoutLimitsNothingIsRefused) {
  ClientLimits limits({});
  for (int connection = 0; connection < 1000; ++connection) EXPECT_TRUE(limits.Connect("a"));
  for (int request = 0; request < 1000; ++request) EXPECT_EQ(limits.Admit("a", kStart), 0);
}

TEST(ClientLimitsTest, AddressesAreForgotten) {
  ClientLimits limits({.connections = 2, .rate = 1}, 10);
  EXPECT_TRUE(limits.Connect("a"));
  limits.Disconnect("a", kStart);
  EXPECT_EQ(limits.clients(), 0U);
  // Those with a debt stay, until there are too many.
  for (int client = 0; client < 30; ++client) {
    const std::string name = std::to_string(client);
    EXPECT_TRUE(limits.Connect(name));
    EXPECT_EQ(limits.Admit(name, kStart), 0);
    limits.Disconnect(name, kStart);
  }
  EXPECT_LE(limits.clients(), 10U);
}

TEST(ByteBudgetTest, TakesNoMoreThanThereIs) {
  ByteBudget budget(10);
  EXPECT_TRUE(budget.Take(7));
  EXPECT_FALSE(budget.Take(4));
  EXPECT_EQ(budget.used(), 7U);
  budget.GiveBack(7);
  EXPECT_TRUE(budget.Take(10));
  EXPECT_TRUE(budget.Take(0));
}

}  // namespace
}  // namespace verger::cli

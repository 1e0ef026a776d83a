#include "cli/base/reserve.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <vector>

#include "cli/base/memory.h"

namespace verger::cli {
namespace {

// Takes all memory, in blocks of 64 kB, until `new` throws. Returns how many.
std::vector<std::unique_ptr<char[]>> TakeAll() {
  std::vector<std::unique_ptr<char[]>> blocks;
  blocks.reserve(10'000);
  try {
    while (blocks.size() < blocks.capacity()) blocks.emplace_back(new char[64 << 10]);
  } catch (const std::bad_alloc&) {
    return blocks;
  }
  return blocks;
}

// What the program does, in a child process: exit code 0 if all was as it should be.
void TakeAllAndRecover() {
  KeepReserve();
  LimitMemory(16 << 20);
  std::vector<std::unique_ptr<char[]>> blocks = TakeAll();
  bool refused = false;
  try {
    RequireReserve();
  } catch (const std::bad_alloc&) {
    refused = true;
  }
  blocks.clear();
  RequireReserve();
  std::_Exit(refused ? 0 : 1);
}

void CallWhereNobodyCatches(const std::function<void()>& throws) noexcept { throws(); }

TEST(ReserveDeathTest, WorkIsRefusedUntilThereIsMemoryAgain) {
  EXPECT_EXIT(TakeAllAndRecover(), testing::ExitedWithCode(0), "");
}

TEST(ReserveDeathTest, WhatNobodyCanCatchEndsWithAMessage) {
  EXPECT_EXIT(
      {
        KeepReserve();
        CallWhereNobodyCatches([] { throw std::bad_alloc(); });
      },
      testing::ExitedWithCode(1), "verger: out of memory: give it more");
}

TEST(ReserveTest, WithoutItNothingIsRequired) { RequireReserve(); }

}  // namespace
}  // namespace verger::cli

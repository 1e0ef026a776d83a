#include "core/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace verger {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Error{Code::kBadCall, "odd"};
  return number / 2;
}

Result<int> Quarter(int number) {
  VERGER_ASSIGN_OR_RETURN(const int half, Half(number));
  VERGER_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(*Half(4), 2);
  const Result<int> odd = Half(3);
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().code, Code::kBadCall);
  EXPECT_EQ(odd.error().message, "odd");
}

TEST(Result, PassesTheFirstErrorOn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).error().message, "odd");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> owned = std::make_unique<int>(7);
  const std::unique_ptr<int> value = *std::move(owned);
  EXPECT_EQ(*value, 7);
}

}  // namespace
}  // namespace verger

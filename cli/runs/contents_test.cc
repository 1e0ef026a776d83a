#include "cli/runs/contents.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace verger::cli {
namespace {

std::string Sha(std::uint64_t content) { return fmt::format("{0:016x}{0:048x}", content); }

TEST(ContentsTest, FindsEachOfManyWhereItWasPutFirst) {
  Contents contents(0);
  for (std::uint32_t content = 0; content < 5000; ++content) {
    // Keys that begin alike lie beside each other in the table.
    contents.Add(Sha(std::uint64_t{content} << 20), {content, 7});
    contents.Add(Sha(std::uint64_t{content} << 20), {99999, 0});
  }
  for (std::uint32_t content = 0; content < 5000; ++content) {
    const auto found = contents.FindOrClaim(Sha(std::uint64_t{content} << 20));
    ASSERT_TRUE(found.source);
    EXPECT_EQ(found.source->part, content);
    EXPECT_EQ(found.source->row, 7U);
  }
  EXPECT_TRUE(contents.FindOrClaim(Sha(1)).claimed());
}

TEST(ContentsTest, GivesTheSecondWhatTheFirstExtracts) {
  Contents contents(0);
  ASSERT_TRUE(contents.FindOrClaim(Sha(1)).claimed());
  const auto second = contents.FindOrClaim(Sha(1));
  ASSERT_FALSE(second.claimed());
  contents.Resolve(Sha(1), std::make_shared<ExtractedPhoto>(ExtractedPhoto{{1.5F}, ""}));
  EXPECT_EQ(second.twin.get()->features, std::vector<float>{1.5F});
}

TEST(ContentsTest, TakesStoredFeaturesFromTheirPart) {
  Contents contents(0);
  ASSERT_TRUE(contents.FindOrClaim(Sha(1)).claimed());
  const auto before = contents.FindOrClaim(Sha(1));
  contents.Resolve(Sha(1), std::make_shared<ExtractedPhoto>());
  contents.Store(Sha(1), {3, 4});
  EXPECT_NE(before.twin.get(), nullptr) << "who asked before still gets it";
  EXPECT_EQ(contents.FindOrClaim(Sha(1)).source->part, 3U);
}

TEST(ContentsTest, TellsThoseWhoWaitOfAFailure) {
  Contents contents(0);
  ASSERT_TRUE(contents.FindOrClaim(Sha(1)).claimed());
  const auto second = contents.FindOrClaim(Sha(1));
  contents.Fail(Sha(1), std::make_exception_ptr(std::runtime_error("engine")));
  EXPECT_THROW(second.twin.get(), std::runtime_error);
}

}  // namespace
}  // namespace verger::cli

#include "core/evaluate/collect.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::array<float, 2> kRow = {1, 2};

TEST(RowCollector, NumbersTheLabelsOfBoth) {
  RowCollector rows(2, 3, 3);
  RowCollector test(2, 1, 1);
  ASSERT_TRUE(rows.Add("c/1", "c", kRow));
  ASSERT_TRUE(rows.Add("a/1", "a", kRow));
  ASSERT_TRUE(test.Add("b/1", "b", kRow));
  const auto names = LabelNames(rows, &test);
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
  const EvaluationRows both = std::move(rows).Finish(names);
  EXPECT_THAT(both.labels, ElementsAre(2, 0));
  EXPECT_THAT(both.features, ElementsAre(1, 2, 1, 2));
}

TEST(RowCollector, TakesLabelsByARule) {
  RowCollector rows(2, 2, 2, *LabelRule::Create(1, "Apple,Pome"));
  ASSERT_TRUE(rows.Add("Fruit/Apple/Gala/1.jpg", "Gala", kRow));
  EXPECT_THAT(rows.labels(), ElementsAre("Pome"));
  EXPECT_THAT(rows.Add("Gala/1.jpg", "Gala", kRow).error().message, HasSubstr("Gala/1.jpg"));
}

TEST(RowCollector, TakesASampleWhereMemoryIsShort) {
  RowCollector rows(2, 4000, 1000);
  for (int i = 0; i < 4000; ++i) ASSERT_TRUE(rows.Add(fmt::format("a/{}", i), "a", kRow));
  EXPECT_NEAR(static_cast<double>(rows.labels().size()), 1000, 100);
  EXPECT_EQ(MostRows(0, 2), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(MostRows(std::uint64_t{1} << 30, 1280), (1 << 30) / (16 * 1280));
  EXPECT_EQ(MostRows(1, 1280), 1);
}

}  // namespace
}  // namespace verger

#include "core/classify/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger {
namespace {

using ::testing::ElementsAre;

TEST(Ranking, PutsTheLikeliestFirst) {
  const std::vector<float> probabilities = {0.25F, 0.5F, 0.25F};
  const Ranking ranking = Rank({.least_share = 0.25, .most_novelty = 0.5}, probabilities, 0.4F);
  EXPECT_THAT(ranking.labels, ElementsAre(1, 0, 2));
  EXPECT_EQ(ranking.set, 3U);
  EXPECT_FALSE(ranking.unknown);
}

TEST(Ranking, HasASetThatMayBeEmpty) {
  const std::vector<float> probabilities = {0.4F, 0.6F};
  EXPECT_EQ(Rank({.least_share = 0.5}, probabilities, 0).set, 1U);
  EXPECT_EQ(Rank({.least_share = 0.7}, probabilities, 0).set, 0U);
}

TEST(Ranking, CallsUnknownOnlyWhereThereIsAThreshold) {
  const std::vector<float> probabilities = {1};
  EXPECT_TRUE(Rank({.most_novelty = 0.5}, probabilities, 0.6F).unknown);
  EXPECT_FALSE(Rank({.most_novelty = 0}, probabilities, 2).unknown);
}

}  // namespace
}  // namespace verger

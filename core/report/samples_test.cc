// What a report keeps of a stream that may be of any length.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/report/ends.h"
#include "core/report/even_sample.h"
#include "core/report/label_counts.h"
#include "core/report/path_list.h"
#include "core/report/points.h"

namespace verger {
namespace {

using ::testing::ElementsAre;

TEST(EvenSample, KeepsEveryNth) {
  for (const int count : {0, 1, 7, 8, 9, 100, 1000, 12345}) {
    EvenSample<int> sample(8);
    for (int at = 0; at < count; ++at) sample.Wants() ? sample.Add(at) : sample.Skip();
    ASSERT_LE(sample.items().size(), 8U);
    ASSERT_GE(sample.items().size(), static_cast<std::size_t>(std::min(count, 4))) << count;
    const auto stride = static_cast<int>(sample.stride());
    for (std::size_t n = 0; n < sample.items().size(); ++n) {
      EXPECT_EQ(sample.items()[n], static_cast<int>(n) * stride);
    }
    EXPECT_EQ(std::ssize(sample.items()), (count + stride - 1) / stride);
  }
}

TEST(EvenSample, LosesNothingOfWhatItKeeps) {
  EvenSample<std::string> sample(4);
  for (int at = 0; at < 20; ++at) sample.Add(fmt::format("a text too long to be short {}", at));
  EXPECT_THAT(sample.items(),
              ElementsAre("a text too long to be short 0", "a text too long to be short 8",
                          "a text too long to be short 16"));
}

std::vector<std::string> SomePaths(int count) {
  std::vector<std::string> paths;
  for (int at = 0; at < count; ++at) {
    paths.push_back(fmt::format("Apple {}/\u00e9t\u00e9 {:05}\n.jpg", at / 100, at));
  }
  return paths;
}

TEST(PathList, ReadsBackWhatWasAdded) {
  const std::vector<std::string> paths = SomePaths(1000);
  PathList list(1 << 20);
  for (const std::string& path : paths) list.Add(path);
  EXPECT_EQ(list.stride(), 1U);
  EXPECT_EQ(list.Paths(), paths);
  std::size_t plain = 0;
  for (const std::string& path : paths) plain += path.size();
  EXPECT_LT(list.bytes().size(), plain / 2);
}

TEST(PathList, ThinsWhatIsTooMuch) {
  const std::vector<std::string> paths = SomePaths(5000);
  PathList list(4000);
  for (const std::string& path : paths) {
    list.Add(path);
    ASSERT_LE(list.bytes().size(), 4000U);
  }
  EXPECT_GT(list.stride(), 1U);
  const std::vector<std::string> items = list.Paths();
  EXPECT_EQ(items.size(), (5000 + list.stride() - 1) / list.stride());
  for (std::size_t n = 0; n < items.size(); ++n) EXPECT_EQ(items[n], paths[n * list.stride()]);
}

TEST(PathList, TakesOnePathThatIsLongerThanAll) {
  PathList list(10);
  const std::string path(300, 'a');
  list.Add(path);
  EXPECT_THAT(list.Paths(), ElementsAre(path));
}

TEST(Ends, AreTheLeastAndTheGreatest) {
  Ends ends(2, 3);
  for (std::uint64_t row = 0; row < 100; ++row) {
    // 0, 37, 74, 11, ...; and of the second component all are equal.
    const std::vector<float> scores = {static_cast<float>(row * 37 % 100), 5};
    ends.Add(scores, [&] { return ReportPhoto{row, "", 0, 0, 0}; });
  }
  const auto scores = [](const std::vector<EndPhoto>& photos) {
    std::vector<float> all;
    for (const EndPhoto& photo : photos) all.push_back(photo.score);
    return all;
  };
  EXPECT_THAT(scores(ends.Least(0)), ElementsAre(0, 1, 2));
  EXPECT_THAT(scores(ends.Greatest(0)), ElementsAre(99, 98, 97));
  std::vector<std::uint64_t> first;
  for (const EndPhoto& photo : ends.Greatest(1)) first.push_back(photo.photo.row);
  EXPECT_THAT(first, ElementsAre(0, 1, 2));
}

TEST(Points, FitIntoTheirShareOfThePage) {
  EXPECT_EQ(ComponentsShown(10'605, 50), 12U);
  EXPECT_EQ(ComponentsShown(10'605, 3), 3U);
  EXPECT_EQ(ComponentsShown(1'000'000, 50), 4U);
  EXPECT_EQ(ComponentsShown(kMostPoints, 50), 4U);
  EXPECT_EQ(ComponentsShown(0, 0), 0U);
  const Points many(10 * kMostPoints, 2);
  EXPECT_EQ(many.stride(), 10U);
}

TEST(Points, AreQuantisedToWithinHalfAStep) {
  Points points(1001, 2);
  std::vector<float> values;
  for (int at = 0; at <= 1000; ++at) {
    values.push_back(std::sin(static_cast<float>(at)) * 12.5F - 3);
    points.Add(std::vector<float>{values.back(), 7}, 0);
  }
  const std::string bytes = points.Quantised();
  ASSERT_EQ(bytes.size(), 2U * 2 * 1001);
  const auto [least, greatest] = points.Range(0);
  const double step = (static_cast<double>(greatest) - least) / 65'535;
  for (std::size_t at = 0; at < values.size(); ++at) {
    const unsigned level = static_cast<unsigned char>(bytes[2 * at]) |
                           static_cast<unsigned>(static_cast<unsigned char>(bytes[2 * at + 1]))
                               << 8;
    EXPECT_NEAR(least + level * step, values[at], 0.51 * step);
  }
  EXPECT_EQ(bytes.substr(2 * 1001), std::string(2 * 1001, '\0'));  // of a component without spread
}

TEST(LabelCounts, SortsAsPeopleDo) {
  EXPECT_TRUE(NaturallyBefore("Pear 2", "Pear 10"));
  EXPECT_FALSE(NaturallyBefore("Pear 10", "Pear 2"));
  EXPECT_TRUE(NaturallyBefore("Pear", "Pear 1"));
  EXPECT_TRUE(NaturallyBefore("a 99999999999999999999998", "a 99999999999999999999999"));
  EXPECT_TRUE(NaturallyBefore("a 1", "a 01") != NaturallyBefore("a 01", "a 1"));
  EXPECT_FALSE(NaturallyBefore("a", "a"));
}

TEST(LabelCounts, ShowsThoseOfMostPhotos) {
  LabelCounts labels;
  for (const auto& [name, rows] : {std::pair("b 10", 5), {"few", 1}, {"b 9", 7}, {"fewer", 0}}) {
    labels[labels.Number(name)].rows = rows;
  }
  labels[labels.Number("fewer")].rejects = 2;
  const LabelCounts::Choice choice = labels.Choose(2);
  ASSERT_EQ(choice.labels.size(), 2U);
  EXPECT_EQ(labels[choice.labels[0]].name, "b 9");
  EXPECT_EQ(labels[choice.labels[1]].name, "b 10");
  EXPECT_EQ(choice.others_count, 2U);
  EXPECT_EQ(choice.others.rows, 1);
  EXPECT_EQ(choice.others.rejects, 2);
  EXPECT_THAT(choice.place, ElementsAre(1, 2, 0, 2));
}

}  // namespace
}  // namespace verger

#include "core/runs/text_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TextSearchTest, FindsTextsWhereverTheyAre) {
  const TextSearch search({"a/1.jpg", "b/22.jpg", "never/there.jpg", "end"});
  EXPECT_THAT(search.In("a/1.jpg"), ElementsAre("a/1.jpg"));
  EXPECT_THAT(search.In(std::string("\0xb/22.jpg\xFFz/a/1.jpg..a/1.jpg", 27)),
              ElementsAre("a/1.jpg", "b/22.jpg"));
  EXPECT_THAT(search.In("at the end"), ElementsAre("end"));
  EXPECT_THAT(search.In("a/1.jp b/22.jp en"), IsEmpty());
  EXPECT_THAT(search.In(""), IsEmpty());
}

TEST(TextSearchTest, FindsEachOfManyInLongBytes) {
  std::vector<std::string> texts;
  std::string bytes;
  for (int i = 0; i < 3000; ++i) {
    texts.push_back("label " + std::to_string(i % 60) + "/" + std::to_string(i) + ".jpg");
    bytes += std::string(static_cast<std::size_t>(i % 97), static_cast<char>(i)) + texts.back();
  }
  texts.push_back("label 1/3000.jpg");
  std::vector<std::string> expected(texts.begin(), texts.end() - 1);
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(TextSearch(texts).In(bytes), expected);
}

TEST(TextSearchTest, FindsNothingWhereThereIsNothingToFind) {
  EXPECT_THAT(TextSearch({}).In("bytes"), IsEmpty());
}

}  // namespace
}  // namespace verger

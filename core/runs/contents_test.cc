#include "core/runs/contents.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace verger {
namespace {

std::string Hash(std::mt19937_64& random) {
  return fmt::format("{:016x}{:016x}{:016x}{:016x}", random(), random(), random(), random());
}

Bytes AsBytes(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(Contents, FindsEveryRowWhateverItsSizeWasExpectedToBe) {
  for (const std::int64_t expected : {0, 10, 5000}) {
    std::mt19937_64 random(3);
    std::vector<std::string> hashes;
    Contents contents(expected);
    for (std::int64_t part = 0; part < 7; ++part) {
      for (int row = 0; row < 100; ++row) hashes.push_back(Hash(random));
      const std::vector<std::string_view> rows(hashes.end() - 100, hashes.end());
      contents.AddPart(10 * part, rows);
    }
    // The first row of each stays, in whichever table it is.
    contents.AddPart(1000, std::vector<std::string_view>(hashes.begin(), hashes.end()));
    const auto loaded = Contents::Load(AsBytes(contents.Save()));
    ASSERT_TRUE(loaded);
    for (const Contents* each : {static_cast<const Contents*>(&contents), &*loaded}) {
      for (std::size_t number = 0; number < hashes.size(); ++number) {
        const auto source = each->Find(hashes[number]);
        ASSERT_TRUE(source);
        EXPECT_EQ(source->part, static_cast<std::int64_t>(number / 100 * 10));
        EXPECT_EQ(source->row, static_cast<std::int64_t>(number % 100));
      }
      EXPECT_FALSE(each->Find(Hash(random)));
    }
  }
}

TEST(Contents, TheFirstRowOfAContentStays) {
  std::mt19937_64 random(4);
  const std::string hash = Hash(random);
  Contents contents;
  contents.AddPart(0, std::vector<std::string_view>{"", hash});
  contents.AddPart(1, std::vector<std::string_view>{hash});
  EXPECT_EQ(contents.Find(hash)->part, 0);
  EXPECT_EQ(contents.Find(hash)->row, 1);
  EXPECT_FALSE(contents.Find(""));
}

TEST(Contents, BytesThatAreCutOrLongerAreRefused) {
  Contents contents;
  std::mt19937_64 random(5);
  const std::string hash = Hash(random);
  contents.AddPart(0, std::vector<std::string_view>{hash});
  const std::string whole = contents.Save();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Contents::Load(AsBytes(whole.substr(0, size)))) << size;
  }
  EXPECT_FALSE(Contents::Load(AsBytes(whole + "x")));
  EXPECT_TRUE(Contents::Load(AsBytes(whole)));
  std::string late =
      whole;  // its only part, which comes before the tables, begins behind its only row
  late[3 * sizeof(std::int64_t)] = 9;
  EXPECT_FALSE(Contents::Load(AsBytes(late)));
}

}  // namespace
}  // namespace verger

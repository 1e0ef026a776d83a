#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/base/sha256.h"
#include "core/pca/moments.h"

namespace verger {
namespace {

Moments Sample() {
  Moments moments(3);
  const std::vector<float> rows = {1, 2, 3, 0.1f, 7, -5, 1e-30f, 1e30f, 0};
  moments.Add(rows);
  return moments;
}

std::vector<std::byte> Saved(const Moments& moments) {
  std::vector<std::byte> bytes(moments.SerializedSize(), std::byte{0xff});
  moments.Serialize(bytes);
  return bytes;
}

// Puts `value` at `offset` and makes the checksum right again, as an attacker would.
template <typename T>
std::vector<std::byte> Forge(std::vector<std::byte> bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
  const std::string checksum = Sha256(Bytes(bytes).first(bytes.size() - 64));
  std::memcpy(bytes.data() + bytes.size() - 64, checksum.data(), 64);
  return bytes;
}

std::string ReasonAgainst(const std::vector<std::byte>& bytes) {
  const Result<Moments> moments = Moments::Parse(bytes);
  EXPECT_FALSE(moments);
  if (moments) return "";
  EXPECT_EQ(moments.error().code, Code::kBadFeatures);
  return moments.error().message;
}

TEST(SavedMoments, AreReadBackBitForBit) {
  const Moments saved = Sample();
  const std::vector<std::byte> bytes = Saved(saved);
  EXPECT_EQ(bytes.size(), 24u + 8 * (3 + 6) + 64);
  const Result<Moments> read = Moments::Parse(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->dimension(), 3);
  EXPECT_EQ(read->count(), 3);
  EXPECT_TRUE(std::ranges::equal(read->mean(), saved.mean()));
  EXPECT_TRUE(std::ranges::equal(read->scatter(), saved.scatter()));
  EXPECT_EQ(Saved(*read), bytes);
}

TEST(SavedMoments, OfNothingAreReadBack) {
  const Result<Moments> read = Moments::Parse(Saved(Moments(2)));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->count(), 0);
  EXPECT_TRUE(read->scatter().empty());
  EXPECT_EQ(Saved(*read), Saved(Moments(2)));
}

TEST(SavedMoments, DamagedAnywhereAreRefused) {
  const std::vector<std::byte> bytes = Saved(Sample());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit : {0, 7}) {
      std::vector<std::byte> damaged = bytes;
      damaged[i] ^= std::byte{1} << bit;
      EXPECT_FALSE(Moments::Parse(damaged)) << "byte " << i << ", bit " << bit;
    }
  }
}

TEST(SavedMoments, OfAnotherLengthAreRefused) {
  std::vector<std::byte> bytes = Saved(Sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Moments::Parse(Bytes(bytes).first(size))) << size;
  }
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(Moments::Parse(bytes));
}

TEST(SavedMoments, ThatLieAreRefusedBeforeMemoryIsTaken) {
  const std::vector<std::byte> bytes = Saved(Sample());
  EXPECT_NE(ReasonAgainst(Forge(bytes, 0, 'X')).find("begin with other bytes"), std::string::npos);
  EXPECT_NE(ReasonAgainst(Forge(bytes, 8, 2u)).find("version 2"), std::string::npos);
  for (std::uint32_t dimension : {0u, 2u, 4u, 1u << 20, 0x7fffffffu, 0xffffffffu}) {
    EXPECT_NE(ReasonAgainst(Forge(bytes, 12, dimension)).find("dimension"), std::string::npos);
  }
  for (std::int64_t count : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_NE(ReasonAgainst(Forge(bytes, 16, count)).find("count"), std::string::npos);
  }
}

}  // namespace
}  // namespace verger

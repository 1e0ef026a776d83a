#include "core/base/flat_bytes.h"

#include <gtest/gtest.h>

#include "core/base/crc32.h"

namespace verger {
namespace {

Bytes AsBytes(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string Sample() {
  FlatWriter writer;
  writer.Put(std::uint32_t{7});
  writer.PutText("p\u00eache");
  writer.PutAll(std::span<const float>(std::vector<float>{1.5F, -2}));
  writer.Put(0.25);
  return std::move(writer).Finish();
}

TEST(FlatBytes, ReadsBackWhatWasWritten) {
  const std::string bytes = Sample();
  FlatReader reader(AsBytes(bytes));
  EXPECT_EQ(reader.Take<std::uint32_t>(), 7U);
  EXPECT_EQ(reader.TakeText(), "p\u00eache");
  EXPECT_EQ(reader.TakeAll<float>(2), (std::vector<float>{1.5F, -2}));
  EXPECT_EQ(reader.Take<double>(), 0.25);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.Take<double>(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(FlatBytes, CutAnywhereItIsNotWhole) {
  const std::string bytes = Sample();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    FlatReader reader(AsBytes(bytes).first(size));
    (void)reader.Take<std::uint32_t>();
    (void)reader.TakeText();
    (void)reader.TakeAll<float>(2);
    (void)reader.Take<double>();
    EXPECT_FALSE(reader.done()) << size;
  }
}

TEST(FlatBytes, AsksForNoMemoryThatTheBytesDoNotFill) {
  FlatReader reader({});
  EXPECT_TRUE(reader.TakeAll<double>(std::uint64_t{1} << 62).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(FlatBytes, TakesFiniteNumbersOnly) {
  FlatWriter writer;
  writer.Put(std::numeric_limits<float>::quiet_NaN());
  const std::string bytes = std::move(writer).Finish();
  FlatReader reader(AsBytes(bytes));
  EXPECT_EQ(reader.Take<float>(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(Crc32, IsThatOfEveryoneElse) {
  EXPECT_EQ(Crc32(AsBytes("123456789")), 0xCBF43926U);
  EXPECT_EQ(Crc32({}), 0U);
}

TEST(CheckedFile, KnowsEveryDamagedByte) {
  const std::string file = CheckedFile("magic\n", Sample());
  const CheckedContent read = ReadChecked("magic\n", AsBytes(file));
  EXPECT_TRUE(read.whole);
  EXPECT_EQ(read.content.size(), Sample().size());
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    EXPECT_FALSE(ReadChecked("magic\n", AsBytes(damaged)).whole) << at;
  }
  EXPECT_FALSE(ReadChecked("magic\n", AsBytes("magic\n12")).whole);
  EXPECT_FALSE(ReadChecked("other\n", AsBytes(file)).magic);
}

}  // namespace
}  // namespace verger

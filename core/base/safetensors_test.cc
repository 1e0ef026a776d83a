#include "core/base/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/base/sha256.h"

namespace verger {
namespace {

SafeTensors Sample() {
  SafeTensors content;
  content.metadata = {{"format", "sample"}, {"labels", "[\"Pomme d'api\", \"\xC3\xA9t\xC3\xA9\"]"}};
  content.tensors["means"] = {{2, 3}, std::vector<double>{1, -2, 3.5, 1e300, 0, 5e-324}};
  content.tensors["axes"] = {{2}, std::vector<float>{0.1F, -7}};
  content.tensors["counts"] = {{1}, std::vector<std::int64_t>{std::int64_t{1} << 60}};
  content.tensors["none"] = {{0, 4}, std::vector<double>{}};
  return content;
}

Bytes BytesOf(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(SafeTensors, ComeBackBitForBit) {
  const std::string file = WriteSafeTensors(Sample());
  EXPECT_EQ(file, WriteSafeTensors(Sample()));
  const auto read = ReadSafeTensors(BytesOf(file), "a");
  ASSERT_TRUE(read) << read.error().message;
  const SafeTensors expected = Sample();
  ASSERT_EQ(read->tensors.size(), expected.tensors.size());
  for (const auto& [name, tensor] : expected.tensors) {
    EXPECT_EQ(read->tensors.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(read->tensors.at(name).values, tensor.values) << name;
  }
  for (const auto& [key, value] : expected.metadata) EXPECT_EQ(read->metadata.at(key), value);
}

TEST(SafeTensors, NoPrefixAndNoOtherBytePass) {
  const std::string file = WriteSafeTensors(Sample());
  for (std::size_t size = 0; size < file.size(); ++size) {
    ASSERT_FALSE(ReadSafeTensors(BytesOf(file.substr(0, size)), "a")) << size;
  }
  ASSERT_FALSE(ReadSafeTensors(BytesOf(file + 'x'), "a"));
  std::uint64_t header = 0;
  std::memcpy(&header, file.data(), 8);
  ASSERT_GT(header, 0U);
  for (std::size_t at = 8; at < file.size(); ++at) {
    if (file[at] == ' ') continue;  // what the header ends with
    std::string other = file;
    other[at] = static_cast<char>(other[at] ^ 1);
    ASSERT_FALSE(ReadSafeTensors(BytesOf(other), "a")) << at;
  }
}

// A file of one array of so many bytes, with this for its entry in the header.
std::string FileWith(const nlohmann::json& entry, std::size_t bytes) {
  const std::string arrays(bytes, '\0');
  nlohmann::json header = {{"a", entry}, {"__metadata__", nlohmann::json::object()}};
  const std::string both = FormatJson(header) + Sha256(BytesOf(arrays));
  header["__metadata__"]["sha256"] = Sha256(BytesOf(both));
  const std::string text = FormatJson(header);
  const std::uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + text + arrays;
}

TEST(SafeTensors, RefuseArraysThatAreNotWhereTheyShouldBe) {
  const auto accepts = [](const nlohmann::json& shape, const nlohmann::json& range,
                          std::size_t bytes, const char* type = "F64") {
    const std::string file =
        FileWith({{"dtype", type}, {"shape", shape}, {"data_offsets", range}}, bytes);
    return static_cast<bool>(ReadSafeTensors(BytesOf(file), "a"));
  };
  EXPECT_TRUE(accepts({2}, {0, 16}, 16));
  EXPECT_FALSE(accepts({2}, {0, 24}, 16));
  EXPECT_FALSE(accepts({2}, {16, 0}, 16));
  EXPECT_FALSE(accepts({2}, {0, 8}, 16));
  EXPECT_FALSE(accepts({2}, {0, 16}, 24));
  EXPECT_FALSE(accepts({-2}, {0, 16}, 16));
  EXPECT_FALSE(accepts({std::int64_t{1} << 40, std::int64_t{1} << 40}, {0, 0}, 0));
  EXPECT_FALSE(accepts({2}, {0, 16}, 16, "F16"));
  EXPECT_FALSE(accepts("2", {0, 16}, 16));
}

// Its check copies and writes the header, which takes stack for each level.
TEST(SafeTensors, RefuseAHeaderThatIsNestedTooDeep) {
  constexpr std::size_t kLevels = 500'000;
  const std::string text =
      R"({"__metadata__":{},"a":{"data_offsets":[0,0],"dtype":"F64","shape":[0],"x":)" +
      std::string(kLevels, '[') + std::string(kLevels, ']') + "}}";
  const std::uint64_t length = text.size();
  const std::string file = std::string(reinterpret_cast<const char*>(&length), 8) + text;
  const auto read = ReadSafeTensors(BytesOf(file), "a");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("nested too deep"), std::string::npos);
}

}  // namespace
}  // namespace verger

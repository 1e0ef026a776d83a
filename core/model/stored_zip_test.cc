#include "core/model/stored_zip.h"

#include <gtest/gtest.h>

#include <string>

namespace verger {
namespace {

Bytes AsBytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string Number(std::size_t number, int size) {
  std::string bytes;
  for (int byte = 0; byte < size; ++byte) bytes += static_cast<char>(number >> (8 * byte) & 255);
  return bytes;
}

// An archive of one file, not compressed, as APPNOTE.TXT has it.
std::string Archive(const std::string& name, const std::string& content) {
  const std::string sizes = Number(content.size(), 4) + Number(content.size(), 4);
  const std::string local = "PK\x03\x04" + std::string(14, '\0') + sizes + Number(name.size(), 2) +
                            Number(0, 2) + name + content;
  const std::string central = "PK\x01\x02" + std::string(16, '\0') + sizes +
                              Number(name.size(), 2) + std::string(16, '\0') + name;
  return local + central + "PK\x05\x06" + std::string(4, '\0') + Number(1, 2) + Number(1, 2) +
         Number(central.size(), 4) + Number(local.size(), 4) + Number(0, 2);
}

TEST(StoredZip, ReadsFilesByName) {
  const std::string archive = Archive("config.json", "{}") + "a comment";
  const auto entries = ReadZip(AsBytes(archive));
  ASSERT_TRUE(entries);
  const ZipEntry* entry = FindEntry(*entries, "config.json");
  ASSERT_NE(entry, nullptr);
  EXPECT_TRUE(entry->stored);
  EXPECT_EQ(
      std::string(reinterpret_cast<const char*>(entry->content.data()), entry->content.size()),
      "{}");
  EXPECT_EQ(FindEntry(*entries, "other"), nullptr);
}

TEST(StoredZip, NeverReadsBeyondTheArchive) {
  const std::string archive = Archive("config.json", "{}");
  for (std::size_t size = 0; size < archive.size(); ++size) {
    const std::string cut = archive.substr(0, size);
    EXPECT_FALSE(ReadZip(AsBytes(cut))) << size;
  }
  for (std::size_t at = 0; at < archive.size(); ++at) {
    std::string changed = archive;
    changed[at] = static_cast<char>(changed[at] ^ 0xff);
    const auto entries = ReadZip(AsBytes(changed));
    for (const ZipEntry& entry : entries.value_or(std::vector<ZipEntry>())) {
      EXPECT_LE(entry.content.size(), archive.size()) << at;
    }
  }
}

}  // namespace
}  // namespace verger

#include "core/model/stored_zip.h"

#include <algorithm>
#include <cstdint>

namespace verger {
namespace {

// Source: APPNOTE.TXT of the zip format, 4.3.7, 4.3.12, 4.3.16.
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kLocalSize = 30;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint32_t kCentral = 0x02014b50;
constexpr std::uint32_t kLocal = 0x04034b50;

// Little-endian; the caller has made sure that the bytes are there.
std::uint32_t Number(Bytes file, std::size_t at, int size) {
  std::uint32_t number = 0;
  for (int byte = size - 1; byte >= 0; --byte) {
    number =
        number << 8 | std::to_integer<std::uint32_t>(file[at + static_cast<std::size_t>(byte)]);
  }
  return number;
}

bool Holds(Bytes file, std::uint64_t at, std::uint64_t size) {
  return at <= file.size() && size <= file.size() - at;
}

}  // namespace

std::optional<std::vector<ZipEntry>> ReadZip(Bytes file) {
  if (file.size() < kEndSize) return std::nullopt;
  std::size_t end = file.size() - kEndSize;
  const std::size_t lowest = end > UINT16_MAX ? end - UINT16_MAX : 0;  // a comment may follow
  while (Number(file, end, 4) != kEnd) {
    if (end == lowest) return std::nullopt;
    --end;
  }
  const std::uint32_t count = Number(file, end + 10, 2);
  std::size_t at = Number(file, end + 16, 4);
  std::vector<ZipEntry> entries;
  for (std::uint32_t index = 0; index < count; ++index) {
    if (!Holds(file, at, kCentralSize) || Number(file, at, 4) != kCentral) return std::nullopt;
    const std::size_t name_size = Number(file, at + 28, 2);
    const std::size_t local = Number(file, at + 42, 4);
    if (!Holds(file, at + kCentralSize, name_size) || !Holds(file, local, kLocalSize) ||
        Number(file, local, 4) != kLocal) {
      return std::nullopt;
    }
    const std::size_t size = Number(file, at + 20, 4);
    const std::size_t content =
        local + kLocalSize + Number(file, local + 26, 2) + Number(file, local + 28, 2);
    if (!Holds(file, content, size)) return std::nullopt;
    const char* name = reinterpret_cast<const char*>(file.data() + at + kCentralSize);
    entries.push_back(
        {std::string(name, name_size), Number(file, at + 10, 2) == 0, file.subspan(content, size)});
    at += kCentralSize + name_size + Number(file, at + 30, 2) + Number(file, at + 32, 2);
  }
  return entries;
}

const ZipEntry* FindEntry(const std::vector<ZipEntry>& entries, std::string_view name) {
  const auto entry = std::ranges::find(entries, name, &ZipEntry::name);
  return entry == entries.end() ? nullptr : &*entry;
}

}  // namespace verger

#include "core/image/orientation.h"

#include <cstdint>
#include <cstring>

namespace verger {
namespace {

// Reads integers of a TIFF structure in its own byte order; beyond the end there are none.
class TiffReader {
 public:
  TiffReader(Bytes bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<std::uint32_t> Read(std::size_t offset, std::size_t width) const {
    if (offset > bytes_.size() || bytes_.size() - offset < width) {
      return std::nullopt;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t at = offset + (big_endian_ ? i : width - 1 - i);
      value = value << 8 | std::to_integer<std::uint32_t>(bytes_[at]);
    }
    return value;
  }

 private:
  Bytes bytes_;
  bool big_endian_;
};

// Bytes of an integer of this TIFF type; 0 if it is none. Only integers are taken.
std::size_t IntegerWidth(std::uint32_t type) {
  switch (type) {
    case 6:  // SBYTE
      return 1;
    case 3:  // SHORT
    case 8:  // SSHORT
      return 2;
    case 4:   // LONG
    case 9:   // SLONG
    case 13:  // IFD
      return 4;
    default:
      return 0;
  }
}

std::optional<int> XmpOrientation(std::string_view xmp) {
  constexpr std::string_view kName = "tiff:Orientation";
  for (std::size_t at = xmp.find(kName); at != std::string_view::npos;
       at = xmp.find(kName, at + 1)) {
    std::string_view rest = xmp.substr(at + kName.size());
    if (rest.starts_with("=\"")) {
      rest.remove_prefix(2);
    } else if (rest.starts_with(">")) {
      rest.remove_prefix(1);
    } else {
      continue;
    }
    if (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
      return rest[0] - '0';
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> ExifOrientation(Bytes exif) {
  constexpr std::size_t kPrefix = 6;
  while (exif.size() >= kPrefix && std::memcmp(exif.data(), "Exif\0", kPrefix) == 0) {
    exif = exif.subspan(kPrefix);
  }
  if (exif.size() < 8) {
    return std::nullopt;
  }
  const bool big_endian = std::memcmp(exif.data(), "MM", 2) == 0;
  if (!big_endian && std::memcmp(exif.data(), "II", 2) != 0) {
    return std::nullopt;
  }
  const TiffReader reader(exif, big_endian);
  // Some writers swap the bytes of the magic number; Pillow takes both.
  const std::uint32_t magic = *reader.Read(2, 2);
  if (magic != 42 && magic != 42 << 8) {
    return std::nullopt;
  }
  const std::size_t directory = *reader.Read(4, 4);
  const std::optional<std::uint32_t> entries = reader.Read(directory, 2);
  std::optional<int> orientation;
  for (std::uint32_t i = 0; entries && i < *entries; ++i) {
    constexpr std::size_t kEntry = 12;
    const std::size_t entry = directory + 2 + kEntry * i;
    const std::optional<std::uint32_t> end = reader.Read(entry + 8, 4);
    if (!end) {
      break;
    }
    if (*reader.Read(entry, 2) != 0x0112) {
      continue;
    }
    const std::size_t width = IntegerWidth(*reader.Read(entry + 2, 2));
    const std::uint64_t count = *reader.Read(entry + 4, 4);
    if (width == 0 || count == 0) {
      continue;
    }
    // Of several values the first counts; more than four bytes of them lie elsewhere. If some are
    // beyond the end, none counts.
    const std::uint64_t size = width * count;
    const std::size_t at = size > 4 ? *end : entry + 8;
    if (at > exif.size() || size > exif.size() - at) {
      continue;
    }
    if (const std::optional<std::uint32_t> value = reader.Read(at, width)) {
      orientation = static_cast<int>(*value);
    }
  }
  return orientation;
}

int Orientation(Bytes exif, std::string_view xmp) {
  const std::optional<int> from_exif = ExifOrientation(exif);
  const int orientation = from_exif ? *from_exif : XmpOrientation(xmp).value_or(1);
  return 1 <= orientation && orientation <= 8 ? orientation : 1;
}

}  // namespace verger

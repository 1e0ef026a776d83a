// stored_zip.h: files in a zip archive in memory, as Keras and PyTorch write them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"

namespace verger {

struct ZipEntry {
  std::string name;
  bool stored;    // uncompressed: then `content` is the file
  Bytes content;  // borrowed from the archive
};

// The files by the archive's central directory; nothing for a damaged archive, and for one of
// 4 GiB or more (zip64).
std::optional<std::vector<ZipEntry>> ReadZip(Bytes file);

// The entry of that name, if it is there.
const ZipEntry* FindEntry(const std::vector<ZipEntry>& entries, std::string_view name);

}  // namespace verger
